# SPDX-License-Identifier: GPL-3.0-or-later
"""A service that loses a task goes on and heals."""

from __future__ import annotations

import os
import signal

from tests.e2e.site import STACK, Site, wait_until

HEALING_SECONDS = 180


def test_the_service_goes_on_without_a_task_and_replaces_it(site: Site) -> None:
    before = {task["id"]: task for task in site.tasks()}
    victim = next(iter(before.values()))
    os.kill(victim["pid"], signal.SIGKILL)

    wait_until(lambda: victim["id"] not in {task["id"] for task in site.tasks()}, 60, "the task is gone")
    assert site.request("api/products")[0] == 200
    wait_until(lambda: len(site.tasks()) == len(before), HEALING_SECONDS, "another task serves")
    assert victim["id"] not in {task["id"] for task in site.tasks()}


def test_ecs_tells_why_the_task_stopped(site: Site) -> None:
    ecs = site.client("ecs")
    arns = ecs.list_tasks(cluster=STACK, desiredStatus="STOPPED")["taskArns"]
    stopped = ecs.describe_tasks(cluster=STACK, tasks=arns)["tasks"]
    assert "EssentialContainerExited" in {task["stopCode"] for task in stopped}
