# SPDX-License-Identifier: GPL-3.0-or-later
"""The story of a name: nowhere, check, led, repetition, led elsewhere, removal, repetition."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.modules import route53_alias

from tests.integration.plugins.modules.aws_account import AwsAccount, Json

TARGET = "Shop-1.eu-central-1.elb.amazonaws.com"
WANTED: Json = {"zone": "example.com", "name": "shop.example.com", "target": TARGET, "target_zone_id": "Z215JYRZR1TBD5"}
AWAY: Json = {"zone": "example.com", "name": "shop.example.com", "target": TARGET, "state": "absent"}


@pytest.fixture
def zone(aws: AwsAccount) -> str:
    """The id of a public zone, with a name that follows ours in it."""
    client = aws.client("route53")
    made = str(client.create_hosted_zone(Name="example.com", CallerReference="zone")["HostedZone"]["Id"])
    put(aws, made, "site.example.com")
    aws.written()
    return made


def put(aws: AwsAccount, zone: str, name: str) -> None:
    record = {"Name": name, "Type": "A", "TTL": 300, "ResourceRecords": [{"Value": "192.0.2.1"}]}
    changes = [{"Action": "UPSERT", "ResourceRecordSet": record}]
    aws.client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})


def addresses(aws: AwsAccount, zone: str) -> dict[str, Any]:
    records = aws.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    return {one["Name"]: one.get("AliasTarget", {}).get("DNSName") for one in records if one["Type"] == "A"}


def test_target_has_to_be_given(aws: AwsAccount) -> None:
    told = aws.run(route53_alias, zone="example.com", name="shop.example.com")
    assert told["msg"] == "missing required arguments: target"
    assert "target_zone_id" in aws.run(route53_alias, **{**AWAY, "state": "present"})["msg"]


def test_story(aws: AwsAccount, zone: str) -> None:
    dry, made, again = (aws.run(route53_alias, dry=dry, **WANTED) for dry in (True, False, True))
    assert ([one["changed"] for one in (dry, made, again)], dry["diff"]["before"]) == ([True, True, False], {})
    assert {key: value for key, value in dry.items() if key != "diff"} == made
    assert aws.written() == ["ChangeResourceRecordSets"]
    assert addresses(aws, zone) == {"shop.example.com.": f"{TARGET.lower()}.", "site.example.com.": None}
    told = [aws.run(route53_alias, dry=dry, **AWAY) for dry in (True, False, False)]
    assert ([one["changed"] for one in told], aws.written()) == ([True, True, False], ["ChangeResourceRecordSets"])
    assert addresses(aws, zone) == {"site.example.com.": None}


def test_name_is_taken_from_elsewhere_and_left_there(aws: AwsAccount, zone: str) -> None:
    put(aws, zone, "shop.example.com")
    assert aws.run(route53_alias, **AWAY)["changed"] is False
    assert aws.run(route53_alias, **WANTED)["changed"] is True
    assert addresses(aws, zone)["shop.example.com."] == f"{TARGET.lower()}."


def test_zone_has_to_be_there(aws: AwsAccount) -> None:
    assert "there are 0 public zones" in aws.run(route53_alias, **WANTED)["msg"]
