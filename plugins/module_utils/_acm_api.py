# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls to ACM, one function each."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.amazon.aws.plugins.module_utils.tagging import (
    ansible_dict_to_boto3_tag_list,
    boto3_tag_list_to_ansible_dict,
)
from ansible_collections.amazon.aws.plugins.module_utils.waiter import BaseWaiterFactory, custom_waiter_config
from ansible_collections.palisade.ecs.plugins.module_utils._aws_errors import missing_as

BUSY = ["ThrottlingException", "ConflictException"]
# Without this filter ACM lists RSA certificates of 1024 and 2048 bits only.
# https://docs.aws.amazon.com/acm/latest/APIReference/API_Filters.html
KEY_TYPES = [
    "RSA_1024",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "EC_prime256v1",
    "EC_secp384r1",
    "EC_secp521r1",
]
DEAD = ("FAILED", "VALIDATION_TIMED_OUT", "EXPIRED", "REVOKED", "INACTIVE")
AcmErrorHandler = missing_as("ResourceNotFoundException")


class AcmWaiterFactory(BaseWaiterFactory):
    """Makes the waiters that botocore lacks: its own looks once a minute, and not at the certificate's state."""

    @property
    def _waiter_model_data(self) -> dict[str, Any]:
        records = "Certificate.DomainValidationOptions[*].contains(keys(@), 'ResourceRecord')"
        common = {"operation": "DescribeCertificate", "delay": 5, "maxAttempts": 60}
        ends = [_status("failure", status) for status in DEAD]
        # One that was just requested may not be visible yet.
        ends.append({"state": "retry", "matcher": "error", "expected": "ResourceNotFoundException"})
        known = {"state": "success", "matcher": "pathAll", "argument": records, "expected": True}
        return {
            "validation_records_known": {**common, "acceptors": [known, *ends]},
            "certificate_issued": {**common, "acceptors": [_status("success", "ISSUED"), *ends]},
        }


def _status(verdict: str, status: str) -> dict[str, str]:
    return {"state": verdict, "matcher": "path", "argument": "Certificate.Status", "expected": status}


def list_certificates(client: Any, domain_name: str) -> list[str]:
    """Return the ARNs of the certificates that ACM itself issues for a domain, in any state and of any key."""

    @AcmErrorHandler.common_error_handler(f"list the certificates of {domain_name}")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> Any:
        pages = client.get_paginator("list_certificates").paginate(Includes={"keyTypes": KEY_TYPES})
        return pages.build_full_result()["CertificateSummaryList"]

    return [
        one["CertificateArn"]
        for one in attempt()
        if one["DomainName"].lower() == domain_name.lower() and one.get("Type", "AMAZON_ISSUED") == "AMAZON_ISSUED"
    ]


def describe_certificate(client: Any, certificate_arn: str) -> Any:
    """Return a certificate as ACM describes it, or None if there is none."""

    @AcmErrorHandler.list_error_handler(f"describe certificate {certificate_arn}")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> Any:
        return client.describe_certificate(CertificateArn=certificate_arn)["Certificate"]

    return attempt()


def tags_of_certificate(client: Any, certificate_arn: str) -> dict[str, str]:
    """Return the tags of a certificate; none if it is missing."""

    @AcmErrorHandler.list_error_handler(f"list the tags of certificate {certificate_arn}", [])
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> Any:
        return client.list_tags_for_certificate(CertificateArn=certificate_arn)["Tags"]

    return dict(boto3_tag_list_to_ansible_dict(attempt()))


def request_certificate(
    client: Any, domain_name: str, others: Sequence[str], key_algorithm: str, tags: Mapping[str, str]
) -> str:
    """Request a certificate with validation by DNS and return its ARN; the token keeps a retry from making a second.

    Raises AnsibleAWSError.
    """
    token = uuid.uuid4().hex
    names = {"SubjectAlternativeNames": list(others)} if others else {}

    @AcmErrorHandler.common_error_handler(f"request a certificate for {domain_name}")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> Any:
        return client.request_certificate(
            DomainName=domain_name,
            ValidationMethod="DNS",
            KeyAlgorithm=key_algorithm,
            IdempotencyToken=token,
            Tags=ansible_dict_to_boto3_tag_list(dict(tags)),
            **names,
        )["CertificateArn"]

    return str(attempt())


def set_tags(client: Any, certificate_arn: str, to_set: Mapping[str, str], to_unset: Sequence[str]) -> None:
    """Set and unset tags of a certificate. Raises AnsibleAWSError."""

    @AcmErrorHandler.common_error_handler(f"tag certificate {certificate_arn}")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> None:
        if to_unset:
            gone = [{"Key": key} for key in to_unset]
            client.remove_tags_from_certificate(CertificateArn=certificate_arn, Tags=gone)
        if to_set:
            tags = ansible_dict_to_boto3_tag_list(dict(to_set))
            client.add_tags_to_certificate(CertificateArn=certificate_arn, Tags=tags)

    attempt()


def delete_certificate(client: Any, certificate_arn: str) -> None:
    """Delete a certificate; that it is gone already is no failure. Raises AnsibleAWSError.

    ACM takes a while to see that a listener no longer uses it, so that is waited for, about two minutes.
    """

    @AcmErrorHandler.deletion_error_handler(f"delete certificate {certificate_arn}")
    @AWSRetry.jittered_backoff(
        retries=20, delay=3, max_delay=12, catch_extra_error_codes=[*BUSY, "ResourceInUseException"]
    )
    def attempt() -> None:
        client.delete_certificate(CertificateArn=certificate_arn)

    attempt()


def wait_for_records(client: Any, certificate_arn: str) -> None:
    """Wait up to two minutes for the validation records of a new certificate. Raises AnsibleAWSError."""
    _wait(client, "validation_records_known", certificate_arn, "for the validation records", 120, 2)


def wait_until_issued(client: Any, certificate_arn: str, timeout: int) -> None:
    """Wait until a certificate is issued. Raises AnsibleAWSError when it takes longer, or never will be."""
    _wait(client, "certificate_issued", certificate_arn, "for the issue", timeout, 10)


def _wait(client: Any, waiter: str, certificate_arn: str, what: str, timeout: int, pause: int) -> None:
    @AcmErrorHandler.common_error_handler(f"wait {what} of certificate {certificate_arn}")
    def attempt() -> None:
        config = custom_waiter_config(timeout, default_pause=pause)
        AcmWaiterFactory().get_waiter(client, waiter).wait(CertificateArn=certificate_arn, WaiterConfig=config)

    attempt()
