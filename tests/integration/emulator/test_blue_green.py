# SPDX-License-Identifier: GPL-3.0-or-later
"""Blue/green and canary deployments: stages, weights, tasks, and the way back. A minute takes a second here."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.modules import ecs_deployment
from botocore.exceptions import ClientError

from tests.integration.emulator.emulator_account import EVERYTHING, Account
from tests.integration.emulator.emulator_site import Json, eventually
from tests.integration.emulator.test_deployments import ended, events, newest
from tests.integration.plugins.modules.aws_account import AwsAccount

SWITCHES = {"PALISADE_MINUTE_SECONDS": "1"}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
NOTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
BLUE_GREEN = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 2}
CANARY = {
    "strategy": "CANARY",
    "bakeTimeInMinutes": 1,
    "canaryConfiguration": {"canaryPercent": 20.0, "canaryBakeTimeInMinutes": 3},
}


class Stage:
    """A service between two target groups, with rules for production and for tests."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.groups = [account.target_group(name) for name in ("shop", "shop-other")]
        listener = account.listener(self.groups[0])
        self.production = self._rule(listener, 2, {"Field": "path-pattern", "Values": ["/*"]})
        header = {"HttpHeaderName": "X-Test", "Values": ["green"]}
        self.test = self._rule(listener, 1, {"Field": "http-header", "HttpHeaderConfig": header})
        self.role = self._role()
        self.service = account.service(
            "shop", account.definition(), 2, deploymentConfiguration=BLUE_GREEN, loadBalancers=[self.balancer]
        )
        account.steady("shop")

    def _role(self) -> str:
        iam = self.account.emulator.client("iam")
        made = iam.create_role(RoleName="infrastructure", AssumeRolePolicyDocument=json.dumps(TRUST))
        iam.put_role_policy(RoleName="infrastructure", PolicyName="all", PolicyDocument=json.dumps(EVERYTHING))
        return str(made["Role"]["Arn"])

    def _rule(self, listener: str, priority: int, condition: Json) -> str:
        groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in zip(self.groups, (100, 0), strict=True)]
        made = self.account.elbv2.create_rule(
            ListenerArn=listener,
            Priority=priority,
            Conditions=[condition],
            Actions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}],
        )
        return str(made["Rules"][0]["RuleArn"])

    @property
    def balancer(self) -> Json:
        return {
            "targetGroupArn": self.groups[0],
            "containerName": "app",
            "containerPort": 8443,
            "advancedConfiguration": {
                "alternateTargetGroupArn": self.groups[1],
                "productionListenerRule": self.production,
                "testListenerRule": self.test,
                "roleArn": self.role,
            },
        }

    def weights(self, rule: str = "") -> list[int]:
        found = self.account.elbv2.describe_rules(RuleArns=[rule or self.production])["Rules"][0]
        shares = {one["TargetGroupArn"]: one["Weight"] for one in found["Actions"][0]["ForwardConfig"]["TargetGroups"]}
        return [shares[arn] for arn in self.groups]

    def deploy(self, **variables: str) -> str:
        definition = self.account.definition(environment=variables)
        self.account.update("shop", taskDefinition=definition)
        return definition

    def until(self, stage: str) -> Json:
        found: Json = eventually(lambda: self.at(stage), f"the deployment is in {stage}")
        return found

    def at(self, stage: str) -> Json | None:
        found = newest(self.account)
        return found if found.get("lifecycleStage") == stage else None

    def stop(self) -> None:
        self.account.ecs.stop_service_deployment(serviceDeploymentArn=newest(self.account)["serviceDeploymentArn"])


@pytest.fixture(scope="module")
def stage(account: Account) -> Stage:
    return Stage(account)


def targets(stage: Stage) -> list[int]:
    describe = stage.account.elbv2.describe_target_health
    return [len(describe(TargetGroupArn=arn)["TargetHealthDescriptions"]) for arn in stage.groups]


def test_requests_move_to_the_other_group_and_back_with_the_next_deployment(stage: Stage) -> None:
    assert stage.weights() == [100, 0]
    assert targets(stage) == [2, 0]
    stage.deploy(RELEASE="1")
    baking = stage.until("BAKE_TIME")
    assert stage.weights() == stage.weights(stage.test) == [0, 100]
    assert targets(stage) == [2, 2]
    assert baking["targetServiceRevision"]["requestedProductionTrafficWeight"] == 100
    assert [one["runningTaskCount"] for one in baking["sourceServiceRevisions"]] == [2]
    done = ended(stage.account)
    assert (done["status"], "lifecycleStage" in done) == ("SUCCESSFUL", False)
    eventually(lambda: targets(stage) == [0, 2], "the earlier tasks are gone")
    stage.deploy(RELEASE="2")
    assert ended(stage.account)["status"] == "SUCCESSFUL"
    assert stage.weights() == [100, 0]


def test_a_canary_gets_its_share_first(stage: Stage) -> None:
    stage.account.update("shop", deploymentConfiguration=CANARY)
    stage.deploy(RELEASE="3")
    stage.until("PRODUCTION_TRAFFIC_SHIFT")
    assert stage.weights() == [80, 20]
    assert stage.weights(stage.test) == [0, 100]
    assert ended(stage.account)["status"] == "SUCCESSFUL"
    assert stage.weights() == [0, 100]


def test_a_request_to_stop_leads_all_requests_back_at_once(stage: Stage) -> None:
    before = stage.account.steady("shop")["taskDefinition"]
    running_before = {task["id"] for task in stage.account.emulator.tasks("shop")}
    stage.deploy(RELEASE="4")
    stage.until("PRODUCTION_TRAFFIC_SHIFT")
    stage.stop()
    done = ended(stage.account)
    assert done["status"] == "ROLLBACK_SUCCESSFUL"
    assert stage.weights() == stage.weights(stage.test) == [0, 100]
    service = stage.account.steady("shop")
    assert service["taskDefinition"] == before
    assert {task["id"] for task in stage.account.emulator.tasks("shop")} == running_before


def test_what_never_gets_healthy_gets_no_request(stage: Stage) -> None:
    before = stage.account.steady("shop")["taskDefinition"]
    stage.deploy(HEALTH="500")
    eventually(lambda: any("is unhealthy" in one for one in events(stage.account)), "a task is unhealthy")
    assert newest(stage.account)["lifecycleStage"] == "SCALE_UP"
    assert stage.weights() == [0, 100]
    stage.stop()
    assert ended(stage.account)["status"] == "ROLLBACK_SUCCESSFUL"
    assert stage.account.steady("shop")["taskDefinition"] == before


def test_a_newer_deployment_leads_requests_back_and_begins_anew(stage: Stage) -> None:
    stage.account.steady("shop")
    stage.deploy(RELEASE="5")
    stage.until("PRODUCTION_TRAFFIC_SHIFT")
    last = stage.deploy(RELEASE="6")
    stage.until("RECONCILE_SERVICE")
    assert stage.weights() == [0, 100]
    assert ended(stage.account)["status"] == "SUCCESSFUL"
    assert stage.weights() == [100, 0]
    assert stage.account.steady("shop")["taskDefinition"] == last


def test_without_permission_nothing_is_shifted(stage: Stage) -> None:
    iam = stage.account.emulator.client("iam")
    iam.put_role_policy(
        RoleName="infrastructure",
        PolicyName="all",
        PolicyDocument=json.dumps(NOTHING),
    )
    try:
        stage.deploy(RELEASE="7")
        told = "Unable to modify the listener rule"
        eventually(lambda: any(told in event for event in events(stage.account)), "ECS says so")
        assert stage.weights() == [100, 0]
        stage.stop()
        assert ended(stage.account)["status"] == "ROLLBACK_SUCCESSFUL"
    finally:
        iam.put_role_policy(RoleName="infrastructure", PolicyName="all", PolicyDocument=json.dumps(EVERYTHING))


@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        ({"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 1441}, "bakeTimeInMinutes"),
        ({**CANARY, "canaryConfiguration": {"canaryPercent": 0.05}}, "canaryPercent"),
        ({**BLUE_GREEN, "canaryConfiguration": {"canaryPercent": 5.0}}, "only valid when"),
        ({**BLUE_GREEN, "lifecycleHooks": [{"lifecycleStages": ["PRE_SCALE_UP"]}]}, "roleArn are required"),
    ],
)
def test_what_does_not_fit_together_is_refused(stage: Stage, configuration: Any, message: str) -> None:
    with pytest.raises(ClientError, match=message):
        stage.account.update("shop", deploymentConfiguration=configuration)


def test_another_strategy_than_rolling_needs_two_groups(stage: Stage) -> None:
    alone = {key: value for key, value in stage.balancer.items() if key != "advancedConfiguration"}
    with pytest.raises(ClientError, match="advancedConfiguration is required"):
        stage.account.update("shop", loadBalancers=[alone])


def follow(stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], **options: Any) -> Json:
    """Return what the module says of a deployment that it begins."""
    named = {"cluster": "shop", "service": "shop", "endpoint_url": stage.account.emulator.endpoint}
    return AwsAccount(monkeypatch, capsys).run(ecs_deployment, **named, wait_interval=1, **options)


def test_a_deployment_is_followed_from_stage_to_stage(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Long enough for a look at it that comes late.
    slower = {**CANARY, "canaryConfiguration": {"canaryPercent": 20.0, "canaryBakeTimeInMinutes": 6}}
    stage.account.update("shop", deploymentConfiguration=slower)
    stage.account.steady("shop")
    done = follow(stage, monkeypatch, capsys, revision=stage.account.definition(environment={"RELEASE": "8"}))
    assert done["verdict"] == "succeeded"
    # The others take less time than there is between two looks.
    assert done["stages"]["PRODUCTION_TRAFFIC_SHIFT"] >= 2


def test_one_that_never_gets_ready_is_stopped_when_its_time_is_over(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = stage.account.steady("shop")["taskDefinition"]
    bad = stage.account.definition(environment={"HEALTH": "500"})
    done = follow(stage, monkeypatch, capsys, revision=bad, wait_timeout=12, rollback_on_timeout=True)
    assert (done["verdict"], done["status"]) == ("timed_out", "ROLLBACK_SUCCESSFUL")
    assert "It was stopped because it was not over after 12 s" in done["msg"]
    assert done["rollback"]["task_definition"] == stage.account.steady("shop")["taskDefinition"] == before
