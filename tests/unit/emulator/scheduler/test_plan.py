# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tasks start and stop, decided without a process."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emulator.scheduler.plan import Decision, Member, Wish, plan

ZONES = {"subnet-a": "a", "subnet-b": "b", "subnet-c": "c"}


def wish(desired: int = 3, minimum: int = 100, maximum: int = 200, deployment: str = "new") -> Wish:
    return Wish(deployment, desired, minimum, maximum, ZONES)


def members(count: int, deployment: str = "new", *, running: bool = True, first: int = 0) -> list[Member]:
    subnets = list(ZONES)
    return [
        Member(f"{deployment}-{number}", deployment, subnets[number % 3], age=number, running=running)
        for number in range(first, first + count)
    ]


def apply(decision: Decision, present: list[Member], deployment: str, births: int) -> list[Member]:
    """Return the members after a decision: stopped ones are gone, started ones do not run yet."""
    gone = {*decision.stop, *decision.failed}
    born = [
        Member(f"{deployment}-{births + number}", deployment, subnet, births + number, running=False)
        for number, subnet in enumerate(decision.start)
    ]
    return [member for member in present if member.task_id not in gone] + born


def test_a_new_service_spreads_over_the_zones() -> None:
    assert sorted(plan(wish(), []).start) == ["subnet-a", "subnet-b", "subnet-c"]
    assert sorted(plan(wish(5), []).start)[:4] == ["subnet-a", "subnet-a", "subnet-b", "subnet-b"]


def test_a_service_at_its_wish_stays_as_it_is() -> None:
    assert plan(wish(), members(3)) == Decision()


def test_a_dead_task_is_replaced_in_the_zone_it_left() -> None:
    remaining = [member for member in members(3) if member.subnet != "subnet-b"]
    assert plan(wish(), remaining) == Decision(start=("subnet-b",))


def test_subnets_of_one_zone_share_its_part() -> None:
    two_in_a = Wish("new", 4, 100, 200, {"one": "a", "two": "a", "three": "b"})
    assert sorted(plan(two_in_a, []).start) == ["one", "three", "three", "two"]


def test_scaling_in_leaves_the_zones_balanced() -> None:
    decision = plan(wish(3), members(6))
    kept = [member.subnet for member in members(6) if member.task_id not in decision.stop]
    assert sorted(kept) == sorted(ZONES)


def test_scaling_in_stops_what_does_not_run_first() -> None:
    present = [*members(3), *members(2, running=False, first=3)]
    assert set(plan(wish(3), present).stop) == {"new-3", "new-4"}


def test_a_service_scaled_to_zero_stops_everything() -> None:
    decision = plan(wish(0), [*members(2), *members(2, "old")])
    assert set(decision.stop) == {"new-0", "new-1", "old-0", "old-1"}
    assert not decision.start


def test_nothing_starts_while_throttled() -> None:
    assert plan(replace(wish(), may_start=False), []) == Decision()


@pytest.mark.parametrize(
    ("desired", "minimum", "maximum"),
    [(3, 100, 200), (3, 50, 100), (4, 50, 150), (1, 0, 100), (1, 100, 200), (10, 90, 110), (2, 100, 150)],
)
def test_a_rolling_replacement_keeps_to_its_percentages_and_ends(desired: int, minimum: int, maximum: int) -> None:
    target, present, births = wish(desired, minimum, maximum), members(desired, "old"), 0
    for _ in range(10 * desired):
        decision = plan(target, present)
        present = apply(decision, present, "new", births)
        births += len(decision.start)
        assert sum(member.healthy for member in present) >= target.lower
        assert len(present) <= max(target.upper, desired)
        waiting = next((member for member in present if not member.running), None)
        present = [replace(member, running=True) if member is waiting else member for member in present]
    assert [member.deployment for member in present] == ["new"] * desired
    assert births == desired


def test_a_rolling_replacement_without_leeway_is_blocked() -> None:
    decision = plan(wish(2, minimum=100, maximum=100), members(2, "old"))
    assert decision == Decision(blocked=True)


def test_old_tasks_stay_while_the_new_ones_do_not_run() -> None:
    present = [*members(3, "old"), *members(3, "new", running=False)]
    assert plan(wish(), present) == Decision()


def test_old_tasks_that_do_not_serve_go_at_once() -> None:
    present = [*members(2, "old"), *members(1, "old", running=False, first=2), *members(3, "new", running=False)]
    assert plan(wish(), present).stop == ("old-2",)


def test_a_task_that_never_was_healthy_is_replaced() -> None:
    sick = replace(members(1, running=False)[0], unhealthy=True)
    decision = plan(wish(1), [sick])
    assert decision.failed == ("new-0",)
    assert len(decision.start) == 1


def test_a_task_that_becomes_unhealthy_waits_for_its_replacement() -> None:
    sick, *sound = members(3)
    sick = replace(sick, unhealthy=True)
    first = plan(wish(), [sick, *sound])
    assert not first.failed
    assert len(first.start) == 1
    replacement = replace(sick, task_id="new-9", age=9, unhealthy=False)
    assert plan(wish(), [sick, *sound, replacement]).failed == ("new-0",)


def test_an_unhealthy_task_goes_first_where_there_is_no_room() -> None:
    sick, *sound = members(3)
    decision = plan(wish(maximum=100), [replace(sick, unhealthy=True), *sound])
    assert decision.failed == ("new-0",)
    assert decision.start == ("subnet-a",)
