# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls to EC2, one function each.

The error handlers wrap inner functions because only there the description can name the object: amazon.aws 10
does not fill placeholders in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.amazon.aws.plugins.module_utils.tagging import (
    ansible_dict_to_boto3_tag_list,
    boto3_tag_specifications,
)
from ansible_collections.amazon.aws.plugins.module_utils.waiter import BaseWaiterFactory, custom_waiter_config
from ansible_collections.palisade.ecs.plugins.module_utils._aws_errors import missing_as

with suppress(ImportError):  # AnsibleAWSModule says what is missing
    from botocore.exceptions import ClientError


# EC2 makes one change of an endpoint at a time: somebody else's may still be under way.
BUSY = ["OperationInProgress"]
VpcEndpointErrorHandler = missing_as("InvalidVpcEndpointId.NotFound", "InvalidVpcEndpoint.NotFound")
VpcEndpointServiceErrorHandler = missing_as("InvalidServiceName")


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
                    *_vpc_endpoint_state("success", "pathAll", "available"),
                    # One that was just created may not be visible yet.
                    {"state": "retry", "matcher": "error", "expected": "InvalidVpcEndpointId.NotFound"},
                    *(
                        acceptor
                        for state in ("deleted", "deleting", "expired", "failed", "rejected")
                        for acceptor in _vpc_endpoint_state("failure", "pathAny", state)
                    ),
                ],
            },
            "vpc_endpoint_deleted": {
                "operation": "DescribeVpcEndpoints",
                "delay": 5,
                "maxAttempts": 60,
                "acceptors": [
                    {"state": "success", "matcher": "error", "expected": "InvalidVpcEndpointId.NotFound"},
                    *_vpc_endpoint_state("success", "pathAll", "deleted"),
                    *_vpc_endpoint_state("failure", "pathAny", "failed"),
                ],
            },
        }


def _vpc_endpoint_state(verdict: str, matcher: str, state: str) -> list[dict[str, str]]:
    # EC2 answers in lower case; its model says that it capitalises.
    return [
        {"state": verdict, "matcher": matcher, "expected": spelling, "argument": "VpcEndpoints[].State"}
        for spelling in (state, state.capitalize())
    ]


def describe_vpc_endpoint(client: Any, vpc_endpoint_id: str) -> Any:
    """Describe an endpoint, or return None if there is none."""

    @VpcEndpointErrorHandler.list_error_handler(f"describe VPC endpoint {vpc_endpoint_id}")
    @AWSRetry.jittered_backoff()
    def call() -> Any:
        return client.describe_vpc_endpoints(VpcEndpointIds=[vpc_endpoint_id])["VpcEndpoints"][0]

    return call()


def list_vpc_endpoints(client: Any, vpc_id: str, *service_names: str) -> Any:
    """List the endpoints of a VPC for some services or for all, those that are being deleted as well."""
    filters = [{"Name": "vpc-id", "Values": [vpc_id]}]
    if service_names:
        filters.append({"Name": "service-name", "Values": list(service_names)})
    services = ", ".join(service_names) or "all services"

    @VpcEndpointErrorHandler.common_error_handler(f"list the VPC endpoints for {services} in {vpc_id}")
    @AWSRetry.jittered_backoff()
    def call() -> Any:
        pages = client.get_paginator("describe_vpc_endpoints").paginate(Filters=filters)
        return pages.build_full_result()["VpcEndpoints"]

    return call()


def list_vpc_endpoint_services(client: Any, service_name: str) -> Any:
    """List what the region offers under a service's name: S3, for example, has a gateway and an interface."""

    @VpcEndpointServiceErrorHandler.list_error_handler(f"look for the endpoint service {service_name}", [])
    @AWSRetry.jittered_backoff()
    def call() -> Any:
        pages = client.get_paginator("describe_vpc_endpoint_services").paginate(ServiceNames=[service_name])
        return pages.build_full_result()["ServiceDetails"]

    return call()


def zones_of_subnets(client: Any, subnet_ids: Iterable[str]) -> Any:
    """Return the zone of each subnet that exists."""
    filters = [{"Name": "subnet-id", "Values": sorted(subnet_ids)}]

    @AWSErrorHandler.common_error_handler("describe subnets")
    @AWSRetry.jittered_backoff()
    def call() -> Any:
        pages = client.get_paginator("describe_subnets").paginate(Filters=filters)
        return {found["SubnetId"]: found["AvailabilityZone"] for found in pages.build_full_result()["Subnets"]}

    return call()


def modify_vpc_endpoint(client: Any, vpc_endpoint_id: str, **changes: Any) -> None:
    """Modify an endpoint."""

    @VpcEndpointErrorHandler.common_error_handler(f"modify VPC endpoint {vpc_endpoint_id}")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def call() -> None:
        client.modify_vpc_endpoint(VpcEndpointId=vpc_endpoint_id, **changes)

    call()


def create_vpc_endpoint(client: Any, token: str, tags: Mapping[str, str], **options: Any) -> Any:
    """Create an endpoint; the token keeps a repeated request from creating a second one."""
    service, vpc_id = options["ServiceName"], options["VpcId"]
    specification = {"TagSpecifications": boto3_tag_specifications(tags, ["vpc-endpoint"])} if tags else {}

    @VpcEndpointErrorHandler.common_error_handler(f"create a VPC endpoint for {service} in {vpc_id}")
    @AWSRetry.jittered_backoff()
    def call() -> Any:
        return client.create_vpc_endpoint(ClientToken=token, **specification, **options)["VpcEndpoint"]

    return call()


def delete_vpc_endpoint(client: Any, vpc_endpoint_id: str) -> Any:
    """Delete an endpoint, or return False if there is none."""

    @VpcEndpointErrorHandler.deletion_error_handler(f"delete VPC endpoint {vpc_endpoint_id}")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def call() -> bool:
        # EC2 answers with HTTP 200 and a list of what it did not delete.
        for failure in client.delete_vpc_endpoints(VpcEndpointIds=[vpc_endpoint_id]).get("Unsuccessful", []):
            raise ClientError(failure, "DeleteVpcEndpoints")
        return True

    return call()


def set_tags(client: Any, resource_id: str, tags: Mapping[str, str]) -> None:
    """Add tags to a resource, or give them other values."""

    @AWSErrorHandler.common_error_handler(f"tag {resource_id}")
    @AWSRetry.jittered_backoff()
    def call() -> None:
        client.create_tags(Resources=[resource_id], Tags=ansible_dict_to_boto3_tag_list(tags))

    call()


def remove_tags(client: Any, resource_id: str, keys: Sequence[str]) -> None:
    """Remove tags from a resource."""

    @AWSErrorHandler.common_error_handler(f"remove tags from {resource_id}")
    @AWSRetry.jittered_backoff()
    def call() -> None:
        client.delete_tags(Resources=[resource_id], Tags=[{"Key": key} for key in keys])

    call()


def wait_for_vpc_endpoint(client: Any, vpc_endpoint_id: str, timeout: int) -> None:
    """Wait until an endpoint is available."""
    _wait(
        client, "vpc_endpoint_available", vpc_endpoint_id, f"until VPC endpoint {vpc_endpoint_id} is available", timeout
    )


def wait_for_deletion(client: Any, vpc_endpoint_id: str, timeout: int) -> None:
    """Wait until an endpoint and its network interfaces are gone."""
    _wait(client, "vpc_endpoint_deleted", vpc_endpoint_id, f"until VPC endpoint {vpc_endpoint_id} is deleted", timeout)


def _wait(client: Any, waiter_name: str, vpc_endpoint_id: str, what: str, timeout: int) -> None:
    @VpcEndpointErrorHandler.common_error_handler(f"wait {what}")
    def call() -> None:
        waiter = Ec2WaiterFactory().get_waiter(client, waiter_name)
        waiter.wait(VpcEndpointIds=[vpc_endpoint_id], WaiterConfig=custom_waiter_config(timeout, default_pause=5))

    call()
