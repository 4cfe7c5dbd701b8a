# SPDX-License-Identifier: GPL-3.0-or-later
"""A gate that looked at nothing, or that was not content, is not passed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from gates import ansible_test, release, tarball

SANITY = "".join(f'Running sanity test "test-{number}"\n' for number in range(24))
UNITS = "===== 1400 passed in 20.11s =====\n"
IMPORTED = "\n".join(f"INFO: {sign}" for sign in release.SIGNS)
KNOWN = {*tarball.FILES, "plugins/modules/one.py", "roles/data/meta/main.yml", "meta/runtime.yml", "emulator/one.py"}
INSIDE = (KNOWN | tarball.MADE_BY_THE_BUILD) - {"emulator/one.py"}


def test_content_gates_are_passed() -> None:
    assert list(ansible_test.sanity_complaints(0, SANITY)) == []
    assert list(ansible_test.unit_complaints(0, UNITS)) == []
    assert list(release.importer_complaints(0, IMPORTED)) == []
    assert list(tarball.complaints(INSIDE, KNOWN, 360_000)) == []


@pytest.mark.parametrize(
    ("code", "said", "complaint"),
    [
        (1, SANITY, "ansible-test ended with 1"),
        (0, SANITY + "WARNING: All targets skipped.\n", "ansible-test skipped all targets"),
        (0, 'Running sanity test "pep8"\n' * 30, "1 sanity tests ran, fewer than 20"),
    ],
)
def test_sanity_run_that_proves_nothing_is_told(code: int, said: str, complaint: str) -> None:
    assert list(ansible_test.sanity_complaints(code, said)) == [complaint]


@pytest.mark.parametrize(
    ("code", "said", "complaint"),
    [
        (1, UNITS, "ansible-test ended with 1"),
        (0, "no tests ran in 0.1s", "0 unit tests passed, fewer than 500"),
    ],
)
def test_unit_run_that_proves_nothing_is_told(code: int, said: str, complaint: str) -> None:
    assert list(ansible_test.unit_complaints(code, said)) == [complaint]


@pytest.mark.parametrize(
    ("code", "said", "complaint"),
    [
        (1, IMPORTED, "galaxy-importer ended with 1"),
        (0, f"{IMPORTED}\nERROR: no changelog", "ERROR: no changelog"),
        (0, f"{IMPORTED}\nWARNING: name[casing]", "WARNING: name[casing]"),
        (0, IMPORTED.replace(release.SIGNS[1], ""), f"galaxy-importer did not say: {release.SIGNS[1]}"),
    ],
)
def test_import_that_is_not_clean_is_told(code: int, said: str, complaint: str) -> None:
    assert list(release.importer_complaints(code, said)) == [complaint]


@pytest.mark.parametrize(
    ("inside", "known", "size", "complaint"),
    [
        (INSIDE | {"emulator/one.py"}, KNOWN, 1, "emulator/one.py is published"),
        (INSIDE | {"collections/ansible_collections"}, KNOWN, 1, "collections/ansible_collections is published"),
        (INSIDE | {"plugins/modules/notes.txt"}, KNOWN, 1, "plugins/modules/notes.txt is published"),
        (INSIDE - {"meta/runtime.yml"}, KNOWN, 1, "meta/runtime.yml is not published"),
        (INSIDE - {"LICENSE"}, KNOWN - {"LICENSE"}, 1, "there is no LICENSE"),
        (INSIDE, KNOWN, 2_000_000, "it has 2,000,000 bytes, more than 1,000,000"),
    ],
)
def test_tarball_with_too_much_or_too_little_is_told(
    inside: set[str], known: set[str], size: int, complaint: str
) -> None:
    assert list(tarball.complaints(inside, known, size)) == [complaint]


def test_collections_come_from_the_unpacked_tree_alone(tmp_path: Path) -> None:
    manifest = tmp_path / "ansible_collections" / "amazon" / "aws" / "galaxy.yml"
    manifest.parent.mkdir(parents=True)
    manifest.write_text("namespace: amazon\nname: aws\nversion: 1.0.0\n", encoding="utf-8")
    program = str(Path(sys.executable).with_name("ansible-galaxy"))
    command = [program, "collection", "list", "--format", "json"]
    _, said = release.run(command, tmp_path, **release.only_in(tmp_path))
    places = [place for place, found in json.loads(said[said.index("{") :]).items() if "amazon.aws" in found]
    assert places == [str(tmp_path / "ansible_collections")]
