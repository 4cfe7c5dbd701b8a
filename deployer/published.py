# SPDX-License-Identifier: GPL-3.0-or-later
"""The files in docs/: policies for each role of the collection and for deployments, and what they leave open."""

from __future__ import annotations

import json
from pathlib import Path

from deployer import boundary, page
from deployer.documents import Document, documents
from deployer.recording import Recording

DOCS = Path(__file__).resolve().parent.parent / "docs"
DIRECTORY = DOCS / "deployer-policy"
PAGE = DOCS / "deployer-policy.md"


def generate(recording: Recording) -> dict[str, str]:
    """Return the content of every file, by its path under docs."""
    made = {policy: documents(boundary.needed(questions)) for policy, questions in recording.questions.items()}
    if recording.boundary:
        made[boundary.NAME] = [recording.boundary]
    found: dict[str, str] = {PAGE.name: page.write(PAGE.read_text(), made)}
    for policy, ones in made.items():
        for number, document in enumerate(ones, start=1):
            name = policy if len(ones) == 1 else f"{policy}-{number}"
            found[f"{DIRECTORY.name}/{name}.json"] = json.dumps(document, indent=2) + "\n"
    return found


def write(files: dict[str, str]) -> None:
    """Put the files into docs, and remove policies that are not among them."""
    DIRECTORY.mkdir(exist_ok=True)
    for old in DIRECTORY.glob("*.json"):
        old.unlink()
    for name, content in files.items():
        (DOCS / name).write_text(content)


def read() -> dict[str, list[Document]]:
    """Return the published policies by what they are for."""
    found: dict[str, list[Document]] = {}
    for path in sorted(DIRECTORY.glob("*.json")):
        found.setdefault(path.stem.partition("-")[0], []).append(json.loads(path.read_text()))
    return found
