# SPDX-License-Identifier: GPL-3.0-or-later
"""NAT gateways, their elastic IPs and the routes to them as AWS answers them."""

from __future__ import annotations

import inspect
from typing import Any

from moto.ec2.models.elastic_ip_addresses import ElasticAddressBackend
from moto.ec2.models.nat_gateways import NatGatewayBackend
from moto.ec2.models.route_tables import Route, RouteBackend

from emulator.control_plane.fidelity.error import AwsError

GONE = ("deleting", "deleted", "failed")


def apply() -> None:
    """Install the patches."""
    _let_go_of_the_address(NatGatewayBackend)
    _keep_addresses_in_use(ElasticAddressBackend)
    _show_black_holes(Route)
    _refuse_routes_to_nothing(RouteBackend)


def _let_go_of_the_address(backend_class: Any) -> None:
    """AWS: a deleted NAT gateway lets go of its elastic IP, which stays allocated. moto: the IP stays associated.

    AWS also refuses an id that it does not know, where moto fails with HTTP 500.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNatGateway.html
    """
    original = backend_class.delete_nat_gateway

    def delete_nat_gateway(backend: Any, nat_gateway_id: str) -> Any:
        if nat_gateway_id not in backend.nat_gateways:
            raise AwsError("NatGatewayNotFound", f"NAT gateway {nat_gateway_id} was not found")
        gateway = original(backend, nat_gateway_id)
        for address in list(backend.addresses):
            if address.eni is gateway._eni:
                backend.disassociate_address(address=address.public_ip)
        backend.enis.pop(gateway._eni.id, None)
        return gateway

    backend_class.delete_nat_gateway = delete_nat_gateway


def _keep_addresses_in_use(backend_class: Any) -> None:
    """AWS: refuses to release an elastic IP that is associated. moto: takes it away from whatever has it.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html
    """
    original = backend_class.release_address

    def release_address(backend: Any, address: str | None = None, allocation_id: str | None = None) -> None:
        for one in backend.addresses:
            if allocation_id and one.allocation_id == allocation_id and one.association_id:
                raise AwsError("InvalidIPAddress.InUse", f"The address '{one.public_ip}' is in use.")
        original(backend, address, allocation_id)

    backend_class.release_address = release_address


def _show_black_holes(route_class: Any) -> None:
    """AWS: a route whose NAT gateway is gone is in state `blackhole`. moto: every route is active.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html
    """

    def state(route: Any) -> str:
        return "blackhole" if route.nat_gateway and route.nat_gateway.state in GONE else "active"

    route_class.state = property(state)


def _refuse_routes_to_nothing(backend_class: Any) -> None:
    """AWS: refuses a route to a NAT gateway that does not exist or is gone. moto: makes a route without a target."""
    for name in ("create_route", "replace_route"):
        setattr(backend_class, name, _checking(getattr(backend_class, name)))


def _checking(original: Any) -> Any:
    def write_route(backend: Any, *arguments: Any, **options: Any) -> Any:
        wanted = inspect.signature(original).bind(backend, *arguments, **options).arguments.get("nat_gateway_id")
        gateway = backend.nat_gateways.get(wanted)
        if wanted and (gateway is None or gateway.state in GONE):
            raise AwsError("InvalidNatGatewayID.NotFound", f"The natGateway ID '{wanted}' does not exist")
        return original(backend, *arguments, **options)

    return write_route
