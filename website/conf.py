# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of Sphinx; `python -m website` copies them beside the pages."""

project = "Palisade"
author = copyright = "Palisade contributors"
extensions = ["myst_parser", "sphinx_antsibull_ext", "sphinx_copybutton"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
html_theme = "furo"
html_title = "palisade.ecs"
html_static_path = ["_static"]
html_js_files = ["mermaid.min.js", "diagrams.js"]
html_theme_options = {"source_repository": "https://github.com/palisade/palisade.ecs", "source_branch": "main"}
highlight_language = "none"
myst_heading_anchors = 4
myst_fence_as_directive: list[str] = []
# What links to modules of Ansible's own documentation would have Sphinx look up on its site.
intersphinx_mapping: dict[str, tuple[str, str | None]] = {}
nitpicky = False
# Other collections and ansible.builtin have their documentation elsewhere.
suppress_warnings = ["ref.ref", "misc.highlighting_failure"]
