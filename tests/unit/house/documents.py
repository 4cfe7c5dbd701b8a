# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages in Markdown: their headings, links and code blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

FENCE = re.compile(r"^```(\w*)\n(.*?)^```[^\S\n]*$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A code block, with the language that it names."""

    language: str
    text: str


def blocks(page: str) -> list[Block]:
    """Return the code blocks of a page."""
    return [Block(*found) for found in FENCE.findall(page)]


def headings(page: str, level: int = 0) -> list[str]:
    """Return the headings of a page, of one level or of all."""
    found = HEADING.findall(FENCE.sub("", page))
    return [text for marks, text in found if level in (0, len(marks))]


def anchors(page: str) -> set[str]:
    """Return what links can lead to in a page, as GitHub and the site name it."""
    plain = (re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading) for heading in headings(page))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in plain}


def links(page: str) -> Iterator[tuple[str, str]]:
    """Yield file and anchor of each link that stays in the checkout; the file of one within a page is empty."""
    for link in LINK.findall(FENCE.sub("", page)):
        if not link.startswith(("http:", "https:", "mailto:")):
            file, _, anchor = link.partition("#")
            yield file, anchor


def commands(block: Block) -> Iterator[list[str]]:
    """Yield the words of each command in a block of shell, without comments; a line may hold several."""
    if block.language in ("", "bash", "sh"):
        for line in block.text.replace("\\\n", " ").splitlines():
            for command in re.split(r"&&|;|\|", re.sub(r"(^|\s)#.*", "", line)):
                words = command.split()
                if words:
                    yield words
