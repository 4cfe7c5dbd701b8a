# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys of tasks."""

from __future__ import annotations

import datetime
import json
from ipaddress import IPv4Address
from typing import Any

import pytest

from emulator.authorizer.network import Position
from emulator.control_plane import credentials
from emulator.control_plane.credentials import Credentials, CredentialsEndpoint, Entitlement
from emulator.control_plane.refusal import EXPIRED, INVALID

ROLE = "arn:aws:iam::123456789012:role/shop-task"
PLACE = Position("subnet-1", IPv4Address("10.0.0.4"), ("sg-1",))


class Clock:
    """The time, moved by hand."""

    def __init__(self) -> None:
        self.ahead = datetime.timedelta()

    def __call__(self) -> datetime.datetime:
        return datetime.datetime.now(datetime.UTC) + self.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(credentials, "_utc_now", clock)
    return clock


def test_a_task_keeps_its_key_until_it_nears_its_end(clock: Clock) -> None:
    keys = Credentials(lifetime=1000)
    first = keys.current("task", ROLE, PLACE)
    clock.ahead = datetime.timedelta(seconds=690)
    assert keys.current("task", ROLE, PLACE) == first
    clock.ahead = datetime.timedelta(seconds=710)
    second = keys.current("task", ROLE, PLACE)
    assert second.access_key_id != first.access_key_id
    # Whoever holds the earlier key may use it to its end.
    assert first.refusal(first.session_token) is None
    clock.ahead = datetime.timedelta(seconds=1001)
    assert first.refusal(first.session_token) is EXPIRED
    assert keys.lookup(first.access_key_id) == first


def test_tasks_do_not_share_keys() -> None:
    keys = Credentials(lifetime=1000)
    assert keys.current("one", ROLE, PLACE).access_key_id != keys.current("two", ROLE, PLACE).access_key_id


class Assumed:
    """What AssumeRole answers with."""

    role_arn = "arn:aws:iam::123456789012:role/other"
    arn = "arn:aws:sts::123456789012:assumed-role/other/chained"
    access_key_id, secret_access_key, session_token = "ASIACHAINED", "secret", "token"
    expiration = datetime.datetime(2999, 1, 1)


def test_who_assumes_another_role_stays_in_its_place() -> None:
    keys = Credentials(lifetime=1000)
    first = keys.current("task", ROLE, PLACE)
    keys.follow(first.access_key_id, Assumed(), ("{}",))
    chained = keys.lookup("ASIACHAINED")
    assert chained
    assert (chained.source.position, chained.task_id, chained.source.session_policies) == (PLACE, "task", ("{}",))
    assert chained.source.principal.arn == Assumed.arn
    assert chained.refusal("token") is None
    # The task's own key stays what it was.
    assert keys.current("task", ROLE, PLACE) == first


def test_what_others_assume_is_bound_to_no_place() -> None:
    keys = Credentials(lifetime=1000)
    keys.follow("embedded", Assumed(), ())
    assert keys.lookup("ASIACHAINED") is None


def test_a_key_is_worth_nothing_without_its_session_token() -> None:
    grant = Credentials(lifetime=1000).current("task", ROLE, PLACE)
    assert grant.refusal("") is INVALID
    assert grant.refusal("another") is INVALID


@pytest.mark.parametrize(
    ("task_id", "token", "status"),
    [("task", "right", 200), ("task", "wrong", 403), ("task", "", 403), ("x", "right", 403)],
)
def test_only_the_tasks_own_token_opens_the_endpoint(task_id: str, token: str, status: int) -> None:
    entitled = {"task": Entitlement(ROLE, "right", PLACE)}
    endpoint = CredentialsEndpoint(Credentials(lifetime=1000), entitled.get)
    environment: dict[str, Any] = {"HTTP_AUTHORIZATION": token}
    answer = endpoint(environment, task_id)
    assert answer.status == status
    assert ("SecretAccessKey" in json.loads(answer.body)) == (status == 200)
