#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Say what would keep the tasks of a service from starting."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ecs_preflight_info
author: Palisade contributors (!UNKNOWN)
short_description: Say what would keep the tasks of a service from starting
version_added: 0.1.0
description:
  - Looks before a deployment whether ECS can give its roles to tasks, whether the execution role may pull the image,
    write the log and read the secrets, whether these are there, and whether the account may run as many tasks.
  - Tells besides how long the tasks that run now took to start.
  - ECS tells that only when tasks fail, one after the other, until the deployment is rolled back.
  - What an execution role may do is what the simulation of IAM says of its policies and its boundary. Policies of
    repositories, keys and the organization are not looked at.
  - Neither amazon.aws nor community.aws has a module that simulates policies or reads quotas.
options:
  execution_role_arn:
    description: The role in which ECS prepares a task.
    type: str
    required: true
  task_role_arn:
    description: The role of the task itself.
    type: str
    required: true
  repository_arn:
    description: The repository of the image.
    type: str
    default: ""
  log_group_arn:
    description: The log group, which may be missing so far.
    type: str
    default: ""
  secrets:
    description: What a task definition refers to as secrets, by ARN.
    type: list
    elements: str
    default: []
  capacity_provider_strategy:
    description: How the tasks are spread. Without it no quota is looked at.
    type: list
    elements: dict
    default: []
    suboptions:
      capacity_provider:
        description: The capacity provider.
        type: str
        required: true
        choices: [FARGATE, FARGATE_SPOT]
      base:
        description: How many tasks it gets first.
        type: int
        default: 0
      weight:
        description: Its share of the others.
        type: int
        default: 0
  tasks:
    description: How many tasks there may be at the same time, those of a deployment included.
    type: int
    default: 0
  cpu:
    description: The CPU units of a task, 1024 of which are one vCPU.
    type: int
    default: 0
  cluster:
    description: The name of the service's cluster.
    type: str
    default: ""
  service:
    description: The name of the service whose tasks are looked at, which may be missing so far.
    type: str
    default: ""
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Look for what would keep tasks from starting
  palisade.ecs.ecs_preflight_info:
    region: eu-central-1
    execution_role_arn: arn:aws:iam::123456789012:role/shop-dev-eu-central-1-execution
    task_role_arn: arn:aws:iam::123456789012:role/shop-dev-eu-central-1-task
    repository_arn: arn:aws:ecr:eu-central-1:123456789012:repository/shop-dev
    log_group_arn: arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/shop-dev
    secrets: ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-dev-AbCdEf:password::"]
    capacity_provider_strategy: [{capacity_provider: FARGATE, weight: 1}]
    tasks: 12
    cpu: 256
    cluster: shop-dev
    service: shop-dev
  register: preflight

- name: Stop when there is something
  ansible.builtin.assert:
    that: preflight.problems | length == 0
    fail_msg: "{{ preflight.problems | join(' ') }}"
"""

RETURN = r"""
problems:
  description: What would keep tasks from starting, a sentence or two each.
  returned: success
  type: list
  elements: str
  sample:
    - Role arn:aws:iam::123456789012:role/shop-dev-eu-central-1-task does not exist.
missing_roles:
  description: Which of the roles do not exist.
  returned: success
  type: list
  elements: str
  sample: ["arn:aws:iam::123456789012:role/shop-dev-eu-central-1-task"]
start_seconds:
  description:
    - How many seconds passed until the tasks of O(service) that run now ran, from when ECS made them. It is the
      median, rounded up.
    - V(0) if none runs, or nobody asked.
  returned: success
  type: int
  sample: 34
unknown:
  description: What could not be looked at, because who runs this may not.
  returned: success
  type: list
  elements: str
  sample: []
"""

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils import _ecs_preflight_api as api
from ansible_collections.palisade.ecs.plugins.module_utils import _ecs_preflight_plan as plan

PROVIDER: dict[str, Any] = {
    "capacity_provider": {"type": "str", "required": True, "choices": list(plan.QUOTAS)},
    "base": {"type": "int", "default": 0},
    "weight": {"type": "int", "default": 0},
}
ARGUMENT_SPEC: dict[str, Any] = {
    "execution_role_arn": {"type": "str", "required": True},
    "task_role_arn": {"type": "str", "required": True},
    "repository_arn": {"type": "str", "default": ""},
    "log_group_arn": {"type": "str", "default": ""},
    # These are references, which nobody has to hide.
    "secrets": {"type": "list", "elements": "str", "default": [], "no_log": False},
    "capacity_provider_strategy": {"type": "list", "elements": "dict", "options": PROVIDER, "default": []},
    "tasks": {"type": "int", "default": 0},
    "cpu": {"type": "int", "default": 0},
    "cluster": {"type": "str", "default": ""},
    "service": {"type": "str", "default": ""},
}
Roles = Mapping[str, "Mapping[str, Any] | None"]


def permissions(module: Any, roles: Roles) -> Iterator[str]:
    """Say to whom ECS cannot give the roles, and what the execution role may not do."""
    iam, arn = module.client("iam"), module.params["execution_role_arn"]
    yield from (problem for found in roles.items() if (problem := plan.trust_problem(*found)))
    for need in plan.needs(module.params) if roles[arn] else []:
        results = api.simulate(iam, arn, need)
        denied = any(one["EvalDecision"] != plan.ALLOWED for one in results)
        secret = denied and ":secretsmanager:" in need.resource
        unsure = secret and api.has_policy(module.client("secretsmanager"), need.resource)
        yield from plan.denials(arn, results, [need.resource] if unsure else [])


def secrets(module: Any, roles: Roles) -> Iterator[str]:
    """Say which secrets are not there."""
    for reference in module.params["secrets"]:
        arn = plan.secret_of(reference)
        if plan.is_parameter(arn):
            found = api.parameter(module.client("ssm"), arn)
        else:
            found = api.secret(module.client("secretsmanager"), arn)
        if problem := plan.secret_problem(reference, found):
            yield problem


def quotas(module: Any, roles: Roles) -> Iterator[str]:
    """Say of what the account may not have enough."""
    client = module.client("service-quotas")
    for provider, needed in plan.vcpu(module.params).items():
        if needed and (problem := plan.quota_problem(provider, needed, api.quota(client, provider))):
            yield problem


def start(module: Any) -> int:
    """Return how long tasks of the service take to start."""
    cluster, service = module.params["cluster"], module.params["service"]
    return plan.start_seconds(api.running_tasks(module.client("ecs"), cluster, service)) if service else 0


def allowed(question: Callable[[], Any], unknown: list[str]) -> Any:
    """Return the answer to a question; None if it may not be asked, which is noted."""
    try:
        return question()
    except AnsibleAWSError as error:
        if not api.forbidden(error):
            raise
        unknown.append(f"{error}: {error.exception}")
        return None


def _extend(problems: list[str], check: Callable[[Any, Roles], Iterator[str]], module: Any, roles: Roles) -> None:
    problems.extend(check(module, roles))


def run(module: Any) -> dict[str, Any]:
    """Ask all of it; what may not be asked is told apart."""
    arns = dict.fromkeys((module.params["execution_role_arn"], module.params["task_role_arn"]))
    roles = {arn: api.role(module.client("iam"), arn) for arn in arns}
    problems: list[str] = []
    unknown: list[str] = []
    checks: tuple[Callable[[Any, Roles], Iterator[str]], ...] = (permissions, secrets, quotas)
    for check in checks:
        # What was found before something that may not be asked counts.
        allowed(functools.partial(_extend, problems, check, module, roles), unknown)
    return {
        "changed": False,
        "problems": problems,
        "missing_roles": [arn for arn, found in roles.items() if found is None],
        "start_seconds": allowed(functools.partial(start, module), unknown) or 0,
        "unknown": unknown,
    }


def main() -> None:
    """Build the module and exit."""
    module = AnsibleAWSModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    try:
        module.exit_json(**run(module))
    except AnsibleAWSError as error:
        module.fail_json_aws_error(error)


if __name__ == "__main__":
    main()
