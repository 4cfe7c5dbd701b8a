# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever the role runs again, at whatever stage of a deployment: no weight, no number of tasks and no image moves.

The role's modules run in random order, as site.yml with any of its tags would have them run. A minute takes a second.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.modules import ecs_service, ecs_service_scaling, elb_traffic_rule

from tests.integration.emulator.emulator_account import Account
from tests.integration.emulator.emulator_site import Json
from tests.integration.emulator.test_blue_green import Stage
from tests.integration.emulator.test_deployments import ended, newest
from tests.integration.plugins.modules.aws_account import AwsAccount

SWITCHES = {"PALISADE_MINUTE_SECONDS": "1"}
STAGES = {"SCALE_UP", "PRODUCTION_TRAFFIC_SHIFT", "BAKE_TIME"}
STRATEGY = {
    "deployment_strategy": "canary",
    "step_percent": 20.0,
    "step_bake_minutes": 5,
    "bake_minutes": 5,
    "circuit_breaker_enabled": False,
}


@pytest.fixture(scope="module")
def stage(account: Account) -> Stage:
    return Stage(account)


class Role:
    """The tasks of the role that could move something, each of which may run by itself."""

    def __init__(self, stage: Stage, aws: AwsAccount) -> None:
        self.stage, self.aws = stage, aws
        described = stage.account.describe("shop")["networkConfiguration"]["awsvpcConfiguration"]
        self.network = {"subnets": described["subnets"], "security_groups": described.get("securityGroups") or ["sg-a"]}
        self.tasks: list[Callable[[], Json]] = [self.service, self.production, self.test, self.scaling]

    def run(self, module: Any, **arguments: Any) -> Json:
        done = self.aws.run(module, endpoint_url=self.stage.account.emulator.endpoint, **arguments)
        assert "failed" not in done, done
        return done

    def service(self) -> Json:
        """Take what the service is to run now, as a run without an image of its own does."""
        definition = self.stage.account.describe("shop")["taskDefinition"].rpartition("/")[2]
        advanced = self.stage.balancer["advancedConfiguration"]
        balancer = {
            "target_group_arn": self.stage.groups[0],
            "alternate_target_group_arn": self.stage.groups[1],
            "production_rule_arn": advanced["productionListenerRule"],
            "test_rule_arn": advanced["testListenerRule"],
            "role_arn": advanced["roleArn"],
            "container_name": "app",
            "container_port": 8443,
        }
        return self.run(
            ecs_service,
            cluster="shop",
            name="shop",
            task_definition=definition,
            desired_count=1,
            capacity_provider_strategy=[{"capacity_provider": "FARGATE"}],
            load_balancers=[balancer],
            **self.network,
            **STRATEGY,
        )

    def production(self) -> Json:
        return self._rule(2, path="/*")

    def test(self) -> Json:
        return self._rule(1, header={"X-Test": "green"})

    def _rule(self, priority: int, **conditions: Any) -> Json:
        balancer = self.stage.account.balancer
        groups = self.stage.groups
        return self.run(
            elb_traffic_rule, load_balancer_arn=balancer, priority=priority, target_group_arns=groups, **conditions
        )

    def scaling(self) -> Json:
        named = {"cluster": "shop", "service": "shop"}
        return self.run(ecs_service_scaling, **named, min_count=1, max_count=4, cpu_target=60)

    def settle(self) -> None:
        """Make everything as the role wants it, once."""
        for task in self.tasks:
            task()
        self.stage.account.steady("shop")
        self.aws.written()


@pytest.fixture
def role(stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Role:
    found = Role(stage, AwsAccount(monkeypatch, capsys))
    found.settle()
    return found


def interleave(role: Role, chance: random.Random, meanwhile: Callable[[str], None]) -> set[str]:
    """Run tasks in random order until the deployment is over; return the stages that this was done in."""
    seen: set[str] = set()
    while "finishedAt" not in (found := newest(role.stage.account)):
        stage = str(found.get("lifecycleStage"))
        meanwhile(stage)
        role.aws.written()
        task = chance.choice(role.tasks)
        done = task()
        assert not done["changed"], (task.__name__, stage, done)
        assert role.aws.written() == [], (task.__name__, stage)
        seen.add(stage)
    return seen


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.full), pytest.param(3, marks=pytest.mark.full)])
def test_nothing_moves_but_what_the_deployment_moves(stage: Stage, role: Role, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 -- reproducible, not secret
    before = stage.weights()
    wanted = stage.deploy(RELEASE=f"interleaved {seed}")
    scaled = 2 + seed % 2

    def scale(at: str) -> None:
        """Have autoscaling do something on the way."""
        if at == "PRODUCTION_TRAFFIC_SHIFT" and stage.account.describe("shop")["desiredCount"] != scaled:
            stage.account.update("shop", desiredCount=scaled)

    assert interleave(role, chance, scale) >= STAGES - {"SCALE_UP"}
    service = stage.account.steady("shop")
    assert (service["taskDefinition"], service["desiredCount"]) == (wanted, scaled)
    assert stage.weights() == before[::-1]


def test_nothing_moves_on_the_way_back_either(stage: Stage, role: Role) -> None:
    before = stage.account.describe("shop")["taskDefinition"]
    weights = stage.weights()
    stage.deploy(RELEASE="interleaved and stopped")
    stopped = []

    def stop(at: str) -> None:
        if at == "BAKE_TIME" and not stopped:
            stage.stop()
            stopped.append(at)

    interleave(role, random.Random(4), stop)  # noqa: S311 -- reproducible, not secret
    assert newest(stage.account)["status"] == "ROLLBACK_SUCCESSFUL"
    assert stage.account.steady("shop")["taskDefinition"] == before
    assert stage.weights() == weights


def weights_of_a_new_rule(plan: Any) -> Any:
    return lambda before, params: plan(replace(before, weights={}), params)


def number_of_the_inventory(plan: Any) -> Any:
    def planned(before: Any, params: Any) -> Any:
        change = plan(before, params)
        return replace(change, after=replace(change.after, desired_count=before.desired_count + 1))

    return planned


def first_image(plan: Any) -> Any:
    return lambda before, params: plan(before, {**params, "task_definition": "shop:1"})


MISTAKES = {
    "weights": (elb_traffic_rule, weights_of_a_new_rule, "production"),
    "number of tasks": (ecs_service, number_of_the_inventory, "service"),
    "image": (ecs_service, first_image, "service"),
}


@pytest.mark.full
@pytest.mark.parametrize("what", MISTAKES)
def test_a_module_that_moves_something_is_seen(
    stage: Stage, role: Role, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    module, mistaken, task = MISTAKES[what]
    stage.deploy(RELEASE=f"mistaken {what}")
    monkeypatch.setattr(module, "plan", mistaken(module.plan))
    monkeypatch.setattr(role, "tasks", [getattr(role, task)])
    with pytest.raises(AssertionError, match=rf"\('{task}', .*'changed': True"):
        interleave(role, random.Random(5), lambda _: None)  # noqa: S311 -- reproducible, not secret
    stage.stop()
    ended(stage.account)
