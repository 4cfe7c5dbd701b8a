# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service does when AWS takes a zone or Spot away."""

from __future__ import annotations

import pytest

from tests.integration.emulator.emulator_account import Account
from tests.integration.emulator.emulator_site import eventually
from tests.integration.emulator.test_services import load

ZONES = {"eu-central-1a", "eu-central-1b", "eu-central-1c"}
LOST = "eu-central-1a"


@pytest.fixture(scope="module")
def target_group(account: Account) -> str:
    arn = account.target_group("shop")
    account.listener(arn)
    return arn


def zones(account: Account) -> list[str]:
    return sorted(task["zone"] for task in account.emulator.tasks("shop"))


def test_tasks_of_a_lost_zone_are_replaced_in_the_others(account: Account, target_group: str) -> None:
    account.service("shop", account.definition(stopTimeout=2), 3, target_group)
    account.steady("shop")
    assert set(zones(account)) == ZONES
    (victim,) = (task for task in account.emulator.tasks("shop") if task["zone"] == LOST)
    assert account.emulator.must("disrupt", "--lose-zone", LOST) == f"Zones that are lost: {LOST}\n"

    def replaced() -> bool:
        healthy = [one["TargetHealth"]["State"] for one in described(account, target_group)]
        return LOST not in zones(account) and healthy.count("healthy") == 3

    eventually(replaced, "three tasks serve from the zones that are left", 60)
    # Beyond the window of the health checks nobody notices.
    with load(account) as answers:
        eventually(lambda: len(answers) > 100, "a hundred requests")
    assert set(answers) == {200}
    dead = account.ecs.describe_tasks(cluster="shop", tasks=[victim["id"]])["tasks"][0]
    assert "failed ELB health checks" in dead["stoppedReason"]


def described(account: Account, target_group: str) -> list[dict[str, dict[str, str]]]:
    found = account.elbv2.describe_target_health(TargetGroupArn=target_group)["TargetHealthDescriptions"]
    return list(found)


def test_a_zone_that_is_back_gets_tasks_again(account: Account) -> None:
    assert account.emulator.must("disrupt") == "Zones that are lost: none\n"
    account.update("shop", forceNewDeployment=True)
    account.steady("shop")
    assert set(zones(account)) == ZONES
    account.remove("shop")


def test_what_runs_on_spot_is_interrupted_and_replaced_and_no_request_fails(
    account: Account, target_group: str
) -> None:
    account.ecs.put_cluster_capacity_providers(
        cluster="shop", capacityProviders=["FARGATE", "FARGATE_SPOT"], defaultCapacityProviderStrategy=[]
    )
    account.ecs.create_service(
        cluster="shop",
        serviceName="mixed",
        taskDefinition=account.definition(stopTimeout=5),
        desiredCount=4,
        capacityProviderStrategy=[
            {"capacityProvider": "FARGATE", "base": 2, "weight": 0},
            {"capacityProvider": "FARGATE_SPOT", "weight": 1},
        ],
        networkConfiguration={"awsvpcConfiguration": {"subnets": account.subnets}},
        loadBalancers=[{"targetGroupArn": target_group, "containerName": "app", "containerPort": 8443}],
    )
    account.steady("mixed")
    before = {task["id"] for task in account.emulator.tasks("mixed")}
    with load(account) as answers:
        account.emulator.must("disrupt", "--spot")
        eventually(lambda: len({task["id"] for task in account.emulator.tasks("mixed")} & before) == 2, "two have gone")
        account.steady("mixed")
    assert set(answers) == {200}
    gone = before - {task["id"] for task in account.emulator.tasks("mixed")}
    ended = account.ecs.describe_tasks(cluster="shop", tasks=sorted(gone))["tasks"]
    assert {(one["stopCode"], one["capacityProviderName"]) for one in ended} == {("SpotInterruption", "FARGATE_SPOT")}
