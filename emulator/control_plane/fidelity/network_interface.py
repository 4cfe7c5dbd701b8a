# SPDX-License-Identifier: GPL-3.0-or-later
"""Network interfaces as AWS makes them."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Any

from moto.ec2.models.elastic_network_interfaces import NetworkInterfaceBackend


def apply() -> None:
    """Install the patches."""
    _take_addresses_of_the_subnet(NetworkInterfaceBackend)


def _take_addresses_of_the_subnet(backend_class: Any) -> None:
    """AWS: the interfaces of endpoints and NAT gateways get an address of their subnet. moto: any of 10.0.0.0/8."""
    original = backend_class.create_network_interface

    def create_network_interface(backend: Any, subnet: Any, private_ip_address: Any, *more: Any, **options: Any) -> Any:
        place = backend.get_subnet(subnet) if isinstance(subnet, str) else subnet
        if isinstance(private_ip_address, str) and IPv4Address(private_ip_address) not in place.cidr:
            private_ip_address = place.get_available_subnet_ip(None)
        return original(backend, place, private_ip_address, *more, **options)

    backend_class.create_network_interface = create_network_interface
