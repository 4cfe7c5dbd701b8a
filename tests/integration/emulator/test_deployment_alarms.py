# SPDX-License-Identifier: GPL-3.0-or-later
"""Alarms see what the load balancer does, and end deployments. A minute takes a second here."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import urllib3
from ansible_collections.palisade.ecs.plugins.plugin_utils._service_alarms import service_alarms

from tests.integration.emulator.emulator_account import Account
from tests.integration.emulator.emulator_site import Json, eventually
from tests.integration.emulator.test_blue_green import CANARY, Stage
from tests.integration.emulator.test_deployments import ended, newest

SWITCHES = {"PALISADE_MINUTE_SECONDS": "1"}
CLIENTS = 6
LIMITS = {"error_percent": 5, "latency": 1.0, "load_balancer_errors": 10, "utilization_percent": 90}
WATCHED = {"alarmNames": ["shop-errors"], "enable": True, "rollback": True}
LONG_CANARY = {
    **CANARY,
    "alarms": WATCHED,
    "canaryConfiguration": {"canaryPercent": 50.0, "canaryBakeTimeInMinutes": 60},
}


@pytest.fixture(scope="module")
def stage(account: Account) -> Stage:
    stage = Stage(account)
    put_alarm(account, stage.groups, "errors")
    return stage


def put_alarm(account: Account, groups: list[str], kind: str) -> None:
    """Make an alarm as the role does, over all target groups."""
    service = {
        "cluster": "shop",
        "service": "shop",
        "load_balancer_arn": account.balancer,
        "target_group_arns": groups,
        "container_insights": "disabled",
    }
    (alarm,) = (one for one in service_alarms(service, LIMITS) if one["name"] == kind)
    account.emulator.client("cloudwatch").put_metric_alarm(
        AlarmName=f"shop-{kind}",
        EvaluationPeriods=alarm["evaluation_periods"],
        DatapointsToAlarm=alarm["datapoints"],
        Threshold=alarm["threshold"],
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData=alarm["missing_data"],
        **looked_at(alarm),
    )


def looked_at(alarm: Json) -> Json:
    """Return what an alarm looks at: an expression over metrics, or one percentile."""
    if "metrics" in alarm:
        return {"Metrics": [query(one) for one in alarm["metrics"]]}
    return {
        "Namespace": alarm["namespace"],
        "MetricName": alarm["metric"],
        "Dimensions": [{"Name": name, "Value": value} for name, value in alarm["dimensions"].items()],
        "ExtendedStatistic": alarm["statistic"],
        "Period": 60,
    }


def query(metric: Json) -> Json:
    if "expression" in metric:
        return {"Id": metric["id"], "Expression": metric["expression"], "ReturnData": True}
    dimensions = [{"Name": name, "Value": value} for name, value in metric["dimensions"].items()]
    named = {"Namespace": metric["namespace"], "MetricName": metric["metric"], "Dimensions": dimensions}
    return {
        "Id": metric["id"],
        "MetricStat": {"Metric": named, "Period": 60, "Stat": metric["statistic"]},
        "ReturnData": False,
    }


def state(account: Account, name: str = "shop-errors") -> str:
    found = account.emulator.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return str(found[0]["StateValue"])


@contextmanager
def requests(account: Account) -> Iterator[None]:
    """Ask for pages again and again: an alarm needs 20 requests in a minute, so connections are kept."""
    over = threading.Event()
    site = account.emulator
    pool = urllib3.HTTPSConnectionPool(
        "localhost", site.site_port, maxsize=CLIENTS, ca_certs=str(site.run_dir / "ca.pem"), timeout=20
    )

    def ask() -> None:
        while not over.is_set():
            pool.request("GET", "/")

    threads = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
        pool.close()


def test_errors_of_the_canary_lead_all_requests_back(stage: Stage) -> None:
    before = stage.account.describe("shop")["taskDefinition"]
    stage.account.update("shop", deploymentConfiguration=LONG_CANARY)
    with requests(stage.account):
        stage.deploy(STATUS="500")
        done: Any = ended(stage.account)
    assert done["status"] == "ROLLBACK_SUCCESSFUL"
    assert done["alarms"] == {
        "status": "TRIGGERED",
        "alarmNames": ["shop-errors"],
        "triggeredAlarmNames": ["shop-errors"],
    }
    assert stage.weights() == [100, 0]
    assert stage.account.steady("shop")["taskDefinition"] == before
    eventually(lambda: state(stage.account) == "OK", "the alarm is over")


def test_a_good_canary_goes_on_although_it_is_watched(stage: Stage) -> None:
    short = {**LONG_CANARY, "canaryConfiguration": {"canaryPercent": 50.0, "canaryBakeTimeInMinutes": 6}}
    stage.account.update("shop", deploymentConfiguration=short)
    with requests(stage.account):
        stage.deploy(RELEASE="1")
        done = ended(stage.account)
    assert (done["status"], done["alarms"]["status"]) == ("SUCCESSFUL", "MONITORING_COMPLETE")


def test_an_alarm_that_fires_already_is_not_heeded(stage: Stage) -> None:
    """What makes the role refuse to begin."""
    stage.account.update("shop", deploymentConfiguration={**LONG_CANARY, "alarms": {**WATCHED, "enable": False}})
    short = {**CANARY, "alarms": WATCHED}
    with requests(stage.account):
        stage.deploy(STATUS="500")
        eventually(lambda: state(stage.account) == "ALARM", "the alarm fires")
        stage.account.update("shop", deploymentConfiguration=short)
        stage.deploy(STATUS="503")
        done = ended(stage.account)
        assert newest(stage.account)["alarms"]["triggeredAlarmNames"] == []
    assert done["status"] == "SUCCESSFUL"
    stage.deploy(RELEASE="2")
    assert ended(stage.account)["status"] == "SUCCESSFUL"
    eventually(lambda: state(stage.account) == "OK", "the alarm is over")


def test_a_rolling_deployment_is_rolled_back_by_an_alarm_too(stage: Stage) -> None:
    if stage.weights() != [100, 0]:  # A rolling one takes the first group, whatever the rule says.
        stage.deploy(RELEASE="3")
        assert ended(stage.account)["status"] == "SUCCESSFUL"
    before = stage.account.steady("shop")["taskDefinition"]
    stage.account.update("shop", deploymentConfiguration={"strategy": "ROLLING", "alarms": WATCHED})
    with requests(stage.account):
        stage.deploy(STATUS="500")
        done = ended(stage.account)
    assert (done["status"], done["alarms"]["triggeredAlarmNames"]) == ("ROLLBACK_SUCCESSFUL", ["shop-errors"])
    assert stage.account.steady("shop")["taskDefinition"] == before
