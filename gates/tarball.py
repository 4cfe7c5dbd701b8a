# SPDX-License-Identifier: GPL-3.0-or-later
"""The tarball that is published: built, and looked at for what does not belong there and for what is missing."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
# What galaxy-importer, ansible-galaxy and readers look for; nothing else is published.
FILES = (
    "CHANGELOG.md",
    "CODE_OF_CONDUCT.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "requirements.txt",
)
DIRECTORIES = ("changelogs", "docs", "meta", "playbooks", "plugins", "roles")
MADE_BY_THE_BUILD = {"FILES.json", "MANIFEST.json"}
# Today 360 kB. What makes it several times as large is nothing that users asked for.
MOST_BYTES = 1_000_000


def build(directory: Path) -> Path:
    """Build the collection into a directory and return the tarball."""
    program = Path(sys.executable).with_name("ansible-galaxy")
    command = [str(program), "collection", "build", "--force", "--output-path", str(directory)]
    subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True, text=True)
    (tarball,) = directory.glob("palisade-ecs-*.tar.gz")
    return tarball


def tracked() -> set[str]:
    """Return the files of the checkout that git knows and that are still there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=CHECKOUT, check=True, capture_output=True, text=True).stdout
    return {name for name in listed.split("\0") if name and (CHECKOUT / name).is_file()}


def published(names: set[str]) -> set[str]:
    """Return of the files of a checkout those that belong into the tarball."""
    return {name for name in names if name in FILES or (name.partition("/")[0] in DIRECTORIES and "/" in name)}


def contents(tarball: Path) -> set[str]:
    """Return the files of a tarball."""
    with tarfile.open(tarball) as archive:
        return {member.name for member in archive if not member.isdir()}


def complaints(inside: set[str], known: set[str], size: int) -> Iterator[str]:
    """Yield what a tarball has too much, and what it lacks of the files that git knows."""
    wanted = published(known) | MADE_BY_THE_BUILD
    yield from (f"{name} is published" for name in sorted(inside - wanted))
    yield from (f"{name} is not published" for name in sorted(wanted - inside))
    yield from (f"there is no {name}" for name in FILES if name not in known)
    if size > MOST_BYTES:
        yield f"it has {size:,} bytes, more than {MOST_BYTES:,}"
