# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls about a task that is run once, one function each, and about what it logged."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.amazon.aws.plugins.module_utils.waiter import BaseWaiterFactory, custom_waiter_config
from ansible_collections.palisade.ecs.plugins.module_utils._aws_errors import EcsErrorHandler, LogsErrorHandler

# CloudWatch shows what a task said within seconds, as a rule.
LOG_SECONDS = 60
LOG_LINES = 100


class TaskWaiterFactory(BaseWaiterFactory):
    """Makes the waiter for a task's end, which has to take a task that is not visible yet."""

    @property
    def _waiter_model_data(self) -> dict[str, Any]:
        stopped = {"matcher": "pathAll", "argument": "tasks[].lastStatus", "expected": "STOPPED"}
        return {
            "task_stopped": {
                "operation": "DescribeTasks",
                "delay": 3,
                "maxAttempts": 100,
                "acceptors": [{"state": "success", **stopped}],
            }
        }


class LogWaiterFactory(BaseWaiterFactory):
    """Makes the waiter for the line that a task says last."""

    def __init__(self, words: str) -> None:
        self._words = words
        super().__init__()

    @property
    def _waiter_model_data(self) -> dict[str, Any]:
        # In JMESPath a backtick ends a literal.
        words = json.dumps(self._words).replace("`", "\\`")
        said = {"matcher": "path", "argument": f"length(events[?contains(message, `{words}`)]) > `0`", "expected": True}
        missing = {"matcher": "error", "expected": "ResourceNotFoundException"}
        return {
            "line_logged": {
                "operation": "GetLogEvents",
                "delay": 2,
                "maxAttempts": 30,
                "acceptors": [{"state": "success", **said}, {"state": "retry", **missing}],
            }
        }


def describe_definition(client: Any, name: str) -> dict[str, Any]:
    """Return an active task definition. Raises AnsibleAWSError."""

    @EcsErrorHandler.common_error_handler(f"describe task definition {name}")
    @AWSRetry.jittered_backoff()
    def attempt() -> Any:
        return client.describe_task_definition(taskDefinition=name)["taskDefinition"]

    return dict(attempt())


def run_task(client: Any, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Start a task; an answer that was lost starts no second one. Raises AnsibleAWSError."""
    # One for all attempts: after the first of them, ECS answers with the task that it has started.
    token = str(uuid.uuid4())
    what = f"run task definition {arguments['taskDefinition']} in cluster {arguments['cluster']}"

    @EcsErrorHandler.common_error_handler(what)
    @AWSRetry.jittered_backoff()
    def attempt() -> Any:
        return client.run_task(**arguments, clientToken=token)

    answer = attempt()
    if not answer["tasks"]:
        reasons = [f"{one.get('reason', '')} {one.get('detail', '')}".strip() for one in answer["failures"]]
        raise AnsibleAWSError(message=f"Failed to {what}: {'; '.join(reasons) or 'ECS gives no reason'}")
    return dict(answer["tasks"][0])


def wait_until_stopped(client: Any, cluster: str, task_arn: str, timeout: int) -> dict[str, Any]:
    """Wait until a task has stopped, and return it. Raises AnsibleAWSError when it takes longer."""

    @EcsErrorHandler.common_error_handler(f"wait until task {task_arn} has stopped")
    def attempt() -> Any:
        config = custom_waiter_config(timeout, default_pause=3)
        named = {"cluster": cluster, "tasks": [task_arn]}
        TaskWaiterFactory().get_waiter(client, "task_stopped").wait(**named, WaiterConfig=config)
        return client.describe_tasks(**named)["tasks"][0]

    return dict(attempt())


def stop_task(client: Any, cluster: str, task_arn: str, reason: str) -> None:
    """Have a task stopped. Raises AnsibleAWSError."""

    @EcsErrorHandler.common_error_handler(f"stop task {task_arn}")
    @AWSRetry.jittered_backoff()
    def attempt() -> Any:
        return client.stop_task(cluster=cluster, task=task_arn, reason=reason)

    attempt()


def wait_until_said(client: Any, stream: Mapping[str, str], words: str) -> None:
    """Wait until a log stream's last lines have some words. Raises AnsibleAWSError when they do not come."""

    @LogsErrorHandler.common_error_handler(f"find {words!r} in log stream {stream['logStreamName']}")
    def attempt() -> None:
        config = custom_waiter_config(LOG_SECONDS, default_pause=2)
        LogWaiterFactory(words).get_waiter(client, "line_logged").wait(**_last(stream), WaiterConfig=config)

    attempt()


def last_lines(client: Any, stream: Mapping[str, str]) -> tuple[str, ...]:
    """Return the last lines of a log stream, none if there is no such stream. Raises AnsibleAWSError."""

    @LogsErrorHandler.list_error_handler(f"read log stream {stream['logStreamName']}", {"events": []})
    @AWSRetry.jittered_backoff()
    def attempt() -> Any:
        return client.get_log_events(**_last(stream))

    return tuple(str(event["message"]) for event in attempt()["events"])


def _last(stream: Mapping[str, str]) -> dict[str, Any]:
    return {**stream, "limit": LOG_LINES, "startFromHead": False}
