# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How a service of ECS is deployed: in place, or by moving requests to other tasks. Pure functions.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

Facts = Mapping[str, Any]
ROLLING = "rolling"
# Strategy -> the name of its settings in ECS, of its percentage, of the wait after a step, and the least percentage.
STEPS = {
    "canary": ("canaryConfiguration", "canaryPercent", "canaryBakeTimeInMinutes", 0.1),
    "linear": ("linearConfiguration", "stepPercent", "stepBakeTimeInMinutes", 3.0),
}
STRATEGIES = (ROLLING, "blue_green", "canary", "linear")
LONGEST_MINUTES = 1440
# Option -> its name in ECS.
ADVANCED = {
    "alternate_target_group_arn": "alternateTargetGroupArn",
    "production_rule_arn": "productionListenerRule",
    "test_rule_arn": "testListenerRule",
    "role_arn": "roleArn",
}


def settings(params: Facts) -> dict[str, Any]:
    """Return the fields of a service that say how it is deployed; what a strategy does not know is empty."""
    strategy = params["deployment_strategy"]
    shifting, steps = strategy != ROLLING, strategy in STEPS
    return {
        "deployment_strategy": strategy,
        "bake_minutes": params["bake_minutes"] if shifting else 0,
        "step_percent": float(params["step_percent"]) if steps else 0.0,
        "step_bake_minutes": params["step_bake_minutes"] if steps else 0,
        "rollback_alarms": tuple(sorted(params["rollback_alarms"])),
        "lifecycle_hooks": _hooks(params["lifecycle_hooks"]),
    }


def described(configuration: Facts) -> dict[str, Any]:
    """Return the same fields of a service as ECS describes its deployment configuration."""
    strategy = str(configuration.get("strategy") or "ROLLING").lower()
    name, percent, minutes = STEPS.get(strategy, ("", "", "", 0))[:3]
    steps = configuration.get(name) or {}
    alarms = configuration.get("alarms") or {}
    hooks = [
        {"target_arn": one.get("hookTargetArn"), "role_arn": one.get("roleArn"), "stages": one["lifecycleStages"]}
        for one in configuration.get("lifecycleHooks") or []
    ]
    return {
        "deployment_strategy": strategy,
        "bake_minutes": int(configuration.get("bakeTimeInMinutes") or 0) if strategy != ROLLING else 0,
        "step_percent": float(steps.get(percent) or 0.0),
        "step_bake_minutes": int(steps.get(minutes) or 0),
        "rollback_alarms": tuple(sorted(alarms.get("alarmNames") or [])) if _is_on(alarms) else (),
        "lifecycle_hooks": _hooks(hooks),
    }


def _is_on(alarms: Facts) -> bool:
    return bool(alarms.get("enable") and alarms.get("rollback"))


def _hooks(hooks: Sequence[Facts]) -> tuple[dict[str, Any], ...]:
    found = [{**one, "stages": sorted(one["stages"])} for one in hooks]
    return tuple(sorted(found, key=lambda one: (str(one["target_arn"]), one["stages"])))


def request(service: Any) -> dict[str, Any]:
    """Return the part of ECS's deployment configuration that these fields are."""
    strategy = service.deployment_strategy
    alarms = list(service.rollback_alarms)
    asked: dict[str, Any] = {
        "strategy": strategy.upper(),
        "alarms": {"alarmNames": alarms, "enable": bool(alarms), "rollback": bool(alarms)},
    }
    if strategy == ROLLING:
        return asked
    asked["bakeTimeInMinutes"] = service.bake_minutes
    if strategy in STEPS:
        name, percent, minutes = STEPS[strategy][:3]
        asked[name] = {percent: service.step_percent, minutes: service.step_bake_minutes}
    asked["lifecycleHooks"] = [
        {"hookTargetArn": one["target_arn"], "roleArn": one["role_arn"], "lifecycleStages": one["stages"]}
        for one in service.lifecycle_hooks
    ]
    return asked


def advanced(balancer: Facts) -> dict[str, Any]:
    """Return what CreateService takes as the advanced configuration of a load balancer, nothing without any."""
    given = {name: balancer[option] for option, name in ADVANCED.items() if balancer.get(option)}
    return {"advancedConfiguration": given} if given else {}


def advanced_view(found: Facts) -> dict[str, str]:
    """Return the same as ECS describes it, by the names of the options."""
    given = found.get("advancedConfiguration") or {}
    return {option: str(given.get(name) or "") for option, name in ADVANCED.items()}


def kept_apart(before: Sequence[Facts], wanted: Sequence[Facts]) -> list[dict[str, Any]]:
    """Return what is wanted of load balancers, each pair of target groups in the order in which it is used now.

    Deployments move from one group to the other and back; which is the first means nothing.
    """
    swapped = {(one["alternate_target_group_arn"], one["target_group_arn"]) for one in before}
    return [
        {
            **one,
            "target_group_arn": one["alternate_target_group_arn"],
            "alternate_target_group_arn": one["target_group_arn"],
        }
        if (one["target_group_arn"], one["alternate_target_group_arn"]) in swapped
        else dict(one)
        for one in wanted
    ]


def check(params: Facts) -> None:
    """Refuse what ECS would refuse, or take and not heed; raises PlanError."""
    strategy = params["deployment_strategy"]
    if strategy == ROLLING:
        if params["lifecycle_hooks"]:
            raise PlanError("lifecycle_hooks are for the other strategies than rolling.")
        return
    if params["circuit_breaker_enabled"]:
        raise PlanError(
            f"circuit_breaker_enabled is true, which works with rolling only, and deployment_strategy is {strategy}: "
            "set it to false. rollback_alarms and bake_minutes take its place."
        )
    for balancer in params["load_balancers"]:
        missing = [name for name in ADVANCED if name != "test_rule_arn" and not balancer.get(name)]
        if missing:
            raise PlanError(f"deployment_strategy is {strategy}, which needs {', '.join(missing)} of load_balancers.")
    _check_numbers(params, strategy)
    for hook in params["lifecycle_hooks"]:
        if not hook["role_arn"]:
            raise PlanError(f"the lifecycle hook {hook['target_arn']} has no role_arn, in which ECS invokes it.")


def _check_numbers(params: Facts, strategy: str) -> None:
    minutes = ["bake_minutes", *(["step_bake_minutes"] if strategy in STEPS else [])]
    for name in minutes:
        if not 0 <= params[name] <= LONGEST_MINUTES:
            raise PlanError(f"{name} is {params[name]}; expected 0 to {LONGEST_MINUTES}.")
    if strategy not in STEPS:
        return
    percent, least = float(params["step_percent"]), STEPS[strategy][3]
    if not least <= percent <= 100 or not round(percent * 10, 6).is_integer():
        raise PlanError(
            f"step_percent is {params['step_percent']}; expected {least} to 100 in tenths, as deployment_strategy is "
            f"{strategy}."
        )
