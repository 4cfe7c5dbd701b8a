# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a DynamoDB table can be restored to a point in time, and how, as pure functions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils._dynamodb_table_checks import KEY_ARN, NAME
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

LATEST = "latest"
FORMAT = "%Y-%m-%dT%H:%M:%SZ"
NOTHING_CHANGED = "Nothing was changed."
Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Window:
    """The whole seconds that a table can be restored to."""

    earliest: datetime
    latest: datetime

    def __str__(self) -> str:
        return f"{spelled(self.earliest)} to {spelled(self.latest)}"


@dataclass(frozen=True)
class Restore:
    """A table as it is restored, or has been; `arguments` is what AWS is to be told, nothing if it was before."""

    table_arn: str
    restore_time: str
    restored_from: str
    window: Window | None
    arguments: Facts

    def __bool__(self) -> bool:
        return bool(self.arguments)

    def as_result(self, diff: bool) -> dict[str, Any]:
        """Return what the module returns."""
        after = {"restore_time": self.restore_time, "restored_from": self.restored_from}
        shown = {"diff": {"before": {} if self else after, "after": after}} if diff else {}
        return {
            "changed": bool(self),
            "table_arn": self.table_arn,
            **after,
            "earliest_restorable_time": spelled(self.window.earliest) if self.window else "",
            "latest_restorable_time": spelled(self.window.latest) if self.window else "",
            **shown,
        }


def check_arguments(params: Mapping[str, Any]) -> None:
    """Raise PlanError for arguments that cannot be right, whatever AWS has."""
    source, name, key = params["source_name"], params["name"], params["kms_key_arn"]
    for option in ("source_name", "name"):
        if not NAME.fullmatch(params[option]):
            raise PlanError(f"{option} is {params[option]!r}; expected 3 to 255 letters, digits, '_', '-' and '.'.")
    if source == name:
        raise PlanError(f"source_name and name are both {name}; AWS restores to a new table only. Name another one.")
    if key and not KEY_ARN.fullmatch(key):
        raise PlanError(f"kms_key_arn is {key}; expected the ARN of a key, and no alias.")
    if params["restore_time"] != LATEST:
        parsed(params["restore_time"])


def plan_restore(params: Mapping[str, Any], source: Facts, recovery: Facts, target: Facts) -> Restore:
    """Return what restores the table, or has restored it.

    Source and target are DescribeTable's, nothing if there is none; recovery is that of the source. Raises PlanError.
    """
    window = window_of(recovery)
    if target:
        return _restored(params, target, window)
    name = params["source_name"]
    if not source:
        raise PlanError(f"There is no table {name} to restore from in this account and region. {NOTHING_CHANGED}")
    if window is None:
        raise PlanError(
            f"Table {name} cannot be restored to a point in time, because its recovery is off. It can be to any second "
            f"after it is switched on; what was before is in backups only. {NOTHING_CHANGED}"
        )
    time = _time(params, window)
    arn = str(source["TableArn"])
    return Restore(_sibling(arn, params["name"]), spelled(time), arn, window, _arguments(params, time))


def window_of(recovery: Facts) -> Window | None:
    """Return the window of DescribeContinuousBackups in whole seconds; none while the recovery is off."""
    found = recovery.get("PointInTimeRecoveryDescription", {})
    if found.get("PointInTimeRecoveryStatus") != "ENABLED" or "LatestRestorableDateTime" not in found:
        return None
    earliest, latest = (found[f"{which}RestorableDateTime"].astimezone(UTC) for which in ("Earliest", "Latest"))
    # AWS takes whole seconds: the first that is not before the earliest, the last that is not after the latest.
    rounded = earliest + timedelta(microseconds=-earliest.microsecond % 1_000_000)
    latest = latest.replace(microsecond=0)
    return Window(min(rounded, latest), latest)


def parsed(text: str) -> datetime:
    """Return the time that a text says; raises PlanError unless it is ISO 8601 in UTC, in whole seconds."""
    expected = f"restore_time is {text!r}; expected {LATEST} or a second in UTC such as 2026-01-31T23:59:59Z."
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise PlanError(expected) from error
    if time.utcoffset() != timedelta(0) or time.microsecond:
        raise PlanError(expected)
    return time.astimezone(UTC)


def spelled(time: datetime) -> str:
    """Return a time as the module takes and returns it."""
    return time.astimezone(UTC).strftime(FORMAT)


def restored(plan: Restore, target: Facts) -> Restore:
    """Return a restore with what AWS says of the table that came of it."""
    summary = target["RestoreSummary"]
    time = _second(summary["RestoreDateTime"])
    return Restore(str(target["TableArn"]), time, str(summary["SourceTableArn"]), plan.window, plan.arguments)


def _restored(params: Mapping[str, Any], target: Facts, window: Window | None) -> Restore:
    """Return the restore that a table has come of; raises PlanError if it is another one."""
    summary = target.get("RestoreSummary") or {}
    source = str(summary.get("SourceTableArn", ""))
    name = params["name"]
    if "SourceBackupArn" in summary or source != _sibling(str(target["TableArn"]), params["source_name"]):
        was = f"was restored from {summary.get('SourceBackupArn') or source}" if summary else "was not restored"
        raise PlanError(
            f"Table {name} exists and {was}, not from table {params['source_name']} to a point in time. Restore to "
            f"another name. {NOTHING_CHANGED}"
        )
    time, wanted = _second(summary["RestoreDateTime"]), params["restore_time"]
    if wanted != LATEST and spelled(parsed(wanted)) != time:
        raise PlanError(
            f"Table {name} exists and was restored to {time}, not to {wanted}. Restore to another name, or delete the "
            f"table if it is of no use. {NOTHING_CHANGED}"
        )
    return Restore(str(target["TableArn"]), time, source, window, {})


def _time(params: Mapping[str, Any], window: Window) -> datetime:
    if params["restore_time"] == LATEST:
        return window.latest
    time = parsed(params["restore_time"])
    if not window.earliest <= time <= window.latest:
        raise PlanError(
            f"restore_time is {spelled(time)}; table {params['source_name']} can be restored to {window}. "
            f"{NOTHING_CHANGED}"
        )
    return time


def _arguments(params: Mapping[str, Any], time: datetime) -> dict[str, Any]:
    # The latest may be a later one by the time that AWS is told.
    latest = params["restore_time"] == LATEST
    key = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": params["kms_key_arn"]}
    return {
        "SourceTableName": params["source_name"],
        "TargetTableName": params["name"],
        **({"UseLatestRestorableTime": True} if latest else {"RestoreDateTime": time}),
        **({"SSESpecificationOverride": key} if params["kms_key_arn"] else {}),
    }


def _sibling(table_arn: str, name: str) -> str:
    """Return the ARN of another table of the same account and region."""
    return f"{table_arn.partition(':table/')[0]}:table/{name}"


def _second(time: datetime) -> str:
    return spelled(datetime.fromtimestamp(math.floor(time.timestamp()), UTC))
