# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is to be done about a cluster of ECS, as pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError
from ansible_collections.palisade.ecs.plugins.module_utils._tags import merged

Facts = Mapping[str, Any]
INSIGHTS = "containerInsights"
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
MOST_BASE = 100_000
MOST_WEIGHT = 1000


@dataclass(frozen=True)
class Cluster:
    """A cluster; the fields are results of the module, and empty when there is none."""

    name: str = ""
    cluster_arn: str = ""
    container_insights: str = ""
    storage_key_arn: str = ""
    capacity_providers: tuple[str, ...] = ()
    default_strategy: tuple[Mapping[str, Any], ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """A cluster before and after; `configuration` is all of what ECS has, of which only a part is ours."""

    before: Cluster
    after: Cluster
    configuration: Facts = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.before != self.after

    def differs(self, *names: str) -> bool:
        """Say whether one of these fields changes."""
        return any(getattr(self.before, name) != getattr(self.after, name) for name in names)

    @property
    def settings(self) -> list[dict[str, str]]:
        """The settings as ECS takes them."""
        return [{"name": INSIGHTS, "value": self.after.container_insights}]

    @property
    def whole_configuration(self) -> dict[str, Any]:
        """The configuration as ECS takes it, which replaces the one before: what others have set stays in it."""
        storage = dict(self.configuration.get("managedStorageConfiguration") or {})
        storage.pop("fargateEphemeralStorageKmsKeyId", None)
        if self.after.storage_key_arn:
            storage["fargateEphemeralStorageKmsKeyId"] = self.after.storage_key_arn
        others = {key: value for key, value in self.configuration.items() if key != "managedStorageConfiguration"}
        # Left out, a key that was set before would stay.
        return {**others, "managedStorageConfiguration": storage} if storage or self.before.storage_key_arn else others

    @property
    def capacity(self) -> dict[str, Any]:
        """The capacity providers and the strategy as ECS takes them."""
        return {
            "capacityProviders": list(self.after.capacity_providers),
            "defaultCapacityProviderStrategy": strategy_request(self.after.default_strategy),
        }

    def as_result(self, diff: bool) -> dict[str, Any]:
        """Return what the module returns."""
        before, after = (_view(one) if one.name else {} for one in (self.before, self.after))
        shown = {"diff": {"before": before, "after": after}} if diff else {}
        return {"changed": bool(self), **_view(self.after), **shown}


def _view(cluster: Cluster) -> dict[str, Any]:
    found = asdict(cluster)
    lists = {name: list(found[name]) for name in ("capacity_providers", "default_strategy")}
    return {**found, **lists}


def strategy_request(strategy: Sequence[Facts]) -> list[dict[str, Any]]:
    """Return a strategy as ECS takes it."""
    return [
        {"capacityProvider": one["capacity_provider"], "weight": one["weight"], "base": one["base"]} for one in strategy
    ]


def strategy_view(strategy: Sequence[Facts]) -> tuple[dict[str, Any], ...]:
    """Return a strategy of ECS as the modules return it, in an order of its own: ECS has none."""
    found = [
        {
            "capacity_provider": one["capacityProvider"],
            "weight": int(one.get("weight") or 0),
            "base": int(one.get("base") or 0),
        }
        for one in strategy
    ]
    return tuple(sorted(found, key=lambda one: str(one["capacity_provider"])))


def checked_strategy(strategy: Sequence[Facts], option: str) -> tuple[dict[str, Any], ...]:
    """Return a wanted strategy as ECS would describe it; raises PlanError for one that ECS would refuse.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
    """
    names = [one["capacity_provider"] for one in strategy]
    if len(set(names)) != len(names):
        raise PlanError(f"{option} names a capacity provider twice; expected each once.")
    if sum(bool(one["base"]) for one in strategy) > 1:
        raise PlanError(f"{option} has more than one base; expected one at most.")
    for one in strategy:
        if not (0 <= one["weight"] <= MOST_WEIGHT and 0 <= one["base"] <= MOST_BASE):
            raise PlanError(
                f"{option} has weight {one['weight']} and base {one['base']} for {one['capacity_provider']}; expected "
                f"a weight from 0 to {MOST_WEIGHT} and a base from 0 to {MOST_BASE}."
            )
    if strategy and not any(one["weight"] for one in strategy):
        raise PlanError(f"{option} has no weight above 0; expected one at least.")
    wanted = [{name: one[name] for name in ("capacity_provider", "weight", "base")} for one in strategy]
    return tuple(sorted(wanted, key=lambda one: str(one["capacity_provider"])))


def described(found: Facts | None) -> Cluster:
    """Return a cluster as ECS describes it; an empty one for none, and for one that was deleted."""
    if not found or found["status"] == "INACTIVE":
        return Cluster()
    settings = {one["name"]: one["value"] for one in found.get("settings") or []}
    storage = (found.get("configuration") or {}).get("managedStorageConfiguration") or {}
    return Cluster(
        name=found["clusterName"],
        cluster_arn=found["clusterArn"],
        container_insights=settings.get(INSIGHTS, "disabled"),
        storage_key_arn=storage.get("fargateEphemeralStorageKmsKeyId") or "",
        capacity_providers=tuple(sorted(found.get("capacityProviders") or [])),
        default_strategy=strategy_view(found.get("defaultCapacityProviderStrategy") or []),
        tags={one["key"]: one["value"] for one in found.get("tags") or []},
    )


def plan(found: Facts | None, params: Facts) -> Change:
    """Return what makes a cluster the one that is wanted, or none; raises PlanError for what ECS would refuse."""
    before = described(found)
    configuration = (found or {}).get("configuration") or {} if before.name else {}
    if params["state"] == "absent":
        return Change(before, Cluster(), configuration)
    providers = tuple(sorted(set(params["capacity_providers"])))
    strategy = checked_strategy(params["default_strategy"], "default_strategy")
    if strangers := [one["capacity_provider"] for one in strategy if one["capacity_provider"] not in providers]:
        expected = ", ".join(providers)
        raise PlanError(
            f"default_strategy names {', '.join(strangers)}; expected one of capacity_providers: {expected}."
        )
    after = Cluster(
        name=params["name"],
        cluster_arn=before.cluster_arn,
        container_insights=params["container_insights"],
        storage_key_arn=params["storage_key_arn"],
        capacity_providers=providers,
        default_strategy=strategy,
        tags=merged(before.tags, params),
    )
    return Change(before, after, configuration)
