# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What can be known to go wrong with a VPC endpoint before AWS is asked for it: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_endpoint import full_service_name
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_endpoint_plan import Attachments, Wanted

# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html
NEEDS = {"Gateway": ("route_table_ids",), "Interface": ("subnet_ids", "security_group_ids")}
PREFIXES = {"route_table_ids": "rtb-", "subnet_ids": "subnet-", "security_group_ids": "sg-"}

# A part of what EC2 says when it refuses, and what to do about it.
ADVICE = {
    "enableDnsSupport": "set both DNS attributes of the VPC to true, or private_dns_enabled to false",
    "conflicting DNS domain": (
        "another endpoint or private hosted zone of this VPC has that name: delete it, or set private_dns_enabled to "
        "false"
    ),
    "PrivateDnsOnlyForInboundResolverEndpoint": "create the gateway endpoint for the service first",
}


def desired(params: dict[str, Any], region: str) -> Wanted:
    """Read the task's arguments; raises PlanError for what its type does not have or cannot do without."""
    if not params["vpc_id"].startswith("vpc-"):
        raise PlanError(f"vpc_id is {params['vpc_id']!r}, which is no id: ids begin with vpc-")
    if not params["service"]:
        raise PlanError("service is empty: give a name as s3, ecr.api or com.amazonaws.eu-central-1.s3")
    is_present = params["state"] == "present"
    return Wanted(
        vpc_id=params["vpc_id"],
        service_name=full_service_name(params["service"], region),
        vpc_endpoint_type=params["vpc_endpoint_type"] or "",
        is_present=is_present,
        attachments=_attachments(params) if is_present else Attachments(),
        tags=None if params["tags"] is None else {key: str(value) for key, value in params["tags"].items()},
        purge_tags=params["purge_tags"],
    )


def _attachments(params: Mapping[str, Any]) -> Attachments:
    kind = params["vpc_endpoint_type"]
    for name, prefix in PREFIXES.items():
        _refuse_misplaced(kind, name, params[name])
        for value in params[name] or []:
            if not value.startswith(prefix):
                raise PlanError(f"{name} holds {value!r}, which is no id: ids begin with {prefix}")
    if kind == "Gateway":
        return Attachments(route_table_ids=frozenset(params["route_table_ids"]))
    return Attachments(
        subnet_ids=frozenset(params["subnet_ids"]),
        security_group_ids=frozenset(params["security_group_ids"]),
        private_dns_enabled=params["private_dns_enabled"],
    )


def _refuse_misplaced(kind: str, name: str, ids: Sequence[str] | None) -> None:
    if name in NEEDS[kind]:
        if not ids:
            raise PlanError(f"{kind.lower()} endpoints need {name}: give at least one id, an empty list serves nobody")
    elif ids is not None:
        raise PlanError(f"{kind.lower()} endpoints have no {name}: leave it out, they take {' and '.join(NEEDS[kind])}")


def offered_service(details: Sequence[Mapping[str, Any]], wanted: Wanted, region: str) -> Mapping[str, Any]:
    """Return what the region says of the service; raises PlanError if it does not offer what is wanted."""
    if not details:
        raise PlanError(
            f"service {wanted.service_name} is none that {region} offers for VPC endpoints; "
            f"`aws ec2 describe-vpc-endpoint-services --region {region}` lists those it does"
        )
    by_type = {kind["ServiceType"]: detail for detail in details for kind in detail["ServiceType"]}
    if wanted.vpc_endpoint_type not in by_type:
        raise PlanError(
            f"service {wanted.service_name} has no {wanted.vpc_endpoint_type} endpoints in {region}: "
            f"set vpc_endpoint_type to {' or '.join(sorted(by_type))}"
        )
    detail = by_type[wanted.vpc_endpoint_type]
    if wanted.attachments.private_dns_enabled and not (detail.get("PrivateDnsName") or detail.get("PrivateDnsNames")):
        raise PlanError(f"service {wanted.service_name} has no private DNS name: set private_dns_enabled to false")
    return detail


def refuse_zones(subnet_ids: Iterable[str], zones: Mapping[str, str], offered: Sequence[str], service: str) -> None:
    """Raise PlanError for two subnets in one zone, or one where the service is not; unknown subnets are not judged.

    https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
    """
    taken: dict[str, str] = {}
    for subnet_id in sorted(subnet_ids):
        zone = zones.get(subnet_id)
        if zone is None:
            continue
        # EC2 does not say where a service of another region is.
        if offered and zone not in offered:
            raise PlanError(
                f"subnet_ids holds {subnet_id} in {zone}, where {service} offers no endpoints; "
                f"it does in {', '.join(sorted(offered))}"
            )
        if zone in taken:
            raise PlanError(
                f"subnet_ids holds {taken[zone]} and {subnet_id}, both in {zone}: "
                "an interface endpoint takes one subnet per zone, and serves the whole zone from it"
            )
        taken[zone] = subnet_id


def advice(refusal: str) -> str:
    """Say what to do about a refusal of EC2 that does not say so itself, or nothing."""
    return next((f"What to do: {what}" for part, what in ADVICE.items() if part in refusal), "")
