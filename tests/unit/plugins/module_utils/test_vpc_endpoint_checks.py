# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be known to go wrong with a VPC endpoint before AWS is asked for it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils import _vpc_endpoint_checks as checks
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_endpoint_plan import Attachments, Wanted

REGION = "eu-central-1"
DEFAULTS: dict[str, Any] = {
    "state": "present",
    "vpc_id": "vpc-1",
    "service": "s3",
    "vpc_endpoint_type": "Gateway",
    "route_table_ids": None,
    "subnet_ids": None,
    "security_group_ids": None,
    "private_dns_enabled": True,
    "tags": None,
    "purge_tags": True,
}
TABLES = {"route_table_ids": ["rtb-1"]}
SERVED = {"vpc_endpoint_type": "Interface", "subnet_ids": ["subnet-1"], "security_group_ids": ["sg-1"]}


def detail(kind: str, **fields: Any) -> dict[str, Any]:
    named = {"PrivateDnsName": "s3.eu-central-1.amazonaws.com"} if kind == "Interface" else {}
    return {"ServiceType": [{"ServiceType": kind}], "AvailabilityZones": ["1a", "1b"], **named, **fields}


def wanted(kind: str, private_dns_enabled: bool = True) -> Wanted:
    attachments = Attachments(private_dns_enabled=private_dns_enabled and kind == "Interface")
    return Wanted("vpc-1", "com.amazonaws.eu-central-1.s3", kind, is_present=True, attachments=attachments)


def test_gateway_endpoint_hangs_on_route_tables_and_has_no_private_dns() -> None:
    assert checks.desired({**DEFAULTS, **TABLES}, REGION) == Wanted(
        "vpc-1",
        "com.amazonaws.eu-central-1.s3",
        "Gateway",
        is_present=True,
        attachments=Attachments(route_table_ids=frozenset({"rtb-1"})),
    )


def test_tags_are_strings_as_at_aws() -> None:
    assert checks.desired({**DEFAULTS, **TABLES, "tags": {"count": 3}}, REGION).tags == {"count": "3"}


def test_deletion_needs_neither_type_nor_attachments() -> None:
    absent = checks.desired({**DEFAULTS, "state": "absent", "vpc_endpoint_type": None}, REGION)
    assert (absent.is_present, absent.vpc_endpoint_type, absent.attachments) == (False, "", Attachments())


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({}, "gateway endpoints need route_table_ids: give at least one id"),
        ({"route_table_ids": []}, "gateway endpoints need route_table_ids"),
        ({**TABLES, "subnet_ids": ["subnet-1"]}, "gateway endpoints have no subnet_ids: leave it out"),
        ({**TABLES, "security_group_ids": []}, "gateway endpoints have no security_group_ids"),
        ({**SERVED, "subnet_ids": []}, "interface endpoints need subnet_ids"),
        ({**SERVED, "security_group_ids": None}, "interface endpoints need security_group_ids"),
        ({**SERVED, **TABLES}, "interface endpoints have no route_table_ids: .* subnet_ids and security_group_ids"),
        ({"route_table_ids": ["private-a"]}, "route_table_ids holds 'private-a', .* begin with rtb-"),
        ({**SERVED, "subnet_ids": ["sg-1"]}, "subnet_ids holds 'sg-1', .* begin with subnet-"),
        ({**SERVED, "security_group_ids": ["shop"]}, "security_group_ids holds 'shop', .* begin with sg-"),
        ({**TABLES, "vpc_id": ""}, "vpc_id is '', .* begin with vpc-"),
        ({**TABLES, "vpc_id": "shop"}, "vpc_id is 'shop', .* begin with vpc-"),
        ({**TABLES, "service": ""}, "service is empty"),
    ],
)
def test_wrong_argument_is_named_with_what_to_do(arguments: dict[str, Any], complaint: str) -> None:
    with pytest.raises(PlanError, match=complaint):
        checks.desired({**DEFAULTS, **arguments}, REGION)


def test_service_that_the_region_lacks_is_named() -> None:
    with pytest.raises(PlanError, match=r"com\.amazonaws\.eu-central-1\.s3 is none that eu-central-1 offers"):
        checks.offered_service([], wanted("Gateway"), REGION)


def test_type_that_the_service_lacks_is_named() -> None:
    with pytest.raises(PlanError, match="has no Gateway endpoints in eu-central-1: set vpc_endpoint_type to Interface"):
        checks.offered_service([detail("Interface")], wanted("Gateway"), REGION)


def test_service_is_that_of_the_wanted_type() -> None:
    both = [detail("Gateway", Owner="gateway"), detail("Interface", Owner="interface")]
    assert checks.offered_service(both, wanted("Gateway"), REGION)["Owner"] == "gateway"
    assert checks.offered_service(both, wanted("Interface"), REGION)["Owner"] == "interface"


def test_service_without_a_private_name_is_refused_unless_none_is_wanted() -> None:
    nameless = [detail("Interface", PrivateDnsName=None)]
    with pytest.raises(PlanError, match="has no private DNS name: set private_dns_enabled to false"):
        checks.offered_service(nameless, wanted("Interface"), REGION)
    assert checks.offered_service(nameless, wanted("Interface", private_dns_enabled=False), REGION) == nameless[0]


ZONES = {"subnet-1": "1a", "subnet-2": "1b", "subnet-3": "1b", "subnet-4": "1c"}


@pytest.mark.parametrize("offered", [["1a", "1b"], []])
@pytest.mark.parametrize("subnet_ids", [["subnet-1", "subnet-2"], ["subnet-1", "subnet-00000000000000001"]])
def test_subnets_in_zones_of_the_service_are_fine(subnet_ids: list[str], offered: list[str]) -> None:
    checks.refuse_zones(subnet_ids, ZONES, offered, "s3")


@pytest.mark.parametrize(
    ("subnet_ids", "complaint"),
    [
        (["subnet-2", "subnet-3"], "subnet-2 and subnet-3, both in 1b: .* one subnet per zone"),
        (["subnet-4"], "subnet-4 in 1c, where s3 offers no endpoints; it does in 1a, 1b"),
    ],
)
def test_subnets_that_the_service_cannot_be_in_are_named(subnet_ids: list[str], complaint: str) -> None:
    with pytest.raises(PlanError, match=complaint):
        checks.refuse_zones(subnet_ids, ZONES, ["1b", "1a"], "s3")


@pytest.mark.parametrize(
    ("refusal", "what"),
    [
        ("Enabling private DNS requires both enableDnsSupport and enableDnsHostnames", "both DNS attributes"),
        ("there is already a conflicting DNS domain for s3 in the VPC", "another endpoint or private hosted zone"),
        ("To set PrivateDnsOnlyForInboundResolverEndpoint to true", "gateway endpoint for the service first"),
    ],
)
def test_refusal_that_does_not_say_what_to_do_gets_advice(refusal: str, what: str) -> None:
    assert what in checks.advice(f"An error occurred (InvalidParameter): {refusal} ...")


def test_other_refusals_speak_for_themselves() -> None:
    assert checks.advice("An error occurred (UnauthorizedOperation)") == ""
