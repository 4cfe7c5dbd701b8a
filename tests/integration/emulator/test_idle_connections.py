# SPDX-License-Identifier: GPL-3.0-or-later
"""Who closes an idle connection to a task: the load balancer, or else a request may come while the task closes it.

That race is a matter of microseconds here, and of milliseconds on AWS. So what is looked at is who closes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.integration.emulator.deploying import LOG_GROUP, LOGGING
from tests.integration.emulator.emulator_account import Account
from tests.integration.emulator.emulator_site import eventually

IDLE_SECONDS = 2
CLIENTS = 8


@pytest.fixture(scope="module")
def listener(account: Account) -> Iterator[str]:
    """A target group behind a load balancer that closes what is idle for two seconds."""
    group = account.target_group("shop")
    account.listener(group)
    balancer = account.elbv2.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
    idle = {"Key": "idle_timeout.timeout_seconds", "Value": str(IDLE_SECONDS)}
    account.elbv2.modify_load_balancer_attributes(LoadBalancerArn=balancer, Attributes=[idle])
    account.emulator.client("logs").create_log_group(logGroupName=LOG_GROUP)
    return group


def answers_around_idleness(account: Account) -> set[int]:
    """Ask at once, so that there are many connections, leave them idle for longer than they are kept, ask again."""

    def ask(_: int) -> list[int]:
        first = account.emulator.fetch()[0]
        time.sleep(IDLE_SECONDS + 1.5)
        return [first, account.emulator.fetch()[0]]

    with ThreadPoolExecutor(CLIENTS) as clients:
        return {status for found in clients.map(ask, range(CLIENTS)) for status in found}


def closed_by_the_task(account: Account) -> int:
    """Return how many idle connections the tasks closed, by their logs."""
    logs = account.emulator.client("logs")
    events = logs.filter_log_events(logGroupName=LOG_GROUP)["events"]
    return sum("closes an idle connection" in one["message"] for one in events)


def deploy(account: Account, keep_alive: float) -> None:
    definition = account.definition(environment={"KEEP_ALIVE": str(keep_alive)}, logConfiguration=LOGGING)
    account.update("shop", taskDefinition=definition)
    account.steady("shop")


def test_the_load_balancer_closes_first_if_the_task_is_patient(account: Account, listener: str) -> None:
    definition = account.definition(environment={"KEEP_ALIVE": "30"}, logConfiguration=LOGGING)
    account.service("shop", definition, 2, listener)
    account.steady("shop")
    assert answers_around_idleness(account) == {200}
    assert closed_by_the_task(account) == 0


def test_control_a_task_that_is_less_patient_closes_what_the_load_balancer_may_use(
    account: Account, listener: str
) -> None:
    deploy(account, IDLE_SECONDS / 2)
    answers_around_idleness(account)
    eventually(lambda: closed_by_the_task(account), "a task has closed an idle connection")
