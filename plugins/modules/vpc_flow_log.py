#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Manage a flow log of a VPC."""

from __future__ import annotations

DOCUMENTATION = r"""
module: vpc_flow_log
author: Palisade contributors (!UNKNOWN)
short_description: Manage a flow log of a VPC
version_added: 0.1.0
description:
  - Records the traffic of a VPC in a log group of Amazon CloudWatch Logs or in an S3 bucket.
  - Neither amazon.aws nor community.aws has a module for flow logs.
  - AWS cannot change a flow log, only its tags. For any other change this module creates the new flow log first and
    deletes the old one after, so that no traffic goes unrecorded. In between, records may be delivered twice.
  - A change that was interrupted in between is completed by the next run.
options:
  state:
    description:
      - With V(present) the flow log exists and is as the other options say.
      - With V(absent) there is none. What it has recorded stays.
    type: str
    choices: [present, absent]
    default: present
  vpc_id:
    description: The VPC.
    type: str
    required: true
  name:
    description: The tag C(Name) of the flow log, by which it is found among those of the VPC and O(destination_type).
    type: str
    required: true
  destination_type:
    description:
      - Where records go.
      - The flow log of another type is another one. Remove it with a task of its own, after the new one is there.
    type: str
    choices: [cloud-watch-logs, s3]
    required: true
  log_group_name:
    description:
      - The log group, required with O(destination_type=cloud-watch-logs) and refused otherwise.
      - EC2 does not look whether it exists. See RV(deliver_logs_error).
    type: str
  role_arn:
    description:
      - The role with which records are written to the log group, required with O(destination_type=cloud-watch-logs) and
        refused otherwise.
      - A role that was made a moment ago is waited for, for up to two minutes.
    type: str
  bucket_arn:
    description:
      - The bucket, with a folder if there should be one, required with O(destination_type=s3) and refused otherwise.
      - C(AWSLogs) is reserved for the folder that AWS makes itself.
    type: str
  traffic_type:
    description: Which traffic is recorded.
    type: str
    choices: [ALL, ACCEPT, REJECT]
    default: ALL
  max_aggregation_interval:
    description: For how many seconds packets of one flow are counted together at most.
    type: int
    choices: [60, 600]
    default: 60
  log_format:
    description:
      - The fields of a record, each as C(${srcaddr}), with one space in between.
      - By default those of AWS's default format, version 2.
    type: str
  tags:
    description: Tags of the flow log, besides C(Name).
    type: dict
    default: {}
  purge_tags:
    description: Remove tags that are not in O(tags).
    type: bool
    default: true
attributes:
  check_mode:
    description: Can run in check mode and report what it would change, without changing it.
    support: full
  diff_mode:
    description: Shows the flow log before and after.
    support: full
seealso:
  - name: Logging IP traffic using VPC Flow Logs
    description: AWS's own description.
    link: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Record all traffic of the VPC in a log group
  palisade.ecs.vpc_flow_log:
    region: eu-central-1
    vpc_id: vpc-0a1b2c3d4e5f67890
    name: shop-dev
    destination_type: cloud-watch-logs
    log_group_name: /palisade/shop-dev/flow-logs
    role_arn: arn:aws:iam::123456789012:role/shop-dev-flow-logs

# Another interval or format: a new flow log takes the place of the old one.
- name: Count the packets of ten minutes together
  palisade.ecs.vpc_flow_log:
    region: eu-central-1
    vpc_id: vpc-0a1b2c3d4e5f67890
    name: shop-dev
    destination_type: cloud-watch-logs
    log_group_name: /palisade/shop-dev/flow-logs
    role_arn: arn:aws:iam::123456789012:role/shop-dev-flow-logs
    max_aggregation_interval: 600

- name: Remove it
  palisade.ecs.vpc_flow_log:
    region: eu-central-1
    vpc_id: vpc-0a1b2c3d4e5f67890
    name: shop-dev
    destination_type: cloud-watch-logs
    state: absent
"""

RETURN = r"""
flow_log_id:
  description:
    - The id of the flow log. In check mode V(fl-00000000000000000) stands for one that would be created.
    - Empty, as all the others, with O(state=absent).
  returned: success
  type: str
  sample: fl-0a1b2c3d4e5f67890
destination:
  description: The name of the log group, or the ARN of the bucket with its folder.
  returned: success
  type: str
  sample: /palisade/shop-dev/flow-logs
role_arn:
  description: The role with which records are written. Empty for a bucket.
  returned: success
  type: str
  sample: arn:aws:iam::123456789012:role/shop-dev-flow-logs
traffic_type:
  description: Which traffic is recorded.
  returned: success
  type: str
  sample: ALL
max_aggregation_interval:
  description: For how many seconds packets of one flow are counted together at most. 0 if there is no flow log.
  returned: success
  type: int
  sample: 60
log_format:
  description: The fields of a record.
  returned: success
  type: str
  sample: "${version} ${account-id} ${srcaddr} ${dstaddr} ${action}"
tags:
  description: The tags of the flow log after the task.
  returned: success
  type: dict
  sample:
    Name: shop-dev
deliver_logs_error:
  description:
    - What kept AWS from delivering the records of the flow log that was there before the task. Empty if nothing did.
    - V(Access error) says that the role or the bucket policy lacks a permission, or that the log group is missing.
    - AWS knows it only minutes after a flow log was created. It is a warning, and no failure.
  returned: success
  type: str
  sample: ""
"""

from typing import Any

# AnsibleAWSModule.warn makes Ansible complain about AnsibleAWSModule.
from ansible.module_utils.common.warnings import warn
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils._flow_log_api import list_flow_logs
from ansible_collections.palisade.ecs.plugins.module_utils._flow_log_apply import apply
from ansible_collections.palisade.ecs.plugins.module_utils._flow_log_plan import checked, plan
from ansible_collections.palisade.ecs.plugins.module_utils._module_run import finish

ARGUMENT_SPEC = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "vpc_id": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "destination_type": {"type": "str", "choices": ["cloud-watch-logs", "s3"], "required": True},
    "log_group_name": {"type": "str"},
    "role_arn": {"type": "str"},
    "bucket_arn": {"type": "str"},
    "traffic_type": {"type": "str", "choices": ["ALL", "ACCEPT", "REJECT"], "default": "ALL"},
    "max_aggregation_interval": {"type": "int", "choices": [60, 600], "default": 60},
    "log_format": {"type": "str"},
    "tags": {"type": "dict", "default": {}},
    "purge_tags": {"type": "bool", "default": True},
}
ADVICE = (
    "Another flow log of the VPC, of another name, has this destination and these settings. Delete it, or give it the "
    "name of this task"
)


def run(module: Any, client: Any) -> dict[str, Any]:
    """Read, plan, and write unless in check mode."""
    params = module.params
    checked(params)
    found = list_flow_logs(client, params["vpc_id"], params["destination_type"], params["name"])
    change = plan(found, params)
    problems = {one["FlowLogId"]: one.get("DeliverLogsErrorMessage") or "" for one in found}
    problem = problems.get(change.before.flow_log_id, "") if params["state"] == "present" else ""
    if problem:
        warn(f"The records of flow log {change.before.flow_log_id} are not delivered: {problem}")
    if not module.check_mode:
        change = apply(client, change, params["vpc_id"], params["destination_type"])
    return {**change.as_result(diff=module._diff), "deliver_logs_error": problem}


def advice(refusal: str) -> str:
    """Say what to do about a refusal of EC2, or nothing."""
    return f"{ADVICE}." if "FlowLogAlreadyExists" in refusal else ""


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    finish(module, module.client("ec2"), run, advice)


if __name__ == "__main__":
    main()
