# SPDX-License-Identifier: GPL-3.0-or-later
"""Services of the embedded ECS, with real processes behind a real load balancer."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

import pytest

from emulator.processes import is_listening
from tests.integration.emulator.emulator_account import Account
from tests.integration.emulator.emulator_site import Emulator, Json, eventually, running


@pytest.fixture(scope="module")
def target_group(account: Account) -> str:
    arn = account.target_group("shop")
    account.listener(arn)
    return arn


@pytest.fixture(scope="module")
def service(account: Account, target_group: str) -> str:
    account.service("shop", account.definition(environment={"COLOUR": "blue"}), 3, target_group)
    account.steady("shop")
    return "shop"


def states(account: Account, target_group: str) -> list[str]:
    described = account.elbv2.describe_target_health(TargetGroupArn=target_group)["TargetHealthDescriptions"]
    return sorted(target["TargetHealth"]["State"] for target in described)


def described_tasks(account: Account, **options: str) -> list[Json]:
    arns = account.ecs.list_tasks(cluster="shop", **options)["taskArns"]
    found: list[Json] = account.ecs.describe_tasks(cluster="shop", tasks=arns)["tasks"] if arns else []
    return found


def test_a_service_serves_from_every_zone(account: Account, service: str) -> None:
    tasks = account.emulator.tasks(service)
    assert {task["zone"] for task in tasks} == {"eu-central-1a", "eu-central-1b", "eu-central-1c"}
    assert {account.emulator.fetch()[1]["pid"] for _ in range(12)} == {task["pid"] for task in tasks}


def test_the_api_tells_the_truth_about_a_service(account: Account, service: str, target_group: str) -> None:
    described = account.describe(service)
    assert (described["runningCount"], described["pendingCount"], described["desiredCount"]) == (3, 0, 3)
    assert [item["rolloutState"] for item in described["deployments"]] == ["COMPLETED"]
    assert "has reached a steady state." in described["events"][0]["message"]
    assert states(account, target_group) == ["healthy"] * 3
    account.ecs.get_waiter("services_stable").wait(cluster="shop", services=[service])
    cluster = account.ecs.describe_clusters(clusters=["shop"])["clusters"][0]
    assert (cluster["runningTasksCount"], cluster["activeServicesCount"]) == (3, 1)


def test_tasks_have_addresses_of_their_subnets_and_do_not_change_by_being_described(
    account: Account, service: str
) -> None:
    first, second = (described_tasks(account, serviceName=service) for _ in range(2))
    assert [task["lastStatus"] for task in first] == ["RUNNING"] * 3
    assert first == second
    for task in first:
        details = {item["name"]: item["value"] for item in task["attachments"][0]["details"]}
        subnet = account.ec2.describe_subnets(SubnetIds=[details["subnetId"]])["Subnets"][0]
        assert subnet["AvailabilityZone"] == task["availabilityZone"]
        assert details["privateIPv4Address"].startswith(subnet["CidrBlock"].removesuffix("0/24"))
        assert task["containers"][0]["taskArn"] == task["taskArn"]
        assert task["containers"][0]["imageDigest"] in account.image


def test_a_container_sees_its_image_and_nothing_of_the_users_environment(account: Account, service: str) -> None:
    content = account.emulator.fetch()[1]
    environment = content["environment"]
    assert environment["COLOUR"] == "blue"
    assert environment["AWS_ENDPOINT_URL"] == account.emulator.endpoint
    assert environment["PYTHONUNBUFFERED"] == "1"
    assert content["directory"].endswith("/rootfs")
    assert Path(environment["TMPDIR"]).parent == account.emulator.run_dir / "tmp"
    assert not {"AWS_ACCESS_KEY_ID", "USER", "VIRTUAL_ENV", "PALISADE_RUN_DIR"} & environment.keys()


def test_a_killed_task_is_replaced(account: Account, service: str) -> None:
    victim = account.emulator.tasks(service)[0]
    os.kill(victim["pid"], signal.SIGKILL)
    eventually(lambda: victim["id"] not in [task["id"] for task in account.emulator.tasks(service)], "it is gone")
    # Once it is gone, the load balancer knows.
    assert {account.emulator.fetch()[0] for _ in range(6)} == {200}
    account.steady(service)
    assert len(account.emulator.tasks(service)) == 3
    dead = next(task for task in described_tasks(account, desiredStatus="STOPPED") if victim["id"] in task["taskArn"])
    assert dead["stopCode"] == "EssentialContainerExited"
    assert dead["containers"][0]["exitCode"] == 137


def test_a_stopped_task_ends_and_is_replaced(account: Account, service: str) -> None:
    victim = account.emulator.tasks(service)[0]
    account.ecs.stop_task(cluster="shop", task=victim["id"], reason="a test")
    eventually(lambda: not is_listening(victim["address"], victim["port"]), "its process ends")
    eventually(lambda: len(account.emulator.tasks(service)) == 3, "it is replaced")
    account.steady(service)
    stopped = account.ecs.describe_tasks(cluster="shop", tasks=[victim["id"]])["tasks"][0]
    assert (stopped["lastStatus"], stopped["stopCode"], stopped["stoppedReason"]) == (
        "STOPPED",
        "UserInitiated",
        "a test",
    )


def test_scaling_changes_the_processes(account: Account, service: str) -> None:
    account.update(service, desiredCount=4)
    assert len([task for task in account.emulator.tasks(service) if task["pid"]]) <= 4
    account.steady(service)
    assert len(account.emulator.tasks(service)) == 4
    account.update(service, desiredCount=3)
    eventually(lambda: len(account.emulator.tasks(service)) == 3, "one has ended")
    account.steady(service)


@contextmanager
def load(account: Account) -> Iterator[list[int]]:
    """Request pages for the length of a block and collect their status; 0 is a request that failed."""
    answers: list[int] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            try:
                answers.append(account.emulator.fetch()[0])
            except (OSError, HTTPException):
                answers.append(0)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        over.set()
        for thread in threads:
            thread.join()


def test_a_rolling_replacement_serves_all_the_time(account: Account, service: str, target_group: str) -> None:
    before = {task["id"] for task in account.emulator.tasks(service)}
    requests = account.emulator.state()["requests"]["443"]
    with load(account) as answers:
        account.update(service, taskDefinition=account.definition(environment={"COLOUR": "green"}))
        eventually(lambda: "draining" in states(account, target_group), "old targets drain")
        primary, *older = account.describe(service)["deployments"]
        assert (primary["rolloutState"], [item["status"] for item in older]) == ("IN_PROGRESS", ["ACTIVE"])
        account.steady(service)
    assert set(answers) == {200}
    assert account.emulator.state()["requests"]["443"] - requests == len(answers)
    assert not before & {task["id"] for task in account.emulator.tasks(service)}
    assert {account.emulator.fetch()[1]["environment"]["COLOUR"] for _ in range(6)} == {"green"}
    history = account.ecs.list_service_deployments(cluster="shop", service=service)["serviceDeployments"]
    assert [item["status"] for item in history] == ["SUCCESSFUL", "SUCCESSFUL"]


def test_control_the_load_notices_a_task_that_is_killed(account: Account, service: str) -> None:
    with load(account) as answers:
        for task in account.emulator.tasks(service):
            os.kill(task["pid"], signal.SIGKILL)
        eventually(lambda: set(answers) != {200}, "a request fails")
    account.steady(service)


def test_a_task_that_ignores_sigterm_is_killed_after_its_stop_timeout(account: Account, service: str) -> None:
    definition = account.definition("stubborn", {"STUBBORN": "1"}, stopTimeout=2)
    account.service("stubborn", definition, 1)
    account.steady("stubborn")
    task = account.emulator.tasks("stubborn")[0]
    eventually(lambda: is_listening(task["address"], task["port"]), "it ignores signals by now")
    begin = time.monotonic()
    account.ecs.delete_service(cluster="shop", service="stubborn", force=True)
    # The default would be 30 seconds.
    eventually(lambda: not account.emulator.tasks("stubborn"), "it is killed", 20)
    assert time.monotonic() - begin > 2
    assert (
        account.ecs.describe_tasks(cluster="shop", tasks=[task["id"]])["tasks"][0]["containers"][0]["exitCode"] == 137
    )


def test_up_finds_the_one_that_runs_and_does_not_replace_it(account: Account) -> None:
    emulator, pid = account.emulator, account.emulator.state()["pid"]
    assert f"runs already (pid {pid})" in emulator.must("up")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(emulator.environment, "PALISADE_DRAINING", "off")
        refused = emulator.command("up")
    assert refused.returncode == 1
    assert "PALISADE_DRAINING=on" in refused.stderr
    assert emulator.state()["pid"] == pid


def test_a_killed_load_balancer_is_started_again(account: Account, service: str) -> None:
    emulator = account.emulator
    tasks, balancer = emulator.tasks(), emulator.state()["balancer_pid"]
    os.kill(balancer, signal.SIGKILL)
    eventually(lambda: emulator.state()["balancer_pid"] not in (None, balancer), "it was started again")
    eventually(emulator.serves, "the site serves again")
    assert [task["id"] for task in emulator.tasks()] == [task["id"] for task in tasks]
    assert "the load balancer has ended" in (emulator.run_dir / "logs" / "emulator.log").read_text()


def test_another_emulator_lives_beside(account: Account, service: str, application: Path, tmp_path: Path) -> None:
    def served(emulator: Emulator) -> set[int]:
        return {emulator.fetch()[1]["pid"] for _ in range(8)}

    with running(tmp_path) as other:
        beside = Account(other, application)
        group = beside.target_group("shop")
        beside.listener(group)
        beside.service("shop", beside.definition(), 1, group)
        beside.steady("shop")
        for emulator in (account.emulator, other):
            assert served(emulator) == {task["pid"] for task in emulator.tasks()}
        other.must("down")
        assert other.processes() == []
    assert served(account.emulator) == {task["pid"] for task in account.emulator.tasks()}


def test_a_deleted_service_drains_and_leaves_nothing(account: Account, service: str, target_group: str) -> None:
    addresses = [(task["address"], task["port"]) for task in account.emulator.tasks(service)]
    deleted = account.ecs.delete_service(cluster="shop", service=service, force=True)["service"]
    assert deleted["status"] == "DRAINING"
    eventually(lambda: account.describe(service)["status"] == "INACTIVE", "it is inactive")
    assert not [address for address in addresses if is_listening(*address)]
    assert account.ecs.list_services(cluster="shop")["serviceArns"] == []
    assert states(account, target_group) == []
    account.ecs.delete_cluster(cluster="shop")
