# SPDX-License-Identifier: GPL-3.0-or-later
"""What must and must not be written in the files of the checkout."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.unit.house.checkout import ROOT, files, load, shown

# moto's account, which is also the one of AWS's documentation, and the second one of AWS's documentation.
EXAMPLE_ACCOUNTS = {b"123456789012", b"111122223333"}
ACCOUNT = re.compile(rb"(?<![0-9A-Za-z])[0-9]{12}(?![0-9A-Za-z])")
LICENCE = "# SPDX-License-Identifier: GPL-3.0-or-later"
LOCKED = r"[^=\s]+==\S+( ;[^#]*?)?(\s+--hash=sha256:[0-9a-f]{64})+(\s+#.*)?"
LOCKS = [*files((".txt",), "requirements"), ROOT / "app" / "requirements.txt"]
FRAGMENTS = files((".yml", ".yaml"), "changelogs/fragments")


def foreign_accounts(content: bytes) -> set[bytes]:
    return set(ACCOUNT.findall(content)) - EXAMPLE_ACCOUNTS


def is_licensed(source: str) -> bool:
    return LICENCE in source.splitlines()[:4]


def requirements(lock: str) -> list[str]:
    lines = lock.replace("\\\n", " ").splitlines()
    return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]


def lock_complaints(lock: str) -> list[str]:
    found = [f"names an address: {address}" for address in re.findall(r"https?://\S+|file:\S+", lock)]
    for requirement in requirements(lock):
        if requirement.startswith("-"):
            found.append(f"has an option: {requirement}")
        elif not re.fullmatch(LOCKED, requirement.rstrip()):
            found.append(f"is not locked: {requirement.split()[0]}")
    return found


def fragment_complaints(fragment: Any, config: dict[str, Any]) -> list[str]:
    sections = {name for name, _ in config["sections"]} | {config["trivial_section_name"]}
    found = []
    for section, entries in fragment.items():
        if section == config["prelude_section_name"]:
            found += [] if isinstance(entries, str) else [f"{section} is no text"]
        elif section not in sections:
            found.append(f"{section} is no section")
        elif not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
            found.append(f"{section} is no list of texts")
    return found


def test_no_account_is_named_but_the_examples() -> None:
    found = {shown(path): foreign_accounts(path.read_bytes()) for path in files()}
    assert found["inventories/dev/group_vars/all/palisade.yml"] == set()
    assert {name: accounts for name, accounts in found.items() if accounts} == {}


@pytest.mark.parametrize("text", [b'palisade_account_id: "%s"', b"arn:aws:iam::%s:root", b"%s.dkr.ecr"])
def test_account_is_found(text: bytes) -> None:
    account = b"9" * 12
    assert foreign_accounts(text % account) == {account}
    assert foreign_accounts(text % b"123456789012") == set()


def test_digits_of_a_digest_are_no_account() -> None:
    assert foreign_accounts(b"sha256:" + b"9" * 12 + b"ab " + b"9" * 13) == set()


def test_every_python_file_names_its_licence() -> None:
    sources = files((".py",))
    assert len(sources) > 100
    assert [shown(path) for path in sources if not is_licensed(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("source", ["", "import os\n", "# SPDX-License-Identifier: MIT\n", "\n" * 4 + LICENCE])
def test_file_without_licence_is_found(source: str) -> None:
    assert is_licensed(f"#!/usr/bin/python\n{LICENCE}\n")
    assert not is_licensed(source)


@pytest.mark.parametrize("path", LOCKS, ids=shown)
def test_lock_file_has_hashes_and_no_addresses(path: Path) -> None:
    lock = path.read_text(encoding="utf-8")
    assert requirements(lock)
    assert lock_complaints(lock) == []


def test_application_runs_with_what_its_tests_ran_with() -> None:
    application, development = (
        {
            re.split(" ;| --hash", requirement)[0].strip()
            for requirement in requirements(path.read_text(encoding="utf-8"))
        }
        for path in (ROOT / "app" / "requirements.txt", ROOT / "requirements" / "dev.txt")
    )
    assert application
    assert application < development


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("flask==3.1.0", "is not locked: flask==3.1.0"),
        ("flask>=3 --hash=sha256:" + "0" * 64, "is not locked: flask>=3"),
        ("flask==3.1.0 --hash=sha256:00", "is not locked: flask==3.1.0"),
        ("flask==3.1.0 --hash=md5:" + "0" * 64, "is not locked: flask==3.1.0"),
        (f"flask==3.1.0 --hash=sha256:{'0' * 64} --hash=md5:{'0' * 32}", "is not locked: flask==3.1.0"),
        ("-i internal", "has an option: -i internal"),
        ("# from https://index.example/simple", "names an address: https://index.example/simple"),
        ("# from file:///opt/wheels", "names an address: file:///opt/wheels"),
    ],
)
def test_line_that_does_not_belong_into_a_lock_file_is_found(line: str, complaint: str) -> None:
    good = "flask==3.1.0 \\\n    --hash=sha256:" + "a" * 64 + " \\\n    --hash=sha256:" + "b" * 64 + "\n    # via app\n"
    assert lock_complaints(good) == []
    assert lock_complaints(good + line + "\n") == [complaint]


@pytest.mark.parametrize("path", FRAGMENTS, ids=shown)
def test_changelog_fragment_is_well_formed(path: Path) -> None:
    assert fragment_complaints(load(path), load(ROOT / "changelogs" / "config.yaml")) == []


@pytest.mark.parametrize(
    ("fragment", "complaint"),
    [
        ({"new_features": ["a"]}, "new_features is no section"),
        ({"bugfixes": "a"}, "bugfixes is no list of texts"),
        ({"bugfixes": [{"role network": "a"}]}, "bugfixes is no list of texts"),
        ({"release_summary": ["a"]}, "release_summary is no text"),
    ],
)
def test_broken_changelog_fragment_is_found(fragment: Any, complaint: str) -> None:
    config = load(ROOT / "changelogs" / "config.yaml")
    assert fragment_complaints({"release_summary": "a", "bugfixes": ["a"], "trivial": ["a"]}, config) == []
    assert fragment_complaints(fragment, config) == [complaint]
