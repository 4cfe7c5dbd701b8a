# SPDX-License-Identifier: GPL-3.0-or-later
"""Real requests and the clock change how many tasks there are. A minute takes a second here.

Each test goes on from the one before.
"""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.modules import ecs_service_scaling

from tests.integration.emulator.emulator_account import Account
from tests.integration.emulator.emulator_site import Json, eventually
from tests.integration.emulator.test_deployments import ended
from tests.integration.emulator.test_services import load
from tests.integration.plugins.modules.aws_account import AwsAccount

SWITCHES = {"PALISADE_MINUTE_SECONDS": "1", "PALISADE_AUTOSCALING": "on"}
MOST = 3
# In a minute, for each task. Three clients that do nothing else send more to two tasks, one that waits less to one.
REQUESTS = 16
STACK: Json = {"cluster": "shop", "service": "shop"}


@pytest.fixture(scope="module")
def target_group(account: Account) -> str:
    arn = account.target_group("shop")
    account.listener(arn)
    account.service("shop", account.definition(stopTimeout=5), 1, arn)
    account.steady("shop")
    return arn


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> AwsAccount:
    return AwsAccount(monkeypatch, capsys)


def scale(aws: AwsAccount, account: Account, target_group: str, **more: Any) -> Json:
    """Have the service scaled by its requests, as the role does it."""
    return aws.run(
        ecs_service_scaling,
        endpoint_url=account.emulator.endpoint,
        load_balancer_arn=account.balancer,
        target_group_arn=target_group,
        **{**STACK, "min_count": 1, "max_count": MOST, "requests_target": REQUESTS, **more},
    )


def desired(account: Account) -> int:
    return int(account.describe("shop")["desiredCount"])


def serving(account: Account) -> int:
    return sum(task["health"] == "healthy" for task in account.emulator.tasks("shop"))


def activities(account: Account) -> list[Json]:
    client = account.emulator.client("application-autoscaling")
    found = client.describe_scaling_activities(ServiceNamespace="ecs", ResourceId="service/shop/shop")
    return list(found["ScalingActivities"])


def test_alarms_are_those_of_the_target(aws: AwsAccount, account: Account, target_group: str) -> None:
    assert scale(aws, account, target_group, requests_target=REQUESTS + 1)["changed"]
    assert scale(aws, account, target_group)["changed"]
    cloudwatch = account.emulator.client("cloudwatch")
    found = cloudwatch.describe_alarms(AlarmNamePrefix="TargetTracking-service/shop/shop-")["MetricAlarms"]
    told = {one["AlarmName"].split("-")[2]: (one["EvaluationPeriods"], one["Threshold"]) for one in found}
    # Those of the first policy, which had another target, are gone.
    assert len(found) == 2
    assert told == {"AlarmHigh": (3, REQUESTS), "AlarmLow": (15, pytest.approx(0.9 * REQUESTS))}
    assert {one["MetricName"] for one in found} == {"RequestCountPerTarget"}


def test_policies_are_listed_of_the_service_that_is_named_alone(account: Account, target_group: str) -> None:
    client = account.emulator.client("application-autoscaling")
    listed = {
        name: client.describe_scaling_policies(ServiceNamespace="ecs", ResourceId=f"service/shop/{name}")
        for name in ("shop", "shop--further")
    }
    assert {name: len(found["ScalingPolicies"]) for name, found in listed.items()} == {"shop": 1, "shop--further": 0}


def test_requests_start_tasks_which_a_deployment_keeps(aws: AwsAccount, account: Account, target_group: str) -> None:
    assert (desired(account), activities(account)) == (1, [])
    with load(account) as answers:
        eventually(lambda: desired(account) == MOST, "as many tasks are wanted as there may be", 30)
        eventually(lambda: serving(account) == MOST, "all of them serve")
        newest = activities(account)[0]
        assert newest["StatusMessage"].startswith(f"Successfully set desired count to {MOST}.")
        assert "-AlarmHigh-" in newest["Cause"]
        assert newest["Cause"].endswith("in state ALARM triggered policy shop-requests")
        account.update("shop", taskDefinition=account.definition(environment={"RELEASE": "2"}, stopTimeout=5))
        assert ended(account)["status"] == "SUCCESSFUL"
        assert (desired(account), serving(account)) == (MOST, MOST)
        # What the role does in another run.
        assert not scale(aws, account, target_group)["changed"]
        assert desired(account) == MOST
    assert set(answers) == {200}


def test_without_requests_tasks_are_stopped_and_no_request_is_lost(account: Account, target_group: str) -> None:
    statuses, looks = [], itertools.count()

    def fewer() -> bool:
        """Ask for a page at every fourth look, at most eight times a second, until there is one task."""
        if next(looks) % 4 == 0:
            statuses.append(account.emulator.fetch()[0])
        return desired(account) == len(account.emulator.tasks("shop")) == 1

    eventually(fewer, "one task is left", 60)
    assert set(statuses) == {200}
    assert "-AlarmLow-" in activities(account)[0]["Cause"]


def test_the_clock_moves_the_limits(aws: AwsAccount, account: Account, target_group: str) -> None:
    # Later than the module needs on a machine that has more to do: what is past when it is made never comes.
    moment = (datetime.now(UTC) + timedelta(seconds=10)).strftime("%Y-%m-%dT%H:%M:%S")
    evening = {"name": "evening", "schedule": f"at({moment})", "min_count": 2}
    assert scale(aws, account, target_group, scheduled_actions=[evening])["changed"]
    assert desired(account) == 1
    eventually(lambda: desired(account) == 2, "the evening has begun", 40)
    assert [one["Cause"] for one in activities(account)[:2]] == [
        "minimum capacity was set to 2",
        "scheduled action name evening was triggered",
    ]
    # A limit that the clock has set stays.
    again = scale(aws, account, target_group, scheduled_actions=[evening])
    assert (again["changed"], again["min_count"]) == (False, 2)
