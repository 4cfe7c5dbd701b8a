# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done about a flow log."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils._flow_log_plan import (
    DEFAULT_FORMAT,
    UNKNOWN_ID,
    described,
    plan,
    request,
)

ROLE = "arn:aws:iam::123456789012:role/shop"
FOUND: dict[str, Any] = {
    "FlowLogId": "fl-1",
    "LogDestinationType": "cloud-watch-logs",
    "LogGroupName": "shop",
    "DeliverLogsPermissionArn": ROLE,
    "TrafficType": "ALL",
    "MaxAggregationInterval": 60,
    "LogFormat": DEFAULT_FORMAT,
    "Tags": [{"Key": "Name", "Value": "shop"}, {"Key": "aws:cloudformation:stack-name", "Value": "theirs"}],
}
WANTED: dict[str, Any] = {
    "state": "present",
    "name": "shop",
    "log_group_name": "shop",
    "role_arn": ROLE,
    "bucket_arn": None,
    "traffic_type": "ALL",
    "max_aggregation_interval": 60,
    "log_format": None,
    "tags": {},
    "purge_tags": True,
}


def test_what_is_as_it_should_be_is_no_change() -> None:
    assert not plan([FOUND], WANTED)


@pytest.mark.parametrize(
    "different",
    [
        {"log_group_name": "other"},
        {"role_arn": "arn:aws:iam::123456789012:role/other"},
        {"traffic_type": "REJECT"},
        {"max_aggregation_interval": 600},
        {"log_format": "${srcaddr}"},
    ],
)
def test_each_setting_makes_another_flow_log_necessary(different: dict[str, Any]) -> None:
    change = plan([FOUND], {**WANTED, **different})
    assert change.is_new
    assert (change.after.flow_log_id, change.surplus) == (UNKNOWN_ID, ("fl-1",))
    # A tag of AWS's own cannot be moved.
    assert change.after.tags == {"Name": "shop"}


def test_tags_are_changed_in_place() -> None:
    change = plan([FOUND], {**WANTED, "tags": {"Application": "shop"}})
    assert change
    assert not change.is_new
    assert change.after.tags == {"Name": "shop", "Application": "shop", "aws:cloudformation:stack-name": "theirs"}


def test_tags_are_kept_without_purging() -> None:
    tagged = {**FOUND, "Tags": [*FOUND["Tags"], {"Key": "Team", "Value": "web"}]}
    assert plan([tagged], WANTED).after.tags.get("Team") is None
    assert not plan([tagged], {**WANTED, "purge_tags": False})
    assert plan([tagged], {**WANTED, "purge_tags": False, "traffic_type": "REJECT"}).after.tags["Team"] == "web"


def test_fitting_one_of_several_stays() -> None:
    old = {**FOUND, "FlowLogId": "fl-0", "TrafficType": "REJECT"}
    change = plan([old, FOUND], WANTED)
    assert (change.after.flow_log_id, change.surplus, change.is_new) == ("fl-1", ("fl-0",), False)
    assert change


def test_all_of_them_go() -> None:
    change = plan([FOUND, {**FOUND, "FlowLogId": "fl-2"}], {**WANTED, "state": "absent"})
    assert (change.after.flow_log_id, change.surplus) == ("", ("fl-1", "fl-2"))
    assert change
    assert not plan([], {**WANTED, "state": "absent"})


@pytest.mark.parametrize("end", ["", ":*"])
def test_log_group_may_be_told_by_its_arn(end: str) -> None:
    arn = f"arn:aws:logs:eu-central-1:123456789012:log-group:/palisade/shop{end}"
    told = {key: value for key, value in FOUND.items() if key != "LogGroupName"} | {"LogDestination": arn}
    assert described(told).destination == "/palisade/shop"


def test_request_for_a_bucket_names_no_role() -> None:
    change = plan([], {**WANTED, "log_group_name": None, "role_arn": None, "bucket_arn": "arn:aws:s3:::logs/flow/"})
    assert request("vpc-1", "s3", change.after) == {
        "ResourceType": "VPC",
        "ResourceIds": ["vpc-1"],
        "LogDestinationType": "s3",
        "LogDestination": "arn:aws:s3:::logs/flow",
        "TrafficType": "ALL",
        "MaxAggregationInterval": 60,
        "LogFormat": DEFAULT_FORMAT,
    }
