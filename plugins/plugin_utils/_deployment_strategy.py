# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""What does not go together in how a service is to be deployed: a pure function over the inputs of the role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Inputs = Mapping[str, Any]
LEAST_PERCENT = {"canary": 0.1, "linear": 3.0}
LONGEST_MINUTES = 1440


def deployment_strategy_problems(inputs: Inputs) -> list[str]:
    """Return what is wrong, in sentences that name the input and what was expected.

    The inputs are strategy, step_percent, step_minutes, bake_minutes, requests_target, alarms_enabled, rollback_alarms,
    lifecycle_hooks and test_header, each that of the role without its prefix.
    """
    strategy = str(inputs["strategy"])
    found = list(_of_alarms(inputs))
    if strategy == "rolling":
        return [*found, *_only_for_others(inputs)]
    return [*found, *_of_numbers(inputs, strategy), *_of_scaling(inputs, strategy), *_of_hooks(inputs)]


def _of_alarms(inputs: Inputs) -> Iterator[str]:
    if inputs["rollback_alarms"] and not inputs["alarms_enabled"]:
        yield (
            f"ecs_service_rollback_alarms names {', '.join(inputs['rollback_alarms'])}, but without "
            "ecs_service_alarms_enabled there are no alarms; expected an empty list, or true."
        )


def _only_for_others(inputs: Inputs) -> Iterator[str]:
    for name in ("lifecycle_hooks", "test_header"):
        if inputs[name]:
            yield f"ecs_service_{name} is given, which needs another ecs_service_deployment_strategy than rolling."


def _of_numbers(inputs: Inputs, strategy: str) -> Iterator[str]:
    for name in ("bake_minutes", *(("step_minutes",) if strategy in LEAST_PERCENT else ())):
        if not 0 <= int(inputs[name]) <= LONGEST_MINUTES:
            yield f"ecs_service_{name} is {inputs[name]}; expected 0 to {LONGEST_MINUTES}."
    if strategy not in LEAST_PERCENT:
        return
    percent, least = float(inputs["step_percent"]), LEAST_PERCENT[strategy]
    if not least <= percent <= 100 or not round(percent * 10, 6).is_integer():
        yield f"ecs_service_step_percent is {percent}; expected {least} to 100 in tenths for {strategy}."


def _of_scaling(inputs: Inputs, strategy: str) -> Iterator[str]:
    if target := float(inputs["requests_target"]):
        yield (
            f"ecs_service_requests_target is {target:g}, which counts the requests of one target group, and {strategy} "
            "deployments change that; expected 0, and ecs_service_cpu_target or ecs_service_memory_target."
        )


def _of_hooks(inputs: Inputs) -> Iterator[str]:
    for hook in inputs["lifecycle_hooks"]:
        if not hook.get("role_arn"):
            yield (
                f"ecs_service_lifecycle_hooks names {hook.get('target_arn', 'no function')} without role_arn; expected "
                "the ARN of the role in which ECS invokes the function."
            )


def shift_minutes(inputs: Inputs) -> int:
    """Return for how many minutes a deployment waits on purpose."""
    strategy = str(inputs["strategy"])
    if strategy == "rolling":
        return 0
    wait, bake = int(inputs["step_minutes"]), int(inputs["bake_minutes"])
    if strategy == "canary":
        return wait + bake
    # Nothing is waited for after the last step.
    steps = -(-100 // float(inputs["step_percent"])) - 1 if strategy == "linear" else 0
    return int(steps) * wait + bake
