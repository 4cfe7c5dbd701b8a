#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Lead a name to a load balancer, by an alias record of Route 53."""

from __future__ import annotations

DOCUMENTATION = r"""
module: route53_alias
author: Palisade contributors (!UNKNOWN)
short_description: Lead a name to a load balancer, by an alias record of Route 53
version_added: 0.1.0
description:
  - Creates, changes or removes the alias record of a name in a public zone.
  - M(amazon.aws.route53) takes its option C(region) for that of a record with a routing policy, so it fails with the
    C(module_defaults) of a group that set one. It takes another spelling of a name for a change, and would delete a
    record only if it is told all of it.
options:
  state:
    description:
      - With V(present) the name leads to the target, wherever it led before.
      - With V(absent) it leads there no longer. If it leads elsewhere, it stays.
    type: str
    choices: [present, absent]
    default: present
  zone:
    description: The public zone, by its name.
    type: str
    required: true
  name:
    description: The name, which is in the zone.
    type: str
    required: true
  target:
    description: The name that AWS gave to the load balancer.
    type: str
    required: true
  target_zone_id:
    description: The zone of that name, as the load balancer tells it. Required with O(state=present).
    type: str
attributes:
  check_mode:
    description: Can run in check mode and report what it would change, without changing it.
    support: full
  diff_mode:
    description: Shows the record before and after.
    support: full
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Lead the name to the load balancer
  palisade.ecs.route53_alias:
    region: eu-central-1
    zone: example.com
    name: shop.example.com
    target: shop-dev-1234567890.eu-central-1.elb.amazonaws.com
    target_zone_id: Z215JYRZR1TBD5

- name: Lead it there no longer
  palisade.ecs.route53_alias:
    region: eu-central-1
    zone: example.com
    name: shop.example.com
    target: shop-dev-1234567890.eu-central-1.elb.amazonaws.com
    state: absent
"""

RETURN = r"""
name:
  description: The name that leads to the target. Empty, as the others, if it does not.
  returned: success
  type: str
  sample: shop.example.com
target:
  description: The name that it leads to.
  returned: success
  type: str
  sample: shop-dev-1234567890.eu-central-1.elb.amazonaws.com
target_zone_id:
  description: The zone of that name.
  returned: success
  type: str
  sample: Z215JYRZR1TBD5
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils import _route53_api as api
from ansible_collections.palisade.ecs.plugins.module_utils._module_run import finish
from ansible_collections.palisade.ecs.plugins.module_utils._route53_alias_plan import plan, record_of, zone_of

ARGUMENT_SPEC: dict[str, Any] = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "zone": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "target": {"type": "str", "required": True},
    "target_zone_id": {"type": "str"},
}


def run(module: Any, client: Any) -> dict[str, Any]:
    """Read, plan, and write unless in check mode."""
    params = module.params
    zone_id = zone_of(params["zone"], api.public_zones(client, params["zone"]), params["name"])
    change = plan(record_of(params["name"], api.records_from(client, zone_id, params["name"])), params)
    if change and not module.check_mode:
        if change.after.name:
            api.change_record(client, zone_id, "UPSERT", change.after.record)
        else:
            api.change_record(client, zone_id, "DELETE", change.before)
    return change.as_result(diff=module._diff)


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec=ARGUMENT_SPEC,
        required_if=[("state", "present", ["target_zone_id"])],
        supports_check_mode=True,
    )
    finish(module, module.client("route53"), run)


if __name__ == "__main__":
    main()
