# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is to be done about a service of ECS on Fargate, as pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils import _ecs_strategy_plan as strategies
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_cluster_plan import (
    checked_strategy,
    strategy_request,
    strategy_view,
)
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError
from ansible_collections.palisade.ecs.plugins.module_utils._tags import merged

Facts = Mapping[str, Any]
# Fields that make new tasks necessary; of the others ECS takes note.
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
DEPLOYED = (
    "task_definition",
    "capacity_provider_strategy",
    "load_balancers",
    "platform_version",
    "public_ip_enabled",
    "security_groups",
    "subnets",
)
AS_GIVEN = (
    *("name", "task_definition", "platform_version", "health_check_grace_period", "propagate_tags"),
    *("minimum_healthy_percent", "maximum_percent"),
)
CONFIGURED = (
    *("minimum_healthy_percent", "maximum_percent", "circuit_breaker_enabled", "deployment_strategy"),
    *("bake_minutes", "step_percent", "step_bake_minutes", "rollback_alarms", "lifecycle_hooks"),
)
STRATEGY = "capacity_provider_strategy"


@dataclass(frozen=True)
class Service:
    """A service; the fields are results of the module, and empty when there is none."""

    name: str = ""
    service_arn: str = ""
    desired_count: int = 0
    task_definition: str = ""
    capacity_provider_strategy: tuple[Mapping[str, Any], ...] = ()
    platform_version: str = ""
    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    public_ip_enabled: bool = False
    load_balancers: tuple[Mapping[str, Any], ...] = ()
    minimum_healthy_percent: int = 0
    maximum_percent: int = 0
    circuit_breaker_enabled: bool = False
    deployment_strategy: str = ""
    bake_minutes: int = 0
    step_percent: float = 0.0
    step_bake_minutes: int = 0
    rollback_alarms: tuple[str, ...] = ()
    lifecycle_hooks: tuple[Mapping[str, Any], ...] = ()
    health_check_grace_period: int = 0
    zone_rebalancing_enabled: bool = False
    managed_tags_enabled: bool = False
    propagate_tags: str = "NONE"
    execute_command_enabled: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)

    def request(self) -> dict[str, dict[str, Any]]:
        """Return the parameters of CreateService and UpdateService, each by the field that it comes from."""
        balancers = [
            {
                "targetGroupArn": one["target_group_arn"],
                "containerName": one["container_name"],
                "containerPort": one["container_port"],
                **strategies.advanced(one),
            }
            for one in self.load_balancers
        ]
        network = {
            "subnets": list(self.subnets),
            "securityGroups": list(self.security_groups),
            "assignPublicIp": "ENABLED" if self.public_ip_enabled else "DISABLED",
        }
        breaker = {"enable": self.circuit_breaker_enabled, "rollback": self.circuit_breaker_enabled}
        deployment = {
            "minimumHealthyPercent": self.minimum_healthy_percent,
            "maximumPercent": self.maximum_percent,
            "deploymentCircuitBreaker": breaker,
            **strategies.request(self),
        }
        grace = self.health_check_grace_period
        configured = {"deploymentConfiguration": deployment}
        networked = {"networkConfiguration": {"awsvpcConfiguration": network}}
        rebalancing = "ENABLED" if self.zone_rebalancing_enabled else "DISABLED"
        return {
            "task_definition": {"taskDefinition": self.task_definition},
            STRATEGY: {"capacityProviderStrategy": strategy_request(self.capacity_provider_strategy)},
            "platform_version": {"platformVersion": self.platform_version},
            **dict.fromkeys(("subnets", "security_groups", "public_ip_enabled"), networked),
            "load_balancers": {"loadBalancers": balancers},
            **dict.fromkeys(CONFIGURED, configured),
            # Without a load balancer nobody waits for one.
            "health_check_grace_period": {"healthCheckGracePeriodSeconds": grace} if balancers else {},
            "zone_rebalancing_enabled": {"availabilityZoneRebalancing": rebalancing},
            "managed_tags_enabled": {"enableECSManagedTags": self.managed_tags_enabled},
            "propagate_tags": {"propagateTags": self.propagate_tags},
            "execute_command_enabled": {"enableExecuteCommand": self.execute_command_enabled},
        }


@dataclass(frozen=True)
class Change:
    """A service before and after."""

    before: Service
    after: Service

    def __bool__(self) -> bool:
        return self.before != self.after

    @property
    def fields(self) -> list[str]:
        """The names of fields that differ, but for tags."""
        return [name for name in self.after.request() if getattr(self.before, name) != getattr(self.after, name)]

    @property
    def deploys(self) -> bool:
        """Whether tasks are replaced, or started for the first time."""
        return not self.before.name or any(name in DEPLOYED for name in self.fields)

    @property
    def update(self) -> dict[str, Any]:
        """What UpdateService takes: what differs, and nothing of the number of tasks."""
        request = self.after.request()
        asked = {key: value for name in self.fields for key, value in request[name].items()}
        # ECS changes a strategy only together with the tasks that it is for.
        return {**asked, "forceNewDeployment": True} if STRATEGY in self.fields else asked

    def as_result(self, diff: bool) -> dict[str, Any]:
        """Return what the module returns."""
        before, after = (_view(one) if one.name else {} for one in (self.before, self.after))
        shown = {"diff": {"before": before, "after": after}} if diff else {}
        return {"changed": bool(self), "deploys": bool(self) and self.deploys, "service": _view(self.after), **shown}


def _view(service: Service) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(service).items()}


def described(found: Facts | None) -> Service:
    """Return a service as ECS describes it; an empty one for none, and for one that is or was deleted."""
    if not found or found["status"] != "ACTIVE":
        return Service()
    network = (found.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
    configuration = found.get("deploymentConfiguration") or {}
    breaker = configuration.get("deploymentCircuitBreaker") or {}
    return Service(
        name=found["serviceName"],
        service_arn=found["serviceArn"],
        desired_count=found["desiredCount"],
        task_definition=found["taskDefinition"].rpartition("/")[2],
        capacity_provider_strategy=strategy_view(found.get("capacityProviderStrategy") or []),
        platform_version=found.get("platformVersion") or "",
        subnets=tuple(sorted(network.get("subnets") or [])),
        security_groups=tuple(sorted(network.get("securityGroups") or [])),
        public_ip_enabled=network.get("assignPublicIp") == "ENABLED",
        load_balancers=_balancers(found.get("loadBalancers") or []),
        minimum_healthy_percent=int(configuration.get("minimumHealthyPercent", 100)),
        maximum_percent=int(configuration.get("maximumPercent", 200)),
        circuit_breaker_enabled=bool(breaker.get("enable") and breaker.get("rollback")),
        **strategies.described(configuration),
        health_check_grace_period=int(found.get("healthCheckGracePeriodSeconds") or 0),
        zone_rebalancing_enabled=found.get("availabilityZoneRebalancing") == "ENABLED",
        managed_tags_enabled=bool(found.get("enableECSManagedTags")),
        propagate_tags=found.get("propagateTags") or "NONE",
        execute_command_enabled=bool(found.get("enableExecuteCommand")),
        tags={one["key"]: one["value"] for one in found.get("tags") or []},
    )


def _balancers(found: Sequence[Facts]) -> tuple[dict[str, Any], ...]:
    return _sorted(
        {
            "target_group_arn": one["targetGroupArn"],
            "container_name": one["containerName"],
            "container_port": one["containerPort"],
            **strategies.advanced_view(one),
        }
        for one in found
    )


def _sorted(balancers: Any) -> tuple[dict[str, Any], ...]:
    return tuple(sorted(balancers, key=lambda one: str(one["target_group_arn"])))


def plan(before: Service, params: Facts) -> Change:
    """Return what makes a service the one that is wanted; raises PlanError for what ECS would refuse."""
    _check(params)
    _check_seen(before, params)
    same = {name: params[name] for name in params if name in AS_GIVEN or name.endswith("_enabled")}
    after = Service(
        service_arn=before.service_arn,
        desired_count=before.desired_count if before.name else params["desired_count"],
        capacity_provider_strategy=checked_strategy(params[STRATEGY], STRATEGY),
        subnets=tuple(sorted(params["subnets"])),
        security_groups=tuple(sorted(params["security_groups"])),
        load_balancers=_sorted(strategies.kept_apart(before.load_balancers, _spelt_out(params["load_balancers"]))),
        tags=merged(before.tags, params),
        **strategies.settings(params),
        **same,
    )
    return Change(before, after)


def _check_seen(before: Service, params: Facts) -> None:
    """Refuse to deploy what was decided on before somebody else deployed, or a deployment was rolled back."""
    seen = str(params["seen_task_definition"] or "").rpartition("/")[2]
    if seen and before.name and before.task_definition not in (seen, params["task_definition"]):
        raise PlanError(
            f"the service {before.name} ran {seen} a moment ago and runs {before.task_definition} now, so "
            f"{params['task_definition']} was not deployed. Look what became of the last deployment, and run again."
        )


def _spelt_out(balancers: Sequence[Facts]) -> list[dict[str, Any]]:
    return [{**one, **{name: one.get(name) or "" for name in strategies.ADVANCED}} for one in balancers]


def _check(params: Facts) -> None:
    strategies.check(params)
    if not params[STRATEGY]:
        raise PlanError(f"{STRATEGY} is empty; expected one capacity provider at least.")
    if not params["load_balancers"] and params["health_check_grace_period"]:
        raise PlanError("health_check_grace_period is for services behind a load balancer; expected 0.")
    if params["task_definition"].count(":") != 1:
        raise PlanError(f"task_definition is {params['task_definition']}; expected a family and a revision, as shop:3.")
    if params["zone_rebalancing_enabled"] and params["maximum_percent"] <= 100:
        raise PlanError(
            f"maximum_percent is {params['maximum_percent']}; expected more than 100, or "
            "zone_rebalancing_enabled=false: ECS starts a task in another zone before it stops one."
        )
