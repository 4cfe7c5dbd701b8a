# SPDX-License-Identifier: GPL-3.0-or-later
"""Network ACLs, kept by modules and asked for at EC2."""

from __future__ import annotations

from typing import Any

import pytest
from moto.ec2.responses.network_acls import NetworkACLs

from tests.integration.plugins.modules.conftest import recording
from tests.integration.plugins.modules.ec2_account import Ec2, Json, Modules

MODULE = "palisade.ecs.vpc_network_acl"
RESULT_KEYS = {"changed", "network_acl_id", "ingress", "egress", "subnet_ids", "tags"}
HTTPS = {"rule_number": 100, "protocol": "tcp", "cidr": "0.0.0.0/0", "from_port": 443, "to_port": 443}
TOO_BIG = {"rule_number": 110, "protocol": "icmp", "cidr": "0.0.0.0/0", "icmp_type": 3, "icmp_code": 4}
INSIDE = {"rule_number": 120, "protocol": "all", "cidr": "10.0.0.0/16"}
REFUSED: dict[str, tuple[Json, str]] = {
    "no name": ({}, "exactly one of the following is required: name, default"),
    "both": ({"name": "shop", "default": True}, "exactly one of the following is required: name, default"),
    "default removed": ({"default": True, "state": "absent"}, "it takes no subnet_ids and no absent"),
    "number twice": (
        {"name": "shop", "ingress": [HTTPS, {**INSIDE, "rule_number": 100}]},
        "two rules with the number 100",
    ),
    "last number": ({"name": "shop", "egress": [{**INSIDE, "rule_number": 32767}]}, "expected one from 1 to 32766"),
    "no ports": (
        {"name": "shop", "ingress": [{**INSIDE, "protocol": "tcp"}]},
        "rule 120 of ingress has the protocol tcp and sets no ports; expected from_port and to_port",
    ),
    "ports of everything": (
        {"name": "shop", "egress": [{**HTTPS, "protocol": "all"}]},
        "sets from_port and to_port; expected no ports",
    ),
    "host in a network": ({"name": "shop", "egress": [{**INSIDE, "cidr": "10.0.0.1/16"}]}, "has host bits set"),
}


@pytest.fixture
def actions(ec2: Ec2, monkeypatch: pytest.MonkeyPatch) -> Ec2:
    """Record what is written of network ACLs."""
    names = [f"{verb}_network_acl_entry" for verb in ("create", "replace", "delete")]
    for name in (*names, "create_network_acl", "delete_network_acl", "replace_network_acl_association"):
        monkeypatch.setattr(NetworkACLs, name, recording(getattr(NetworkACLs, name), ec2, name))
    return ec2


def task(dry: bool = False, **arguments: Any) -> Json:
    return {MODULE: arguments, "check_mode": dry, "diff": dry}


def acl_of(ec2: Ec2, subnet: str) -> Any:
    filters = [{"Name": "association.subnet-id", "Values": [subnet]}]
    (acl,) = ec2.client.describe_network_acls(Filters=filters)["NetworkAcls"]
    return acl


def written(ec2: Ec2) -> list[str]:
    names = [name for name, _ in ec2.writes]
    ec2.writes.clear()
    return names


def test_story_of_an_acl(actions: Ec2, modules: Modules) -> None:
    ec2, vpc = actions, actions.make_vpc()
    subnets = [ec2.make_subnet(vpc, number, zone) for number, zone in ((1, "a"), (2, "b"))]
    default = acl_of(ec2, subnets[0])["NetworkAclId"]
    # Another VPC has one of the same name: nothing happens to it.
    foreign = ec2.client.create_network_acl(VpcId=ec2.make_vpc())["NetworkAcl"]["NetworkAclId"]
    ec2.client.create_tags(Resources=[foreign], Tags=[{"Key": "Name", "Value": "shop"}])
    written(ec2)
    here = {"vpc_id": vpc, "name": "shop", "subnet_ids": subnets, "tags": {"Application": "shop"}}
    rules = {"ingress": [TOO_BIG, HTTPS], "egress": [INSIDE]}

    (dry,) = modules.run(task(dry=True, **here, **rules))
    assert dry["changed"]
    assert dry["diff"]["before"] == {}
    assert written(ec2) == []

    made, repeated = modules.run(task(**here, **rules), task(**here, **rules))
    assert [made["changed"], repeated["changed"]] == [True, False]
    assert {key: dry[key] for key in RESULT_KEYS - {"network_acl_id"}} == {
        key: made[key] for key in RESULT_KEYS - {"network_acl_id"}
    }
    assert acl_of(ec2, subnets[0])["NetworkAclId"] == made["network_acl_id"] == acl_of(ec2, subnets[1])["NetworkAclId"]
    assert made["ingress"] == [{**HTTPS, "action": "allow"}, {**TOO_BIG, "action": "allow"}]
    assert made["tags"] == {"Name": "shop", "Application": "shop"}
    # No subnet is attached before the rules are complete.
    assert (
        written(ec2)
        == ["create_network_acl"] + ["create_network_acl_entry"] * 3 + ["replace_network_acl_association"] * 2
    )

    less = {**here, "subnet_ids": subnets[:1], "tags": {}}
    other = {"ingress": [{**HTTPS, "to_port": 444}, INSIDE], "egress": [INSIDE]}
    foreseen, changed, again = modules.run(
        task(dry=True, **less, **other), task(**less, **other), task(**less, **other)
    )
    assert [foreseen["changed"], changed["changed"], again["changed"]] == [True, True, False]
    assert foreseen["diff"]["before"]["ingress"] == made["ingress"]
    assert {key: foreseen[key] for key in RESULT_KEYS} == {key: changed[key] for key in RESULT_KEYS}
    # What is allowed is replaced in one call, and surplus rules go last.
    assert written(ec2) == [
        "create_network_acl_entry",
        "replace_network_acl_entry",
        "delete_network_acl_entry",
        "replace_network_acl_association",
    ]
    assert acl_of(ec2, subnets[1])["NetworkAclId"] == default
    assert changed["tags"] == {"Name": "shop"}

    gone, still_gone = modules.run(*[task(vpc_id=vpc, name="shop", state="absent")] * 2)
    assert [gone["changed"], still_gone["changed"]] == [True, False]
    assert gone["ingress"] == gone["egress"] == gone["subnet_ids"] == []
    assert acl_of(ec2, subnets[0])["NetworkAclId"] == default
    assert ec2.client.describe_network_acls(NetworkAclIds=[foreign])["NetworkAcls"][0]["Associations"] == []


def test_default_acl_is_emptied_and_keeps_its_subnets_and_tags(actions: Ec2, modules: Modules) -> None:
    ec2, vpc = actions, actions.make_vpc()
    subnet = ec2.make_subnet(vpc, 1, "a")
    default = acl_of(ec2, subnet)["NetworkAclId"]
    ec2.client.create_tags(Resources=[default], Tags=[{"Key": "Name", "Value": "born with"}])
    dry, emptied, repeated = modules.run(
        task(dry=True, vpc_id=vpc, default=True), *[task(vpc_id=vpc, default=True)] * 2
    )
    assert [dry["changed"], emptied["changed"], repeated["changed"]] == [True, True, False]
    assert emptied["network_acl_id"] == default
    assert [one["RuleNumber"] for one in acl_of(ec2, subnet)["Entries"]] == [32767, 32767]
    assert emptied["tags"] == {"Name": "born with"}
    assert emptied["subnet_ids"] == [subnet]


def test_dry_run_knows_what_is_yet_to_be_created(ec2: Ec2, modules: Modules) -> None:
    to_come = {"vpc_id": "vpc-00000000000000000"}
    named, default = modules.run(
        task(dry=True, **to_come, name="shop", subnet_ids=["subnet-00000000000000000"], ingress=[HTTPS]),
        task(dry=True, **to_come, default=True),
    )
    for result in (named, default):
        assert result["changed"]
        assert result["network_acl_id"] == ""
    assert named["subnet_ids"] == ["subnet-00000000000000000"]


def test_what_cannot_be_is_refused_before_anything_is_written(actions: Ec2, modules: Modules) -> None:
    vpc = actions.make_vpc()
    results = modules.run(*(task(vpc_id=vpc, **arguments) for arguments, _ in REFUSED.values()))
    for result, (_, message) in zip(results, REFUSED.values(), strict=True):
        assert message in result["msg"]
    assert written(actions) == []


def test_two_acls_of_one_name_are_named(ec2: Ec2, modules: Modules) -> None:
    vpc = ec2.make_vpc()
    ids = [ec2.client.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"] for _ in range(2)]
    ec2.client.create_tags(Resources=ids, Tags=[{"Key": "Name", "Value": "shop"}])
    (result,) = modules.run(task(vpc_id=vpc, name="shop"))
    assert all(one in result["msg"] for one in ids)


def test_amazon_aws_still_attaches_an_empty_acl_to_its_subnets(actions: Ec2, modules: Modules) -> None:
    """The reason for this module: should it fail one day, upstream may have learned to do it."""
    vpc = actions.make_vpc()
    subnet = actions.make_subnet(vpc, 1, "a")
    rule = [100, "tcp", "allow", "0.0.0.0/0", None, None, 443, 443]
    arguments = {"vpc_id": vpc, "name": "theirs", "subnets": [subnet], "ingress": [rule]}
    modules.run({"amazon.aws.ec2_vpc_nacl": arguments})
    assert written(actions) == ["create_network_acl", "replace_network_acl_association", "create_network_acl_entry"]
