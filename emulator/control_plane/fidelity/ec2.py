# SPDX-License-Identifier: GPL-3.0-or-later
"""EC2 as AWS answers it."""

from __future__ import annotations

import json
from typing import Any

from moto.ec2 import utils
from moto.ec2.models import tags
from moto.ec2.models.vpcs import VPCBackend, VPCEndPoint
from moto.ec2.responses.vpcs import VPCs


def apply() -> None:
    """Install the patches."""
    _name_nat_gateways_in_tags(utils, tags)
    _make_gateway_endpoints_by_default(VPCBackend)
    _forget_deleted_endpoints(VPCBackend)
    obey_reset_policy(VPCs)


def _name_nat_gateways_in_tags(*modules: Any) -> None:
    """AWS: DescribeTags says `natgateway`. moto: `nat-gateway`, so `ec2_vpc_nat_gateway` tags again for ever."""
    for module in modules:
        module.EC2_PREFIX_TO_RESOURCE["nat"] = "natgateway"


def _make_gateway_endpoints_by_default(backend_class: Any) -> None:
    """AWS: a VPC endpoint is of type Gateway unless said otherwise. moto: of none, and its deletion is HTTP 500."""
    original = backend_class.create_vpc_endpoint

    def create_vpc_endpoint(backend: Any, *, endpoint_type: str | None, **options: Any) -> Any:
        return original(backend, endpoint_type=endpoint_type or "Gateway", **options)

    backend_class.create_vpc_endpoint = create_vpc_endpoint


def _forget_deleted_endpoints(backend_class: Any) -> None:
    """AWS: deleted VPC endpoints vanish from DescribeVpcEndpoints. moto: they stay in state `deleted`."""
    original = backend_class.delete_vpc_endpoints

    def delete_vpc_endpoints(backend: Any, vpce_ids: list[str] | None = None) -> None:
        original(backend, vpce_ids)
        for endpoint_id in vpce_ids or []:
            backend.vpc_end_points.pop(endpoint_id, None)

    backend_class.delete_vpc_endpoints = delete_vpc_endpoints


def obey_reset_policy(response_class: Any) -> None:
    """AWS: ModifyVpcEndpoint with ResetPolicy gives an endpoint the default policy. moto: ignores ResetPolicy."""
    original = response_class.modify_vpc_endpoint

    def modify_vpc_endpoint(response: Any) -> Any:
        answer = original(response)
        if str(response._get_param("ResetPolicy")).lower() == "true":
            (endpoint,) = response.ec2_backend.describe_vpc_endpoints([response._get_param("VpcEndpointId")])
            endpoint.policy_document = json.dumps(VPCEndPoint.DEFAULT_POLICY)
        return answer

    response_class.modify_vpc_endpoint = modify_vpc_endpoint
