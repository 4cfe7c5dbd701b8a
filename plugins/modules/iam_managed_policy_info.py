#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Read a managed policy of IAM."""

from __future__ import annotations

DOCUMENTATION = r"""
module: iam_managed_policy_info
short_description: Read a managed policy of IAM
version_added: 0.1.0
description:
  - Returns the document that holds now, so that what a permissions boundary keeps roles from doing is known before
    they are made.
  - M(amazon.aws.iam_managed_policy) writes policies, and M(amazon.aws.iam_policy_info) reads inline policies. Neither
    amazon.aws nor community.aws reads managed ones.
options:
  policy_arn:
    description: The policy.
    type: str
    required: true
author:
  - Palisade contributors (@palisade)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Read the permissions boundary of the account
  palisade.ecs.iam_managed_policy_info:
    policy_arn: arn:aws:iam::123456789012:policy/workloads-boundary
  register: found

- name: Stop when there is none
  ansible.builtin.assert:
    that: found.policies | length == 1
"""

RETURN = r"""
policies:
  description: The policy, or nothing when it does not exist.
  returned: always
  type: list
  elements: dict
  contains:
    arn:
      description: The ARN of the policy.
      type: str
      returned: always
      sample: arn:aws:iam::123456789012:policy/workloads-boundary
    policy_name:
      description: Its name.
      type: str
      returned: always
    default_version_id:
      description: The version that holds.
      type: str
      returned: always
      sample: v1
    document:
      description: The document of that version.
      type: dict
      returned: always
"""

from contextlib import suppress
from typing import Any

from ansible.module_utils.common.dict_transformations import camel_dict_to_snake_dict
from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code, normalize_boto3_result
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

with suppress(ImportError):  # AnsibleAWSModule says that boto3 is missing
    from botocore.exceptions import BotoCoreError, ClientError


@AWSRetry.jittered_backoff(catch_extra_error_codes=["Throttling"])
def get_policy(client: Any, arn: str) -> dict[str, Any] | None:
    """Return a policy as IAM describes it, or None if there is none."""
    try:
        return dict(client.get_policy(PolicyArn=arn)["Policy"])
    except is_boto3_error_code("NoSuchEntity"):
        return None


@AWSRetry.jittered_backoff(catch_extra_error_codes=["Throttling"])
def get_document(client: Any, arn: str, version: str) -> dict[str, Any]:
    """Return the document of a version, which botocore has parsed."""
    return dict(client.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])


def run(module: AnsibleAWSModule) -> dict[str, Any]:
    """Return the result of the module."""
    arn = module.params["policy_arn"]
    client = module.client("iam")
    try:
        policy = get_policy(client, arn)
        document = get_document(client, arn, policy["DefaultVersionId"]) if policy else {}
    except (BotoCoreError, ClientError) as error:
        module.fail_json_aws(error, msg=f"Couldn't read the policy {arn}")
    found = [{**camel_dict_to_snake_dict(normalize_boto3_result(policy)), "document": document}] if policy else []
    return {"changed": False, "policies": found}


def main() -> None:
    """Build the module and exit."""
    module = AnsibleAWSModule(argument_spec={"policy_arn": {"type": "str", "required": True}}, supports_check_mode=True)
    module.exit_json(**run(module))


if __name__ == "__main__":
    main()
