#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Manage an encrypted topic of Amazon SNS."""

from __future__ import annotations

DOCUMENTATION = r"""
module: sns_topic
author: Palisade contributors (!UNKNOWN)
short_description: Manage an encrypted topic of Amazon SNS with its policy
version_added: 0.1.0
description:
  - Creates a topic with its key and its policy in one call, so that it never is without, and keeps both.
  - M(community.aws.sns_topic) cannot encrypt a topic. In check mode it fails for a topic with tags that does not exist
    yet, and it has no diff.
  - Subscriptions are left as they are.
options:
  state:
    description:
      - With V(present) the topic exists and is as the other options say.
      - With V(absent) there is none, and its subscriptions are gone as well.
    type: str
    choices: [present, absent]
    default: present
  topic_arn:
    description: The topic, in the account of the caller and the region of the task. It follows from its name.
    type: str
    required: true
  kms_key_id:
    description:
      - The key that messages are encrypted with, best by its ARN. It is compared as it is written.
      - AWS services that publish, as CloudWatch alarms do, need V(kms:GenerateDataKey*) and V(kms:Decrypt) in the
        policy of the key. With V(alias/aws/sns) they cannot publish, because nobody can change that key's policy.
      - Required with O(state=present).
    type: str
  policy:
    description: The policy of the topic. Without it that of the topic stays as it is.
    type: json
  tags:
    description: Tags of the topic.
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
    description: Shows key, policy and tags before and after.
    support: full
seealso:
  - module: community.aws.sns_topic
  - name: Securing Amazon SNS data with server-side encryption
    description: AWS's own description.
    link: https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
# Another key or policy in the same task changes the topic in place.
- name: Have a topic that the alarms of this account may publish to
  palisade.ecs.sns_topic:
    region: eu-central-1
    topic_arn: arn:aws:sns:eu-central-1:123456789012:shop-dev-alarms
    kms_key_id: arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
    policy:
      Version: "2012-10-17"
      Statement:
        - Sid: Alarms
          Effect: Allow
          Principal: {Service: cloudwatch.amazonaws.com}
          Action: sns:Publish
          Resource: arn:aws:sns:eu-central-1:123456789012:shop-dev-alarms
          Condition: {StringEquals: {"aws:SourceAccount": "123456789012"}}

- name: Remove it
  palisade.ecs.sns_topic:
    region: eu-central-1
    topic_arn: arn:aws:sns:eu-central-1:123456789012:shop-dev-alarms
    state: absent
"""

RETURN = r"""
topic_arn:
  description: The topic. Empty, as all the others, with O(state=absent).
  returned: success
  type: str
  sample: arn:aws:sns:eu-central-1:123456789012:shop-dev-alarms
kms_key_id:
  description: The key that messages are encrypted with, as it was given.
  returned: success
  type: str
policy:
  description: The policy of the topic. In check mode empty for a new topic without O(policy).
  returned: success
  type: dict
tags:
  description: The tags of the topic after the task.
  returned: success
  type: dict
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.tagging import compare_aws_tags
from ansible_collections.palisade.ecs.plugins.module_utils import _sns_api as api
from ansible_collections.palisade.ecs.plugins.module_utils._module_run import finish
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError
from ansible_collections.palisade.ecs.plugins.module_utils._sns_topic_plan import (
    Change,
    Topic,
    checked_name,
    described,
    plan,
)

ARGUMENT_SPEC = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "topic_arn": {"type": "str", "required": True},
    "kms_key_id": {"type": "str"},
    "policy": {"type": "json"},
    "tags": {"type": "dict", "default": {}},
    "purge_tags": {"type": "bool", "default": True},
}


def read(client: Any, topic_arn: str) -> Topic:
    """Return a topic as it is; an empty one if there is none."""
    attributes = api.attributes_of(client, topic_arn)
    return described(topic_arn, attributes, api.tags_of_topic(client, topic_arn) if attributes is not None else {})


def apply(client: Any, change: Change, name: str) -> None:
    """Write what differs; raises PlanError when SNS made the topic in another account."""
    before, after = change.before, change.after
    if not after.topic_arn:
        api.delete_topic(client, before.topic_arn)
    elif not before.topic_arn:
        made = api.create_topic(client, name, change.attributes, after.tags)
        if made != after.topic_arn:
            raise PlanError(
                f"topic_arn is {after.topic_arn} and the topic was created as {made}; expected one account."
            )
    else:
        for attribute, value in change.attributes.items():
            api.set_attribute(client, after.topic_arn, attribute, value)
        api.set_tags(client, after.topic_arn, *compare_aws_tags(before.tags, after.tags))


def run(module: Any, client: Any) -> dict[str, Any]:
    """Read, plan, and write unless in check mode."""
    topic_arn = module.params["topic_arn"]
    name = checked_name(topic_arn, client.meta.region_name)
    change = plan(read(client, topic_arn), module.params)
    if change and not module.check_mode:
        apply(client, change, name)
        if not change.before.topic_arn and not change.after.policy:
            # SNS gives a new topic a policy of its own.
            change = Change(change.before, read(client, topic_arn))
    return change.as_result(diff=module._diff)


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec=ARGUMENT_SPEC,
        required_if=[("state", "present", ["kms_key_id"])],
        supports_check_mode=True,
    )
    finish(module, module.client("sns"), run)


if __name__ == "__main__":
    main()
