# SPDX-License-Identifier: GPL-3.0-or-later
"""Deployments of tasks that start well, and that an alarm or AWS itself disturbs: verdict and cause are right.

A minute takes a second here. Those whose tasks do not start well are in test_deployment_verdicts.py.
"""

from __future__ import annotations

import threading

import pytest

from tests.integration.emulator.deploying import LOG_GROUP, Deploy
from tests.integration.emulator.emulator_account import Account
from tests.integration.emulator.emulator_site import eventually
from tests.integration.emulator.test_deployment_alarms import put_alarm, requests, state
from tests.integration.emulator.test_deployment_verdicts import runs

SWITCHES = {"PALISADE_MINUTE_SECONDS": "1"}
KINDS = ("errors", "latency")
LOST = "eu-central-1a"
WATCHED = {"alarmNames": [f"shop-{kind}" for kind in KINDS], "enable": True, "rollback": True}
BREAKER = {"enable": True, "rollback": True}


@pytest.fixture(scope="module")
def good(account: Account) -> str:
    """The definition of a service that works, in three zones, and is watched by alarms."""
    group = account.target_group("shop")
    account.listener(group)
    account.emulator.client("logs").create_log_group(logGroupName=LOG_GROUP)
    for kind in KINDS:
        put_alarm(account, [group], kind)
    arn = account.definition(stopTimeout=2)
    account.service(
        "shop", arn, 3, group, deploymentConfiguration={"alarms": WATCHED, "deploymentCircuitBreaker": BREAKER}
    )
    account.steady("shop")
    return arn


@pytest.mark.parametrize(
    ("kind", "variables"),
    [("errors", {"STATUS": "500"}), ("latency", {"DELAY": "1.2"})],
    ids=["which fails requests", "which takes long"],
)
def test_a_release_whose_tasks_are_healthy_and(
    account: Account, good: str, deploy: Deploy, kind: str, variables: dict[str, str]
) -> None:
    with requests(account):
        done = deploy({"stopTimeout": 2, "variables": variables})
    assert (done["failed"], done["verdict"], done["status"]) == (True, "rolled_back", "ROLLBACK_SUCCESSFUL"), done
    assert done["rollback"]["trigger"] == f"alarm shop-{kind}"
    assert done["rollback"]["task_definition"] == good
    assert f"Rolled back by: alarm shop-{kind}." in done["msg"]
    assert runs(account, good)
    eventually(lambda: state(account, f"shop-{kind}") == "OK", "the alarm is over")


def test_a_zone_that_is_lost_while_tasks_start(account: Account, good: str, deploy: Deploy) -> None:
    """ECS counts the task that was lost as failed, and starts it elsewhere."""
    before = {task["id"] for task in account.emulator.tasks("shop")}

    def lose() -> None:
        def begun() -> bool:
            started = [task for task in account.emulator.tasks("shop") if task["id"] not in before]
            return LOST in {task["zone"] for task in started}

        eventually(begun, "a task starts in the zone")
        account.emulator.must("disrupt", "--lose-zone", LOST)

    thread = threading.Thread(target=lose)
    thread.start()
    done = deploy({"stopTimeout": 2, "variables": {"START_AFTER": "4"}})
    thread.join()
    zones = [task["zone"] for task in account.emulator.tasks("shop") if task["id"] not in before]
    account.emulator.must("disrupt")
    assert (done["verdict"], done["status"]) == ("succeeded", "SUCCESSFUL"), done["msg"]
    assert (len(zones), LOST in zones) == (3, False)
    assert runs(account, done["task_definition"])
