# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done about a requested certificate."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils._acm_certificate_plan import (
    Certificate,
    Change,
    checked_domains,
    concern,
    described,
    fitting,
    is_validated_by_dns,
    missing_records,
    refuse_dead,
)
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DOMAINS = ("shop.example.com",)
SHOP: dict[str, Any] = {
    "name": "shop",
    "domain_name": "shop.example.com",
    "subject_alternative_names": [],
    "key_algorithm": "EC_prime256v1",
    "zone": None,
}
FOUND: dict[str, Any] = {
    "CertificateArn": "arn:1",
    "DomainName": "shop.example.com",
    "SubjectAlternativeNames": ["shop.example.com"],
    "KeyAlgorithm": "EC-prime256v1",
    "Status": "ISSUED",
    "NotAfter": NOW + timedelta(days=200),
}


def certificate(**different: Any) -> Certificate:
    return described({**FOUND, **different}, {"Name": "shop"})


@pytest.mark.parametrize("domain", ["example.com", "*.example.com", "a-b.c.example.co", "x1.example.com"])
def test_domain_is_a_name(domain: str) -> None:
    assert checked_domains({**SHOP, "domain_name": domain}) == (domain,)


@pytest.mark.parametrize("domain", ["", "com", "*.com.", "a..com", "a_b.example.com", "-a.example.com", "*"])
def test_what_is_no_name_is_refused(domain: str) -> None:
    with pytest.raises(PlanError, match="is no domain name"):
        checked_domains({**SHOP, "domain_name": domain})


@pytest.mark.parametrize("zone", ["example.com", "Example.com.", "shop.example.com"])
def test_domain_is_in_its_zone(zone: str) -> None:
    assert checked_domains({**SHOP, "subject_alternative_names": ["*.shop.example.com"], "zone": zone})


def test_second_domain_may_be_long() -> None:
    long = f"{'a' * 60}.example.com"
    assert long in checked_domains({**SHOP, "subject_alternative_names": [long]})
    with pytest.raises(PlanError, match="more than 64 characters"):
        checked_domains({**SHOP, "domain_name": long})


def test_key_algorithm_is_read_in_both_of_its_spellings() -> None:
    assert certificate().key_algorithm == certificate(KeyAlgorithm="EC_prime256v1").key_algorithm == "EC_prime256v1"


def test_issued_certificate_in_use_is_the_one_to_keep() -> None:
    used = certificate(CertificateArn="arn:9", InUseBy=["alb"])
    several = [certificate(Status="FAILED"), certificate(Status="PENDING_VALIDATION"), certificate(), used]
    assert fitting(several, DOMAINS, SHOP)[0] == used
    assert [one.status for one in fitting(several, DOMAINS, SHOP)] == [
        "ISSUED",
        "ISSUED",
        "PENDING_VALIDATION",
        "FAILED",
    ]


def test_validation_by_mail_is_somebody_else_s() -> None:
    options = [{"DomainName": "shop.example.com", "ValidationMethod": method} for method in ("DNS", "EMAIL")]
    assert is_validated_by_dns({**FOUND, "DomainValidationOptions": options[:1]})
    assert not is_validated_by_dns({**FOUND, "DomainValidationOptions": options})


def test_record_of_another_value_is_missing_and_the_last_dot_does_not_matter() -> None:
    records = [{"name": name, "type": "CNAME", "value": f"{name}.aws."} for name in ("a", "b", "c")]
    current = {"a": "a.aws", "b": "elsewhere.", "c": ""}
    assert [one["name"] for one in missing_records(records, current)] == ["b", "c"]


@pytest.mark.parametrize("status", ["FAILED", "VALIDATION_TIMED_OUT", "EXPIRED", "REVOKED", "OF_THE_FUTURE"])
def test_dead_certificate_is_refused(status: str) -> None:
    with pytest.raises(PlanError, match=f"is {status}: .*run again"):
        refuse_dead(certificate(Status=status))


@pytest.mark.parametrize(
    ("days", "renewal", "expected"),
    [
        (200, "", ""),
        (45, "PENDING_AUTO_RENEWAL", ""),
        (45, "PENDING_VALIDATION", "ends in 45 days and its renewal is PENDING_VALIDATION"),
        (45, "FAILED", "its renewal is FAILED"),
        (29, "", "ends in 29 days and ACM has not renewed it"),
    ],
)
def test_end_in_sight_is_a_concern(days: int, renewal: str, expected: str) -> None:
    summary = {"RenewalSummary": {"RenewalStatus": renewal}} if renewal else {}
    text = concern(certificate(NotAfter=NOW + timedelta(days=days), **summary), NOW)
    assert expected in text
    assert bool(text) == bool(expected)


def test_certificate_that_is_not_issued_has_no_end() -> None:
    assert concern(certificate(Status="PENDING_VALIDATION", NotAfter=None), NOW) == ""


def test_state_alone_is_no_change_of_ours() -> None:
    assert not Change(certificate(Status="PENDING_VALIDATION"), certificate())
    assert Change(certificate(), certificate(), lacking=({"name": "a"},))
    assert Change(None, certificate())
    assert Change(certificate(), None)
    assert not Change(None, None)
