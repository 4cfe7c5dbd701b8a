# SPDX-License-Identifier: GPL-3.0-or-later
"""The story of a deployment: missing arguments, check, registration, repetition, deployment, verdicts, going back.

Nothing runs here, so the tests say how a deployment ends; `tests/integration/emulator/test_deployment_verdicts.py` has
real ones.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils import _ecs_deployment_api as api
from ansible_collections.palisade.ecs.plugins.modules import ecs_deployment
from moto.ecs.models import ecs_backends

from tests.integration.plugins.modules.aws_account import REGION, AwsAccount, Json

PLACE = {"cluster": "shop", "service": "shop"}
CONTAINER = {"name": "app", "image": "shop@sha256:0", "environment": [{"name": "COLOUR", "value": "blue"}]}
FAST = {"wait_timeout": 3, "wait_interval": 1}


def wanted(**container: Any) -> Json:
    return {
        "family": "shop",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": 256,
        "memory": 512,
        "containerDefinitions": [{**CONTAINER, **container}],
    }


def service() -> Any:
    """What moto has of the service, in which the embedded AWS keeps its history."""
    return ecs_backends["123456789012"][REGION].services["shop:shop"]


@pytest.fixture
def shop(aws: AwsAccount) -> str:
    """A service that runs the first revision completely; returns its ARN."""
    ecs = aws.client("ecs")
    ecs.create_cluster(clusterName="shop")
    first = aws.run(ecs_deployment, **PLACE, state="registered", task_definition=wanted())["task_definition"]
    subnets = aws.client("ec2").describe_subnets()["Subnets"]
    network = {"awsvpcConfiguration": {"subnets": [subnets[0]["SubnetId"]]}}
    ecs.create_service(
        cluster="shop", serviceName="shop", taskDefinition=first, desiredCount=0, networkConfiguration=network
    )
    end()
    aws.written()
    return str(first)


def end(change: Callable[[Any], None] | None = None) -> None:
    """Have the newest deployment end: well, or by a change of its entry in the history."""
    newest = service().history[0]
    if change is None:
        service().deployments[0]["rolloutState"] = "COMPLETED"
        newest.complete()
    else:
        change(newest)


def soon(change: Callable[[Any], None] | None = None) -> threading.Thread:
    """Have the deployment that begins now end while the module looks."""
    known = len(service().history)

    def wait() -> None:
        for _ in range(100):
            if len(service().history) > known:
                end(change)
                return
            threading.Event().wait(0.05)

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({}, "Exactly one of task_definition, revision and rollback is needed."),
        ({"revision": "shop:1", "rollback": True}, "is needed; got revision and rollback."),
        ({"revision": "shop:1", "state": "registered"}, "state is registered, which needs task_definition"),
        ({"rollback": True, "state": "followed"}, "state is followed, which needs revision"),
        ({"rollback": True, "wait_interval": 0}, "wait_interval is 0"),
        ({"revision": "shop:1"}, "Cluster shop has no active service shop to deploy to. Nothing was changed."),
    ],
)
def test_arguments_that_cannot_be_right_are_refused(aws: AwsAccount, options: Json, problem: str) -> None:
    told = aws.run(ecs_deployment, **PLACE, **options)
    assert problem in told["msg"]
    assert aws.written() == []


def test_definition_is_registered_once_before_there_is_a_service(aws: AwsAccount) -> None:
    asked = {**PLACE, "state": "registered", "task_definition": wanted()}
    dry = aws.run(ecs_deployment, dry=True, **asked)
    assert aws.written() == []
    assert (dry["changed"], dry["task_definition"], dry["revision"], dry["verdict"]) == (True, "", 0, "")
    assert dry["diff"]["before"] == {}
    assert dry["diff"]["after"]["task_definition"] == "shop:0"
    done = aws.run(ecs_deployment, **asked)
    assert aws.written() == ["RegisterTaskDefinition"]
    assert done["task_definition"].endswith(":task-definition/shop:1")
    assert set(dry) - {"diff"} == set(done)
    again = aws.run(ecs_deployment, **asked)
    assert (again["changed"], again["task_definition"], aws.written()) == (False, done["task_definition"], [])


def test_deployment_is_planned_begun_and_followed(aws: AwsAccount, shop: str) -> None:
    asked = {**PLACE, **FAST, "task_definition": wanted(image="shop@sha256:1")}
    dry = aws.run(ecs_deployment, dry=True, **asked)
    assert aws.written() == []
    assert (dry["changed"], dry["verdict"], dry["previous_task_definition"]) == (True, "", shop)
    images = [dry["diff"][when]["containerDefinitions"][0]["image"] for when in ("before", "after")]
    assert images == ["shop@sha256:0", "shop@sha256:1"]
    thread = soon()
    done = aws.run(ecs_deployment, **asked)
    thread.join()
    assert aws.written() == ["RegisterTaskDefinition", "UpdateService"]
    assert (done["changed"], done["verdict"], done["status"]) == (True, "succeeded", "SUCCESSFUL")
    assert (done["revision"], done["previous_task_definition"]) == (2, shop)
    assert done["failing_task"]["task_arn"] == ""
    again = aws.run(ecs_deployment, **asked)
    assert (again["changed"], again["verdict"], again["revision"]) == (False, "succeeded", 2)
    assert again["service_deployment_arn"] == done["service_deployment_arn"]
    assert aws.written() == []


def test_an_earlier_revision_that_means_the_same_is_taken(aws: AwsAccount, shop: str) -> None:
    thread = soon()
    aws.run(ecs_deployment, **PLACE, **FAST, task_definition=wanted(image="shop@sha256:1"))
    thread.join()
    thread = soon()
    back = aws.run(ecs_deployment, **PLACE, **FAST, task_definition=wanted())
    thread.join()
    assert (back["task_definition"], back["verdict"]) == (shop, "succeeded")
    assert aws.written() == ["RegisterTaskDefinition", "UpdateService", "UpdateService"]


def test_a_deployment_that_ends_otherwise_is_a_failure(aws: AwsAccount, shop: str) -> None:
    thread = soon(lambda newest: newest.fail("ECS deployment circuit breaker: tasks failed to start."))
    done = aws.run(ecs_deployment, **PLACE, **FAST, task_definition=wanted(image="shop@sha256:1"))
    thread.join()
    assert (done["failed"], done["changed"], done["verdict"], done["status"]) == (True, True, "failed", "STOPPED")
    assert done["msg"] == ("The deployment of shop:2 failed. ECS deployment circuit breaker: tasks failed to start.")


def test_a_deployment_that_does_not_end_is_timed_out_and_followed_later(aws: AwsAccount, shop: str) -> None:
    late = aws.run(ecs_deployment, **PLACE, **FAST, task_definition=wanted(image="shop@sha256:1"))
    assert (late["failed"], late["verdict"], late["status"]) == (True, "timed_out", "IN_PROGRESS")
    assert "It was still IN_PROGRESS after 3 s." in late["msg"]
    aws.written()
    end()
    followed = aws.run(ecs_deployment, **PLACE, **FAST, revision="shop:2", state="followed")
    assert (followed["verdict"], followed["changed"]) == ("succeeded", False)
    assert followed["service_deployment_arn"] == late["service_deployment_arn"]
    assert aws.written() == []


def test_going_back_takes_what_was_good_last(aws: AwsAccount, shop: str) -> None:
    told = aws.run(ecs_deployment, **PLACE, rollback=True)
    assert "Since shop:1 there is no other task definition" in told["msg"]
    thread = soon()
    aws.run(ecs_deployment, **PLACE, **FAST, task_definition=wanted(image="shop@sha256:1"))
    thread.join()
    dry = aws.run(ecs_deployment, dry=True, **PLACE, rollback=True)
    assert (dry["changed"], dry["task_definition"]) == (True, shop)
    thread = soon()
    done = aws.run(ecs_deployment, **PLACE, **FAST, rollback=True)
    thread.join()
    assert (done["verdict"], done["task_definition"]) == ("succeeded", shop)
    assert (
        aws.client("ecs").describe_services(**{"cluster": "shop", "services": ["shop"]})["services"][0][
            "taskDefinition"
        ]
        == shop
    )


def test_a_deployment_that_ecs_forgot_is_judged_by_what_runs(aws: AwsAccount, shop: str) -> None:
    service().history.clear()
    done = aws.run(ecs_deployment, **PLACE, revision="shop:1", state="followed")
    assert (done["verdict"], done["service_deployment_arn"]) == ("succeeded", "")
    assert done["status_reason"] == "ECS remembers no deployment of shop:1 in service shop."


def test_a_deployment_that_is_not_described_in_full_yet_is_looked_for_again(
    aws: AwsAccount, shop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS says what a revision is a moment after it lists the deployment."""
    original, times = api._definitions, iter((False, False, True))
    monkeypatch.setattr(api, "_definitions", lambda *given: original(*given) if next(times, True) else {})
    thread = soon()
    done = aws.run(ecs_deployment, **PLACE, **FAST, task_definition=wanted(image="shop@sha256:1"))
    thread.join()
    assert done["verdict"] == "succeeded"
