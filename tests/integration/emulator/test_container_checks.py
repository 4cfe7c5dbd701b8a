# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers with a health check of their own. AWS asks every five seconds at most; here it is every second."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.emulator.deploying import LOG_GROUP, Deploy
from tests.integration.emulator.emulator_account import Account
from tests.integration.emulator.emulator_site import Json, eventually
from tests.integration.emulator.test_services import load

SICK = "sick"


def check(command: str) -> Json:
    return {"command": ["CMD-SHELL", command], "interval": 1, "timeout": 2, "retries": 2, "startPeriod": 0}


WELL = check(f'test ! -e "$TMPDIR/{SICK}"')


@pytest.fixture(scope="module")
def good(account: Account) -> str:
    """The definition of a service whose containers are well until there is a file."""
    group = account.target_group("shop")
    account.listener(group)
    account.emulator.client("logs").create_log_group(logGroupName=LOG_GROUP)
    arn = account.definition(healthCheck=WELL, stopTimeout=2)
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    account.service("shop", arn, 2, group, deploymentConfiguration=breaker)
    account.steady("shop")
    return arn


def described(account: Account, *ids: str) -> list[Any]:
    return list(account.ecs.describe_tasks(cluster="shop", tasks=list(ids))["tasks"])


def test_a_task_is_healthy_when_its_container_is(account: Account, good: str) -> None:
    tasks = described(account, *(task["id"] for task in account.emulator.tasks("shop")))
    assert [task["healthStatus"] for task in tasks] == ["HEALTHY"] * 2
    assert [task["containers"][0]["healthStatus"] for task in tasks] == ["HEALTHY"] * 2


def test_a_container_that_gets_sick_is_replaced_and_no_request_fails(account: Account, good: str) -> None:
    """It still answers the load balancer, so nobody else would notice."""
    victim = account.emulator.tasks("shop")[0]
    (home,) = Path(account.emulator.run_dir, "tmp").rglob(victim["id"])
    with load(account) as answers:
        (home / SICK).touch()
        eventually(lambda: victim["id"] not in {task["id"] for task in account.emulator.tasks("shop")}, "it is gone")
        account.steady("shop")
    assert set(answers) == {200}
    (gone,) = described(account, victim["id"])
    assert gone["stoppedReason"] == "Task failed container health checks"
    assert gone["healthStatus"] == "UNHEALTHY"
    assert any("failed container health checks" in one["message"] for one in account.describe("shop")["events"])


@pytest.mark.parametrize(
    "bad",
    [check("exit 1"), {**check(""), "command": ["CMD", "no-such-program"]}, check("sleep 60")],
    ids=["fails", "is not in the image", "takes too long"],
)
def test_a_release_whose_check_never_passes_is_rolled_back(
    account: Account, good: str, bad: Json, deploy: Deploy
) -> None:
    done = deploy({"healthCheck": bad, "stopTimeout": 2})
    assert (done["verdict"], done["rollback"]["task_definition"]) == ("rolled_back", good), done["msg"]
    assert "circuit breaker" in done["rollback"]["trigger"]
    assert done["failing_task"]["stopped_reason"] == "Task failed container health checks"
    assert done["failing_task"]["health_status"] == "UNHEALTHY"
    assert "Task failed container health checks" in done["msg"]
