# SPDX-License-Identifier: GPL-3.0-or-later
"""Which capacity provider the next task of a service runs on: a pure function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def next_provider(strategy: Sequence[Mapping[str, Any]], tasks: Mapping[str, int]) -> str | None:
    """Return the provider that lacks a task of its base, or else of its share by weight; nothing without a strategy.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
    """
    for item in strategy:
        if tasks.get(_name(item), 0) < int(item.get("base") or 0):
            return _name(item)
    shares = [item for item in strategy if int(item.get("weight") or 0)]
    return _name(min(shares, key=lambda item: _filled(item, tasks))) if shares else None


def _name(item: Mapping[str, Any]) -> str:
    return str(item["capacityProvider"])


def _filled(item: Mapping[str, Any], tasks: Mapping[str, int]) -> float:
    """Return how much of its share a provider would have with one task more; the base is no part of it."""
    beyond = max(0, tasks.get(_name(item), 0) - int(item.get("base") or 0))
    return (beyond + 1) / int(item["weight"])
