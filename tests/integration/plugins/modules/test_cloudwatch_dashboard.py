# SPDX-License-Identifier: GPL-3.0-or-later
"""The story of a dashboard: nothing, check, creation, repetition, change, removal, repetition."""

from __future__ import annotations

import json

import pytest
from ansible_collections.palisade.ecs.plugins.modules import cloudwatch_dashboard
from ansible_collections.palisade.ecs.plugins.plugin_utils._service_dashboard import service_dashboard

from tests.integration.plugins.modules.aws_account import AwsAccount, Json
from tests.unit.plugins.plugin_utils.test_service_dashboard import SITE

WANTED: Json = {"name": "shop-eu-central-1", "body": service_dashboard(SITE)}
AWAY: Json = {"name": "shop-eu-central-1", "state": "absent"}


def test_body_has_to_be_given(aws: AwsAccount) -> None:
    told = aws.run(cloudwatch_dashboard, name="shop")
    assert told["msg"] == "state is present but all of the following are missing: body"


@pytest.mark.parametrize("name", ["", "a.b", "a" * 256])
def test_names_are_those_that_cloudwatch_takes(aws: AwsAccount, name: str) -> None:
    assert "expected letters, digits, - and _" in aws.run(cloudwatch_dashboard, name=name, body={})["msg"]
    assert aws.written() == []


def test_story(aws: AwsAccount) -> None:
    dry, made, again = (aws.run(cloudwatch_dashboard, dry=dry, **WANTED) for dry in (True, False, True))
    assert [one["changed"] for one in (dry, made, again)] == [True, True, False]
    assert dry["diff"] == {"before": {}, "after": WANTED["body"]}
    assert {key: value for key, value in dry.items() if key != "diff"} == made
    assert (made["widgets"], aws.written()) == (len(WANTED["body"]["widgets"]), ["PutDashboard"])
    found = aws.client("cloudwatch").get_dashboard(DashboardName=WANTED["name"])["DashboardBody"]
    assert json.loads(found) == WANTED["body"]
    other = aws.run(cloudwatch_dashboard, dry=True, name=WANTED["name"], body={"widgets": []})
    assert (other["changed"], other["diff"]["before"], other["widgets"]) == (True, WANTED["body"], 0)
    told = [aws.run(cloudwatch_dashboard, dry=dry, **AWAY) for dry in (True, False, False)]
    assert ([one["changed"] for one in told], aws.written()) == ([True, True, False], ["DeleteDashboards"])


def test_another_spelling_of_the_same_is_no_change(aws: AwsAccount) -> None:
    body = {"start": "-PT3H", "widgets": []}
    spelt = '{ "widgets": [],\n "start": "-PT3H" }'
    aws.client("cloudwatch").put_dashboard(DashboardName="shop", DashboardBody=spelt)
    aws.written()
    assert aws.run(cloudwatch_dashboard, name="shop", body=body)["changed"] is False
    assert aws.written() == []
