# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdict on deployments, as ECS describes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_deployment_plan import (
    find,
    forgotten,
    last_good,
    outcome,
)
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

BEGIN = datetime(2026, 1, 31, 12, tzinfo=UTC)
PREFIX = "arn:aws:ecs:eu-central-1:123456789012"
OLD, NEW, OTHER = (f"{PREFIX}:task-definition/shop-dev:{number}" for number in (6, 7, 8))
EXCEEDED = "Service deployment rolled back because the circuit breaker threshold was exceeded."


def after(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


def entry(status: str, target: str = NEW, name: str = "one", **fields: Any) -> dict[str, Any]:
    return {
        "serviceDeploymentArn": f"{PREFIX}:service-deployment/shop-dev/shop-dev/{name}",
        "status": status,
        "createdAt": BEGIN,
        "startedAt": after(2),
        "target": target,
        "rolled_back_to": "",
        **fields,
    }


def rolled_back(status: str = "ROLLBACK_SUCCESSFUL", **fields: Any) -> dict[str, Any]:
    more = {
        "statusReason": EXCEEDED,
        "rolled_back_to": OLD,
        "rollback": {"reason": EXCEEDED, "startedAt": after(62)},
        "deploymentCircuitBreaker": {"status": "TRIGGERED", "failureCount": 3, "threshold": 3},
        "finishedAt": after(92),
    }
    return entry(status, **{**more, **fields})


@pytest.mark.parametrize(
    ("deployment", "definition", "verdict"),
    [
        pytest.param(entry("SUCCESSFUL"), NEW, "succeeded", id="all new"),
        pytest.param(rolled_back(), NEW, "rolled_back", id="what AWS itself calls successful"),
        pytest.param(rolled_back(), OLD, "succeeded", id="rolled back to what is wanted"),
        pytest.param(rolled_back("ROLLBACK_FAILED"), NEW, "failed", id="not even rolled back"),
        pytest.param(rolled_back("ROLLBACK_FAILED"), OLD, "failed", id="not even rolled back to what is wanted"),
        pytest.param(entry("STOPPED"), NEW, "failed", id="given up"),
    ],
)
def test_verdict(deployment: dict[str, Any], definition: str, verdict: str) -> None:
    assert outcome(deployment, definition).verdict == verdict


def test_rollback_is_told_with_its_trigger_and_the_time_that_each_phase_took() -> None:
    result = outcome(rolled_back(), NEW).as_result()
    assert result["rollback"] == {
        "trigger": "circuit breaker, 3 failed tasks",
        "reason": EXCEEDED,
        "task_definition": OLD,
    }
    assert result["phases"] == {"pending": 2, "rollout": 60, "rollback": 30}
    assert (result["status"], result["status_reason"]) == ("ROLLBACK_SUCCESSFUL", EXCEEDED)


@pytest.mark.parametrize(
    ("fields", "trigger"),
    [
        ({"alarms": {"status": "TRIGGERED", "triggeredAlarmNames": ["5xx", "p99"]}}, "alarm 5xx, p99"),
        ({"deploymentCircuitBreaker": {"status": "MONITORING_COMPLETE"}}, "request"),
    ],
)
def test_trigger_is_an_alarm_or_somebody(fields: dict[str, Any], trigger: str) -> None:
    assert outcome(rolled_back(**fields), NEW).rollback["trigger"] == trigger


def test_deployment_that_takes_too_long_is_no_failure_of_its_own() -> None:
    late = outcome(entry("IN_PROGRESS"), NEW, timed_out=900)
    assert (late.verdict, late.reason) == ("timed_out", "It was still IN_PROGRESS after 900 s.")


def test_superseded_deployment_names_the_one_that_came_next() -> None:
    next_one, last = entry("SUCCESSFUL", OTHER, "two"), entry("IN_PROGRESS", OLD, "three")
    stopped = entry("STOPPED")
    told = outcome(stopped, NEW, [last, next_one, stopped])
    assert told.reason == f"Superseded by a deployment of shop-dev:8 ({next_one['serviceDeploymentArn']})."
    assert outcome(stopped, NEW, [stopped]).reason == ""


def test_newest_deployment_of_a_definition_is_found_besides_known_ones() -> None:
    history = [entry("SUCCESSFUL", OTHER, "c"), entry("SUCCESSFUL", NEW, "b"), entry("STOPPED", NEW, "a")]
    assert find(history, NEW) is history[1]
    assert find(history, NEW, [history[1]["serviceDeploymentArn"]]) is history[2]
    assert find(history, OLD) is None
    back = rolled_back()
    assert find([back, *history], OLD) is back


def test_last_good_is_what_was_left_and_is_not_what_runs() -> None:
    good, better = entry("SUCCESSFUL", OLD, "a"), entry("SUCCESSFUL", OTHER, "b")
    assert last_good([entry("IN_PROGRESS", NEW, "c"), better, good], NEW) == OTHER
    # What was rolled back was never good; what it was rolled back to is what runs.
    assert last_good([rolled_back(target=NEW, rolled_back_to=OTHER), better, good], OTHER) == OLD
    with pytest.raises(PlanError, match="Since shop-dev:6 there is no other"):
        last_good([entry("STOPPED", NEW, "b"), good], OLD)


@pytest.mark.parametrize(
    ("deployment", "verdict"),
    [
        ({"taskDefinition": NEW, "rolloutState": "COMPLETED"}, "succeeded"),
        ({"taskDefinition": NEW, "rolloutState": "FAILED"}, "failed"),
        ({"taskDefinition": OLD, "rolloutState": "COMPLETED"}, "failed"),
    ],
)
def test_deployment_that_ecs_forgot_is_judged_by_what_runs(deployment: dict[str, str], verdict: str) -> None:
    service = {"serviceName": "shop-dev", "deployments": [{"status": "PRIMARY", **deployment}]}
    assert forgotten(service, NEW).verdict == verdict
    assert "remembers no deployment of shop-dev:7" in forgotten(service, NEW).reason
