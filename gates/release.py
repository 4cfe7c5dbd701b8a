# SPDX-License-Identifier: GPL-3.0-or-later
"""The gates of Galaxy and Automation Hub on the tarball, with the tools of .venv-release."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from gates import process, tarball, tree

IMPORTER_SETTINGS = "[galaxy-importer]\ncheck_required_tags = true\n"
# A tarball at which it did not look is not blamed either.
SIGNS = ("Getting doc strings via ansible-doc", "Linting collection via ansible-lint", "completed successfully")
# Without an engine nothing is built, but every file of the context is made and checked.
BUILDER = ["ansible-builder", "create", "--output-filename", "Containerfile", "--file", "execution-environment.yml"]


def run(command: list[str], directory: Path, **variables: str) -> tuple[int, str]:
    """Run a gate; return how it ended and what it said."""
    environment = {name: value for name, value in os.environ.items() if name != "ANSIBLE_CONFIG"} | variables
    return process.run(command, directory, environment)


def only_in(directory: Path) -> dict[str, str]:
    """Return the settings with which Ansible sees the collections of a directory, and none beside its own programs.

    antsibull-docs takes a collection from the first directory in alphabetical order, and nothing at all from one that
    git ignores, as it does .venv-release: what it found would depend on where the checkout is.
    """
    return {"ANSIBLE_COLLECTIONS_PATH": str(directory), "ANSIBLE_COLLECTIONS_SCAN_SYS_PATH": "false"}


def importer_complaints(code: int, said: str) -> Iterator[str]:
    """Yield what galaxy-importer has against a tarball: it ends with 0 when ansible-lint or ansible-doc complain."""
    if code:
        yield f"galaxy-importer ended with {code}"
    yield from (line for line in said.splitlines() if line.startswith(("ERROR", "WARNING")))
    for sign in SIGNS:
        if sign not in said:
            yield f"galaxy-importer did not say: {sign}"


def imported(archive: Path, directory: Path) -> Iterator[str]:
    """Judge a tarball as Galaxy does when it is uploaded."""
    settings = directory / "galaxy-importer.cfg"
    settings.write_text(IMPORTER_SETTINGS, encoding="utf-8")
    command = ["python", "-m", "galaxy_importer.main", str(archive)]
    collections = str(directory)
    yield from importer_complaints(
        *run(command, directory, GALAXY_IMPORTER_CONFIG=str(settings), ANSIBLE_COLLECTIONS_PATH=collections)
    )


def documented(ours: Path, directory: Path) -> Iterator[str]:
    """Judge documentation as the site of Ansible's community does, which else would show a page of errors."""
    command = [
        "antsibull-docs",
        "lint-collection-docs",
        "--plugin-docs",
        "--validate-collection-refs",
        "dependent",
        ".",
    ]
    code, said = run(command, ours, **only_in(directory))
    yield from said.splitlines()
    if code and not said:
        yield f"antsibull-docs ended with {code}"


def environment_created(directory: Path) -> Iterator[str]:
    """Have the context of the execution environment made."""
    code, said = run([*BUILDER, "--context", str(directory / "context")], tarball.CHECKOUT)
    if code or not (directory / "context" / "Containerfile").is_file():
        yield from [f"ansible-builder ended with {code}", *said.splitlines()]


def judge() -> Iterator[tuple[str, list[str]]]:
    """Yield each gate with what it has against the collection."""
    with tempfile.TemporaryDirectory(prefix="gates-") as name:
        directory = Path(name)
        archive = tarball.build(directory)
        size = archive.stat().st_size
        inside = tarball.contents(archive)
        yield f"tarball of {size:,} bytes", list(tarball.complaints(inside, tarball.tracked(), size))
        ours = tree.unpack(archive, directory)
        yield "antsibull-docs", list(documented(ours, directory))
        yield "galaxy-importer", list(imported(archive, directory))
        yield "ansible-builder", list(environment_created(directory))
        code, said = run(["antsibull-changelog", "lint"], tarball.CHECKOUT)
        yield "antsibull-changelog", said.splitlines() or [f"ended with {code}"] * bool(code)
