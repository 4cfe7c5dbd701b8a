# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks that do not start, do not stay, or must not run."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from emulator.processes import is_listening
from tests.integration.emulator.emulator_account import Account
from tests.integration.emulator.emulator_site import Json, eventually


def stopped(account: Account, service: str) -> list[Json]:
    arns = account.ecs.list_tasks(cluster="shop", serviceName=service, desiredStatus="STOPPED")["taskArns"]
    found: list[Json] = account.ecs.describe_tasks(cluster="shop", tasks=arns)["tasks"] if arns else []
    return found


def first_failure(account: Account, name: str, definition: str) -> Json:
    """Create a service whose tasks cannot start, and return how the first one ended."""
    account.service(name, definition, 1)
    failure: Json = eventually(lambda: stopped(account, name), "a task has failed")[0]
    service = account.describe(name)
    account.remove(name)
    assert service["runningCount"] == 0
    assert service["deployments"][0]["failedTasks"] >= 1
    assert service["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    return failure


def test_an_image_that_was_never_published_cannot_be_pulled(account: Account) -> None:
    images = (account.image[:-4] + "0000", account.image.replace("/shop@", "/other@"), "nginx:latest")
    for number, image in enumerate(images):
        failure = first_failure(account, f"absent-{number}", account.definition("absent", image=image))
        assert failure["stopCode"] == "TaskFailedToStart"
        assert failure["stoppedReason"].startswith("CannotPullContainerError")


def test_an_image_without_its_bundle_cannot_be_pulled(account: Account) -> None:
    bundle = account.emulator.run_dir / "images" / account.image.rpartition(":")[2]
    hidden = bundle.rename(bundle.with_name("hidden"))
    try:
        failure = first_failure(account, "bundle", account.definition("bundle"))
    finally:
        hidden.rename(bundle)
    assert failure["stoppedReason"].startswith("CannotPullContainerError")


def test_a_role_that_does_not_trust_ecs_tasks_cannot_be_assumed(account: Account) -> None:
    iam = account.emulator.client("iam")
    iam.update_assume_role_policy(RoleName=account.role.split("/")[-1], PolicyDocument=trust("ec2.amazonaws.com"))
    try:
        failure = first_failure(account, "role", account.definition("role"))
    finally:
        ecs = trust("ecs-tasks.amazonaws.com")
        iam.update_assume_role_policy(RoleName=account.role.split("/")[-1], PolicyDocument=ecs)
    assert failure["stoppedReason"].startswith("ECS was unable to assume the role")


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_an_unknown_command_cannot_start(account: Account) -> None:
    failure = first_failure(account, "command", account.definition("command", entryPoint=["no-such-program"]))
    assert failure["stoppedReason"].startswith("CannotStartContainerError")


def test_an_absent_secret_stops_the_task(account: Account) -> None:
    secrets = [{"name": "PASSWORD", "valueFrom": "/shop/absent"}]
    failure = first_failure(account, "secret", account.definition("secret", secrets=secrets))
    assert failure["stoppedReason"].startswith("ResourceInitializationError")
    assert "/shop/absent" in failure["stoppedReason"]


def test_what_a_task_says_reaches_its_log_group(account: Account) -> None:
    options = {"awslogs-group": "/shop/app", "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "shop"}
    logging = {"logDriver": "awslogs", "options": options}
    failure = first_failure(account, "unlogged", account.definition("logged", logConfiguration=logging))
    assert "The specified log group does not exist" in failure["stoppedReason"]
    logs = account.emulator.client("logs")
    logs.create_log_group(logGroupName="/shop/app")
    account.service("logged", account.definition("logged", logConfiguration=logging), 1)
    account.steady("logged")
    stream = f"shop/app/{account.emulator.tasks('logged')[0]['id']}"

    def messages() -> list[str]:
        events = logs.get_log_events(logGroupName="/shop/app", logStreamName=stream)["events"]
        return [event["message"] for event in events]

    eventually(lambda: messages() == ["stand-in starts"], "the line arrives once")
    account.remove("logged")
    assert messages() == ["stand-in starts"]


def test_failing_tasks_are_started_ever_more_rarely(account: Account) -> None:
    account.service("failing", account.definition("failing", {"FAIL": "3"}), 1)
    eventually(lambda: len(stopped(account, "failing")) >= 2, "it was started again")
    time.sleep(1.5)
    tasks = stopped(account, "failing")
    account.remove("failing")
    service = account.describe("failing")
    # Without throttling there would be dozens.
    assert len(tasks) <= 3
    assert {task["containers"][0]["exitCode"] for task in tasks} == {3}
    assert {task["stopCode"] for task in tasks} == {"EssentialContainerExited"}
    assert any("unable to consistently start tasks" in event["message"] for event in service["events"])


def test_unhealthy_tasks_are_replaced_only_after_the_grace_period(account: Account) -> None:
    group = account.target_group("sick")
    account.listener(group)
    definition = account.definition("sick", {"HEALTH": "500"})
    begin = time.monotonic()
    account.service("sick", definition, 1, group, healthCheckGracePeriodSeconds=2)
    failure = eventually(lambda: stopped(account, "sick"), "the unhealthy task was stopped")[0]
    assert time.monotonic() - begin > 2
    assert f"failed ELB health checks in (target-group {group})" in failure["stoppedReason"]
    assert account.describe("sick")["runningCount"] == 0
    account.remove("sick")


def test_what_cannot_be_placed_says_why_and_disturbs_nobody(account: Account) -> None:
    definition = account.definition("placed")
    subnet = account.ec2.create_subnet(VpcId=account.vpc, CidrBlock="10.9.9.0/24")["Subnet"]["SubnetId"]
    common = {"cluster": "shop", "taskDefinition": definition}
    for name, launch_type, subnets in (("nowhere", "FARGATE", [subnet]), ("instances", "EC2", account.subnets)):
        network = {"awsvpcConfiguration": {"subnets": subnets}}
        account.ecs.create_service(
            serviceName=name, desiredCount=0, launchType=launch_type, networkConfiguration=network, **common
        )
    account.ec2.delete_subnet(SubnetId=subnet)
    for name, reason in (("nowhere", "its subnets do not exist"), ("instances", "no container instance met all")):
        account.update(name, desiredCount=1)
        eventually(lambda: [e for e in account.describe(name)["events"] if reason in e["message"]], reason)  # noqa: B023
        assert account.emulator.tasks(name) == []
    assert account.emulator.state()["parts"]["scheduler"] == "ok"
    for name in ("nowhere", "instances"):
        account.remove(name)


def test_secrets_and_overrides_reach_the_container(account: Account) -> None:
    ssm, secrets = account.emulator.client("ssm"), account.emulator.client("secretsmanager")
    ssm.put_parameter(Name="/shop/parameter", Value="from ssm", Type="SecureString")
    arn = secrets.create_secret(Name="shop/database", SecretString=json.dumps({"password": "s3cr3t"}))["ARN"]
    definition = account.definition(
        "secrets",
        {"COLOUR": "blue"},
        secrets=[
            {"name": "PARAMETER", "valueFrom": "/shop/parameter"},
            {"name": "PASSWORD", "valueFrom": f"{arn}:password::"},
            {"name": "WHOLE", "valueFrom": arn},
        ],
    )
    network = {"awsvpcConfiguration": {"subnets": account.subnets[:1]}}
    overrides = {"containerOverrides": [{"name": "app", "environment": [{"name": "COLOUR", "value": "red"}]}]}
    account.ecs.run_task(
        cluster="shop",
        taskDefinition=definition,
        launchType="FARGATE",
        networkConfiguration=network,
        overrides=overrides,
    )
    task = eventually(lambda: [task for task in account.emulator.tasks() if task["phase"] == "RUNNING"], "it runs")[0]
    # The program replaces the forked child's environment when it is executed.
    eventually(lambda: is_listening(task["address"], task["port"]), "it listens")
    content = Path(f"/proc/{task['pid']}/environ").read_bytes().decode().split("\0")
    environment = dict(item.split("=", 1) for item in content if item)
    found = {name: environment[name] for name in ("PARAMETER", "PASSWORD", "WHOLE", "COLOUR")}
    assert found == {
        "PARAMETER": "from ssm",
        "PASSWORD": "s3cr3t",
        "WHOLE": '{"password": "s3cr3t"}',
        "COLOUR": "red",
    }
    account.ecs.stop_task(cluster="shop", task=task["id"])
    eventually(lambda: not account.emulator.tasks(), "the task that nobody replaces has ended")


def test_a_reset_ends_all_tasks(account: Account) -> None:
    account.service("doomed", account.definition("doomed"), 2)
    account.steady("doomed")
    pids = [task["pid"] for task in account.emulator.tasks()]
    account.emulator.must("reset")
    assert account.emulator.tasks() == []
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert account.ecs.list_clusters()["clusterArns"] == []
