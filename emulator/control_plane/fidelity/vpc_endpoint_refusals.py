# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWS refuses to do about VPC endpoints; moto refuses none of it.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html names the codes. The messages are AWS's
where they are known from reports, and otherwise our own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from moto.ec2.exceptions import InvalidRouteTableIdError, InvalidSecurityGroupNotFoundError, InvalidServiceName

from emulator.control_plane.fidelity.error import AwsError

ONLY_FOR = {"RouteTableIds": "Gateway", "SubnetIds": "Interface", "SecurityGroupIds": "Interface"}


def refuse_creation(backend: Any, options: Mapping[str, Any]) -> None:
    """Raise AwsError for an endpoint that AWS does not create."""
    kind, vpc_id, service = options["endpoint_type"], options["vpc_id"], options["service_name"]
    backend.get_vpc(vpc_id)
    _refuse_unoffered(backend, service, kind)
    added = {
        "RouteTableIds": options.get("route_table_ids") or [],
        "SubnetIds": options.get("subnet_ids") or [],
        "SecurityGroupIds": options.get("security_group_ids") or [],
    }
    _refuse_attachments(backend, kind, service, added, [])
    if kind == "Interface" and options.get("private_dns_enabled"):
        refuse_private_dns(backend, vpc_id, service, "")


def refuse_modification(
    backend: Any, endpoint: Any, added: Mapping[str, list[str]], remaining_subnet_ids: Iterable[str]
) -> None:
    """Raise AwsError for a change that AWS does not make."""
    _refuse_attachments(backend, endpoint.vpc_endpoint_type, endpoint.service_name, added, remaining_subnet_ids)


def refuse_private_dns(backend: Any, vpc_id: str, service: str, endpoint_id: str) -> None:
    """Raise AwsError if the name is taken in the VPC, or the VPC resolves no such names."""
    vpc = backend.get_vpc(vpc_id)
    if not (_is_on(vpc.enable_dns_support) and _is_on(vpc.enable_dns_hostnames)):
        raise AwsError(
            "InvalidParameter",
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true "
            f"for {vpc_id}",
        )
    for other in backend.vpc_end_points.values():
        same = other.vpc_id == vpc_id and other.service_name == service and other.vpc_endpoint_type == "Interface"
        if same and other.private_dns_enabled and other.id != endpoint_id:
            raise AwsError(
                "InvalidParameter",
                "private-dns-enabled cannot be set because there is already a conflicting DNS domain for "
                f"{service} in the VPC {vpc_id}",
            )


def _is_on(attribute: Any) -> bool:
    return str(attribute).lower() == "true"


def not_deleted(endpoint_id: str) -> dict[str, Any]:
    """Say it as DeleteVpcEndpoints does of an id that it does not know."""
    message = f"The Vpc Endpoint Id '{endpoint_id}' does not exist"
    return {"ResourceId": endpoint_id, "Error": {"Code": "InvalidVpcEndpoint.NotFound", "Message": message}}


def _refuse_unoffered(backend: Any, service: str, kind: str) -> None:
    offered = backend._collect_default_endpoint_services(backend.account_id, backend.region_name)
    types = [one["ServiceType"][0]["ServiceType"] for one in offered if one["ServiceName"] == service]
    if not types:
        raise InvalidServiceName(service)
    if kind not in types:
        raise AwsError("InvalidParameter", f"The service {service} does not support {kind} endpoints")


def _refuse_attachments(
    backend: Any, kind: str, service: str, added: Mapping[str, list[str]], remaining_subnet_ids: Iterable[str]
) -> None:
    for name, ids in added.items():
        if ids and ONLY_FOR[name] != kind:
            raise AwsError("InvalidParameter", f"{name} are only supported for {ONLY_FOR[name]} type VPC Endpoint")
    for group_id in added["SecurityGroupIds"]:
        if not backend.get_security_group_from_id(group_id):
            raise InvalidSecurityGroupNotFoundError(group_id)
    _refuse_second_route(backend, service, added["RouteTableIds"])
    _refuse_second_subnet(backend, added["SubnetIds"], remaining_subnet_ids)


def _refuse_second_route(backend: Any, service: str, table_ids: Iterable[str]) -> None:
    lists = [one.id for one in backend.managed_prefix_lists.values() if one.prefix_list_name == service]
    for table_id in table_ids:
        table = backend.route_tables.get(table_id)
        if table is None:
            raise InvalidRouteTableIdError(table_id)
        for route in table.routes:
            taken = route.destination_prefix_list
            if taken and taken.id in lists:
                raise AwsError(
                    "RouteAlreadyExists",
                    f"route table {table_id} already has a route with destination-prefix-list-id {taken.id}",
                )


def _refuse_second_subnet(backend: Any, added: Iterable[str], remaining: Iterable[str]) -> None:
    taken = {backend.get_subnet(subnet_id).availability_zone for subnet_id in remaining}
    for subnet_id in added:
        zone = backend.get_subnet(subnet_id).availability_zone
        if zone in taken:
            raise AwsError(
                "DuplicateSubnetsInSameZone",
                f"Found another VPC endpoint subnet in the availability zone of {subnet_id}. VPC endpoint subnets "
                "should be in different availability zones supported by the VPC endpoint service.",
            )
        taken.add(zone)
