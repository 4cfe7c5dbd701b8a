# SPDX-License-Identifier: GPL-3.0-or-later
"""Where moto is patched to answer as AWS does about NAT gateways, network ACLs and endpoint services."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.emulator.emulator_site import Emulator

ANYWHERE = "0.0.0.0/0"


@pytest.fixture(scope="module")
def ec2(shared_emulator: Emulator) -> Any:
    return shared_emulator.client("ec2")


@pytest.fixture(scope="module")
def vpc(ec2: Any) -> str:
    return str(ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"])


@pytest.fixture(scope="module")
def subnet(ec2: Any, vpc: str) -> str:
    return str(ec2.create_subnet(VpcId=vpc, CidrBlock="10.7.0.0/24")["Subnet"]["SubnetId"])


def gateway(ec2: Any, subnet: str) -> tuple[str, str]:
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]
    return str(made["NatGatewayId"]), str(address)


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_a_deleted_nat_gateway_lets_go_of_its_address_which_stays_allocated(ec2: Any, subnet: str) -> None:
    identity, address = gateway(ec2, subnet)
    with pytest.raises(ClientError) as error:
        ec2.release_address(AllocationId=address)
    assert code(error) == "InvalidIPAddress.InUse"
    interface = ec2.describe_addresses(AllocationIds=[address])["Addresses"][0]["NetworkInterfaceId"]
    ec2.delete_nat_gateway(NatGatewayId=identity)
    (found,) = ec2.describe_addresses(AllocationIds=[address])["Addresses"]
    assert "AssociationId" not in found
    assert interface not in [
        one["NetworkInterfaceId"] for one in ec2.describe_network_interfaces()["NetworkInterfaces"]
    ]
    ec2.release_address(AllocationId=address)
    assert address not in [one.get("AllocationId") for one in ec2.describe_addresses()["Addresses"]]


def test_a_nat_gateway_that_does_not_exist_is_not_found(ec2: Any) -> None:
    with pytest.raises(ClientError) as error:
        ec2.delete_nat_gateway(NatGatewayId="nat-00000000000000000")
    assert code(error) == "NatGatewayNotFound"


def test_a_route_to_a_nat_gateway_that_is_gone_is_a_black_hole_until_it_is_replaced(
    ec2: Any, vpc: str, subnet: str
) -> None:
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    old, _ = gateway(ec2, subnet)
    new, _ = gateway(ec2, subnet)

    def state() -> str:
        (found,) = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
        return str(next(one["State"] for one in found["Routes"] if one["DestinationCidrBlock"] == ANYWHERE))

    ec2.create_route(RouteTableId=table, DestinationCidrBlock=ANYWHERE, NatGatewayId=old)
    assert state() == "active"
    ec2.delete_nat_gateway(NatGatewayId=old)
    assert state() == "blackhole"
    with pytest.raises(ClientError) as error:
        ec2.replace_route(RouteTableId=table, DestinationCidrBlock=ANYWHERE, NatGatewayId=old)
    assert code(error) == "InvalidNatGatewayID.NotFound"
    ec2.replace_route(RouteTableId=table, DestinationCidrBlock=ANYWHERE, NatGatewayId=new)
    assert state() == "active"


def entry(**changes: Any) -> dict[str, Any]:
    usual = {"Egress": False, "Protocol": "6", "RuleAction": "allow", "CidrBlock": ANYWHERE, "RuleNumber": 100}
    return {**usual, "PortRange": {"From": 443, "To": 443}, **changes}


def test_a_new_network_acl_lists_its_last_rules(ec2: Any, vpc: str) -> None:
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]
    assert [(one["RuleNumber"], one["RuleAction"]) for one in acl["Entries"]] == [(32767, "deny")] * 2


def test_type_and_code_of_an_icmp_entry_are_kept(ec2: Any, vpc: str) -> None:
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    icmp = {key: value for key, value in entry(Protocol="1").items() if key != "PortRange"}
    ec2.create_network_acl_entry(NetworkAclId=acl, **icmp, IcmpTypeCode={"Type": 3, "Code": 4})
    ec2.replace_network_acl_entry(NetworkAclId=acl, **icmp, IcmpTypeCode={"Type": 8, "Code": -1})
    (found,) = ec2.describe_network_acls(NetworkAclIds=[acl])["NetworkAcls"]
    assert [one["IcmpTypeCode"] for one in found["Entries"] if one["RuleNumber"] == 100] == [{"Type": 8, "Code": -1}]


def test_entries_that_cannot_be_are_refused(ec2: Any, vpc: str) -> None:
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    with pytest.raises(ClientError) as error:
        ec2.delete_network_acl_entry(NetworkAclId=acl, RuleNumber=100, Egress=False)
    assert code(error) == "InvalidNetworkAclEntry.NotFound"
    portless = {key: value for key, value in entry().items() if key != "PortRange"}
    with pytest.raises(ClientError) as error:
        ec2.create_network_acl_entry(NetworkAclId=acl, **portless)
    assert code(error) == "MissingParameter"
    for number in range(1, 21):
        ec2.create_network_acl_entry(NetworkAclId=acl, **entry(RuleNumber=number))
    with pytest.raises(ClientError) as error:
        ec2.create_network_acl_entry(NetworkAclId=acl, **entry(RuleNumber=21))
    assert code(error) == "NetworkAclEntryLimitExceeded"
    ec2.create_network_acl_entry(NetworkAclId=acl, **entry(RuleNumber=21, Egress=True))


def test_endpoint_services_are_filtered_by_names_that_need_not_exist(ec2: Any) -> None:
    names = ["com.amazonaws.eu-central-1.dynamodb", "com.amazonaws.eu-central-1.nosuch"]
    found = ec2.describe_vpc_endpoint_services(Filters=[{"Name": "service-name", "Values": names}])
    assert {one["ServiceName"] for one in found["ServiceDetails"]} == {names[0]}
