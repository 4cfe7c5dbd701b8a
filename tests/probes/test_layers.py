# SPDX-License-Identifier: GPL-3.0-or-later
"""Attacks from inside of a task: which layers are against each by themselves, and what is left without any one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.e2e.site import CHECKOUT, Site
from tests.probes.documents import key_arns
from tests.probes.layers import LAYERS, opened
from tests.probes.probing import Fate, Place, Probe, Prober

PAGE = CHECKOUT / "docs" / "layers.md"


@dataclass(frozen=True)
class Attack:
    """A call that has to fail, made from the place of a task."""

    what: str
    probe: Probe
    more: Mapping[str, Any] = field(default_factory=dict)


def attacks(site: Site) -> Iterator[Attack]:
    """Return what somebody would try who has taken over a task, or brings keys into one."""
    for what, *probe in (
        ("The application reads another table", "dynamodb", "task", "GetItem", "another"),
        ("The application reads its whole table", "dynamodb", "task", "Scan", "ours"),
        ("The application copies its table to a bucket", "dynamodb", "task", "ExportTableToPointInTime", "ours"),
        ("The application writes to another account's table", "dynamodb", "task", "PutItem", "another account's"),
        (
            "The application stores an object in another account's bucket",
            "s3",
            "task",
            "PutObject",
            "another account's",
        ),
        ("The application pulls the image", "ecr.api", "task", "BatchGetImage", "ours"),
        ("The application forges lines of the log", "logs", "task", "PutLogEvents", "ours"),
        ("The application reads a secret", "secretsmanager", "task", "GetSecretValue", "ours"),
        ("The execution role reads the table", "dynamodb", "execution", "GetItem", "ours"),
        ("The execution role pulls another image", "ecr.api", "execution", "BatchGetImage", "another"),
        ("The execution role replaces the image", "ecr.api", "execution", "PutImage", "ours"),
        ("An administrator's keys, brought in, read the table", "dynamodb", "deployer", "GetItem", "ours"),
        ("A stranger's keys, brought in, write to their table", "dynamodb", "foreign", "PutItem", "another account's"),
        ("A stranger's keys, brought in, store in their bucket", "s3", "foreign", "PutObject", "another account's"),
    ):
        yield Attack(what, Probe(*probe))
    key = {"KeyId": key_arns(site)["data"]}
    for what, operation in (
        ("The application decrypts by the table's key itself", "Decrypt"),
        ("The application encrypts by the table's key itself", "Encrypt"),
        ("The application gives the table's key away", "CreateGrant"),
    ):
        yield Attack(what, Probe("kms", "task", operation, "ours"), key)


@dataclass(frozen=True)
class Fort:
    """A deployed stack under attack."""

    site: Site
    prober: Prober
    place: Place
    attacks: tuple[Attack, ...]

    def failing(self, *layers: str) -> set[str]:
        """Return the attacks that fail if only these layers are closed."""
        with opened(self.site, [name for name in LAYERS if name not in layers]):
            return {
                one.what
                for one in self.attacks
                if self.prober.fate(one.probe, self.place, **one.more) is not Fate.PASSED
            }


@pytest.fixture
def fort(stack: Site, prober: Prober, places: dict[str, Place]) -> Fort:
    return Fort(stack, prober, places["a task"], tuple(attacks(stack)))


def table(fort: Fort, alone: Mapping[str, set[str]]) -> list[str]:
    """Return which layers are against which attack, as lines of a table."""
    head = ["Attack from inside of a task", *LAYERS]
    rows = [[one.what, *("denies" if one.what in alone[name] else "" for name in LAYERS)] for one in fort.attacks]
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]


def test_without_layers_every_attack_works_and_with_all_none_does(fort: Fort) -> None:
    """The control: none of the attacks fails for another reason."""
    assert fort.failing() == set()
    assert fort.failing(*LAYERS) == {one.what for one in fort.attacks}


def test_without_any_one_layer_the_others_are_against_what_the_table_says(fort: Fort) -> None:
    alone = {name: fort.failing(name) for name in LAYERS}
    page = PAGE.read_text(encoding="utf-8").splitlines()
    expected = table(fort, alone)
    assert [line for line in page if line.startswith("|")] == expected, "\n".join(expected)
    for knocked_out in LAYERS:
        others = [name for name in LAYERS if name != knocked_out]
        assert fort.failing(*others) == set().union(*(alone[name] for name in others)), knocked_out
