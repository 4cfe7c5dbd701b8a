# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m website`: build the site into .run/website/html, with the tools of .venv-docs. A warning is an error."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from gates import tarball, tree
from website.sources import CHECKOUT, assemble

HERE = Path(__file__).resolve().parent
TARGET = CHECKOUT / ".run" / "website"
NODE = TARGET / "node"
# Furo shows the contents of a page beside it, and an error in its place where a page has them once more.
CONTENTS = re.compile(r"^\.\. contents::\n(?: +\S.*\n)*", re.MULTILINE)


def reference(directory: Path) -> None:
    """Have antsibull-docs write a page for each plugin and role, from the collection as it is published."""
    with tempfile.TemporaryDirectory(prefix="website-") as name:
        tree.unpack(tarball.build(Path(name)), Path(name))
        given = {key: value for key, value in os.environ.items() if key != "ANSIBLE_CONFIG"}
        options = ["--use-current", "--fail-on-error", "--no-add-antsibull-docs-version"]
        command = ["antsibull-docs", "collection", *options, "--dest-dir", str(directory), "palisade.ecs"]
        subprocess.run(command, env=given | {"ANSIBLE_COLLECTIONS_PATH": name}, check=True)
    for page in directory.glob("collections/**/*.rst"):
        page.write_text(CONTENTS.sub("", page.read_text(encoding="utf-8")), encoding="utf-8")


def diagrams() -> Path:
    """Return the library that draws diagrams: a copy of ours, for readers' browsers are sent nowhere else."""
    NODE.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, NODE)
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(["npm", "ci", *quiet], cwd=NODE, check=True)
    return NODE / "node_modules" / "mermaid" / "dist" / "mermaid.min.js"


def main() -> None:
    """Build the site anew."""
    shutil.rmtree(TARGET, ignore_errors=True)
    source = TARGET / "source"
    (source / "_static").mkdir(parents=True)
    shutil.copy(HERE / "conf.py", source)
    shutil.copy(HERE / "index.md", source)
    shutil.copy(diagrams(), source / "_static")
    shutil.copy(HERE / "diagrams.js", source / "_static")
    assemble(source)
    reference(source)
    command = ["sphinx-build", "--fail-on-warning", "--keep-going", "--quiet", str(source), str(TARGET / "html")]
    subprocess.run(command, check=True)
    print(f"{TARGET / 'html' / 'index.html'}")


if __name__ == "__main__":
    main()
