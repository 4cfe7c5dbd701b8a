# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a network, told by playbooks and checked by asking EC2: each test goes on where the one before ended."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.roles.network_site import ANYWHERE, Network

GROWN: dict[str, Any] = {"network_az_count": 3}
RULES = {"tcp": "6", "icmp": "1", "all": "-1"}


@pytest.fixture
def grown(network: Network) -> Network:
    """The network with three zones, also when the tests that make it were not chosen."""
    network.run(**GROWN)
    return network


def test_dry_run_of_an_empty_account_names_everything_and_writes_nothing(network: Network) -> None:
    before = [vpc["VpcId"] for vpc in network.ec2.describe_vpcs()["Vpcs"]]
    said = network.site.playbook("--tags", "network", "--check", "--diff")
    for item in ("public eu-central-1a", "private eu-central-1b", "shop-local-private-eu-central-1b", "s3", "ecr.dkr"):
        assert f"(item={item}" in said
    for task in ("Empty the default network ACL", "Empty the default security group", "Create the NAT gateways"):
        assert task in said
    assert [vpc["VpcId"] for vpc in network.ec2.describe_vpcs()["Vpcs"]] == before
    assert network.ec2.describe_addresses()["Addresses"] == []


def test_network_is_made_and_a_second_run_changes_nothing(network: Network) -> None:
    assert network.run() > 0
    assert len(network.tier("public")) == len(network.tier("private")) == 2
    assert not any(subnet["MapPublicIpOnLaunch"] for subnet in network.subnets)
    assert list(network.nat_gateways) == [subnet["SubnetId"] for subnet in network.tier("public")]
    assert sorted(network.endpoints) == ["dynamodb", "ecr.api", "ecr.dkr", "logs", "s3"]
    assert network.run() == 0


def entries(acl: Any, egress: bool) -> list[tuple[str, str, Any]]:
    rules = [one for one in acl["Entries"] if one["Egress"] is egress and one["RuleNumber"] < 32767]
    found = [(one["CidrBlock"], one["Protocol"], one.get("PortRange") or one.get("IcmpTypeCode")) for one in rules]
    return sorted(found, key=repr)


def test_what_aws_makes_by_itself_lets_nothing_through(network: Network) -> None:
    default, *others = sorted(network.acls, key=lambda acl: not acl["IsDefault"])
    assert default["IsDefault"]
    assert not default["Associations"]
    assert entries(default, egress=False) == entries(default, egress=True) == []
    assert {one["SubnetId"] for acl in others for one in acl["Associations"]} == {
        subnet["SubnetId"] for subnet in network.subnets
    }
    group = network.default_group
    assert group["IpPermissions"] == group["IpPermissionsEgress"] == []
    # The VPC that every account has is not ours.
    (theirs,) = network.ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    filters = [{"Name": "vpc-id", "Values": [theirs["VpcId"]]}, {"Name": "group-name", "Values": ["default"]}]
    assert network.ec2.describe_security_groups(Filters=filters)["SecurityGroups"][0]["IpPermissionsEgress"]


def test_private_tier_lets_in_the_vpc_and_answers_only(network: Network) -> None:
    private = {subnet["SubnetId"] for subnet in network.tier("private")}
    (acl,) = (acl for acl in network.acls if private & {one["SubnetId"] for one in acl["Associations"]})
    too_big = (ANYWHERE, RULES["icmp"], {"Code": 4, "Type": 3})
    answers = (ANYWHERE, RULES["tcp"], {"From": 32768, "To": 65535})
    inside = ("10.0.0.0/16", RULES["all"], None)
    assert entries(acl, egress=False) == [too_big, answers, inside]
    assert entries(acl, egress=True) == [(ANYWHERE, RULES["tcp"], {"From": 443, "To": 443}), inside]


def test_growing_by_a_zone_replaces_nothing(network: Network) -> None:
    before = network.ids()
    network.run(**GROWN)
    assert before.items() <= network.ids().items()
    private = [subnet["SubnetId"] for subnet in network.tier("private")]
    tables = {
        table["RouteTableId"]
        for table in network.route_tables
        for one in table["Associations"]
        if one.get("SubnetId") in private
    }
    assert (len(private), len(tables), len(network.nat_gateways)) == (3, 3, 3)
    for name, endpoint in network.endpoints.items():
        if name in ("dynamodb", "s3"):
            assert set(endpoint["RouteTableIds"]) == tables
        else:
            assert sorted(endpoint["SubnetIds"]) == sorted(private)
    attached = {one["SubnetId"] for acl in network.acls if not acl["IsDefault"] for one in acl["Associations"]}
    assert attached == {subnet["SubnetId"] for subnet in network.subnets}
    assert network.run(**GROWN) == 0


def switch(network: Network, mode: str) -> None:
    """Switch the NAT mode and check that nothing else happens, at no moment."""
    before, kept = network.ids(), network.nat_gateways
    with network.watched_routes() as black_holes:
        assert network.run(**GROWN, network_nat_mode=mode) > 0
    assert black_holes == []
    assert network.ids() == before
    assert network.orphaned_addresses() == []
    public = [subnet["SubnetId"] for subnet in network.tier("public")]
    now = network.nat_gateways
    assert set(now) == set({"per_az": public, "single": public[:1], "none": []}[mode])
    # A gateway that is needed before and after is the same one, so its address is known to those who let it in.
    for subnet in set(now) & set(kept):
        assert now[subnet]["NatGatewayId"] == kept[subnet]["NatGatewayId"]
    assert len(network.ec2.describe_addresses()["Addresses"]) == len(now)
    gateways = {
        one["AvailabilityZone"]: now.get(one["SubnetId"], {}).get("NatGatewayId") for one in network.tier("public")
    }
    only = next((one["NatGatewayId"] for one in now.values()), "")
    assert network.ways_out() == {zone: gateway or only for zone, gateway in gateways.items()}


@pytest.mark.parametrize("mode", ["single", "none", "per_az"])
def test_switching_nat_leaves_no_black_hole_and_no_address(network: Network, mode: str) -> None:
    switch(network, mode)


def test_repeat_after_the_switches_changes_nothing(network: Network) -> None:
    assert network.run(**GROWN) == 0


@pytest.mark.nightly
def test_switching_in_every_direction_is_repeatable(grown: Network) -> None:
    for mode in ("none", "single", "none", "per_az", "single", "per_az"):
        switch(grown, mode)
        assert grown.run(**GROWN, network_nat_mode=mode) == 0


def test_endpoint_of_a_feature_comes_and_goes_and_others_stay(network: Network) -> None:
    before = network.endpoints
    more = {"network_features": ["kms"], "network_extra_endpoints": ["sqs"]}
    assert network.run(**GROWN, **more) == 1
    assert sorted(network.endpoints.keys() - before.keys()) == ["kms", "sqs"]
    foreign = network.ec2.create_vpc_endpoint(
        VpcId=network.vpc, ServiceName="com.amazonaws.eu-central-1.sns", VpcEndpointType="Interface"
    )["VpcEndpoint"]["VpcEndpointId"]
    assert network.run(**GROWN) == 1
    ids = {name: one["VpcEndpointId"] for name, one in network.endpoints.items()}
    assert ids == {name: one["VpcEndpointId"] for name, one in before.items()} | {"sns": foreign}
    network.ec2.delete_vpc_endpoints(VpcEndpointIds=[foreign])


def test_drift_is_repaired_in_one_run(network: Network) -> None:
    before, rules, ways = network.ids(), rules_by_acl(network), network.ways_out()
    drift(network)
    assert rules_by_acl(network) != rules
    dry = network.run("--check", **GROWN)
    assert network.run(**GROWN) == dry > 0
    assert network.ids() == before
    private = sorted(subnet["SubnetId"] for subnet in network.tier("private"))
    assert sorted(network.endpoints["logs"]["SubnetIds"]) == private
    assert network.default_group["IpPermissions"] == []
    assert rules_by_acl(network) == rules
    assert network.ways_out() == ways
    assert network.run(**GROWN) == 0


def rules_by_acl(network: Network) -> dict[str, Any]:
    """Return the rules and the subnets of each ACL."""
    return {
        acl["NetworkAclId"]: (
            *(entries(acl, egress) for egress in (False, True)),
            sorted(one["SubnetId"] for one in acl["Associations"]),
        )
        for acl in network.acls
    }


def drift(network: Network) -> None:
    """Do what people do on a console."""
    ec2 = network.ec2
    (private,) = (acl for acl in network.acls if {"Key": "palisade:tier", "Value": "private"} in acl["Tags"])
    ec2.delete_network_acl_entry(NetworkAclId=private["NetworkAclId"], RuleNumber=400, Egress=False)
    (default,) = (acl["NetworkAclId"] for acl in network.acls if acl["IsDefault"])
    ec2.create_network_acl_entry(
        NetworkAclId=default, RuleNumber=1, Protocol="-1", RuleAction="allow", CidrBlock=ANYWHERE, Egress=True
    )
    association = private["Associations"][0]["NetworkAclAssociationId"]
    ec2.replace_network_acl_association(AssociationId=association, NetworkAclId=default)
    permission = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": ANYWHERE}]}
    ec2.authorize_security_group_ingress(GroupId=network.default_group["GroupId"], IpPermissions=[permission])
    logs, subnet = network.endpoints["logs"], network.tier("private")[0]["SubnetId"]
    ec2.modify_vpc_endpoint(VpcEndpointId=logs["VpcEndpointId"], RemoveSubnetIds=[subnet])
    attached = [
        (one["RouteTableAssociationId"], table["RouteTableId"])
        for table in network.route_tables
        for one in table["Associations"]
        if one.get("SubnetId") in {item["SubnetId"] for item in network.tier("private")}
    ]
    # One zone on the table of another.
    ec2.replace_route_table_association(AssociationId=attached[0][0], RouteTableId=attached[1][1])


def test_run_that_was_cut_short_leaves_no_address_behind(network: Network) -> None:
    """A run ended after it had deleted a gateway and before it released the address."""
    subnet, gateway = next(iter(network.nat_gateways.items()))
    left = gateway["NatGatewayAddresses"][0]["AllocationId"]
    network.ec2.delete_nat_gateway(NatGatewayId=gateway["NatGatewayId"])
    # The control of the tests above: both can be seen.
    assert network.black_holes()
    assert network.orphaned_addresses() == [left]
    assert network.run(**GROWN) > 0
    assert network.nat_gateways[subnet]["NatGatewayAddresses"][0]["AllocationId"] == left
    assert network.black_holes() == network.orphaned_addresses() == []


def test_another_range_of_a_living_vpc_is_refused(network: Network) -> None:
    said = network.refusal(network_vpc_cidr="10.77.0.0/16")
    assert f"network_vpc_cidr is 10.77.0.0/16, but the VPC {network.vpc} of shop-local has 10.0.0.0/16" in said


@pytest.mark.full
def test_what_would_move_or_shrink_a_living_network_is_refused(grown: Network) -> None:
    assert "network_az_count is 2, but the stack has subnets in 3 zones" in grown.refusal(network_az_count=2)
    given = ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"]
    said = grown.refusal(**GROWN, network_private_cidrs=given)
    assert "AWS cannot move a subnet. Set network_private_cidrs to what it was" in said


@pytest.mark.full
def test_another_tag_of_everything_replaces_nothing(grown: Network) -> None:
    before = grown.ids()
    assert grown.run(**GROWN, palisade_tags={"CostCentre": "4711"}) > 0
    assert grown.run(**GROWN, palisade_tags={"CostCentre": "4711"}) == 0
    assert grown.run(**GROWN) > 0
    assert grown.ids() == before
