# SPDX-License-Identifier: GPL-3.0-or-later
"""Deployments that go wrong in each known way: verdict and cause are right. Each goes on from a good one."""

from __future__ import annotations

import json
import threading

import pytest

from tests.integration.emulator.deploying import LOG_GROUP, LOGGING, Deploy
from tests.integration.emulator.emulator_account import Account
from tests.integration.emulator.emulator_site import Json, eventually

BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}


@pytest.fixture(scope="module")
def good(account: Account) -> str:
    """The definition of a service that works, behind a load balancer, with a log."""
    group = account.target_group("shop")
    account.listener(group)
    account.emulator.client("logs").create_log_group(logGroupName=LOG_GROUP)
    definition = account.definition(logConfiguration=LOGGING)
    account.service("shop", definition, 1, group, deploymentConfiguration=BREAKER)
    account.steady("shop")
    return definition


def runs(account: Account, arn: str) -> bool:
    """Say whether the service runs a definition and nothing else, whatever the module said."""
    service = account.steady("shop")
    return bool(service["taskDefinition"] == service["deployments"][0]["taskDefinition"] == arn)


def rolled_back(account: Account, good: str, done: Json) -> None:
    """Check what every rollback has in common."""
    assert (done["failed"], done["changed"], done["verdict"]) == (True, True, "rolled_back"), done["msg"]
    assert done["status"] == "ROLLBACK_SUCCESSFUL"
    assert done["rollback"]["trigger"] == "circuit breaker, 3 failed tasks"
    assert done["rollback"]["task_definition"] == done["previous_task_definition"] == good
    assert runs(account, good)


def test_what_works_succeeds_and_a_second_run_does_nothing(account: Account, good: str, deploy: Deploy) -> None:
    container = {"variables": {"COLOUR": "green"}}
    done = deploy(dict(container), bake_time=1)
    assert (done["changed"], done["verdict"], done["status"]) == (True, "succeeded", "SUCCESSFUL")
    assert done["task_definition"] != good
    assert done["phases"]["bake"] >= 1
    assert runs(account, done["task_definition"])
    again = deploy(dict(container))
    assert (again["changed"], again["verdict"], again["task_definition"]) == (
        False,
        "succeeded",
        done["task_definition"],
    )
    # It means the same as what was registered at first, which is not registered anew.
    back = deploy(rollback=True)
    assert (back["verdict"], back["task_definition"]) == ("succeeded", good)
    assert runs(account, good)


def test_an_image_that_is_missing(account: Account, good: str, deploy: Deploy) -> None:
    done = deploy({"image": account.image[:-4] + "0000"})
    rolled_back(account, good, done)
    task = done["failing_task"]
    assert (task["stop_code"], task["exit_code"]) == ("TaskFailedToStart", -1)
    assert task["stopped_reason"].startswith("CannotPullContainerError")
    assert "CannotPullContainerError" in done["msg"]
    assert done["log_lines"] == []


def test_a_program_that_crashes_at_its_start(account: Account, good: str, deploy: Deploy) -> None:
    done = deploy({"variables": {"FAIL": "3"}})
    rolled_back(account, good, done)
    assert (done["failing_task"]["stop_code"], done["failing_task"]["exit_code"]) == ("EssentialContainerExited", 3)
    assert done["log_lines"] == ["stand-in starts"]
    assert "container app with exit code 3" in done["msg"]
    assert "stand-in starts" in done["msg"]


def test_a_program_that_is_never_healthy(account: Account, good: str, deploy: Deploy) -> None:
    # Within this time ECS leaves the task alone, and its target can be looked at.
    account.update("shop", healthCheckGracePeriodSeconds=6)
    done = deploy({"variables": {"HEALTH": "503"}})
    account.update("shop", healthCheckGracePeriodSeconds=0)
    rolled_back(account, good, done)
    assert "failed ELB health checks" in done["failing_task"]["stopped_reason"]
    assert done["target_health"] == {
        "target": f"{done['failing_task']['address']}:8443",
        "state": "unhealthy",
        "reason": "Target.ResponseCodeMismatch",
        "description": "Health checks failed with these codes: [503]",
    }
    assert "Health checks failed with these codes: [503]" in done["msg"]


def test_a_slow_start_within_the_grace_period(account: Account, good: str, deploy: Deploy) -> None:
    """Its target fails its checks in the meantime, which ECS does not look at yet."""
    account.update("shop", healthCheckGracePeriodSeconds=60)
    done = deploy({"variables": {"START_AFTER": "8"}})
    account.update("shop", healthCheckGracePeriodSeconds=0)
    assert done["verdict"] == "succeeded", done["msg"]
    assert deploy(revision=good)["verdict"] == "succeeded"


@pytest.mark.full
def test_a_slow_start_beyond_the_grace_period(account: Account, good: str, deploy: Deploy) -> None:
    done = deploy({"variables": {"START_AFTER": "60"}})
    rolled_back(account, good, done)
    assert "failed ELB health checks" in done["failing_task"]["stopped_reason"]
    assert done["log_lines"] == ["stand-in starts"]


def test_a_program_that_does_not_speak_tls(account: Account, good: str, deploy: Deploy) -> None:
    done = deploy({"variables": {"PLAIN": "yes"}})
    rolled_back(account, good, done)
    assert "failed ELB health checks" in done["failing_task"]["stopped_reason"]
    assert done["target_health"]["description"] == "Health checks failed"


def test_a_secret_that_is_missing(account: Account, good: str, deploy: Deploy) -> None:
    missing = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:nobody-AbCdEf"
    done = deploy({"secrets": [{"name": "PASSWORD", "valueFrom": missing}]})
    rolled_back(account, good, done)
    assert "ResourceNotFoundException" in done["failing_task"]["stopped_reason"]


def test_a_program_that_takes_more_memory_than_it_has(account: Account, good: str, deploy: Deploy) -> None:
    done = deploy({"variables": {"HOARD_MIB": "600", "START_AFTER": "30"}})
    rolled_back(account, good, done)
    assert done["failing_task"]["exit_code"] == 137
    assert "OutOfMemoryError: Container killed due to memory usage" in done["failing_task"]["stopped_reason"]
    assert "OutOfMemoryError" in done["msg"]


@pytest.mark.full
def test_a_program_that_listens_on_another_port(account: Account, good: str, deploy: Deploy) -> None:
    done = deploy({"variables": {"GRANIAN_PORT": "9443"}})
    rolled_back(account, good, done)
    assert "failed ELB health checks" in done["failing_task"]["stopped_reason"]
    answer = done["target_health"]
    # The target group tells of the last task as long as it knows it; after that only ECS does, in its own words.
    told = (answer["target"].rpartition(":")[2], answer["reason"])
    assert told in {("8443", "Target.FailedHealthChecks"), ("port 8443", "")}
    assert (answer["state"], answer["description"]) == ("unhealthy", "Health checks failed")


def test_a_permission_that_is_missing(account: Account, good: str, deploy: Deploy) -> None:
    secret = account.emulator.client("secretsmanager").create_secret(Name="other", SecretString="s")["ARN"]
    iam, name = account.emulator.client("iam"), account.role.rpartition("/")[2]
    denial = {"Effect": "Deny", "Action": "secretsmanager:GetSecretValue", "Resource": secret}
    document = json.dumps({"Version": "2012-10-17", "Statement": [denial]})
    iam.put_role_policy(RoleName=name, PolicyName="denial", PolicyDocument=document)
    done = deploy({"secrets": [{"name": "PASSWORD", "valueFrom": secret}]})
    iam.delete_role_policy(RoleName=name, PolicyName="denial")
    rolled_back(account, good, done)
    reason = done["failing_task"]["stopped_reason"]
    assert reason.startswith("ResourceInitializationError: unable to pull secrets or registry auth")
    assert "AccessDeniedException" in reason


def test_a_program_that_crashes_when_it_was_healthy(account: Account, good: str, deploy: Deploy) -> None:
    """ECS calls it successful, and does not roll it back."""
    done = deploy({"variables": {"CRASH_AFTER": "20"}}, bake_time=60)
    assert (done["verdict"], done["status"]) == ("failed", "SUCCESSFUL"), done["msg"]
    assert done["status_reason"] == "ECS took it for successful, but then a task failed."
    assert (done["failing_task"]["exit_code"], done["log_lines"][-1]) == (134, "stand-in crashes")
    assert deploy(revision=good)["verdict"] == "succeeded"


def test_a_deployment_that_another_one_takes_the_place_of(account: Account, good: str, deploy: Deploy) -> None:
    other = account.definition(environment={"COLOUR": "red"}, logConfiguration=LOGGING)

    def interfere() -> None:
        eventually(lambda: len(account.describe("shop")["deployments"]) > 1, "the deployment has begun")
        account.update("shop", taskDefinition=other)

    thread = threading.Thread(target=interfere)
    thread.start()
    done = deploy({"variables": {"HEALTH": "500"}})
    thread.join()
    assert (done["verdict"], done["status"]) == ("failed", "STOPPED"), done["msg"]
    revision = other.rpartition("/")[2]
    assert done["status_reason"].startswith(f"Superseded by a deployment of {revision} (arn:aws:ecs:")
    assert runs(account, other)
    assert deploy(revision=good)["verdict"] == "succeeded"


def test_a_deployment_that_takes_too_long(account: Account, good: str, deploy: Deploy) -> None:
    # Within this time ECS leaves the task alone, so the deployment goes on when the module's patience ends.
    account.update("shop", healthCheckGracePeriodSeconds=30)
    done = deploy({"variables": {"HEALTH": "500"}}, wait_timeout=6)
    account.update("shop", healthCheckGracePeriodSeconds=0)
    assert done["verdict"] == "timed_out", done["msg"]
    assert done["status_reason"].startswith(f"It was still {done['status']} after 6 s.")
    assert done["failing_task"]["task_arn"]
    assert deploy(revision=done["task_definition"], state="followed")["verdict"] == "rolled_back"
    assert runs(account, good)
