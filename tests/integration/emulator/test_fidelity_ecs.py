# SPDX-License-Identifier: GPL-3.0-or-later
"""Where moto's ECS is patched to answer as AWS does."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.integration.emulator.emulator_account import Account
from tests.integration.emulator.emulator_site import Json, eventually


@pytest.fixture(scope="module")
def account(shared_account: Account) -> Account:
    return shared_account


@pytest.fixture(scope="module")
def definition(account: Account) -> str:
    return account.definition("quiet", {"FAIL": "1"})


@pytest.fixture(scope="module")
def service(account: Account, definition: str) -> Json:
    """Return a service that has nothing to do."""
    configuration = {"maximumPercent": 150, "minimumHealthyPercent": 50}
    return account.service("quiet", definition, 0, deploymentConfiguration=configuration, enableExecuteCommand=True)


def test_a_cluster_lists_its_capacity_providers(account: Account) -> None:
    cluster = account.ecs.describe_clusters(clusters=["shop"])["clusters"][0]
    assert (cluster["capacityProviders"], cluster["defaultCapacityProviderStrategy"]) == ([], [])


def test_an_active_cluster_is_not_made_again(account: Account, service: Json) -> None:
    account.ecs.create_cluster(clusterName="shop", settings=[{"name": "containerInsights", "value": "enabled"}])
    cluster = account.ecs.describe_clusters(clusters=["shop"], include=["SETTINGS"])["clusters"][0]
    assert cluster["settings"] == [{"name": "containerInsights", "value": "disabled"}]


def test_a_cluster_with_a_service_cannot_be_deleted(account: Account, service: Json) -> None:
    with pytest.raises(account.ecs.exceptions.ClusterContainsServicesException):
        account.ecs.delete_cluster(cluster="shop")


def test_a_service_keeps_what_it_was_given_and_the_defaults_of_aws(account: Account, service: Json) -> None:
    described = account.describe("quiet")
    expected = {
        "enableECSManagedTags": False,
        "enableExecuteCommand": True,
        "healthCheckGracePeriodSeconds": 0,
        "launchType": "FARGATE",
        "platformFamily": "Linux",
        "platformVersion": "LATEST",
    }
    assert described.items() >= expected.items()
    configuration = described["deploymentConfiguration"]
    assert (configuration["maximumPercent"], configuration["minimumHealthyPercent"]) == (150, 50)
    assert configuration["deploymentCircuitBreaker"] == {"enable": False, "rollback": False}


def test_a_launch_type_excludes_a_strategy(account: Account, service: Json, definition: str) -> None:
    assert "capacityProviderStrategy" not in account.describe("quiet")
    strategy = [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]
    created = account.ecs.create_service(
        cluster="shop",
        serviceName="spot",
        taskDefinition=definition,
        desiredCount=0,
        capacityProviderStrategy=strategy,
        networkConfiguration={"awsvpcConfiguration": {"subnets": account.subnets}},
    )["service"]
    assert created["capacityProviderStrategy"] == strategy
    assert "launchType" not in created
    account.remove("spot")


def test_an_update_without_consequences_for_tasks_begins_no_deployment(account: Account, service: Json) -> None:
    before = account.describe("quiet")["deployments"][0]["id"]
    network = {"awsvpcConfiguration": {"subnets": account.subnets}}
    updated = account.update(
        "quiet",
        taskDefinition="quiet",
        networkConfiguration=account.describe("quiet")["networkConfiguration"],
        healthCheckGracePeriodSeconds=7,
        deploymentConfiguration={"minimumHealthyPercent": 100},
    )
    assert updated["deployments"][0]["id"] == before
    assert updated["healthCheckGracePeriodSeconds"] == 7
    configuration = updated["deploymentConfiguration"]
    assert (configuration["maximumPercent"], configuration["minimumHealthyPercent"]) == (150, 100)
    network["awsvpcConfiguration"]["subnets"] = account.subnets[:2]
    assert account.update("quiet", networkConfiguration=network)["deployments"][0]["id"] != before


def test_a_new_task_definition_becomes_an_arn_and_a_deployment(account: Account, service: Json) -> None:
    newer = account.definition("quiet", {"FAIL": "2"})
    updated = account.update("quiet", taskDefinition="quiet")
    assert updated["taskDefinition"] == updated["deployments"][0]["taskDefinition"] == newer
    forced = account.update("quiet", forceNewDeployment=True)
    assert forced["deployments"][0]["id"] != updated["deployments"][0]["id"]
    account.steady("quiet")


def test_desired_tasks_do_not_count_as_running(account: Account) -> None:
    account.service("hopeful", account.definition("hopeful", image="nginx:latest"), 0)
    updated = account.update("hopeful", desiredCount=2)
    assert (updated["desiredCount"], updated["runningCount"]) == (2, 0)
    account.remove("hopeful")


def test_service_deployments_are_told(account: Account, service: Json) -> None:
    ecs = account.ecs
    account.update("quiet", forceNewDeployment=True)
    account.steady("quiet")
    (newest, *_) = ecs.list_service_deployments(cluster="shop", service="quiet")["serviceDeployments"]
    arn = newest["serviceDeploymentArn"]
    answer = ecs.describe_service_deployments(serviceDeploymentArns=[arn, f"{arn}0"])
    (deployment,) = answer["serviceDeployments"]
    assert (deployment["status"], [failure["reason"] for failure in answer["failures"]]) == ("SUCCESSFUL", ["MISSING"])
    revision = deployment["targetServiceRevision"]["arn"]
    (described,) = ecs.describe_service_revisions(serviceRevisionArns=[revision])["serviceRevisions"]
    assert described["taskDefinition"] == account.describe("quiet")["taskDefinition"]
    running = ecs.list_service_deployments(cluster="shop", service="quiet", status=["IN_PROGRESS"])
    assert running["serviceDeployments"] == []


def refusal(account: Account, definition: str, target_group: str | None = None, **changes: object) -> str:
    balancer = {"targetGroupArn": target_group, "containerName": "app", "containerPort": 8443, **changes}
    with pytest.raises(ClientError) as error:
        account.ecs.create_service(
            cluster="shop",
            serviceName="refused",
            taskDefinition=definition,
            desiredCount=0,
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": {"subnets": account.subnets}},
            loadBalancers=[balancer],
        )
    assert error.value.response["Error"]["Code"] == "InvalidParameterException"
    return str(error.value.response["Error"]["Message"])


def test_a_service_needs_a_target_group_that_a_listener_names(account: Account, definition: str) -> None:
    group = account.target_group("loose")
    assert "does not have an associated load balancer" in refusal(account, definition, group)
    listener = account.listener(account.target_group("default"))
    account.rule(listener, 1, group, "/loose/*")
    assert "container other does not exist" in refusal(account, definition, group, containerName="other")
    assert "container port 80 defined" in refusal(account, definition, group, containerPort=80)
    assert "validate the specified targetGroupArn" in refusal(account, definition, f"{group}0")
    account.service("loose", definition, 0, group)
    account.remove("loose")


def test_a_service_is_made_once(account: Account, definition: str, service: Json) -> None:
    with pytest.raises(ClientError, match="not idempotent"):
        account.service("quiet", definition, 0)


def test_an_awsvpc_task_needs_a_network(account: Account, definition: str) -> None:
    with pytest.raises(ClientError, match="Network Configuration must be provided"):
        account.ecs.create_service(cluster="shop", serviceName="x", taskDefinition=definition, desiredCount=0)


def test_a_service_that_is_gone_cannot_be_changed(account: Account, definition: str) -> None:
    account.service("gone", definition, 0)
    account.remove("gone")
    with pytest.raises(account.ecs.exceptions.ServiceNotActiveException):
        account.update("gone", desiredCount=1)
    arns = account.ecs.list_services(cluster="shop")["serviceArns"]
    assert not [arn for arn in arns if arn.endswith("/gone")]
    account.service("gone", definition, 0)
    account.remove("gone")


def test_unknown_tasks_are_missing(account: Account) -> None:
    answer = account.ecs.describe_tasks(cluster="shop", tasks=["0" * 32])
    assert ([failure["reason"] for failure in answer["failures"]], answer["tasks"]) == (["MISSING"], [])
    with pytest.raises(account.ecs.exceptions.InvalidParameterException):
        account.ecs.stop_task(cluster="shop", task="0" * 32)


def test_tasks_are_listed_by_service_and_what_shall_run_by_default(account: Account) -> None:
    definition = account.definition("listed")
    for name in ("one", "two"):
        account.service(name, definition, 1)
        account.steady(name)

    def listed(**options: str) -> list[str]:
        arns = account.ecs.list_tasks(cluster="shop", **options)["taskArns"]
        return [arn.split("/")[-1] for arn in arns]

    (one,) = (task["id"] for task in account.emulator.tasks("one"))
    assert listed(serviceName="one") == [one]
    assert len(listed(family="listed")) == 2
    account.ecs.create_cluster(clusterName="other")
    elsewhere = account.ecs.describe_tasks(cluster="other", tasks=[one])
    assert ([failure["reason"] for failure in elsewhere["failures"]], elsewhere["tasks"]) == (["MISSING"], [])
    account.remove("one")
    eventually(lambda: one in listed(desiredStatus="STOPPED", serviceName="one"), "it is listed as stopped")
    assert one not in listed()
    account.remove("two")
