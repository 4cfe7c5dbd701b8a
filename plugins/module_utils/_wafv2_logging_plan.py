# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a web ACL should log, as pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

# https://docs.aws.amazon.com/waf/latest/developerguide/logging-destinations.html
PREFIX = "aws-waf-logs-"
RESOURCES = {"logs": f"log-group:{PREFIX}", "s3": PREFIX, "firehose": f"deliverystream/{PREFIX}"}
# What may be redacted besides headers, by the name of the option's value.
PARTS = {"method": "Method", "query_string": "QueryString", "uri_path": "UriPath"}
NAMES = {field: part for part, field in PARTS.items()}
Json = dict[str, Any]


def checked_destination(destination_arn: str, web_acl_arn: str) -> str:
    """Return the ARN of a destination as AWS WAF keeps it.

    Raises PlanError unless it is a log group, a bucket or a delivery stream named aws-waf-logs-*, in the web ACL's
    account and region. AWS WAF answers otherwise with no more than that a parameter is invalid.
    """
    # Only DescribeLogGroups writes the ARN of a log group with :* at its end.
    arn = destination_arn.removesuffix(":*")
    parts = arn.split(":", 5)
    acl = web_acl_arn.split(":", 5)
    if len(acl) != 6 or acl[2] != "wafv2":
        raise PlanError(f"web_acl_arn is {web_acl_arn}; expected arn:aws:wafv2:<region>:<account>:regional/webacl/...")
    service = parts[2] if len(parts) == 6 and parts[0] == "arn" else ""
    if service not in RESOURCES or not re.fullmatch(re.escape(RESOURCES[service]) + r"[\w./-]+", parts[5]):
        raise PlanError(
            f"destination_arn is {destination_arn!r}; expected the ARN of a log group, an S3 bucket or a Firehose "
            f"delivery stream whose name begins with {PREFIX}: AWS WAF logs to no other."
        )
    for place, index in (("region", 3), ("account", 4)):
        if service != "s3" and parts[index] != acl[index]:
            raise PlanError(
                f"destination_arn is in the {place} {parts[index] or 'nowhere'} and the web ACL in {acl[index]}; "
                "expected both in the same."
            )
    return arn


def desired(params: Mapping[str, Any]) -> Json:
    """Return what should be logged, as the module returns it; raises PlanError for what AWS WAF would refuse."""
    if params["state"] == "absent":
        return view({})
    return {
        "destination_arn": checked_destination(params["destination_arn"], params["web_acl_arn"]),
        "redacted_headers": sorted({header.lower() for header in params["redacted_headers"]}),
        "redacted_parts": sorted(set(params["redacted_parts"])),
        "logging_filter": _desired_filter(params["logging_filter"]) if params["logging_filter"] else {},
    }


def _desired_filter(wanted: Mapping[str, Any]) -> Json:
    if not wanted["filters"]:
        raise PlanError("logging_filter has no filters; expected one at least, or no logging_filter to log everything.")
    for number, one in enumerate(wanted["filters"], 1):
        if not one["actions"] and not one["labels"]:
            raise PlanError(f"filter {number} of logging_filter has no conditions; expected actions or labels.")
    return {
        "default_behavior": wanted["default_behavior"],
        "filters": [
            {
                "behavior": one["behavior"],
                "requirement": one["requirement"],
                "actions": sorted(set(one["actions"])),
                "labels": sorted(set(one["labels"])),
            }
            for one in wanted["filters"]
        ],
    }


def view(configuration: Mapping[str, Any]) -> Json:
    """Return a logging configuration of AWS WAF as the module returns it; everything is empty without one."""
    fields = configuration.get("RedactedFields") or []
    destinations = configuration.get("LogDestinationConfigs") or [""]
    return {
        "destination_arn": str(destinations[0]).removesuffix(":*"),
        "redacted_headers": sorted(one["SingleHeader"]["Name"].lower() for one in fields if "SingleHeader" in one),
        "redacted_parts": sorted(NAMES.get(name, name) for one in fields for name in one if name != "SingleHeader"),
        "logging_filter": _view_filter(configuration.get("LoggingFilter") or {}),
    }


def _view_filter(found: Mapping[str, Any]) -> Json:
    if not found:
        return {}
    return {
        "default_behavior": found["DefaultBehavior"],
        "filters": [
            {
                "behavior": one["Behavior"],
                "requirement": one["Requirement"],
                "actions": sorted(_values(one, "ActionCondition", "Action")),
                "labels": sorted(_values(one, "LabelNameCondition", "LabelName")),
            }
            for one in found["Filters"]
        ],
    }


def _values(one: Mapping[str, Any], kind: str, key: str) -> list[str]:
    return [condition[kind][key] for condition in one["Conditions"] if kind in condition]


def request(web_acl_arn: str, wanted: Mapping[str, Any]) -> Json:
    """Return what PutLoggingConfiguration takes; it replaces the whole configuration."""
    headers = [{"SingleHeader": {"Name": header}} for header in wanted["redacted_headers"]]
    fields = headers + [{PARTS[part]: {}} for part in wanted["redacted_parts"]]
    log_filter = {"LoggingFilter": _request_filter(wanted["logging_filter"])} if wanted["logging_filter"] else {}
    return {
        "ResourceArn": web_acl_arn,
        "LogDestinationConfigs": [wanted["destination_arn"]],
        "RedactedFields": fields,
        **log_filter,
    }


def _request_filter(wanted: Mapping[str, Any]) -> Json:
    return {
        "DefaultBehavior": wanted["default_behavior"],
        "Filters": [
            {
                "Behavior": one["behavior"],
                "Requirement": one["requirement"],
                "Conditions": [
                    *({"ActionCondition": {"Action": action}} for action in one["actions"]),
                    *({"LabelNameCondition": {"LabelName": label}} for label in one["labels"]),
                ],
            }
            for one in wanted["filters"]
        ],
    }
