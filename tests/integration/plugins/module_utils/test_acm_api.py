# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls to ACM: what moto cannot show is answered from a script of responses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.palisade.ecs.plugins.module_utils import _acm_api as acm
from botocore.stub import Stubber

ARN = "arn:aws:acm:eu-central-1:123456789012:certificate/a1b2c3d4-5678-90ab-cdef-0a1b2c3d4e5f"
RECORD = {"Name": "_a.shop.example.com.", "Type": "CNAME", "Value": "_b.acm-validations.aws."}


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    credentials = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
    with Stubber(boto3.client("acm", region_name="eu-central-1", **credentials)) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def answer(script: Stubber, status: str, *records: dict[str, str] | None) -> None:
    options: list[dict[str, Any]] = [
        {"DomainName": f"{number}.example.com", **({"ResourceRecord": record} if record else {})}
        for number, record in enumerate(records)
    ]
    found = {"Status": status, **({"DomainValidationOptions": options} if options else {})}
    script.add_response("describe_certificate", {"Certificate": found}, {"CertificateArn": ARN})


def test_records_are_waited_for_until_all_are_known(script: Stubber) -> None:
    script.add_client_error("describe_certificate", "ResourceNotFoundException", "not yet")
    answer(script, "PENDING_VALIDATION")
    answer(script, "PENDING_VALIDATION", None, None)
    answer(script, "PENDING_VALIDATION", RECORD, None)
    answer(script, "PENDING_VALIDATION", RECORD, RECORD)
    acm.wait_for_records(script.client, ARN)


@pytest.mark.parametrize("status", acm.DEAD)
def test_waiting_ends_at_once_if_it_is_in_vain(script: Stubber, status: str) -> None:
    answer(script, "PENDING_VALIDATION", RECORD)
    answer(script, status, RECORD)
    with pytest.raises(AnsibleAWSError, match=rf"wait for the issue of certificate {ARN}.*{status}"):
        acm.wait_until_issued(script.client, ARN, timeout=3600)


def test_waiting_ends_in_time(script: Stubber) -> None:
    for _ in range(4):
        answer(script, "PENDING_VALIDATION", RECORD)
    with pytest.raises(AnsibleAWSError, match="Max attempts exceeded"):
        acm.wait_until_issued(script.client, ARN, timeout=30)


def test_request_is_tried_again_with_one_token_and_carries_its_tags(script: Stubber) -> None:
    sent: list[dict[str, Any]] = []
    script.client.meta.events.register(
        "provide-client-params.acm.RequestCertificate", lambda params, **_: sent.append(params)
    )
    script.add_client_error("request_certificate", "ThrottlingException", "later")
    script.add_response("request_certificate", {"CertificateArn": ARN})
    tags = {"Name": "shop"}
    assert acm.request_certificate(script.client, "example.com", [], "EC_prime256v1", tags) == ARN
    first, second = sent
    assert first == second
    assert len(first["IdempotencyToken"]) == 32
    assert first["Tags"] == [{"Key": "Name", "Value": "shop"}]
    assert (first["ValidationMethod"], first["KeyAlgorithm"]) == ("DNS", "EC_prime256v1")
    assert "SubjectAlternativeNames" not in first


def test_listener_that_just_let_go_is_waited_for(script: Stubber) -> None:
    script.add_client_error("delete_certificate", "ResourceInUseException", "in use")
    script.add_response("delete_certificate", {}, {"CertificateArn": ARN})
    acm.delete_certificate(script.client, ARN)


def test_certificate_that_somebody_else_deleted_is_deleted(script: Stubber) -> None:
    script.add_client_error("delete_certificate", "ResourceNotFoundException", "gone")
    acm.delete_certificate(script.client, ARN)


def test_imported_certificates_and_those_of_other_domains_are_not_listed(script: Stubber) -> None:
    names = (("Shop.example.com", "AMAZON_ISSUED"), ("shop.example.com", "IMPORTED"), ("example.com", "AMAZON_ISSUED"))
    found = [
        {"CertificateArn": f"{ARN}{number}", "DomainName": name, "Type": kind}
        for number, (name, kind) in enumerate(names)
    ]
    wanted = {"Includes": {"keyTypes": acm.KEY_TYPES}}
    script.add_response("list_certificates", {"CertificateSummaryList": found[:1], "NextToken": "more"}, wanted)
    script.add_response("list_certificates", {"CertificateSummaryList": found[1:]}, {**wanted, "NextToken": "more"})
    assert acm.list_certificates(script.client, "shop.example.com") == [f"{ARN}0"]
