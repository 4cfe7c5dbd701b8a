# SPDX-License-Identifier: GPL-3.0-or-later
"""What a web ACL should log."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError
from ansible_collections.palisade.ecs.plugins.module_utils._wafv2_logging_plan import (
    checked_destination,
    desired,
    request,
    view,
)

ACL = "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/shop/00000000-0000-0000-abcd-0a1b2c3d4e5f"
GROUP = "arn:aws:logs:eu-central-1:123456789012:log-group:aws-waf-logs-shop"
FILTER: dict[str, Any] = {
    "default_behavior": "DROP",
    "filters": [
        {"behavior": "KEEP", "requirement": "MEETS_ANY", "actions": ["COUNT", "BLOCK"], "labels": ["b:x", "a:y"]}
    ],
}
WANTED: dict[str, Any] = {
    "state": "present",
    "web_acl_arn": ACL,
    "destination_arn": GROUP,
    "redacted_headers": ["Cookie", "authorization", "cookie"],
    "redacted_parts": ["uri_path", "method"],
    "logging_filter": FILTER,
}


def test_what_is_asked_for_is_what_is_read_back() -> None:
    wanted = desired(WANTED)
    assert view(request(ACL, wanted)) == wanted
    assert wanted["redacted_headers"] == ["authorization", "cookie"]
    assert wanted["redacted_parts"] == ["method", "uri_path"]


def test_order_of_conditions_is_no_change() -> None:
    sent = request(ACL, desired(WANTED))
    sent["LoggingFilter"]["Filters"][0]["Conditions"].reverse()
    sent["RedactedFields"].reverse()
    assert view(sent) == desired(WANTED)


def test_field_that_this_module_cannot_redact_is_shown() -> None:
    assert view({"RedactedFields": [{"Body": {}}]})["redacted_parts"] == ["Body"]


@pytest.mark.parametrize(
    "arn",
    [
        GROUP,
        "arn:aws:s3:::aws-waf-logs-shop",
        "arn:aws:firehose:eu-central-1:123456789012:deliverystream/aws-waf-logs-shop",
    ],
)
def test_destination_is_of_one_of_three_kinds(arn: str) -> None:
    assert checked_destination(arn, ACL) == arn


@pytest.mark.parametrize(
    "arn",
    [
        GROUP.replace("aws-waf-logs-", "waf-"),
        "arn:aws:s3:::shop",
        "arn:aws:s3:::aws-waf-logs-shop\n",
        "arn:aws:firehose:eu-central-1:123456789012:deliverystream/shop",
        GROUP.replace("log-group:", "log-stream:"),
        GROUP.replace("eu-central-1", "eu-west-1"),
        GROUP.replace("123456789012", ""),
    ],
)
def test_destination_that_aws_waf_would_refuse_is_refused(arn: str) -> None:
    with pytest.raises(PlanError, match=r"destination_arn is .*expected"):
        checked_destination(arn, ACL)
