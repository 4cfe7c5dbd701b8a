#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Manage which web ACL of AWS WAF protects a load balancer."""

from __future__ import annotations

DOCUMENTATION = r"""
module: wafv2_association
author: Palisade contributors (!UNKNOWN)
short_description: Manage which web ACL of AWS WAF protects a load balancer
version_added: 0.1.0
description:
  - Associates a web ACL with an Application Load Balancer, or another regional resource, in place of the one it has.
  - M(community.aws.wafv2_resources) cannot be relied on. When there is no web ACL of the name it protects nothing and
    reports C(ok), so a dry run does not show what it will do once there is one. It gives up at once while AWS WAF does
    not know a new web ACL or load balancer yet, which can take minutes. It has no diff.
options:
  state:
    description:
      - With V(present) the resource has the web ACL.
      - With V(absent) it has none, or with O(web_acl_arn) not this one.
    type: str
    choices: [present, absent]
    default: present
  resource_arn:
    description: The load balancer. With O(state=absent), and in check mode, it need not exist.
    type: str
    required: true
  web_acl_arn:
    description:
      - The web ACL, required with O(state=present). In check mode it need not exist.
      - With O(state=absent) another web ACL stays if this is given.
    type: str
attributes:
  check_mode:
    description: Can run in check mode and report what it would change, without changing it.
    support: full
  diff_mode:
    description: Shows the web ACL before and after.
    support: full
notes:
  - A new web ACL or load balancer is waited for, for about ten minutes.
seealso:
  - module: community.aws.wafv2_resources
  - module: palisade.ecs.wafv2_logging
  - name: AssociateWebACL
    description: AWS's own description.
    link: https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
# Another web ACL in the same task takes the place of the first, and the load balancer is protected all the time.
- name: Protect the load balancer
  palisade.ecs.wafv2_association:
    region: eu-central-1
    resource_arn: "{{ balancer.load_balancer_arn }}"
    web_acl_arn: "{{ web_acl.arn }}"

- name: Take the protection away
  palisade.ecs.wafv2_association:
    region: eu-central-1
    resource_arn: "{{ balancer.load_balancer_arn }}"
    state: absent
"""

RETURN = r"""
resource_arn:
  description: The resource.
  returned: success
  type: str
web_acl_arn:
  description: The web ACL that it has after the task. Empty if it has none.
  returned: success
  type: str
  sample: arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/shop/a1b2c3d4-5678-90ab-cdef-EXAMPLE11111
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils import _wafv2_api as api
from ansible_collections.palisade.ecs.plugins.module_utils._module_run import finish

ARGUMENT_SPEC = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "resource_arn": {"type": "str", "required": True},
    "web_acl_arn": {"type": "str"},
}


def desired(before: str, state: str, web_acl_arn: str | None) -> str:
    """Return the ARN of the web ACL that the resource should have; empty for none."""
    if state == "present":
        return web_acl_arn or ""
    return before if web_acl_arn and before != web_acl_arn else ""


def run(module: Any, client: Any) -> dict[str, Any]:
    """Read, plan, and write unless in check mode."""
    resource_arn = module.params["resource_arn"]
    before = api.web_acl_of(client, resource_arn)
    after = desired(before, module.params["state"], module.params["web_acl_arn"])
    changed = before != after
    if changed and not module.check_mode:
        if after:
            api.associate(client, after, resource_arn)
        else:
            api.disassociate(client, resource_arn)
    shown = {"before": {"web_acl_arn": before}, "after": {"web_acl_arn": after}}
    diff = {"diff": shown} if module._diff else {}
    return {"changed": changed, "resource_arn": resource_arn, "web_acl_arn": after, **diff}


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec=ARGUMENT_SPEC,
        required_if=[("state", "present", ["web_acl_arn"])],
        supports_check_mode=True,
    )
    finish(module, module.client("wafv2"), run)


if __name__ == "__main__":
    main()
