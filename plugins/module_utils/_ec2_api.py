# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls to EC2, one function each.

The error handlers wrap inner functions because only there the description can name the object: amazon.aws 10
does not fill placeholders in it.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code
from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.amazon.aws.plugins.module_utils.waiter import BaseWaiterFactory, custom_waiter_config


class VpcEndpointErrorHandler(AWSErrorHandler):
    """Knows how EC2 says that an endpoint is missing."""

    @classmethod
    def _is_missing(cls) -> Any:
        return is_boto3_error_code(["InvalidVpcEndpointId.NotFound", "InvalidVpcEndpoint.NotFound"])


class Ec2WaiterFactory(BaseWaiterFactory):
    """Makes the waiters that botocore lacks."""

    @property
    def _waiter_model_data(self) -> dict[str, Any]:
        return {
            "vpc_endpoint_available": {
                "operation": "DescribeVpcEndpoints",
                "delay": 5,
                "maxAttempts": 60,
                "acceptors": [
                    _vpc_endpoint_state("success", "pathAll", "available"),
                    *(
                        _vpc_endpoint_state("failure", "pathAny", state)
                        for state in ("deleted", "deleting", "expired", "failed", "rejected")
                    ),
                ],
            }
        }


def _vpc_endpoint_state(verdict: str, matcher: str, state: str) -> dict[str, str]:
    return {"state": verdict, "matcher": matcher, "expected": state, "argument": "VpcEndpoints[].State"}


def describe_vpc_endpoint(client: Any, vpc_endpoint_id: str) -> Any:
    """Describe an endpoint, or return None if there is none."""

    @VpcEndpointErrorHandler.list_error_handler(f"describe VPC endpoint {vpc_endpoint_id}")
    @AWSRetry.jittered_backoff()
    def call() -> Any:
        return client.describe_vpc_endpoints(VpcEndpointIds=[vpc_endpoint_id])["VpcEndpoints"][0]

    return call()


def list_vpc_endpoints(client: Any, vpc_id: str, service_name: str) -> Any:
    """List the endpoints for a service in a VPC, those that are being deleted as well."""
    filters = [{"Name": "vpc-id", "Values": [vpc_id]}, {"Name": "service-name", "Values": [service_name]}]

    @VpcEndpointErrorHandler.common_error_handler(f"list the VPC endpoints for {service_name} in {vpc_id}")
    @AWSRetry.jittered_backoff()
    def call() -> Any:
        pages = client.get_paginator("describe_vpc_endpoints").paginate(Filters=filters)
        return pages.build_full_result()["VpcEndpoints"]

    return call()


def modify_vpc_endpoint(client: Any, vpc_endpoint_id: str, **changes: Any) -> None:
    """Modify an endpoint."""

    @VpcEndpointErrorHandler.common_error_handler(f"modify VPC endpoint {vpc_endpoint_id}")
    @AWSRetry.jittered_backoff()
    def call() -> None:
        client.modify_vpc_endpoint(VpcEndpointId=vpc_endpoint_id, **changes)

    call()


def wait_for_vpc_endpoint(client: Any, vpc_endpoint_id: str, timeout: int) -> None:
    """Wait until an endpoint is available."""

    @VpcEndpointErrorHandler.common_error_handler(f"wait until VPC endpoint {vpc_endpoint_id} is available")
    def call() -> None:
        waiter = Ec2WaiterFactory().get_waiter(client, "vpc_endpoint_available")
        config = custom_waiter_config(timeout, default_pause=5)
        waiter.wait(VpcEndpointIds=[vpc_endpoint_id], WaiterConfig=config)

    call()
