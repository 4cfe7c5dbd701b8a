# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Find a VPC endpoint, look whether it can have a policy, and give it the policy."""

from __future__ import annotations

from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils import _ec2_api as ec2
from ansible_collections.palisade.ecs.plugins.module_utils import _endpoint_policy_target as target_rules
from ansible_collections.palisade.ecs.plugins.module_utils._endpoint_policy_rules import refuse
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_endpoint_policy_plan import Change, Wanted


def find(client: Any, wanted: Wanted) -> list[dict[str, Any]]:
    """Describe the endpoints that could be meant."""
    if wanted.vpc_endpoint_id:
        description = ec2.describe_vpc_endpoint(client, wanted.vpc_endpoint_id)
        return [description] if description else []
    return list(ec2.list_vpc_endpoints(client, wanted.vpc_id, wanted.service_name))


def check(client: Any, change: Change, allow_ecr_cut_off: bool) -> None:
    """Raise PolicyError for a policy that this endpoint cannot have."""
    policy, endpoint = change.wanted.policy, change.endpoint
    if policy is None:
        return
    target = target_rules.Target(endpoint.service_name, endpoint.vpc_endpoint_type)
    refuse(target_rules.problems(policy, target, allow_ecr_cut_off))
    if change and endpoint.service_name:
        details = ec2.list_vpc_endpoint_services(client, endpoint.service_name)
        refuse(target_rules.service_has_policies(details, target))


def apply(client: Any, change: Change, wait: bool, wait_timeout: int) -> None:
    """Replace the policy of an endpoint that AWS is ready to modify."""
    endpoint = change.endpoint
    if wait and not endpoint.is_available:
        ec2.wait_for_vpc_endpoint(client, endpoint.vpc_endpoint_id, wait_timeout)
    ec2.modify_vpc_endpoint(client, endpoint.vpc_endpoint_id, **change.request)
    if wait:
        ec2.wait_for_vpc_endpoint(client, endpoint.vpc_endpoint_id, wait_timeout)
