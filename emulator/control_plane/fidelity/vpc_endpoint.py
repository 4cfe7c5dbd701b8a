# SPDX-License-Identifier: GPL-3.0-or-later
"""VPC endpoints as AWS keeps them: what they hang on, and what hangs on them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.vpcs import VPCBackend, VPCEndPoint
from moto.ec2.responses.vpcs import VPCs

from emulator.control_plane.fidelity import vpc_endpoint_refusals as refusals


def apply() -> None:
    """Install the patches; a patch of an action wraps those before it."""
    _give_interfaces_addresses_of_their_subnets(VPCBackend)
    _keep_private_dns_to_interface_endpoints(VPCBackend)
    _use_the_default_group(VPCBackend)
    _change_private_dns(VPCs)
    _reset_policies(VPCs)
    _move_routes_and_interfaces(VPCs)
    _refuse_creations(VPCBackend)
    _refuse_modifications(VPCs)
    _make_gateway_endpoints_by_default(VPCBackend)
    _repeat_what_was_created(VPCBackend)
    _forget_deleted_endpoints(VPCBackend)
    _report_what_was_not_deleted(VPCs)


def _make_gateway_endpoints_by_default(backend_class: Any) -> None:
    """AWS: a VPC endpoint is of type Gateway unless said otherwise. moto: of none, and its deletion is HTTP 500."""
    original = backend_class.create_vpc_endpoint

    def create_vpc_endpoint(backend: Any, *, endpoint_type: str | None = None, **options: Any) -> Any:
        return original(backend, endpoint_type=endpoint_type or "Gateway", **options)

    backend_class.create_vpc_endpoint = create_vpc_endpoint


def _repeat_what_was_created(backend_class: Any) -> None:
    """AWS: a ClientToken that was used gets the endpoint that it made. moto: another endpoint."""
    original = backend_class.create_vpc_endpoint

    def create_vpc_endpoint(backend: Any, *, client_token: str | None = None, **options: Any) -> Any:
        made = [one for one in backend.vpc_end_points.values() if client_token and one.client_token == client_token]
        return made[0] if made else original(backend, client_token=client_token, **options)

    backend_class.create_vpc_endpoint = create_vpc_endpoint


def _keep_private_dns_to_interface_endpoints(backend_class: Any) -> None:
    """AWS: a gateway endpoint has no private DNS. moto: says that it has."""
    original = backend_class.create_vpc_endpoint

    def create_vpc_endpoint(backend: Any, *, endpoint_type: str, **options: Any) -> Any:
        if endpoint_type == "Gateway":
            options["private_dns_enabled"] = False
        return original(backend, endpoint_type=endpoint_type, **options)

    backend_class.create_vpc_endpoint = create_vpc_endpoint


def _use_the_default_group(backend_class: Any) -> None:
    """AWS: an interface endpoint without a group gets the default group of its VPC. moto: none."""
    original = backend_class.create_vpc_endpoint

    def create_vpc_endpoint(backend: Any, *, endpoint_type: str, vpc_id: str, **options: Any) -> Any:
        if endpoint_type == "Interface" and not options.get("security_group_ids"):
            options["security_group_ids"] = [backend.get_default_security_group(vpc_id).id]
        return original(backend, endpoint_type=endpoint_type, vpc_id=vpc_id, **options)

    backend_class.create_vpc_endpoint = create_vpc_endpoint


def _give_interfaces_addresses_of_their_subnets(backend_class: Any) -> None:
    """AWS: an endpoint's network interface has an address of its subnet and the groups. moto: any, and none."""
    original = backend_class.create_vpc_endpoint

    def create_vpc_endpoint(backend: Any, **options: Any) -> Any:
        endpoint = original(backend, **options)
        for interface_id in endpoint.network_interface_ids:
            backend.enis.pop(interface_id)
        endpoint.network_interface_ids = []
        if endpoint.vpc_endpoint_type == "Interface":
            _add_interfaces(backend, endpoint, endpoint.subnet_ids)
        return endpoint

    backend_class.create_vpc_endpoint = create_vpc_endpoint


def _add_interfaces(backend: Any, endpoint: Any, subnet_ids: Iterable[str]) -> None:
    for subnet_id in subnet_ids:
        interface = backend.create_network_interface(
            subnet_id,
            [],
            group_ids=list(endpoint.security_group_ids),
            description=f"VPC Endpoint Interface {endpoint.id}",
        )
        interface.interface_type, interface.requester_managed = "vpc_endpoint", True
        interface.status = "in-use"
        endpoint.network_interface_ids.append(interface.id)


def _move_routes_and_interfaces(response_class: Any) -> None:
    """AWS: routes and network interfaces follow what ModifyVpcEndpoint adds and removes. moto: they stay."""
    original = response_class.modify_vpc_endpoint

    def modify_vpc_endpoint(response: Any) -> Any:
        backend = response.ec2_backend
        endpoint = backend.get_vpc_end_point(response._get_param("VpcEndpointId"))
        tables, subnets = list(endpoint.route_table_ids), list(endpoint.subnet_ids or [])
        answer = original(response)
        _move_routes(backend, endpoint, tables)
        _move_interfaces(backend, endpoint, subnets)
        return answer

    response_class.modify_vpc_endpoint = modify_vpc_endpoint


def _move_routes(backend: Any, endpoint: Any, before: list[str]) -> None:
    prefix_list = endpoint.destination_prefix_list_id
    for table_id in before:
        if table_id not in endpoint.route_table_ids:
            backend.delete_route(table_id, None, destination_prefix_list_id=prefix_list)
    for table_id in endpoint.route_table_ids:
        if table_id not in before:
            backend.create_route(table_id, None, gateway_id=endpoint.id, destination_prefix_list_id=prefix_list)


def _move_interfaces(backend: Any, endpoint: Any, before: list[str]) -> None:
    for interface_id in list(endpoint.network_interface_ids):
        interface = backend.enis[interface_id]
        if interface.subnet.id not in endpoint.subnet_ids:
            backend.enis.pop(interface_id)
            endpoint.network_interface_ids.remove(interface_id)
        interface._group_set = [backend.get_security_group_from_id(one) for one in endpoint.security_group_ids]
    _add_interfaces(backend, endpoint, [one for one in endpoint.subnet_ids or [] if one not in before])


def _change_private_dns(response_class: Any) -> None:
    """AWS: ModifyVpcEndpoint switches private DNS. moto: ignores PrivateDnsEnabled."""
    original = response_class.modify_vpc_endpoint

    def modify_vpc_endpoint(response: Any) -> Any:
        answer = original(response)
        enabled = response._get_param("PrivateDnsEnabled")
        if enabled is not None:
            endpoint = response.ec2_backend.get_vpc_end_point(response._get_param("VpcEndpointId"))
            endpoint.private_dns_enabled = _is_true(enabled)
        return answer

    response_class.modify_vpc_endpoint = modify_vpc_endpoint


def _reset_policies(response_class: Any) -> None:
    """AWS: ModifyVpcEndpoint with ResetPolicy gives an endpoint the default policy. moto: ignores ResetPolicy."""
    original = response_class.modify_vpc_endpoint

    def modify_vpc_endpoint(response: Any) -> Any:
        answer = original(response)
        if _is_true(response._get_param("ResetPolicy")):
            endpoint = response.ec2_backend.get_vpc_end_point(response._get_param("VpcEndpointId"))
            endpoint.policy_document = json.dumps(VPCEndPoint.DEFAULT_POLICY)
        return answer

    response_class.modify_vpc_endpoint = modify_vpc_endpoint


def _refuse_creations(backend_class: Any) -> None:
    """AWS: refuses endpoints that cannot be. moto: makes them. See `vpc_endpoint_refusals`."""
    original = backend_class.create_vpc_endpoint

    def create_vpc_endpoint(backend: Any, **options: Any) -> Any:
        refusals.refuse_creation(backend, options)
        return original(backend, **options)

    backend_class.create_vpc_endpoint = create_vpc_endpoint


def _refuse_modifications(response_class: Any) -> None:
    """AWS: refuses changes that cannot be. moto: makes them. See `vpc_endpoint_refusals`."""
    original = response_class.modify_vpc_endpoint

    def modify_vpc_endpoint(response: Any) -> Any:
        backend = response.ec2_backend
        endpoint = backend.get_vpc_end_point(response._get_param("VpcEndpointId"))
        added = {
            name: response._get_param(f"Add{name}", []) for name in ("RouteTableIds", "SubnetIds", "SecurityGroupIds")
        }
        remaining = [one for one in endpoint.subnet_ids or [] if one not in response._get_param("RemoveSubnetIds", [])]
        refusals.refuse_modification(backend, endpoint, added, remaining)
        if _is_true(response._get_param("PrivateDnsEnabled")):
            refusals.refuse_private_dns(backend, endpoint.vpc_id, endpoint.service_name, endpoint.id)
        return original(response)

    response_class.modify_vpc_endpoint = modify_vpc_endpoint


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"


def _forget_deleted_endpoints(backend_class: Any) -> None:
    """AWS: deleted VPC endpoints vanish from DescribeVpcEndpoints. moto: they stay in state `deleted`."""
    original = backend_class.delete_vpc_endpoints

    def delete_vpc_endpoints(backend: Any, vpce_ids: list[str] | None = None) -> None:
        original(backend, vpce_ids)
        for endpoint_id in vpce_ids or []:
            backend.vpc_end_points.pop(endpoint_id, None)

    backend_class.delete_vpc_endpoints = delete_vpc_endpoints


def _report_what_was_not_deleted(response_class: Any) -> None:
    """AWS: DeleteVpcEndpoints answers HTTP 200 and names the ids that it does not know. moto: says nothing."""
    original = response_class.delete_vpc_endpoints

    def delete_vpc_endpoints(response: Any) -> ActionResult:
        asked = response._get_param("VpcEndpointIds", [])
        unknown = [endpoint_id for endpoint_id in asked if endpoint_id not in response.ec2_backend.vpc_end_points]
        original(response)
        return ActionResult({"Unsuccessful": [refusals.not_deleted(endpoint_id) for endpoint_id in unknown]})

    response_class.delete_vpc_endpoints = delete_vpc_endpoints
