#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Run a task once, to its end, on AWS Fargate."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ecs_task_run
author: Palisade contributors (!UNKNOWN)
short_description: Run a task once, to its end, on AWS Fargate
version_added: 0.1.0
description:
  - Starts a task of a task definition with another command and more environment, waits until it has stopped, and tells
    its exit code, why it stopped, and what it said last.
  - M(community.aws.ecs_task) waits until a task runs, not until it has ended. It knows neither exit code nor log, and
    takes an answer without a task for a success.
  - It is a failure when the task does not start, ends with an exit code other than 0, or does not end in time. All
    results are there then, too, and C(failed_when) may say otherwise.
  - Every run starts a task, so it is always a change. A run that is cut short leaves its task, which ends by itself.
options:
  cluster:
    description: The name of the cluster.
    type: str
    required: true
  task_definition:
    description: The task definition, as family and revision or as ARN.
    type: str
    required: true
  container:
    description: The name of the container of the task definition that O(command) and O(environment) are for.
    type: str
    required: true
  command:
    description: The command, with its arguments. Without one it is that of the task definition.
    type: list
    elements: str
    default: []
  environment:
    description: Variables besides those of the task definition, or instead of them. They are not secret.
    type: dict
    default: {}
  subnets:
    description: The ids of the subnets, in one of which the task gets an interface without a public address.
    type: list
    elements: str
    required: true
  security_groups:
    description: The ids of the security groups of that interface.
    type: list
    elements: str
    required: true
  last_words:
    description:
      - A text that the task logs in its last lines when all went well, with exit code 0.
      - CloudWatch Logs shows lines a while after they were said. With this, they are waited for, up to a minute.
    type: str
    default: ""
  tags:
    description: The tags of the task.
    type: dict
    default: {}
  wait_timeout:
    description: For how many seconds the task may run. Then it is stopped, which is a failure.
    type: int
    default: 900
attributes:
  check_mode:
    description: Can run in check mode, in which no task is started and nothing is read.
    support: full
  diff_mode:
    description: A task leaves nothing behind that could be compared.
    support: none
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Count the items of a table from inside the VPC
  palisade.ecs.ecs_task_run:
    region: eu-central-1
    cluster: shop-dev
    task_definition: shop-dev:7
    container: app
    command: [python, -m, storefront.count]
    environment: {TABLE_NAME: shop-dev.1}
    subnets: [subnet-0a1b2c3d4e5f67890]
    security_groups: [sg-0a1b2c3d4e5f67890]
    last_words: '"counted":'
  register: counted
"""

RETURN = r"""
task_arn:
  description: The ARN of the task, empty in check mode.
  returned: always, unless ECS takes no task
  type: str
  sample: arn:aws:ecs:eu-central-1:123456789012:task/shop-dev/0a1b2c3d4e5f67890a1b2c3d4e5f6789
exit_code:
  description: The exit code of the container, -1 if it has none, because it did not run, as in check mode.
  returned: always, unless ECS takes no task
  type: int
  sample: 0
stopped_reason:
  description: Why the task stopped, in the words of ECS, empty in check mode.
  returned: always, unless ECS takes no task
  type: str
  sample: Essential container in task exited
log_lines:
  description:
    - What the container said last, up to 100 lines, as far as CloudWatch Logs has them.
    - Empty in check mode, and when the container logs to something else.
  returned: always, unless ECS takes no task
  type: list
  elements: str
  sample: ['{"counted": 3}']
"""

from dataclasses import replace
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils import _ecs_task_api as api
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_task_plan import (
    Ended,
    ended,
    log_stream,
    problem,
    run_arguments,
)

ARGUMENT_SPEC: dict[str, Any] = {
    "cluster": {"type": "str", "required": True},
    "task_definition": {"type": "str", "required": True},
    "container": {"type": "str", "required": True},
    "command": {"type": "list", "elements": "str", "default": []},
    "environment": {"type": "dict", "default": {}},
    "subnets": {"type": "list", "elements": "str", "required": True},
    "security_groups": {"type": "list", "elements": "str", "required": True},
    "last_words": {"type": "str", "default": ""},
    "tags": {"type": "dict", "default": {}},
    "wait_timeout": {"type": "int", "default": 900},
}


def run(module: Any) -> tuple[Ended, str]:
    """Run the task; return what became of it, and why that is a failure. Raises AnsibleAWSError."""
    if module.check_mode:
        return Ended(), ""
    params, client = module.params, module.client("ecs")
    definition = api.describe_definition(client, params["task_definition"])
    check_container(definition, params)
    arn = api.run_task(client, run_arguments(params))["taskArn"]
    seconds = params["wait_timeout"]
    try:
        end = ended(api.wait_until_stopped(client, params["cluster"], arn, seconds), params["container"])
        failure = problem(end)
    except AnsibleAWSError as error:
        api.stop_task(client, params["cluster"], arn, f"It has not ended within {seconds} s")
        end, failure = Ended(arn), f"The task was not seen to end within {seconds} s, and is being stopped. {error}"
    return with_log(module, definition, end, failure)


def check_container(definition: dict[str, Any], params: dict[str, Any]) -> None:
    """Raise AnsibleAWSError unless the task definition has the container."""
    names = [one["name"] for one in definition["containerDefinitions"]]
    if params["container"] not in names:
        raise AnsibleAWSError(
            message=f"container is {params['container']}; task definition {params['task_definition']} has "
            f"{', '.join(names)}. Nothing was run."
        )


def with_log(module: Any, definition: dict[str, Any], end: Ended, failure: str) -> tuple[Ended, str]:
    """Return the end with what the container said last, and the failure, which silence may be."""
    stream = log_stream(definition, module.params["container"], end.task_arn)
    if stream is None:
        return end, failure
    client, words = module.client("logs"), module.params["last_words"]
    if words and not failure:
        try:
            api.wait_until_said(client, stream, words)
        except AnsibleAWSError as error:
            failure = f"The task ended well and did not log its last words. {error}"
    return replace(end, log_lines=api.last_lines(client, stream)), failure


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    try:
        end, failure = run(module)
    except AnsibleAWSError as error:
        module.fail_json_aws_error(error)
    if failure:
        module.fail_json(msg=failure, **end.as_result())
    module.exit_json(**end.as_result())


if __name__ == "__main__":
    main()
