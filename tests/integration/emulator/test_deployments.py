# SPDX-License-Identifier: GPL-3.0-or-later
"""Deployments that fail: the circuit breaker, rollbacks, and what the API says of them."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.emulator.emulator_account import Account
from tests.integration.emulator.emulator_site import Json, eventually

BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
UNHEALTHY = {"HEALTH": "500"}


@pytest.fixture(scope="module")
def target_group(account: Account) -> str:
    arn = account.target_group("shop")
    account.listener(arn)
    return arn


@pytest.fixture(scope="module")
def good(account: Account, target_group: str) -> str:
    """The definition of a service that works."""
    definition = account.definition()
    account.service("shop", definition, 1, target_group, deploymentConfiguration=BREAKER)
    account.steady("shop")
    return definition


def newest(account: Account, service: str = "shop") -> Json:
    listed = account.ecs.list_service_deployments(cluster="shop", service=service)["serviceDeployments"]
    arns = [listed[0]["serviceDeploymentArn"]]
    found: Json = account.ecs.describe_service_deployments(serviceDeploymentArns=arns)["serviceDeployments"][0]
    return found


def ended(account: Account, service: str = "shop") -> Json:
    """Return the newest service deployment when it is over."""

    def over() -> Json | None:
        found = newest(account, service)
        return found if "finishedAt" in found or "stoppedAt" in found else None

    found: Json = eventually(over, f"the deployment of {service} is over")
    return found


def events(account: Account, service: str = "shop") -> list[str]:
    return [event["message"] for event in account.describe(service)["events"]]


def revision(account: Account, arn: str) -> Json:
    found: Json = account.ecs.describe_service_revisions(serviceRevisionArns=[arn])["serviceRevisions"][0]
    return found


def test_a_deployment_that_does_not_start_is_rolled_back(account: Account, good: str) -> None:
    image = account.image[:-4] + "0000"
    bad = account.definition(image=image)
    account.update("shop", taskDefinition=bad)
    deployment = ended(account)
    assert deployment["status"] == "ROLLBACK_SUCCESSFUL"
    assert deployment["statusReason"].endswith("because the circuit breaker threshold was exceeded.")
    assert deployment["deploymentCircuitBreaker"] == {"status": "TRIGGERED", "failureCount": 3, "threshold": 3}
    target = revision(account, deployment["targetServiceRevision"]["arn"])
    assert target["taskDefinition"] == bad
    assert target["containerImages"] == [{"containerName": "app", "image": image}]
    (source,) = deployment["sourceServiceRevisions"]
    assert deployment["rollback"]["serviceRevisionArn"] == source["arn"]
    assert revision(account, source["arn"])["taskDefinition"] == good
    service = account.steady("shop")
    assert service["taskDefinition"] == service["deployments"][0]["taskDefinition"] == good
    told = "\n".join(reversed(events(account)))
    first, second, third = (told.index(part) for part in ("unable to place", "deployment failed", "rolling back to"))
    assert first < second < third
    assert "was unable to place a task. Reason: CannotPullContainerError" in told


def test_a_task_that_is_never_healthy_fails_its_deployment(account: Account, good: str, target_group: str) -> None:
    account.update("shop", taskDefinition=account.definition(environment=UNHEALTHY))
    answer: Any = eventually(lambda: unhealthy(account, target_group), "a target is unhealthy")
    assert answer["Reason"] == "Target.ResponseCodeMismatch"
    assert answer["Description"] == "Health checks failed with these codes: [500]"
    failed: Any = eventually(lambda: rolled(account), "it has failed")
    assert failed["rolloutStateReason"] == "ECS deployment circuit breaker: tasks failed to start."
    primary = account.describe("shop")["deployments"][0]
    assert primary["rolloutStateReason"].startswith("ECS deployment circuit breaker: rolling back to deploymentId ecs-")
    assert ended(account)["status"] == "ROLLBACK_SUCCESSFUL"
    assert any("due to (reason Health checks failed with these codes: [500])" in event for event in events(account))


def unhealthy(account: Account, target_group: str) -> Json | None:
    described = account.elbv2.describe_target_health(TargetGroupArn=target_group)["TargetHealthDescriptions"]
    found = [one["TargetHealth"] for one in described if one["TargetHealth"]["State"] == "unhealthy"]
    return found[0] if found else None


def rolled(account: Account) -> Json | None:
    found = [one for one in account.describe("shop")["deployments"] if one["rolloutState"] == "FAILED"]
    return found[0] if found else None


def test_a_task_on_another_port_fails_its_health_checks(account: Account, good: str, target_group: str) -> None:
    account.update("shop", taskDefinition=account.definition(environment={"GRANIAN_PORT": "9443"}))
    answer: Any = eventually(lambda: unhealthy(account, target_group), "a target is unhealthy")
    assert answer["Reason"] == "Target.FailedHealthChecks"
    eventually(lambda: newest(account)["deploymentCircuitBreaker"]["failureCount"], "a task has failed")
    account.ecs.stop_service_deployment(serviceDeploymentArn=newest(account)["serviceDeploymentArn"])
    deployment = ended(account)
    assert (deployment["status"], deployment["deploymentCircuitBreaker"]["status"]) == (
        "ROLLBACK_SUCCESSFUL",
        "MONITORING_COMPLETE",
    )
    assert account.steady("shop")["taskDefinition"] == good


def test_a_newer_deployment_stops_the_one_under_way(account: Account, good: str) -> None:
    account.update("shop", taskDefinition=account.definition(image=account.image[:-4] + "0000"))
    first = newest(account)
    account.update("shop", taskDefinition=good)
    arns = [first["serviceDeploymentArn"]]
    stopped = account.ecs.describe_service_deployments(serviceDeploymentArns=arns)["serviceDeployments"][0]
    assert stopped["status"] == "STOPPED"
    assert "stoppedAt" in stopped
    assert ended(account)["status"] == "SUCCESSFUL"


def test_only_what_is_under_way_can_be_stopped(account: Account, good: str) -> None:
    account.steady("shop")
    arn = newest(account)["serviceDeploymentArn"]
    with pytest.raises(account.ecs.exceptions.ConflictException):
        account.ecs.stop_service_deployment(serviceDeploymentArn=arn)
    with pytest.raises(account.ecs.exceptions.ServiceDeploymentNotFoundException):
        account.ecs.stop_service_deployment(serviceDeploymentArn=f"{arn}0")
    with pytest.raises(ClientError, match="not supported"):
        account.ecs.stop_service_deployment(serviceDeploymentArn=arn, stopType="ABORT")


def test_a_first_deployment_has_nothing_to_go_back_to(account: Account) -> None:
    definition = account.definition("first", image=account.image[:-4] + "0000")
    account.service("first", definition, 1, deploymentConfiguration=BREAKER)
    deployment = ended(account, "first")
    assert deployment["status"] == "ROLLBACK_FAILED"
    assert deployment["statusReason"] == "No rollback candidate was found to run the rollback."
    failed = account.describe("first")
    assert [one["rolloutState"] for one in failed["deployments"]] == ["FAILED"]
    account.remove("first")


def test_without_rollback_the_deployment_stays_failed(account: Account) -> None:
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": False}}
    definition = account.definition("stays", image=account.image[:-4] + "0000")
    account.service("stays", definition, 1, deploymentConfiguration=breaker)
    assert ended(account, "stays")["status"] == "STOPPED"
    assert account.emulator.tasks("stays") == []
    account.remove("stays")
