# SPDX-License-Identifier: GPL-3.0-or-later
"""Where moto is patched to keep VPC endpoints as AWS does."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.emulator.emulator_site import REGION, Emulator, Json

S3 = f"com.amazonaws.{REGION}.s3"
DYNAMODB = f"com.amazonaws.{REGION}.dynamodb"
LOGS = f"com.amazonaws.{REGION}.logs"


@pytest.fixture(scope="module")
def ec2(shared_emulator: Emulator) -> Any:
    return shared_emulator.client("ec2")


class Vpc:
    """A VPC with DNS, and what is made in it."""

    def __init__(self, ec2: Any) -> None:
        self.ec2 = ec2
        self.id = str(ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"])
        self.set_dns(True)
        self._subnets = 0

    def set_dns(self, enabled: bool) -> None:
        for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
            self.ec2.modify_vpc_attribute(VpcId=self.id, **{attribute: {"Value": enabled}})

    def subnet(self, zone: str) -> str:
        self._subnets += 1
        block = f"10.9.{self._subnets}.0/24"
        made = self.ec2.create_subnet(VpcId=self.id, CidrBlock=block, AvailabilityZone=f"{REGION}{zone}")
        return str(made["Subnet"]["SubnetId"])

    def table(self) -> str:
        return str(self.ec2.create_route_table(VpcId=self.id)["RouteTable"]["RouteTableId"])

    def group(self, name: str) -> str:
        made = self.ec2.create_security_group(VpcId=self.id, GroupName=name, Description=name)
        return str(made["GroupId"])

    def gateway(self, *tables: str, service: str = S3, **options: Any) -> Json:
        made: Json = self.ec2.create_vpc_endpoint(
            VpcId=self.id, ServiceName=service, RouteTableIds=list(tables), **options
        )["VpcEndpoint"]
        return made

    def interface(self, *subnets: str, service: str = LOGS, **options: Any) -> Json:
        kind = {"VpcEndpointType": "Interface", "SubnetIds": list(subnets)}
        made: Json = self.ec2.create_vpc_endpoint(VpcId=self.id, ServiceName=service, **kind, **options)["VpcEndpoint"]
        return made

    def described(self, endpoint: Json) -> Json:
        found: Json = self.ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])["VpcEndpoints"][0]
        return found

    def modify(self, endpoint: Json, **changes: Any) -> Json:
        self.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint["VpcEndpointId"], **changes)
        return self.described(endpoint)

    def routed(self, table: str) -> list[str]:
        """Return the gateways that routes of a table with a prefix list lead to."""
        (found,) = self.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
        return [route["GatewayId"] for route in found["Routes"] if route.get("DestinationPrefixListId")]

    def interfaces(self, endpoint: Json) -> list[Json]:
        ids = self.described(endpoint)["NetworkInterfaceIds"]
        if not ids:
            return []
        found: list[Json] = self.ec2.describe_network_interfaces(NetworkInterfaceIds=ids)["NetworkInterfaces"]
        return found


@pytest.fixture
def vpc(ec2: Any) -> Iterator[Vpc]:
    return Vpc(ec2)


def refused(code: str, said: str = "") -> Any:
    return pytest.raises(ClientError, match=rf"\({code}\).*{said}")


def test_an_endpoint_is_a_gateway_unless_said_otherwise(vpc: Vpc) -> None:
    made = vpc.gateway()
    assert (made["VpcEndpointType"], made["PrivateDnsEnabled"]) == ("Gateway", False)


def test_a_deleted_endpoint_is_gone_with_routes_and_interfaces(ec2: Any, vpc: Vpc) -> None:
    table, subnet = vpc.table(), vpc.subnet("a")
    made = [vpc.gateway(table), vpc.interface(subnet)]
    (interface,) = vpc.interfaces(made[1])
    answer = ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"] for endpoint in made])
    assert answer["Unsuccessful"] == []
    assert vpc.routed(table) == []
    with refused("InvalidNetworkInterfaceID.NotFound"):
        ec2.describe_network_interfaces(NetworkInterfaceIds=[interface["NetworkInterfaceId"]])
    for endpoint in made:
        with refused("InvalidVpcEndpointId.NotFound"):
            vpc.described(endpoint)


def test_what_was_not_deleted_is_named(ec2: Any, vpc: Vpc) -> None:
    made, unknown = vpc.gateway()["VpcEndpointId"], "vpce-0123456789abcdef0"
    (failure,) = ec2.delete_vpc_endpoints(VpcEndpointIds=[unknown, made])["Unsuccessful"]
    assert (failure["ResourceId"], failure["Error"]["Code"]) == (unknown, "InvalidVpcEndpoint.NotFound")


def test_a_policy_is_reset(vpc: Vpc) -> None:
    made = vpc.gateway()
    changed = vpc.modify(made, PolicyDocument=json.dumps({"Statement": []}))
    assert changed["PolicyDocument"] != made["PolicyDocument"]
    reset = vpc.modify(made, ResetPolicy=True)
    assert json.loads(reset["PolicyDocument"]) == json.loads(made["PolicyDocument"])


def test_a_token_makes_one_endpoint(vpc: Vpc) -> None:
    one, again, other = (vpc.gateway(ClientToken=token) for token in ("first", "first", "second"))
    assert one["VpcEndpointId"] == again["VpcEndpointId"] != other["VpcEndpointId"]


def test_routes_follow_route_tables(vpc: Vpc) -> None:
    one, two = vpc.table(), vpc.table()
    made = vpc.gateway(one)
    assert (vpc.routed(one), vpc.routed(two)) == ([made["VpcEndpointId"]], [])
    moved = vpc.modify(made, AddRouteTableIds=[two], RemoveRouteTableIds=[one])
    assert moved["RouteTableIds"] == [two]
    assert (vpc.routed(one), vpc.routed(two)) == ([], [made["VpcEndpointId"]])


def test_a_route_table_leads_to_one_endpoint_of_a_service(vpc: Vpc) -> None:
    table, other = vpc.table(), vpc.table()
    vpc.gateway(table)
    vpc.gateway(table, service=DYNAMODB)
    with refused("RouteAlreadyExists", f"route table {table} already has a route with destination-prefix-list-id pl-"):
        vpc.gateway(table)
    second = vpc.gateway(other)
    with refused("RouteAlreadyExists"):
        vpc.modify(second, AddRouteTableIds=[table])
    assert vpc.described(second)["RouteTableIds"] == [other]


def test_an_unknown_route_table_is_refused_and_leaves_nothing(ec2: Any, vpc: Vpc) -> None:
    with refused("InvalidRouteTableID.NotFound"):
        vpc.gateway("rtb-00000000000000001")
    assert ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [vpc.id]}])["VpcEndpoints"] == []


def test_interfaces_follow_subnets_with_addresses_of_theirs(vpc: Vpc) -> None:
    in_a, in_b, group = vpc.subnet("a"), vpc.subnet("b"), vpc.group("endpoints")
    made = vpc.interface(in_a, SecurityGroupIds=[group])
    moved = vpc.modify(made, AddSubnetIds=[in_b])
    assert sorted(moved["SubnetIds"]) == sorted([in_a, in_b])
    for interface in vpc.interfaces(made):
        number = 1 if interface["SubnetId"] == in_a else 2
        assert ipaddress.ip_address(interface["PrivateIpAddress"]) in ipaddress.ip_network(f"10.9.{number}.0/24")
        assert (interface["InterfaceType"], interface["Status"]) == ("vpc_endpoint", "in-use")
        assert [held["GroupId"] for held in interface["Groups"]] == [group]
    assert len(vpc.interfaces(made)) == 2
    vpc.modify(made, RemoveSubnetIds=[in_a])
    assert [interface["SubnetId"] for interface in vpc.interfaces(made)] == [in_b]


def test_interfaces_follow_groups(vpc: Vpc) -> None:
    one, two = vpc.group("one"), vpc.group("two")
    made = vpc.interface(vpc.subnet("a"), SecurityGroupIds=[one])
    changed = vpc.modify(made, AddSecurityGroupIds=[two], RemoveSecurityGroupIds=[one])
    assert [held["GroupId"] for held in changed["Groups"]] == [two]
    assert [held["GroupId"] for interface in vpc.interfaces(made) for held in interface["Groups"]] == [two]


def test_an_interface_endpoint_without_a_group_has_the_default_one(vpc: Vpc) -> None:
    assert [held["GroupName"] for held in vpc.interface(vpc.subnet("a"))["Groups"]] == ["default"]


def test_an_unknown_group_is_refused(vpc: Vpc) -> None:
    with refused("InvalidGroup.NotFound"):
        vpc.interface(vpc.subnet("a"), SecurityGroupIds=["sg-00000000000000001"])


def test_a_zone_has_one_subnet_of_an_endpoint(vpc: Vpc) -> None:
    in_a, too, in_b = vpc.subnet("a"), vpc.subnet("a"), vpc.subnet("b")
    with refused("DuplicateSubnetsInSameZone", f"availability zone of {too}"):
        vpc.interface(in_a, too)
    made = vpc.interface(in_a, in_b)
    with refused("DuplicateSubnetsInSameZone", f"availability zone of {too}"):
        vpc.modify(made, AddSubnetIds=[too])
    vpc.modify(made, RemoveSubnetIds=[in_a])
    assert sorted(vpc.modify(made, AddSubnetIds=[too])["SubnetIds"]) == sorted([too, in_b])


def test_private_dns_is_switched(vpc: Vpc) -> None:
    made = vpc.interface(vpc.subnet("a"))
    assert made["PrivateDnsEnabled"] is True
    assert vpc.modify(made, PrivateDnsEnabled=False)["PrivateDnsEnabled"] is False
    assert vpc.modify(made, PrivateDnsEnabled=True)["PrivateDnsEnabled"] is True


def test_private_dns_needs_dns_in_the_vpc(vpc: Vpc) -> None:
    vpc.set_dns(False)
    said = f"both enableDnsSupport and enableDnsHostnames VPC attributes set to true for {vpc.id}"
    with refused("InvalidParameter", said):
        vpc.interface(vpc.subnet("a"))
    made = vpc.interface(vpc.subnet("a"), PrivateDnsEnabled=False)
    with refused("InvalidParameter", said):
        vpc.modify(made, PrivateDnsEnabled=True)


def test_a_private_name_is_taken_once(vpc: Vpc) -> None:
    in_a, in_b = vpc.subnet("a"), vpc.subnet("b")
    vpc.interface(in_a)
    with refused("InvalidParameter", "already a conflicting DNS domain"):
        vpc.interface(in_b)
    vpc.interface(in_b, service=f"com.amazonaws.{REGION}.kms")
    second = vpc.interface(in_b, PrivateDnsEnabled=False)
    with refused("InvalidParameter", "already a conflicting DNS domain"):
        vpc.modify(second, PrivateDnsEnabled=True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"SubnetIds": ["subnet-00000000000000001"]}, "SubnetIds are only supported for Interface"),
        ({"SecurityGroupIds": ["sg-00000000000000001"]}, "SecurityGroupIds are only supported for Interface"),
        ({"VpcEndpointType": "Interface", "RouteTableIds": ["rtb-1"]}, "RouteTableIds are only supported for Gateway"),
    ],
)
def test_an_endpoint_takes_what_is_of_its_type(ec2: Any, vpc: Vpc, options: Json, said: str) -> None:
    with refused("InvalidParameter", said):
        ec2.create_vpc_endpoint(VpcId=vpc.id, ServiceName=S3, **options)


def test_a_gateway_endpoint_is_not_given_subnets_later(vpc: Vpc) -> None:
    made, subnet = vpc.gateway(), vpc.subnet("a")
    with refused("InvalidParameter", "SubnetIds are only supported for Interface"):
        vpc.modify(made, AddSubnetIds=[subnet])


def test_only_services_of_the_region_are_offered(vpc: Vpc) -> None:
    with refused("InvalidServiceName"):
        vpc.interface(vpc.subnet("a"), service=f"com.amazonaws.{REGION}.ecr-api")
    with refused("InvalidParameter", "does not support Gateway endpoints"):
        vpc.gateway(service=LOGS)


def test_a_service_says_where_it_is_and_whether_it_knows_policies(ec2: Any) -> None:
    def detail(name: str) -> Json:
        names = [f"com.amazonaws.{REGION}.{name}"]
        found: Json = ec2.describe_vpc_endpoint_services(ServiceNames=names)["ServiceDetails"][0]
        return found

    assert detail("ecr.api")["VpcEndpointPolicySupported"] is True
    assert detail("iot.data")["VpcEndpointPolicySupported"] is False
    assert detail("logs")["AvailabilityZones"] == [f"{REGION}{zone}" for zone in "abc"]
