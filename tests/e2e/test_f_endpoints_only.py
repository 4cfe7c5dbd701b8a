# SPDX-License-Identifier: GPL-3.0-or-later
"""Without a NAT gateway, the endpoints are the only way out, and all that a task needs goes through them."""

from __future__ import annotations

import json
import os
import signal

import pytest

from tests.e2e.site import STACK, Site, wait_until

# In short, tests/integration/emulator/test_execution_role.py shows it of a single task.
pytestmark = pytest.mark.full
HEALING_SECONDS = 180


def living_nat_gateways(site: Site) -> list[str]:
    of_the_stack = [{"Name": "tag:palisade:stack", "Values": [STACK]}]
    found = site.client("ec2").describe_nat_gateways(Filters=of_the_stack)["NatGateways"]
    return [nat["NatGatewayId"] for nat in found if nat["State"] in ("pending", "available")]


def test_the_stack_works_without_nat_gateways(site: Site) -> None:
    assert living_nat_gateways(site)
    site.playbook("-e", "network_nat_mode=none")
    assert living_nat_gateways(site) == []

    victim = site.tasks()[0]
    os.kill(victim["pid"], signal.SIGKILL)
    wait_until(lambda: victim["id"] not in {task["id"] for task in site.tasks()}, 60, "the task is gone")
    # Its successor logs in to the registry, pulls image and layers and opens its log stream through the endpoints.
    wait_until(lambda: len(site.tasks()) == 2, HEALING_SECONDS, "another task serves")
    product = {"id": "inside", "name": "Inside", "price_cents": 1, "stock": 1}
    assert site.request("api/products", "POST", product)[0] == 201
    assert json.loads(site.request("api/products/inside")[1])["name"] == "Inside"


def test_without_its_endpoint_no_task_starts(site: Site) -> None:
    """The control: the layers of images lie behind the endpoint for S3."""
    ec2 = site.client("ec2")
    named = [{"Name": "service-name", "Values": ["com.amazonaws.eu-central-1.s3"]}]
    (endpoint,) = ec2.describe_vpc_endpoints(Filters=named)["VpcEndpoints"]
    tables = endpoint["RouteTableIds"]
    ec2.modify_vpc_endpoint(VpcEndpointId=endpoint["VpcEndpointId"], RemoveRouteTableIds=tables)
    try:
        victim = site.tasks()[0]
        os.kill(victim["pid"], signal.SIGKILL)

        def reasons() -> list[str]:
            ecs = site.client("ecs")
            arns = ecs.list_tasks(cluster=STACK, desiredStatus="STOPPED")["taskArns"]
            return [task.get("stoppedReason", "") for task in ecs.describe_tasks(cluster=STACK, tasks=arns)["tasks"]]

        wait_until(
            lambda: any("CannotPullContainerError" in reason and "i/o timeout" in reason for reason in reasons()),
            HEALING_SECONDS,
            "a task could not start",
        )
    finally:
        # The next run repairs what somebody has changed by hand.
        site.playbook("--tags", "network")
    (endpoint,) = ec2.describe_vpc_endpoints(Filters=named)["VpcEndpoints"]
    assert sorted(endpoint["RouteTableIds"]) == sorted(tables)
    wait_until(lambda: len(site.tasks()) == 2, HEALING_SECONDS * 2, "the service has healed")
