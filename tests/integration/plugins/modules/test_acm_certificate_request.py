# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates, requested by the module and asked for at ACM and Route 53."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils import _acm_api
from ansible_collections.palisade.ecs.plugins.modules import acm_certificate_request
from moto.acm.models import acm_backends

from tests.integration.plugins.modules.aws_account import REGION, AwsAccount, Json
from tests.integration.plugins.modules.wafv2_account import make_balancer

RESULT_KEYS = {
    "certificate_arn",
    "domains",
    "key_algorithm",
    "status",
    "not_after",
    "renewal_status",
    "in_use_by",
    "validation_records",
    "tags",
}
SHOP: Json = {"name": "shop", "domain_name": "shop.example.com"}
REFUSED: dict[str, tuple[Json, str]] = {
    "no domain": ({"domain_name": "shop"}, "'shop' is no domain name; expected one such as"),
    "wildcard inside": ({"domain_name": "shop.*.example.com"}, "is no domain name"),
    "second domain": ({"subject_alternative_names": ["-a.example.com"]}, "'-a.example.com' is no domain name"),
    "load balancer": (
        {"domain_name": "shop-1.eu-central-1.elb.amazonaws.com", "zone": None},
        "is a domain of AWS, for which ACM issues nothing",
    ),
    "other zone": ({"subject_alternative_names": ["notexample.com"]}, "notexample.com is not in the zone example.com"),
    "too long": ({"domain_name": f"{'a' * 53}.example.com"}, "has more than 64 characters"),
    "key": ({"key_algorithm": "RSA_1024"}, "must be one of: RSA_2048, EC_prime256v1, EC_secp384r1"),
}


@pytest.fixture
def zone(aws: AwsAccount, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the id of a public zone beside a private one of its name."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    route53 = aws.client("route53")
    vpc = aws.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    place = {"VPCRegion": REGION, "VPCId": vpc}
    route53.create_hosted_zone(
        Name="example.com", CallerReference="a", VPC=place, HostedZoneConfig={"PrivateZone": True}
    )
    made = str(route53.create_hosted_zone(Name="example.com", CallerReference="b")["HostedZone"]["Id"])
    aws.written()
    return made


def certificates(aws: AwsAccount) -> list[str]:
    found = aws.client("acm").list_certificates(Includes={"keyTypes": _acm_api.KEY_TYPES})
    return [one["CertificateArn"] for one in found["CertificateSummaryList"]]


def cnames(aws: AwsAccount, zone: str) -> dict[str, str]:
    found = aws.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    return {one["Name"]: one["ResourceRecords"][0]["Value"] for one in found if one["Type"] == "CNAME"}


def test_story_of_a_certificate(aws: AwsAccount, zone: str) -> None:
    here: Json = {**SHOP, "subject_alternative_names": ["*.shop.example.com", "www.example.com"], "zone": "example.com"}

    dry = aws.run(acm_certificate_request, dry=True, **here)
    assert (dry["changed"], dry["certificate_arn"], dry["diff"]["before"]) == (True, "", {})
    assert aws.written() == certificates(aws) == []

    made, repeated = aws.run(acm_certificate_request, **here), aws.run(acm_certificate_request, **here)
    assert [made["changed"], repeated["changed"]] == [True, False]
    assert set(dry) - {"changed", "diff"} == set(made) - {"changed"} == RESULT_KEYS
    assert {key: dry[key] for key in ("domains", "key_algorithm", "status", "tags")} == {
        key: made[key] for key in ("domains", "key_algorithm", "status", "tags")
    }
    assert (made["status"], made["key_algorithm"]) == ("ISSUED", "EC_prime256v1")
    assert made["not_after"].endswith("Z")
    assert made["domains"] == ["*.shop.example.com", "shop.example.com", "www.example.com"]
    # A domain and its wildcard share a record.
    assert len(made["validation_records"]) == 2
    assert cnames(aws, zone) == {one["name"]: one["value"] for one in made["validation_records"]}
    assert certificates(aws) == [made["certificate_arn"]]
    assert aws.written() == ["RequestCertificate", "ChangeResourceRecordSets"]

    tagged = {**here, "tags": {"Application": "shop"}, "domain_name": "SHOP.example.com"}
    foreseen, changed, again = (aws.run(acm_certificate_request, dry=dry, **tagged) for dry in (True, False, True))
    assert [foreseen["changed"], changed["changed"], again["changed"]] == [True, True, False]
    assert {key: foreseen[key] for key in RESULT_KEYS} == {key: changed[key] for key in RESULT_KEYS}
    assert (changed["certificate_arn"], changed["tags"]) == (
        made["certificate_arn"],
        {**tagged["tags"], "Name": "shop"},
    )
    assert aws.written() == ["AddTagsToCertificate"]
    assert aws.run(acm_certificate_request, **here)["tags"] == {"Name": "shop"}
    assert aws.written() == ["RemoveTagsFromCertificate"]

    away = {key: value for key, value in here.items() if key != "zone"} | {"state": "absent"}
    results = [aws.run(acm_certificate_request, dry=dry, **away) for dry in (True, False, False)]
    assert [one["changed"] for one in results] == [True, True, False]
    assert results[0]["diff"]["after"] == {}
    assert set(results[1]) - {"changed"} == RESULT_KEYS
    assert aws.written() == ["DeleteCertificate"]
    assert certificates(aws) == []
    assert len(cnames(aws, zone)) == 2


def test_record_that_went_missing_or_wrong_is_put_back(aws: AwsAccount, zone: str) -> None:
    here = {**SHOP, "zone": "example.com"}
    (record,) = aws.run(acm_certificate_request, **here)["validation_records"]
    changed = {"Name": record["name"], "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": "elsewhere."}]}
    change = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": changed}]}
    aws.client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch=change)
    aws.written()
    foreseen = aws.run(acm_certificate_request, dry=True, **here)
    assert (foreseen["changed"], foreseen["diff"]["before"]["validation_records"]) == (True, [])
    assert foreseen["diff"]["after"]["validation_records"] == [record]
    assert aws.run(acm_certificate_request, **here)["changed"]
    assert aws.written() == ["ChangeResourceRecordSets"]
    assert cnames(aws, zone) == {record["name"]: record["value"]}


def test_records_for_another_dns_are_returned_and_nothing_is_waited_for(aws: AwsAccount, zone: str) -> None:
    made, repeated = aws.run(acm_certificate_request, **SHOP), aws.run(acm_certificate_request, **SHOP)
    assert [made["changed"], repeated["changed"]] == [True, False]
    assert (made["status"], made["not_after"], made["certificate_arn"]) == (
        "PENDING_VALIDATION",
        "",
        repeated["certificate_arn"],
    )
    (record,) = made["validation_records"]
    assert record["name"].endswith(".shop.example.com.")
    assert cnames(aws, zone) == {}
    # Later the zone is given: the certificate is the same.
    last = aws.run(acm_certificate_request, **SHOP, zone="example.com")
    assert (last["changed"], last["status"], last["certificate_arn"]) == (True, "ISSUED", made["certificate_arn"])
    assert aws.written() == ["RequestCertificate", "ChangeResourceRecordSets"]


@pytest.mark.usefixtures("zone")
def test_other_names_domains_and_keys_are_other_certificates(aws: AwsAccount) -> None:
    others: list[Json] = [
        SHOP,
        {**SHOP, "name": "other"},
        {**SHOP, "subject_alternative_names": ["www.example.com"]},
        {**SHOP, "key_algorithm": "RSA_2048"},
        {**SHOP, "key_algorithm": "EC_secp384r1"},
    ]
    made = [aws.run(acm_certificate_request, **one)["certificate_arn"] for one in others]
    assert len(set(made)) == len(others)
    assert [aws.run(acm_certificate_request, **one)["certificate_arn"] for one in others] == made
    assert aws.run(acm_certificate_request, **SHOP, state="absent")["changed"]
    assert sorted(certificates(aws)) == sorted(made[1:])


@pytest.mark.usefixtures("zone")
def test_waiting_ends_with_what_acm_is_waiting_for(aws: AwsAccount) -> None:
    result = aws.run(acm_certificate_request, **SHOP, wait=True, wait_timeout=20)
    assert result["failed"]
    for part in ("is PENDING_VALIDATION", "shop.example.com. CNAME _", "Waited 20 seconds; run again"):
        assert part in result["msg"]
    assert len(certificates(aws)) == 1


@pytest.mark.parametrize(
    ("status", "reason", "message"),
    [
        ("VALIDATION_TIMED_OUT", "", "did not find the validation records in the public DNS within 72 hours"),
        ("FAILED", "CAA_ERROR", "a CAA record of the domain forbids it: allow amazon.com"),
        ("FAILED", "OTHER", "because OTHER"),
        ("EXPIRED", "", "could not renew it"),
    ],
)
@pytest.mark.usefixtures("zone")
def test_certificate_that_is_dead_says_why_and_is_not_requested_again(
    aws: AwsAccount, monkeypatch: pytest.MonkeyPatch, status: str, reason: str, message: str
) -> None:
    arn = aws.run(acm_certificate_request, **SHOP)["certificate_arn"]
    bundle = acm_backends["123456789012"][REGION]._certificates[arn]
    bundle.status = status
    describe = bundle.describe

    def with_reason() -> Any:
        answer = describe()
        answer["Certificate"] |= {"FailureReason": reason} if reason else {}
        return answer

    monkeypatch.setattr(bundle, "describe", with_reason)
    aws.written()
    for arguments in ({}, {"zone": "example.com"}):
        result = aws.run(acm_certificate_request, **SHOP, **arguments)
        assert f"{arn} of shop.example.com is {status}: " in result["msg"]
        assert message in result["msg"]
        assert "delete it with state: absent, and run again" in result["msg"]
    assert aws.written() == []
    assert aws.run(acm_certificate_request, **SHOP, state="absent")["changed"]


@pytest.mark.usefixtures("zone")
def test_certificate_without_a_future_is_a_warning(aws: AwsAccount) -> None:
    here = {**SHOP, "zone": "example.com"}
    made = aws.run(acm_certificate_request, **here)
    assert "warnings" not in made
    bundle = acm_backends["123456789012"][REGION]._certificates[made["certificate_arn"]]
    bundle._not_valid_after = lambda cert: cert.not_valid_before_utc.replace(tzinfo=None) + timedelta(days=20)
    (warning,) = aws.run(acm_certificate_request, **here)["warnings"]
    assert "ends in 19 days and ACM has not renewed it" in str(warning)


@pytest.mark.usefixtures("zone")
def test_certificate_in_use_is_not_deleted(aws: AwsAccount) -> None:
    made = aws.run(acm_certificate_request, **SHOP, zone="example.com")
    balancer = make_balancer(aws, "shop")
    aws.client("elbv2").create_listener(
        LoadBalancerArn=balancer,
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": made["certificate_arn"]}],
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
    )
    assert aws.run(acm_certificate_request, **SHOP)["in_use_by"] == [balancer]
    result = aws.run(acm_certificate_request, **SHOP, state="absent")
    assert f"is used by {balancer}; take it off there first" in result["msg"]
    assert certificates(aws) == [made["certificate_arn"]]


@pytest.mark.usefixtures("zone")
def test_zone_that_is_not_there_is_named_before_anything_is_written(aws: AwsAccount) -> None:
    result = aws.run(acm_certificate_request, name="shop", domain_name="shop.example.org", zone="example.org")
    assert "Route 53 has no public zones named example.org" in result["msg"]
    assert aws.written() == []


@pytest.mark.parametrize(("arguments", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused_before_anything_is_written(aws: AwsAccount, arguments: Json, message: str) -> None:
    result = aws.run(acm_certificate_request, **{**SHOP, "zone": "example.com", **arguments})
    assert result["failed"]
    assert message in result["msg"]
    assert aws.written() == []


@pytest.mark.parametrize("missing", ["name", "domain_name"])
def test_missing_argument_is_named(aws: AwsAccount, missing: str) -> None:
    arguments = {key: value for key, value in SHOP.items() if key != missing}
    assert aws.run(acm_certificate_request, **arguments)["msg"] == f"missing required arguments: {missing}"


@pytest.mark.usefixtures("zone")
def test_acm_gives_up_after_three_days(aws: AwsAccount) -> None:
    arn = aws.run(acm_certificate_request, **SHOP)["certificate_arn"]
    bundle = acm_backends["123456789012"][REGION]._certificates[arn]
    bundle.created_at -= timedelta(hours=73)
    assert "is VALIDATION_TIMED_OUT" in aws.run(acm_certificate_request, **SHOP)["msg"]


def test_acm_lists_no_certificate_of_an_elliptic_curve_unless_asked(aws: AwsAccount) -> None:
    """The reason for the list of key types: without it the module would request another one at each run."""
    aws.client("acm").request_certificate(DomainName="shop.example.com", KeyAlgorithm="EC_prime256v1")
    assert aws.client("acm").list_certificates()["CertificateSummaryList"] == []
    assert len(certificates(aws)) == 1
