# SPDX-License-Identifier: GPL-3.0-or-later
"""Access logs of load balancers as AWS answers them."""

from __future__ import annotations

from typing import Any

from moto.elbv2.models import ELBv2Backend
from moto.s3.models import s3_backends

from emulator.authorizer import documents
from emulator.authorizer.policy import Decision
from emulator.authorizer.request import Principal, Request
from emulator.control_plane.fidelity.error import AwsError

DELIVERY = Principal("", "", "logdelivery.elasticloadbalancing.amazonaws.com")


def apply() -> None:
    """Install the patches."""
    _try_the_bucket_first(ELBv2Backend)


def _try_the_bucket_first(backend_class: Any) -> None:
    """AWS: writes a file when access logs are turned on, and refuses a bucket that does not let it. moto: takes any.

    The bucket has to be encrypted by S3 itself.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    """
    original = backend_class.modify_load_balancer_attributes

    def modify_load_balancer_attributes(backend: Any, arn: str, attrs: dict[str, Any]) -> Any:
        balancer = backend.load_balancers.get(arn)
        wanted = {**balancer.attrs, **attrs} if balancer else {}
        if wanted.get("access_logs.s3.enabled") == "true" and any(key.startswith("access_logs") for key in attrs):
            _write_test_file(backend, wanted["access_logs.s3.bucket"], wanted.get("access_logs.s3.prefix") or "")
        return original(backend, arn, attrs)

    backend_class.modify_load_balancer_attributes = modify_load_balancer_attributes


def _write_test_file(backend: Any, name: str, prefix: str) -> None:
    buckets = s3_backends[backend.account_id]["aws"]
    bucket = buckets.buckets.get(name)
    key = "/".join(part for part in (prefix, "AWSLogs", backend.account_id, "ELBAccessLogTestFile") if part)
    if bucket is None or _is_encrypted_by_kms(bucket) or not _may_write(bucket, key):
        raise AwsError(
            "InvalidConfigurationRequest", f"Access Denied for bucket: {name}. Please check S3bucket permission"
        )
    buckets.put_object(name, key, b"Enable AccessLog for ELB")


def _is_encrypted_by_kms(bucket: Any) -> bool:
    rule = (bucket.encryption or {}).get("Rule", {})
    return bool(rule.get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm", "AES256") != "AES256")


def _may_write(bucket: Any, key: str) -> bool:
    text = bucket.policy.decode() if isinstance(bucket.policy, bytes) else bucket.policy
    request = Request(DELIVERY, "s3:PutObject", f"{bucket.arn}/{key}", {"aws:securetransport": ("true",)})
    return bool(text) and documents.decide([documents.read(text)], request) is Decision.ALLOWED
