# SPDX-License-Identifier: GPL-3.0-or-later
"""The alarms that a deployment of a service names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends

from emulator.settings import ACCOUNT_ID, REGION


def asked(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a configuration says of alarms, nothing if they are not to be heeded."""
    alarms = configuration.get("alarms") or {}
    return dict(alarms) if alarms.get("enable") and alarms.get("alarmNames") else {}


def firing(names: Iterable[str]) -> frozenset[str]:
    """Return those of some alarms that are in the state ALARM."""
    alarms = cloudwatch_backends[ACCOUNT_ID][REGION].alarms
    return frozenset(name for name in names if name in alarms and alarms[name].state_value == "ALARM")
