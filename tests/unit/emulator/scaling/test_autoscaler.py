# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of a service by its scalable target."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from emulator import settings
from emulator.scaling import autoscaler
from emulator.settings import ACCOUNT_ID, REGION

TRACKED = {"TargetValue": 60.0, "ScaleInCooldown": 300, "ScaleOutCooldown": 60}


class Target(SimpleNamespace):
    def update(self, least: int | None, most: int | None, suspended: Any) -> None:
        self.min_capacity = self.min_capacity if least is None else least
        self.max_capacity = self.max_capacity if most is None else most


class Stage:
    """A service, its scalable target and one policy, as moto keeps them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, enabled: str = "on") -> None:
        self.service = SimpleNamespace(
            name="shop",
            cluster_name="shop",
            status="ACTIVE",
            desired_count=4,
            history=[SimpleNamespace(under_way=False)],
        )
        self.target = Target(
            arn="arn:target",
            resource_id="service/shop/shop",
            service_namespace="ecs",
            scalable_dimension="ecs:service:DesiredCount",
            min_capacity=2,
            max_capacity=10,
            suspended_state=None,
        )
        self.high, self.low = (SimpleNamespace(name=name, state_value="OK") for name in ("high", "low"))
        policy = SimpleNamespace(
            policy_name="shop-cpu",
            policy_type="TargetTrackingScaling",
            resource_id="service/shop/shop",
            target_tracking_scaling_policy_configuration=TRACKED,
            alarms=[self.high, self.low],
        )
        self.actions: list[Any] = []
        self.backend = SimpleNamespace(
            policies={"shop-cpu": policy},
            describe_scalable_targets=lambda *_: [self.target],
            describe_scheduled_actions=lambda *_: self.actions,
        )
        ecs = SimpleNamespace(services={"shop": self.service})
        monkeypatch.setattr(autoscaler, "applicationautoscaling_backends", {ACCOUNT_ID: {REGION: self.backend}})
        monkeypatch.setattr(autoscaler, "ecs_backends", {ACCOUNT_ID: {REGION: ecs}})
        self.scaler = autoscaler.Autoscaler(settings.read({"PALISADE_AUTOSCALING": enabled}, Path("/")))

    def act(self, value: float | None = None) -> int:
        self.scaler.act(1000.0, lambda _: value)
        return int(self.service.desired_count)

    def told(self) -> list[str]:
        return [f"{one['Description']} {one['Cause']}" for one in getattr(self.backend, "activities", [])]


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(monkeypatch)


def test_an_alarm_that_fires_changes_the_number_and_is_named(stage: Stage) -> None:
    assert stage.act(90.0) == 4
    assert stage.told() == []
    stage.high.state_value = "ALARM"
    assert stage.act(90.0) == 6
    told = "Setting desired count to 6. monitor alarm high in state ALARM triggered policy shop-cpu"
    assert stage.told() == [told]


def test_no_task_is_stopped_while_a_deployment_runs_but_some_may_be_started(stage: Stage) -> None:
    stage.service.history[0].under_way = True
    stage.low.state_value = "ALARM"
    assert stage.act(0.0) == 4
    stage.low.state_value, stage.high.state_value = "OK", "ALARM"
    assert stage.act(90.0) == 6
    stage.service.history[0].under_way, stage.high.state_value, stage.low.state_value = False, "OK", "ALARM"
    assert stage.act(0.0) == 2


@pytest.mark.parametrize(("process", "alarm", "value"), [("In", "low", 0.0), ("Out", "high", 90.0)])
def test_what_is_suspended_does_not_happen(stage: Stage, process: str, alarm: str, value: float) -> None:
    stage.target.suspended_state = {f"DynamicScaling{process}Suspended": True}
    getattr(stage, alarm).state_value = "ALARM"
    assert stage.act(value) == 4


def test_a_number_outside_of_new_limits_is_moved_into_them_once(stage: Stage) -> None:
    stage.target.min_capacity = 5
    assert stage.act() == 5
    assert stage.told() == ["Setting desired count to 5. minimum capacity was set to 5"]
    # Whoever sets another number by hand is left alone until something happens.
    stage.service.desired_count = 1
    assert stage.act() == 1
    stage.target.min_capacity, stage.target.max_capacity, stage.service.desired_count = 1, 3, 6
    stage.service.history[0].under_way = True
    assert stage.act() == 6
    stage.service.history[0].under_way = False
    assert stage.act() == 3


def test_the_clock_sets_limits(stage: Stage) -> None:
    action = SimpleNamespace(
        scheduled_action_name="evening",
        resource_id="service/shop/shop",
        schedule="rate(1 minute)",
        timezone=None,
        creation_time=time.time() - 60,
        scalable_target_action={"MinCapacity": 6},
    )
    stage.actions = [action, SimpleNamespace(**{**vars(action), "schedule": "whenever"})]
    stage.target.suspended_state = {"ScheduledScalingSuspended": True}
    assert stage.act() == 4
    stage.target.suspended_state = None
    action.creation_time = time.time() - 60
    assert stage.act() == 6
    assert [one.split(". ")[1] for one in stage.told()] == [
        "minimum capacity was set to 6",
        "scheduled action name evening was triggered",
    ]
    assert stage.act() == 6
    assert len(stage.told()) == 2


def test_it_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(monkeypatch, enabled="off")
    stage.high.state_value = "ALARM"
    assert stage.act(90.0) == 4
