# SPDX-License-Identifier: GPL-3.0-or-later
"""Why deployments failed: the failed task, what the load balancer said of it, and the story of both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils import _ecs_failure_plan as plan
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_deployment_plan import Outcome

BEGIN = datetime(2026, 1, 31, 12, tzinfo=UTC)
NEW = "arn:aws:ecs:eu-central-1:123456789012:task-definition/shop-dev:7"
GROUP = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/shop-dev/1"
UNHEALTHY = f"Task failed ELB health checks in (target-group {GROUP})"
EVENT = f"(service shop) (port 8443) is unhealthy in (target-group {GROUP}) due to (reason Request timed out)."


def task(name: str = "a", **fields: Any) -> dict[str, Any]:
    return {
        "taskArn": f"arn:aws:ecs:eu-central-1:123456789012:task/shop-dev/{name}",
        "taskDefinitionArn": NEW,
        "createdAt": BEGIN,
        "stoppedAt": BEGIN + timedelta(seconds=9),
        "lastStatus": "STOPPED",
        "desiredStatus": "STOPPED",
        "stopCode": "EssentialContainerExited",
        "stoppedReason": "Essential container in task exited",
        "attachments": [{"details": [{"name": "privateIPv4Address", "value": "10.0.21.7"}]}],
        "containers": [{"name": "proxy"}, {"name": "app", "exitCode": 3}],
        **fields,
    }


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        pytest.param({}, True, id="ended by itself"),
        pytest.param({"stopCode": "TaskFailedToStart"}, True, id="not started"),
        pytest.param({"stopCode": "ServiceSchedulerInitiated", "stoppedReason": UNHEALTHY}, True, id="unhealthy"),
        pytest.param(
            {"stopCode": "ServiceSchedulerInitiated", "stoppedReason": "Scaling activity initiated by (deployment x)"},
            False,
            id="made room",
        ),
        pytest.param({"stopCode": "UserInitiated"}, False, id="stopped by somebody"),
        pytest.param({"taskDefinitionArn": f"{NEW}0"}, False, id="of another definition"),
        pytest.param({"createdAt": BEGIN - timedelta(seconds=1)}, False, id="of an earlier deployment"),
        pytest.param({"lastStatus": "DEACTIVATING"}, False, id="has not stopped yet"),
    ],
)
def test_only_tasks_of_the_deployment_that_failed_count(fields: dict[str, Any], counts: bool) -> None:
    assert bool(plan.failures([task(**fields)], NEW, BEGIN)) is counts


def test_last_failure_comes_first() -> None:
    later = task("b", stoppedAt=BEGIN + timedelta(seconds=20))
    assert plan.failures([task("a"), later, task("c")], NEW, BEGIN)[0] is later


def test_task_that_does_not_run_yet_comes_before_those_that_do() -> None:
    waiting = task("b", desiredStatus="RUNNING", lastStatus="PENDING")
    found = plan.unfinished([task("a", desiredStatus="RUNNING", lastStatus="RUNNING"), waiting, task("c")], NEW)
    assert (found[0], len(found)) == (waiting, 2)


def test_container_that_ended_badly_is_described() -> None:
    told = plan.described(task(), "proxy")
    assert (told["container"], told["exit_code"], told["address"]) == ("app", 3, "10.0.21.7")
    never = plan.described(task(containers=[{"name": "app", "reason": "CannotPullContainerError: no"}]), "app")
    assert never["exit_code"] == -1
    assert never["stopped_reason"] == "Essential container in task exited. CannotPullContainerError: no"
    assert set(told) == set(plan.NO_TASK)


def test_unhealthy_targets_are_kept_by_address() -> None:
    health = {"State": "unhealthy", "Reason": "Target.Timeout", "Description": "Request timed out"}
    seen = plan.unhealthy(
        [
            {"Target": {"Id": "10.0.21.7", "Port": 8443}, "TargetHealth": health},
            {"Target": {"Id": "10.0.21.8", "Port": 8443}, "TargetHealth": {"State": "initial"}},
        ]
    )
    assert list(seen) == ["10.0.21.7"]
    told = plan.target_of(plan.described(task(), "app"), seen, [], BEGIN)
    assert (told["target"], told["reason"]) == ("10.0.21.7:8443", "Target.Timeout")


def test_event_is_read_where_the_target_was_not_seen() -> None:
    stopped = plan.described(task(stoppedReason=UNHEALTHY), "app")
    events = [
        {"createdAt": BEGIN, "message": "(service shop) has started 1 tasks"},
        {"createdAt": BEGIN, "message": EVENT},
    ]
    told = plan.target_of(stopped, {}, events, BEGIN)
    assert (told["target"], told["description"]) == ("port 8443", "Request timed out")
    assert plan.target_of(stopped, {}, events, BEGIN + timedelta(seconds=1)) == plan.NO_TARGET
    # That of another task, as long as this one did not fail its checks.
    assert plan.target_of(plan.described(task(), "app"), {}, events, BEGIN) == plan.NO_TARGET


def test_story_has_everything_that_a_person_needs() -> None:
    rollback = {"trigger": "circuit breaker, 3 failed tasks", "reason": "", "task_definition": f"{NEW[:-1]}6"}
    target = {"target": "10.0.21.7:8443", "state": "unhealthy", "reason": "Target.Timeout", "description": "Timed out"}
    evidence = plan.Evidence(plan.described(task(), "app"), target, tuple(f"line {number}" for number in range(30)))
    told = plan.story(Outcome("rolled_back", reason="Because.", rollback=rollback), NEW, evidence).splitlines()
    assert told[:5] == [
        "The deployment of shop-dev:7 was rolled back to shop-dev:6. Because.",
        "Rolled back by: circuit breaker, 3 failed tasks.",
        "Task a stopped, container app with exit code 3: Essential container in task exited.",
        "The load balancer about 10.0.21.7:8443: Timed out (Target.Timeout).",
        "Last lines of its log:",
    ]
    assert told[5:] == [f"line {number}" for number in range(10, 30)]


def test_story_without_evidence_is_short() -> None:
    assert plan.story(Outcome("succeeded"), NEW, plan.Evidence()) == "shop-dev:7 is what the service runs."
    both = {"trigger": "", "reason": "", "task_definition": f"{NEW[:-1]}6"}
    worse = Outcome("failed", status="ROLLBACK_FAILED", rollback=both)
    assert plan.story(worse, NEW, plan.Evidence()) == (
        "The deployment of shop-dev:7 failed, and so did the rollback to shop-dev:6."
    )
    late = Outcome("timed_out", reason="It was still IN_PROGRESS after 9 s.")
    assert plan.story(late, NEW, plan.Evidence()) == (
        "The deployment of shop-dev:7 timed out. It was still IN_PROGRESS after 9 s."
    )
