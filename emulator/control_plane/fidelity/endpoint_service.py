# SPDX-License-Identifier: GPL-3.0-or-later
"""The services that endpoints can be made for, as AWS lists them."""

from __future__ import annotations

from typing import Any

from moto.ec2.models.vpcs import VPCBackend


def apply() -> None:
    """Install the patches."""
    _filter_by_values(VPCBackend)


def _filter_by_values(backend_class: Any) -> None:
    """AWS: DescribeVpcEndpointServices filters by `Values`. moto: looks for `Value`, and fails with HTTP 500.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointServices.html
    """
    original = backend_class._filter_endpoint_services

    def filter_endpoint_services(names: list[str], filters: list[dict[str, Any]], services: list[Any]) -> Any:
        readable = [{**one, "Value": one.get("Values", []), "Values": []} for one in filters]
        return original(names, readable, services)

    backend_class._filter_endpoint_services = staticmethod(filter_endpoint_services)
