# SPDX-License-Identifier: GPL-3.0-or-later
"""What a web ACL logs, set by the module and asked for at AWS WAF."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.modules import wafv2_logging
from botocore.exceptions import ClientError

from tests.integration.plugins.modules.aws_account import AwsAccount, Json
from tests.integration.plugins.modules.wafv2_account import make_web_acl

RESULT_KEYS = {"web_acl_arn", "destination_arn", "redacted_headers", "redacted_parts", "logging_filter"}
LOGS = "arn:aws:logs:eu-central-1:123456789012:log-group:"
GROUP = f"{LOGS}aws-waf-logs-shop"
BUCKET = "arn:aws:s3:::aws-waf-logs-shop"
NO_ACL = "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/none/00000000-0000-0000-abcd-0a1b2c3d4e5f"
BLOCKED: Json = {"default_behavior": "DROP", "filters": [{"behavior": "KEEP", "actions": ["COUNT", "BLOCK"]}]}
REFUSED: dict[str, tuple[Json, str]] = {
    "name": ({"destination_arn": f"{LOGS}shop"}, "whose name begins with aws-waf-logs-"),
    "nothing but the prefix": ({"destination_arn": f"{LOGS}aws-waf-logs-"}, "whose name begins with aws-waf-logs-"),
    "service": ({"destination_arn": "arn:aws:sqs:eu-central-1:123456789012:aws-waf-logs-shop"}, "log group, an S3"),
    "no ARN": ({"destination_arn": "aws-waf-logs-shop"}, "expected the ARN of a log group"),
    "region": (
        {"destination_arn": GROUP.replace("eu-central-1", "eu-west-1")},
        "destination_arn is in the region eu-west-1 and the web ACL in eu-central-1",
    ),
    "account": ({"destination_arn": GROUP.replace("123456789012", "111122223333")}, "in the account 111122223333"),
    "web ACL": ({"destination_arn": GROUP, "web_acl_arn": "shop"}, "web_acl_arn is shop; expected arn:aws:wafv2:"),
    "no destination": ({}, "state is present but all of the following are missing: destination_arn"),
    "no filters": (
        {"destination_arn": GROUP, "logging_filter": {"default_behavior": "KEEP", "filters": []}},
        "logging_filter has no filters",
    ),
    "no conditions": (
        {"destination_arn": GROUP, "logging_filter": {"default_behavior": "KEEP", "filters": [{"behavior": "DROP"}]}},
        "filter 1 of logging_filter has no conditions",
    ),
    "part": ({"destination_arn": GROUP, "redacted_parts": ["body"]}, "must be one or more of: method, query_string"),
}


def logging(aws: AwsAccount, acl: str) -> Json:
    found: Json = aws.client("wafv2").get_logging_configuration(ResourceArn=acl)["LoggingConfiguration"]
    return found


def test_story_of_a_logging_configuration(aws: AwsAccount) -> None:
    acl = make_web_acl(aws, "shop")
    here: Any = {"web_acl_arn": acl, "destination_arn": f"{GROUP}:*"}

    dry = aws.run(wafv2_logging, dry=True, **here)
    assert dry["diff"]["before"] == {}
    assert aws.written() == []

    made, repeated = aws.run(wafv2_logging, **here), aws.run(wafv2_logging, **here)
    assert [dry["changed"], made["changed"], repeated["changed"]] == [True, True, False]
    assert {key: dry[key] for key in RESULT_KEYS} == {key: made[key] for key in RESULT_KEYS}
    found = logging(aws, acl)
    assert found["LogDestinationConfigs"] == [GROUP]
    assert found["RedactedFields"] == [{"SingleHeader": {"Name": name}} for name in ("authorization", "cookie")]
    assert "LoggingFilter" not in found

    other = {**here, "redacted_headers": ["Cookie"], "redacted_parts": ["query_string"], "logging_filter": BLOCKED}
    foreseen, changed, again = (aws.run(wafv2_logging, dry=dry, **other) for dry in (True, False, True))
    assert [foreseen["changed"], changed["changed"], again["changed"]] == [True, True, False]
    assert foreseen["diff"]["before"]["redacted_headers"] == ["authorization", "cookie"]
    assert {key: foreseen[key] for key in RESULT_KEYS} == {key: changed[key] for key in RESULT_KEYS}
    found = logging(aws, acl)
    assert found["RedactedFields"] == [{"SingleHeader": {"Name": "cookie"}}, {"QueryString": {}}]
    (log_filter,) = found["LoggingFilter"]["Filters"]
    assert log_filter["Requirement"] == "MEETS_ANY"
    assert log_filter["Conditions"] == [{"ActionCondition": {"Action": action}} for action in ("BLOCK", "COUNT")]

    # What is no longer asked for goes too, and the destination may be another one.
    back = aws.run(wafv2_logging, web_acl_arn=acl, destination_arn=BUCKET)
    assert (back["changed"], back["logging_filter"], back["redacted_parts"]) == (True, {}, [])
    assert logging(aws, acl)["LogDestinationConfigs"] == [BUCKET]
    assert aws.written() == ["PutLoggingConfiguration"] * 3

    away: Any = {"web_acl_arn": acl, "state": "absent"}
    results = [aws.run(wafv2_logging, dry=dry, **away) for dry in (True, False, False)]
    assert [one["changed"] for one in results] == [True, True, False]
    assert results[0]["diff"]["after"] == {}
    assert set(results[1]) - {"changed"} == RESULT_KEYS
    assert aws.written() == ["DeleteLoggingConfiguration"]
    with pytest.raises(ClientError, match="WAFNonexistentItemException"):
        logging(aws, acl)


def test_labels_are_conditions_besides_actions(aws: AwsAccount) -> None:
    acl = make_web_acl(aws, "shop")
    one = {"behavior": "KEEP", "requirement": "MEETS_ALL", "actions": ["BLOCK"], "labels": ["awswaf:managed:aws:x"]}
    wanted = {"default_behavior": "DROP", "filters": [one]}
    here: Any = {"web_acl_arn": acl, "destination_arn": GROUP, "logging_filter": wanted}
    assert aws.run(wafv2_logging, **here)["logging_filter"] == wanted
    assert not aws.run(wafv2_logging, **here)["changed"]
    assert logging(aws, acl)["LoggingFilter"]["Filters"][0]["Conditions"] == [
        {"ActionCondition": {"Action": "BLOCK"}},
        {"LabelNameCondition": {"LabelName": "awswaf:managed:aws:x"}},
    ]


def test_dry_run_knows_a_web_acl_that_is_yet_to_be_created(aws: AwsAccount) -> None:
    assert aws.run(wafv2_logging, dry=True, web_acl_arn=NO_ACL, destination_arn=GROUP)["changed"]


def test_web_acl_that_does_not_exist_is_a_failure(aws: AwsAccount) -> None:
    result = aws.run(wafv2_logging, web_acl_arn=NO_ACL, destination_arn=GROUP)
    assert f"Failed to set the logging configuration of {NO_ACL}" in result["msg"]
    assert not aws.run(wafv2_logging, web_acl_arn=NO_ACL, state="absent")["changed"]


@pytest.mark.parametrize(("arguments", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused_before_anything_is_written(aws: AwsAccount, arguments: Json, message: str) -> None:
    result = aws.run(wafv2_logging, **{"web_acl_arn": NO_ACL, **arguments})
    assert result["failed"]
    assert message in result["msg"]
    assert aws.written() == []


def test_missing_web_acl_argument_is_named(aws: AwsAccount) -> None:
    assert aws.run(wafv2_logging, destination_arn=GROUP)["msg"] == "missing required arguments: web_acl_arn"
