#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Remove a service of ECS with its scaling, its tasks and its task definitions."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ecs_service_removal
author: Palisade contributors (!UNKNOWN)
short_description: Remove a service of ECS with its scaling, its tasks and its task definitions
version_added: 0.1.0
description:
  - Ends the scaling of a service, deletes the service, waits until its last task has stopped, then deregisters and
    deletes all revisions of its task definition.
  - M(community.aws.ecs_service) waits for the service only; its tasks drain for longer, and as long as they do AWS
    deletes neither cluster nor security groups. M(community.aws.application_autoscaling_policy) writes in check mode
    and leaves the scalable target. M(community.aws.ecs_taskdefinition) removes one revision at a time, whose number has
    to be known, and deletes none.
  - What a run that was cut short has left is removed by the next one.
options:
  cluster:
    description: The name of the cluster. It need not exist.
    type: str
    required: true
  service:
    description: The name of the service.
    type: str
    required: true
  family:
    description: The family of its task definitions.
    type: str
    required: true
  wait_timeout:
    description: For how many seconds to wait until the last task has stopped.
    type: int
    default: 600
attributes:
  check_mode:
    description: Can run in check mode and report what it would change, without changing it.
    support: full
  diff_mode:
    description: Shows what is removed.
    support: full
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Remove the service
  palisade.ecs.ecs_service_removal:
    region: eu-central-1
    cluster: shop-dev
    service: shop-dev
    family: shop-dev
"""

RETURN = r"""
scaling_removed:
  description: Whether the service had a scalable target. In check mode, whether it would be removed; so all others.
  returned: success
  type: bool
  sample: true
service_removed:
  description: Whether there was a service, or one whose tasks were still stopping.
  returned: success
  type: bool
  sample: true
task_definitions_removed:
  description: The ARNs of the task definitions.
  returned: success
  type: list
  elements: str
  sample: [arn:aws:ecs:eu-central-1:123456789012:task-definition/shop-dev:3]
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils import _ecs_removal_api as api

ARGUMENT_SPEC = {
    "cluster": {"type": "str", "required": True},
    "service": {"type": "str", "required": True},
    "family": {"type": "str", "required": True},
    "wait_timeout": {"type": "int", "default": 600},
}


def run(module: Any) -> dict[str, Any]:
    """Read, and remove what there is unless in check mode."""
    params = module.params
    cluster, service = params["cluster"], params["service"]
    ecs, scaling = module.client("ecs"), module.client("application-autoscaling")
    found = {
        "scaling_removed": api.is_scaled(scaling, cluster, service),
        "service_removed": api.is_there(ecs, cluster, service),
        "task_definitions_removed": api.task_definitions_of(ecs, params["family"], "ACTIVE", "INACTIVE"),
    }
    if not module.check_mode:
        apply(ecs, scaling, params, found)
    result = {"changed": any(found.values()), **found}
    if module._diff:
        result["diff"] = {"before": {key: value for key, value in found.items() if value}, "after": {}}
    return result


def apply(ecs: Any, scaling: Any, params: dict[str, Any], found: dict[str, Any]) -> None:
    """Remove what was found, in the order that leaves nothing behind when it is cut short."""
    cluster, service, timeout = params["cluster"], params["service"], params["wait_timeout"]
    if found["scaling_removed"]:
        api.end_scaling(scaling, cluster, service)
    if found["service_removed"]:
        api.delete_service(ecs, cluster, service)
        api.wait_until_inactive(ecs, cluster, service, timeout)
    for task_arn in api.tasks_of(ecs, cluster, params["family"]):
        api.wait_until_stopped(ecs, cluster, task_arn, timeout)
    if found["task_definitions_removed"]:
        api.delete_task_definitions(ecs, params["family"])


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    try:
        result = run(module)
    except AnsibleAWSError as error:
        module.fail_json_aws_error(error)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
