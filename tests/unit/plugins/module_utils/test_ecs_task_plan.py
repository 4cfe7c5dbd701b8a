# SPDX-License-Identifier: GPL-3.0-or-later
"""What ECS is asked for to run a task once, and what became of it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_task_plan import (
    Ended,
    ended,
    log_stream,
    problem,
    run_arguments,
)

ARN = "arn:aws:ecs:eu-central-1:123456789012:task/shop/0a1b"
OPTIONS = {"awslogs-group": "/ecs/shop", "awslogs-stream-prefix": "web"}


def params(**options: Any) -> dict[str, Any]:
    named = {"cluster": "shop", "task_definition": "shop:7", "container": "app"}
    where = {"subnets": ["subnet-1", "subnet-2"], "security_groups": ["sg-1"]}
    return {**named, **where, "command": [], "environment": {}, "tags": {}, **options}


def test_only_what_is_given_is_overridden() -> None:
    asked = run_arguments(params())
    assert asked["overrides"] == {"containerOverrides": [{"name": "app"}]}
    assert asked["networkConfiguration"]["awsvpcConfiguration"] == {
        "subnets": ["subnet-1", "subnet-2"],
        "securityGroups": ["sg-1"],
        "assignPublicIp": "DISABLED",
    }
    given = run_arguments(params(command=["count"], environment={"B": 2, "A": "x"}, tags={"Purpose": "drill"}))
    assert given["overrides"]["containerOverrides"] == [
        {
            "name": "app",
            "command": ["count"],
            "environment": [{"name": "A", "value": "x"}, {"name": "B", "value": "2"}],
        }
    ]
    assert given["tags"] == [{"key": "Purpose", "value": "drill"}]


@pytest.mark.parametrize(
    ("container", "reason", "code", "told"),
    [
        ({"exitCode": 0}, "Essential container in task exited", 0, ""),
        ({"exitCode": 3}, "Essential container in task exited", 3, "The task ended with exit code 3"),
        # Killed by the kernel: the container says what the task does not.
        ({"exitCode": 137, "reason": "OutOfMemoryError"}, "Essential container in task exited", 137, "exit code 137"),
        ({}, "CannotPullContainerError: none", -1, "The task did not run: CannotPullContainerError: none."),
        ({}, "", -1, "The task did not run: ECS gives no reason."),
    ],
)
def test_end_is_told(container: dict[str, Any], reason: str, code: int, told: str) -> None:
    others = {"name": "sidecar", "exitCode": 1}
    task = {"taskArn": ARN, "stoppedReason": reason, "containers": [others, {"name": "app", **container}]}
    end = ended(task, "app")
    assert (end.exit_code, end.task_arn) == (code, ARN)
    assert end.stopped_reason == ". ".join(filter(None, (reason, container.get("reason", ""))))
    assert told in problem(end)
    assert bool(problem(end)) is (code != 0)


@pytest.mark.parametrize(
    ("configuration", "stream"),
    [
        ({"logDriver": "awslogs", "options": OPTIONS}, {"logGroupName": "/ecs/shop", "logStreamName": "web/app/0a1b"}),
        # Without a prefix the stream has the id of Docker, which nobody knows.
        ({"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/shop"}}, None),
        ({"logDriver": "awsfirelens", "options": OPTIONS}, None),
        ({}, None),
    ],
)
def test_log_is_where_the_definition_says(configuration: dict[str, Any], stream: dict[str, str] | None) -> None:
    definition = {"containerDefinitions": [{"name": "app", "logConfiguration": configuration}]}
    assert log_stream(definition, "app", ARN) == stream


def test_nothing_is_told_of_a_task_that_was_not_run() -> None:
    nothing = {"task_arn": "", "exit_code": -1, "stopped_reason": "", "log_lines": []}
    assert Ended().as_result() == {"changed": True, **nothing}
