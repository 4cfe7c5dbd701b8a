# SPDX-License-Identifier: GPL-3.0-or-later
"""The network of a stack on an embedded AWS: run by playbooks, and asked of EC2."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from tests.e2e.site import STACK, Site

ANYWHERE = "0.0.0.0/0"


class Network:
    """What EC2 says of the one VPC of the stack."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @cached_property
    def ec2(self) -> Any:
        return self.site.client("ec2")

    def run(self, *arguments: str, **inputs: Any) -> int:
        """Run the role and return how many tasks changed something."""
        said = self.site.playbook("--tags", "network", *arguments, "-e", json.dumps(inputs))
        (changed,) = re.findall(r"changed=(\d+)", said)
        return int(changed)

    def refusal(self, **inputs: Any) -> str:
        """Run the role with inputs that it refuses before it changes anything, and return what it says."""
        done = self.site.run(
            *("ansible-playbook", "-i", "inventories/local", "site.yml", "--tags", "network", "-e", json.dumps(inputs))
        )
        assert done.returncode == 2, done.stdout[-3000:]
        assert "changed=0" in done.stdout
        return " ".join(done.stdout.split())

    @property
    def vpc(self) -> str:
        found = self.ec2.describe_vpcs(Filters=[{"Name": "tag:palisade:stack", "Values": [STACK]}])["Vpcs"]
        (vpc,) = found
        return str(vpc["VpcId"])

    def _of_the_vpc(self, operation: str, key: str) -> list[Any]:
        filters = [{"Name": "vpc-id", "Values": [self.vpc]}]
        return list(getattr(self.ec2, operation)(Filters=filters)[key])

    @property
    def subnets(self) -> list[Any]:
        return self._of_the_vpc("describe_subnets", "Subnets")

    @property
    def acls(self) -> list[Any]:
        return self._of_the_vpc("describe_network_acls", "NetworkAcls")

    @property
    def endpoints(self) -> dict[str, Any]:
        found = self._of_the_vpc("describe_vpc_endpoints", "VpcEndpoints")
        return {one["ServiceName"].split(".", 3)[3]: one for one in found}

    @property
    def route_tables(self) -> list[Any]:
        return self._of_the_vpc("describe_route_tables", "RouteTables")

    @property
    def default_group(self) -> Any:
        groups = self._of_the_vpc("describe_security_groups", "SecurityGroups")
        (default,) = (group for group in groups if group["GroupName"] == "default")
        return default

    @property
    def nat_gateways(self) -> dict[str, Any]:
        """The NAT gateways that exist, by subnet."""
        states = {"Name": "state", "Values": ["pending", "available"]}
        filters = [states, {"Name": "vpc-id", "Values": [self.vpc]}]
        return {one["SubnetId"]: one for one in self.ec2.describe_nat_gateways(Filter=filters)["NatGateways"]}

    def tier(self, tier: str) -> list[Any]:
        """Return the subnets of a tier in the order of their zones."""
        found = [one for one in self.subnets if {"Key": "palisade:tier", "Value": tier} in one["Tags"]]
        return sorted(found, key=lambda one: str(one["AvailabilityZone"]))

    def ids(self) -> dict[str, str]:
        """Return the ids of what has no reason to be replaced, by what it is."""
        of = {
            "SubnetId": (self.subnets, lambda one: f"subnet {one['CidrBlock']}"),
            "NetworkAclId": (self.acls, lambda one: f"acl {sorted(tag['Value'] for tag in one['Tags'])}"),
            "RouteTableId": (self.route_tables, lambda one: f"table {sorted(tag['Value'] for tag in one['Tags'])}"),
            "VpcEndpointId": (self.endpoints.values(), lambda one: f"endpoint {one['ServiceName']}"),
        }
        found = {name(one): one[key] for key, (resources, name) in of.items() for one in resources}
        return {"vpc": self.vpc, "default group": self.default_group["GroupId"], **found}

    def ways_out(self) -> dict[str, str]:
        """Return where the default route of each private zone leads."""
        zones = {one["SubnetId"]: one["AvailabilityZone"] for one in self.tier("private")}
        return {
            zones[association["SubnetId"]]: next(
                (route["NatGatewayId"] for route in table["Routes"] if route.get("DestinationCidrBlock") == ANYWHERE),
                "",
            )
            for table in self.route_tables
            for association in table["Associations"]
            if association.get("SubnetId") in zones
        }

    def black_holes(self) -> list[str]:
        """Return the routes that lead nowhere."""
        tables = self.ec2.describe_route_tables()["RouteTables"]
        return [str(route) for table in tables for route in table["Routes"] if route["State"] != "active"]

    def orphaned_addresses(self) -> list[str]:
        """Return the elastic IPs that nothing has, but that are paid for."""
        return [
            one["AllocationId"] for one in self.ec2.describe_addresses()["Addresses"] if not one.get("AssociationId")
        ]

    @contextmanager
    def watched_routes(self) -> Iterator[list[str]]:
        """Look for black holes all the time, and collect them; a private zone that loses its way is one, too."""
        seen: list[str] = []
        over = threading.Event()
        ec2 = self.site.client("ec2")

        def watch() -> None:
            while not over.wait(0.02):
                tables = ec2.describe_route_tables()["RouteTables"]
                seen.extend(str(route) for table in tables for route in table["Routes"] if route["State"] != "active")

        with ThreadPoolExecutor(1) as pool:
            watching = pool.submit(watch)
            try:
                yield seen
            finally:
                over.set()
            # One that could not look has seen nothing.
            watching.result()
