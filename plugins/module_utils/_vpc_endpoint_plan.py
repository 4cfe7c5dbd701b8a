# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is to be done about a VPC endpoint, as pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.tagging import boto3_tag_list_to_ansible_dict, compare_aws_tags
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError
from ansible_collections.palisade.ecs.plugins.module_utils._resource_policy import pretty
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_endpoint import PLACEHOLDER_ID, is_leaving, state_of

# https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html#concepts-vpc-endpoints
BEYOND_REPAIR = ("expired", "failed", "rejected")


@dataclass(frozen=True)
class Attachments:
    """What an endpoint hangs on: route tables if it is a gateway endpoint, the rest if it is an interface endpoint."""

    route_table_ids: frozenset[str] = frozenset()
    subnet_ids: frozenset[str] = frozenset()
    security_group_ids: frozenset[str] = frozenset()
    private_dns_enabled: bool = False


@dataclass(frozen=True)
class Wanted:
    """The endpoint that the task asks for; `tags` None leaves them alone, type "" is any."""

    vpc_id: str
    service_name: str
    vpc_endpoint_type: str
    is_present: bool
    attachments: Attachments = Attachments()
    tags: Mapping[str, str] | None = None
    purge_tags: bool = True

    def __str__(self) -> str:
        return f"{self.vpc_endpoint_type} endpoint for {self.service_name} in {self.vpc_id}".lstrip()


@dataclass(frozen=True)
class Endpoint:
    """An endpoint as EC2 knows it, or as it will be."""

    vpc_endpoint_id: str
    service_name: str
    vpc_endpoint_type: str
    state: str
    attachments: Attachments = Attachments()
    tags: Mapping[str, str] = field(default_factory=dict)

    def as_result(self) -> dict[str, Any]:
        """Say it as the module returns it: ids sorted, because EC2 keeps no order."""
        attached = {
            name: sorted(value) if isinstance(value, frozenset) else value
            for name, value in asdict(self.attachments).items()
        }
        return {
            "vpc_endpoint_id": self.vpc_endpoint_id,
            "service_name": self.service_name,
            "vpc_endpoint_type": self.vpc_endpoint_type,
            "state": self.state,
            **attached,
            "tags": dict(self.tags),
        }


@dataclass(frozen=True)
class Change:
    """An endpoint before and after, equal if nothing is to be done, None where there is none."""

    wanted: Wanted
    before: Endpoint | None
    after: Endpoint | None

    def __bool__(self) -> bool:
        """Tell whether anything is to be done; an endpoint's state is not ours to change."""
        if self.before is None or self.after is None:
            return self.before is not self.after
        return (self.before.attachments, self.before.tags) != (self.after.attachments, self.after.tags)

    @property
    def added_subnet_ids(self) -> frozenset[str]:
        """Return the subnets that the endpoint gets."""
        before = self.before.attachments.subnet_ids if self.before else frozenset()
        return self.after.attachments.subnet_ids - before if self.after else frozenset()

    def as_result(self, diff: bool) -> dict[str, Any]:
        """Say it as the module returns it, with the same keys in every mode."""
        gone = Endpoint(
            self.before.vpc_endpoint_id if self.before else "",
            self.wanted.service_name,
            self.before.vpc_endpoint_type if self.before else self.wanted.vpc_endpoint_type,
            "deleted",
        )
        result = {"changed": bool(self), **(self.after or gone).as_result()}
        if diff:
            shown = (self.before, self.after if self else self.before)
            before, after = (pretty(one.as_result() if one else {}) for one in shown)
            header = str(self.wanted)
            result["diff"] = {"before_header": header, "after_header": header, "before": before, "after": after}
        return result


def leaving(found: Sequence[Mapping[str, Any]], wanted: Wanted) -> list[str]:
    """List the endpoints of the wanted type that are being deleted already."""
    return [item["VpcEndpointId"] for item in found if state_of(item) == "deleting" and _is_of_type(item, wanted)]


def select(found: Sequence[Mapping[str, Any]], wanted: Wanted) -> Endpoint | None:
    """Pick the endpoint that is meant among those for its service in its VPC."""
    alive = [
        description
        for description in found
        if not is_leaving(description)
        # An endpoint that an AWS service has made for itself is nobody else's to change.
        and not description.get("RequesterManaged")
        and _is_of_type(description, wanted)
    ]
    if len(alive) > 1:
        named = sorted(f"{item['VpcEndpointId']} ({item['VpcEndpointType']})" for item in alive)
        raise PlanError(
            f"there is more than one {wanted}: {', '.join(named)}; "
            "say vpc_endpoint_type if they differ in it, else delete those that are too many"
        )
    return _endpoint(alive[0]) if alive else None


def plan(endpoint: Endpoint | None, wanted: Wanted) -> Change:
    """Decide what the endpoint should become."""
    if not wanted.is_present:
        return Change(wanted, before=endpoint, after=None)
    if endpoint is None:
        new = Endpoint(PLACEHOLDER_ID, wanted.service_name, wanted.vpc_endpoint_type, "available")
        return Change(wanted, before=None, after=_wanted_of(new, wanted))
    if endpoint.state in BEYOND_REPAIR:
        raise PlanError(
            f"VPC endpoint {endpoint.vpc_endpoint_id} for {endpoint.service_name} is {endpoint.state}, which nothing "
            "mends: delete it with state: absent, then create it anew"
        )
    return Change(wanted, before=endpoint, after=_wanted_of(endpoint, wanted))


def creation(wanted: Wanted) -> dict[str, Any]:
    """Say it as CreateVpcEndpoint wants it, except for tags and token."""
    request: dict[str, Any] = {
        "VpcId": wanted.vpc_id,
        "ServiceName": wanted.service_name,
        "VpcEndpointType": wanted.vpc_endpoint_type,
    }
    if wanted.vpc_endpoint_type == "Gateway":
        return {**request, "RouteTableIds": sorted(wanted.attachments.route_table_ids)}
    return {
        **request,
        "SubnetIds": sorted(wanted.attachments.subnet_ids),
        "SecurityGroupIds": sorted(wanted.attachments.security_group_ids),
        "PrivateDnsEnabled": wanted.attachments.private_dns_enabled,
    }


def modifications(before: Attachments, after: Attachments, zones: Mapping[str, str]) -> list[dict[str, Any]]:
    """List what ModifyVpcEndpoint has to be told, call by call; `zones` says where subnets are.

    One call adds and removes. But a zone has one subnet of an endpoint: before another one can be added the old one
    must be gone (DuplicateSubnetsInSameZone). Such zones change hands one after the other, and last, so that the
    endpoint goes on answering in the others.
    """
    added, removed = after.subnet_ids - before.subnet_ids, before.subnet_ids - after.subnet_ids
    leaving = {zones[subnet_id]: subnet_id for subnet_id in removed if subnet_id in zones}
    swaps = {subnet_id: leaving[zones[subnet_id]] for subnet_id in sorted(added) if zones.get(subnet_id) in leaving}
    at_once: dict[str, Any] = {
        "AddRouteTableIds": sorted(after.route_table_ids - before.route_table_ids),
        "RemoveRouteTableIds": sorted(before.route_table_ids - after.route_table_ids),
        "AddSubnetIds": sorted(added - swaps.keys()),
        "RemoveSubnetIds": sorted(removed - set(swaps.values())),
        "AddSecurityGroupIds": sorted(after.security_group_ids - before.security_group_ids),
        "RemoveSecurityGroupIds": sorted(before.security_group_ids - after.security_group_ids),
    }
    first = {name: ids for name, ids in at_once.items() if ids}
    if after.private_dns_enabled != before.private_dns_enabled:
        first["PrivateDnsEnabled"] = after.private_dns_enabled
    steps = [first] if first else []
    for new, old in swaps.items():
        steps += [{"RemoveSubnetIds": [old]}, {"AddSubnetIds": [new]}]
    return steps


def tag_changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return the tags to set and the keys of those to remove."""
    to_set = {key: value for key, value in after.items() if before.get(key) != value}
    return to_set, sorted(before.keys() - after.keys())


def _is_of_type(description: Mapping[str, Any], wanted: Wanted) -> bool:
    return wanted.vpc_endpoint_type.lower() in ("", description["VpcEndpointType"].lower())


def _endpoint(description: Mapping[str, Any]) -> Endpoint:
    return Endpoint(
        vpc_endpoint_id=description["VpcEndpointId"],
        service_name=description["ServiceName"],
        vpc_endpoint_type=description["VpcEndpointType"],
        state=state_of(description),
        attachments=Attachments(
            route_table_ids=frozenset(description.get("RouteTableIds", [])),
            subnet_ids=frozenset(description.get("SubnetIds", [])),
            security_group_ids=frozenset(group["GroupId"] for group in description.get("Groups", [])),
            private_dns_enabled=description.get("PrivateDnsEnabled", False),
        ),
        tags=boto3_tag_list_to_ansible_dict(description.get("Tags", [])),
    )


def _wanted_of(endpoint: Endpoint, wanted: Wanted) -> Endpoint:
    return replace(endpoint, attachments=wanted.attachments, tags=_tags_after(endpoint.tags, wanted))


def _tags_after(current: Mapping[str, str], wanted: Wanted) -> dict[str, str]:
    if wanted.tags is None:
        return dict(current)
    to_set, to_remove = compare_aws_tags(current, wanted.tags, wanted.purge_tags)
    return {**{key: value for key, value in current.items() if key not in to_remove}, **to_set}
