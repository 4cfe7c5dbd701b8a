# SPDX-License-Identifier: GPL-3.0-or-later
"""The story of the removal of a service: nothing there, check, removal, repetition; others stay."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.modules import ecs_service_removal
from moto.ecs.models import EC2ContainerServiceBackend

from tests.integration.plugins.modules.aws_account import AwsAccount

ASKED = {"cluster": "shop", "service": "shop", "family": "shop"}
TARGET = {"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"}
NOTHING = {"changed": False, "scaling_removed": False, "service_removed": False, "task_definitions_removed": []}


def define(ecs: Any, family: str) -> str:
    container = {"name": "app", "image": "shop", "memory": 128}
    return str(
        ecs.register_task_definition(family=family, containerDefinitions=[container])["taskDefinition"][
            "taskDefinitionArn"
        ]
    )


@pytest.fixture(autouse=True)
def no_tasks_to_wait_for(monkeypatch: pytest.MonkeyPatch, aws: AwsAccount) -> None:
    """End the draining of a deleted service at once: the scheduler does it, which does not run here."""
    original = EC2ContainerServiceBackend.delete_service

    def delete_service(backend: Any, *arguments: Any, **options: Any) -> Any:
        service = original(backend, *arguments, **options)
        service.status = "INACTIVE"
        return service

    monkeypatch.setattr(EC2ContainerServiceBackend, "delete_service", delete_service)


@pytest.fixture
def service(aws: AwsAccount) -> list[str]:
    """A service that is scaled, beside one of another family; the ARNs of its twelve task definitions."""
    ecs = aws.client("ecs")
    ecs.create_cluster(clusterName="shop")
    definitions = [define(ecs, "shop") for _ in range(12)]
    for name in ("shop", "shop-other"):
        define(ecs, "shop-other")
        ecs.create_service(cluster="shop", serviceName=name, taskDefinition=name, desiredCount=1)
        aws.client("application-autoscaling").register_scalable_target(
            **TARGET, ResourceId=f"service/shop/{name}", MinCapacity=1, MaxCapacity=2
        )
    aws.written()
    return definitions


def test_without_a_cluster_there_is_nothing_to_remove(aws: AwsAccount) -> None:
    assert aws.run(ecs_service_removal, **ASKED) == NOTHING
    assert aws.written() == []


def test_family_has_to_be_given(aws: AwsAccount) -> None:
    told = aws.run(ecs_service_removal, cluster="shop", service="shop")
    assert told["msg"] == "missing required arguments: family"


def test_service_goes_with_scaling_and_all_revisions_and_others_stay(aws: AwsAccount, service: list[str]) -> None:
    dry = aws.run(ecs_service_removal, dry=True, **ASKED)
    assert aws.written() == []
    done = aws.run(ecs_service_removal, **ASKED)
    assert done["task_definitions_removed"] == service
    assert {key: value for key, value in dry.items() if key != "diff"} == done
    assert (done["scaling_removed"], done["service_removed"]) == (True, True)
    # At most ten in a call.
    assert aws.written().count("DeleteTaskDefinitions") == 2
    ecs = aws.client("ecs")
    for status in ("ACTIVE", "INACTIVE"):
        left = ecs.list_task_definitions(status=status)["taskDefinitionArns"]
        assert not [arn for arn in left if "/shop:" in arn]
    assert [arn.rpartition("/")[2] for arn in ecs.list_services(cluster="shop")["serviceArns"]] == ["shop-other"]
    targets = aws.client("application-autoscaling").describe_scalable_targets(**TARGET)["ScalableTargets"]
    assert [one["ResourceId"] for one in targets] == ["service/shop/shop-other"]
    assert aws.run(ecs_service_removal, **ASKED) == NOTHING


def test_a_removal_that_was_cut_short_is_completed(aws: AwsAccount, service: list[str]) -> None:
    aws.client("ecs").deregister_task_definition(taskDefinition=service[0])
    aws.client("ecs").delete_service(cluster="shop", service="shop", force=True)
    done = aws.run(ecs_service_removal, **ASKED)
    assert sorted(done["task_definitions_removed"]) == sorted(service)
    assert aws.run(ecs_service_removal, **ASKED) == NOTHING
