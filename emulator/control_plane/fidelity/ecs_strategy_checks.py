# SPDX-License-Identifier: GPL-3.0-or-later
"""What ECS refuses about deployment strategies. The words of most refusals are not documented.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from moto.elbv2.models import elbv2_backends

from emulator.control_plane.fidelity.ecs_service_checks import forwarded
from emulator.control_plane.fidelity.error import AwsError

Facts = Mapping[str, Any]
MINUTES = 1440
SETTINGS = {"CANARY": "canaryConfiguration", "LINEAR": "linearConfiguration"}
# Each with the name of its wait, and the least and the most of the percentage.
PERCENT = {
    "canaryConfiguration": ("canaryPercent", "canaryBakeTimeInMinutes", 0.1),
    "linearConfiguration": ("stepPercent", "stepBakeTimeInMinutes", 3.0),
}


def check(backend: Any, configuration: Facts | None, balancers: Sequence[Facts] | None) -> None:
    """Refuse a strategy that does not fit the rest of a CreateService or UpdateService call."""
    wanted = configuration or {}
    strategy = wanted.get("strategy", "ROLLING")
    for kind, name in SETTINGS.items():
        if wanted.get(name) and strategy != kind:
            _refuse(f"{name} is only valid when the deployment strategy is {kind}.")
    if strategy == "ROLLING":
        return
    if strategy == "BLUE_GREEN" and wanted.get("bakeTimeInMinutes") is None:
        _refuse("bakeTimeInMinutes is required when the deployment strategy is BLUE_GREEN.")
    _check_minutes("bakeTimeInMinutes", wanted.get("bakeTimeInMinutes"))
    if strategy in SETTINGS:
        _check_steps(SETTINGS[strategy], wanted.get(SETTINGS[strategy]) or {})
    if wanted.get("lifecycleHooks"):
        _check_hooks(wanted["lifecycleHooks"])
    for balancer in balancers or []:
        _check_balancer(elbv2_backends[backend.account_id][backend.region_name], balancer)


def _check_steps(name: str, settings: Facts) -> None:
    percent, minutes, least = PERCENT[name]
    value = settings.get(percent)
    if value is not None and not (least <= float(value) <= 100 and round(float(value) * 10, 6).is_integer()):
        _refuse(f"{percent} must be a multiple of 0.1 between {least} and 100.0.")
    _check_minutes(minutes, settings.get(minutes))


def _check_minutes(name: str, value: Any) -> None:
    if value is not None and not 0 <= int(value) <= MINUTES:
        _refuse(f"{name} must be between 0 and {MINUTES}.")


def _check_hooks(hooks: Sequence[Facts]) -> None:
    for hook in hooks:
        if hook.get("targetType", "AWS_LAMBDA") == "AWS_LAMBDA" and not (
            hook.get("hookTargetArn") and hook.get("roleArn")
        ):
            _refuse("hookTargetArn and roleArn are required for lifecycle hooks that invoke a Lambda function.")
    _refuse("lifecycleHooks are not emulated.")


def _check_balancer(balancing: Any, balancer: Facts) -> None:
    advanced = balancer.get("advancedConfiguration")
    if not advanced:
        _refuse("advancedConfiguration is required for load balancers when the deployment strategy is not ROLLING.")
    missing = [
        name for name in ("alternateTargetGroupArn", "productionListenerRule", "roleArn") if not advanced.get(name)
    ]
    if missing:
        _refuse(f"advancedConfiguration lacks {', '.join(missing)}.")
    if advanced["alternateTargetGroupArn"] not in set(forwarded(balancing)):
        arn = advanced["alternateTargetGroupArn"]
        _refuse(f"The target group with targetGroupArn {arn} does not have an associated load balancer.")
    known = {
        rule.arn
        for load_balancer in balancing.load_balancers.values()
        for listener in load_balancer.listeners.values()
        for rule in listener.rules.values()
    }
    for name in ("productionListenerRule", "testListenerRule"):
        if advanced.get(name) and advanced[name] not in known:
            _refuse(f"Unable to find the listener rule {advanced[name]}.")


def _refuse(message: str) -> NoReturn:
    raise AwsError("InvalidParameterException", message)
