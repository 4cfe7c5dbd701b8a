# SPDX-License-Identifier: GPL-3.0-or-later
"""The Markdown of the checkout as the source of a site: links to what is no page lead to the repository."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
REPOSITORY = "https://github.com/palisade/palisade.ecs"
PAGES = ("*.md", "docs/*.md", "docs/adr/*.md", "roles/*/README.md", "app/README.md", "emulator/README.md")
NO_PAGES = {"AGENTS.md"}
CODE = re.compile(r"^(```|~~~).*?^\1[^\S\n]*$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<=\]\()(?!https?:|mailto:|#)([^)\s#]+)(#[^)\s]+)?(?=\))")


# The pages below another one, which readers of the checkout see as files beside it.
BELOW = {Path("docs/adr/README.md"): "\n```{toctree}\n:hidden:\n:glob:\n\n0*\n```\n"}


class DeadLinkError(Exception):
    """A link leads to no file of the checkout."""


def pages() -> list[Path]:
    """Return the pages of the site, relative to the checkout."""
    found = {path.relative_to(CHECKOUT) for pattern in PAGES for path in CHECKOUT.glob(pattern)}
    return sorted(page for page in found if page.name not in NO_PAGES)


def _prose(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a page, each with whether it is prose: nothing in a code block is a link."""
    end = 0
    for block in CODE.finditer(text):
        yield text[end : block.start()], True
        yield block.group(), False
        end = block.end()
    yield text[end:], True


def rewritten(page: Path, text: str, known: set[Path]) -> str:
    """Return a page whose links work on the site."""

    def lead(link: re.Match[str]) -> str:
        target = (CHECKOUT / page.parent / link[1]).resolve()
        if not target.exists():
            raise DeadLinkError(f"{page}: {link[0]}")
        relative = target.relative_to(CHECKOUT)
        if relative / "README.md" in known:
            return f"{link[1].rstrip('/')}/README.md{link[2] or ''}"
        if relative in known:
            return link[0]
        return f"{REPOSITORY}/{'tree' if target.is_dir() else 'blob'}/main/{relative.as_posix()}"

    return "".join(LINK.sub(lead, part) if is_prose else part for part, is_prose in _prose(text))


def assemble(directory: Path) -> None:
    """Write the pages where Sphinx finds them, each at its place in the checkout."""
    known = set(pages())
    for page in known:
        target = directory / page
        target.parent.mkdir(parents=True, exist_ok=True)
        text = rewritten(page, (CHECKOUT / page).read_text(encoding="utf-8"), known)
        target.write_text(text + BELOW.get(page, ""), encoding="utf-8")
