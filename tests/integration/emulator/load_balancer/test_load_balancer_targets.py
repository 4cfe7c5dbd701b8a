# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Health, draining, and what clients notice of it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from http.client import HTTPException

import pytest

from tests.integration.emulator.load_balancer.load_balancer_site import (
    Pending,
    Site,
    Upstream,
    eventually,
    fixed,
    forward,
)

Start = Callable[[str], Upstream]


def test_target_goes_from_initial_to_healthy_to_unhealthy_and_back(site: Site, upstream: Start) -> None:
    target, other = upstream("target"), upstream("other")
    target.answer_health.clear()
    arn = site.group("blue", target, other)
    # For as long a check may be unanswered before it has failed.
    site.backend.target_groups[arn].health_check_timeout_seconds = 8
    site.https(forward({arn: 1}))
    site.publish()
    assert target.checked.wait(30)
    assert site.health(target) == "initial"
    target.answer_health.set()
    site.wait_healthy(target, other)
    target.checked.clear()
    target.answer_health.clear()
    assert target.checked.wait(30), "first"
    target.health = 500
    target.checked.clear()
    # This lets go those who wait, and nobody who comes later.
    target.answer_health.set()
    target.answer_health.clear()
    assert target.checked.wait(30), "second"
    # The second check is still unanswered, and one bad answer is not two.
    assert site.health(target) == "healthy"
    target.answer_health.set()
    eventually(lambda: site.health(target) == "unhealthy")
    assert {site.get().name for _ in range(8)} == {"other"}
    target.health = 200
    site.wait_healthy(target)
    assert {site.get().name for _ in range(8)} == {"target", "other"}


def test_target_gets_requests_as_soon_as_it_is_healthy(site: Site, upstream: Start) -> None:
    """By default Envoy would merge changes of health that follow each other within a second."""
    first, second, third = upstream("first"), upstream("second"), upstream("third")
    third.answer_health.clear()
    arn = site.serve(first)
    site.targets[arn] += [second.target(), third.target()]
    site.publish()
    site.wait_healthy(second)
    third.answer_health.set()
    site.wait_healthy(third)
    assert {site.get().name for _ in range(6)} == {"first", "second", "third"}


def test_only_unhealthy_targets_are_used_all_the_same(site: Site, upstream: Start) -> None:
    target = upstream("target")
    target.health = 500
    site.https(forward({site.group("blue", target): 1}))
    site.publish()
    eventually(lambda: site.health(target) == "unhealthy")
    assert site.get().name == "target"


def test_matcher_of_the_group_decides(site: Site, upstream: Start) -> None:
    target = upstream("target")
    target.health = 299
    arn = site.group("blue", target)
    site.elb.modify_target_group(TargetGroupArn=arn, Matcher={"HttpCode": "200,250-299"})
    site.https(forward({arn: 1}))
    site.publish()
    site.wait_healthy(target)


def test_group_that_no_listener_names_is_not_checked(site: Site, upstream: Start) -> None:
    used, unused = upstream("used"), upstream("unused")
    site.serve(used)
    site.group("green", unused)
    site.publish()
    assert (site.health(used), site.health(unused)) == ("healthy", None)


def test_group_of_weight_zero_is_checked(site: Site, upstream: Start) -> None:
    blue, green = upstream("blue"), upstream("green")
    site.https(forward({site.group("blue", blue): 1, site.group("green", green): 0}))
    site.publish()
    site.wait_healthy(blue, green)


@pytest.mark.parametrize("company", ["healthy", "unhealthy", "none"])
def test_draining_target_finishes_its_request_and_gets_no_other(site: Site, upstream: Start, company: str) -> None:
    """Whatever the other targets are: Envoy's own DRAINING would take requests again when no other is healthy."""
    leaving, staying = upstream("leaving"), upstream("staying")
    arn = site.serve(leaving)
    request = Pending(lambda: site.get("/held"))
    assert leaving.held.wait(30)
    staying.health = 200 if company == "healthy" else 500
    others = [] if company == "none" else [staying.target()]
    site.targets[arn] = [leaving.target(draining=True), *others]
    site.publish()
    assert site.health(leaving) == "draining"
    if others:
        eventually(lambda: site.health(staying) == company)
    seen = {(answer.status, answer.status == 200 and answer.name) for answer in (site.get() for _ in range(8))}
    assert seen == ({(200, "staying")} if others else {(503, False)})
    assert request.thread.is_alive()
    leaving.release.set()
    assert (request.result().status, request.result().name) == (200, "leaving")


@pytest.mark.parametrize("drained", [True, False])
def test_replacing_targets_under_load_fails_no_request(site: Site, upstream: Start, drained: bool) -> None:
    """The control stops a target that still gets requests: some of them fail."""
    old, new = upstream("old"), upstream("new")
    arn = site.serve(old)
    seen: list[Counter[object]] = [Counter() for _ in range(4)]
    halt = threading.Event()

    def load(count: Counter[object]) -> None:
        while not halt.is_set():
            try:
                answer = site.get()
                count[answer.name if answer.status == 200 else answer.status] += 1
            except (OSError, HTTPException):  # The target died with half of its answer sent.
                count["cut off"] += 1

    threads = [threading.Thread(target=load, args=(count,)) for count in seen]
    for thread in threads:
        thread.start()
    eventually(lambda: sum(map(Counter.total, seen)) > 40)
    site.targets[arn] = [old.target(), new.target()]
    site.publish()
    site.wait_healthy(new)
    eventually(lambda: any(count["new"] for count in seen))
    if drained:
        site.targets[arn] = [old.target(draining=True), new.target()]
        site.publish()
        # Two requests of each client later, none is on its way that Envoy's workers sent before they knew.
        known = [count.total() for count in seen]
        eventually(lambda: all(count.total() > sent + 1 for count, sent in zip(seen, known, strict=True)))
        eventually(lambda: old.active == 0)
    old.kill()
    before = sum(map(Counter.total, seen))
    eventually(lambda: sum(map(Counter.total, seen)) > before + 40)
    halt.set()
    for thread in threads:
        thread.join(60)
    total = sum(seen, Counter())
    assert site.balancer.requests() == {"443": total.total()}
    assert (total[503] + total["cut off"] == 0) is drained, total
    assert set(total) <= {"old", "new", 503, "cut off"}


def test_one_target_of_many_groups_shows_its_worst_state(site: Site, upstream: Start) -> None:
    target = upstream("target")
    good, bad = site.group("good", target), site.group("bad", target)
    site.backend.target_groups[bad].matcher = {"HttpCode": "404"}
    site.https(forward({good: 1, bad: 1}))
    site.http(fixed("hello"))
    site.publish()
    eventually(lambda: site.health(target) == "unhealthy")
