# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""The whole of a network, decided before anything is changed: zones, subnets, rules and endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.palisade.ecs.plugins.plugin_utils._network_acls import network_acls
from ansible_collections.palisade.ecs.plugins.plugin_utils._network_endpoints import (
    resolved_endpoints,
    wanted_endpoints,
)
from ansible_collections.palisade.ecs.plugins.plugin_utils._network_plan import check_stack, places, plan_subnets
from ansible_collections.palisade.ecs.plugins.plugin_utils._network_problem import NetworkProblem
from ansible_collections.palisade.ecs.plugins.plugin_utils._network_zones import choose_zones, usable_zones

NAT_MODES = ("per_az", "single", "none")


def plan_network(inputs: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return zones, subnets, network_acls and endpoints of a network.

    The inputs are those of the role without network_, besides the name of the stack. The facts are what AWS says of
    zones, endpoint services, and the stack's VPC and subnets, as the modules of amazon.aws return it, besides the zones
    with Fargate. Raises NetworkProblem, which names the variable, for whatever cannot work.
    """
    if inputs["nat_mode"] not in NAT_MODES:
        raise NetworkProblem(f"network_nat_mode is {inputs['nat_mode']}; expected one of {', '.join(NAT_MODES)}.")
    endpoints = wanted_endpoints(inputs["features"], inputs["extra_endpoints"], inputs["region"])
    check_stack(facts["vpcs"], inputs["vpc_cidr"], inputs["stack"])
    given = {tier: inputs[f"{tier}_cidrs"] for tier in ("public", "private")}
    in_use = places(facts["subnets"], inputs["vpc_cidr"], given)
    endpoints = resolved_endpoints(endpoints, facts["services"], inputs["region"])
    zones = choose_zones(usable_zones(facts["zones"], facts["fargate_zones"], endpoints), inputs["az_count"], in_use)
    return {
        "zones": zones,
        "subnets": plan_subnets(inputs["vpc_cidr"], zones, given["public"], given["private"]),
        "network_acls": network_acls(inputs["vpc_cidr"], inputs["public_ports"], inputs["egress_ports"]),
        "endpoints": endpoints,
    }
