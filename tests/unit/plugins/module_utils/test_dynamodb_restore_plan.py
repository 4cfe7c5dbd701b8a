# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a table can be restored, and to which second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils._dynamodb_restore_plan import (
    check_arguments,
    parsed,
    plan_restore,
    restored,
    window_of,
)
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
ARN = "arn:aws:dynamodb:eu-central-1:123456789012:table/shop"
SOURCE = {"TableArn": ARN}


def params(**options: Any) -> dict[str, Any]:
    return {"source_name": "shop", "name": "shop.1", "restore_time": "latest", "kms_key_arn": "", **options}


def recovery(earliest: datetime = NOON, latest: datetime = NOON + timedelta(hours=1)) -> dict[str, Any]:
    times = {"EarliestRestorableDateTime": earliest, "LatestRestorableDateTime": latest}
    return {"PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "ENABLED", **times}}


def target(**summary: Any) -> dict[str, Any]:
    return {
        "TableArn": f"{ARN}.1",
        "RestoreSummary": {"SourceTableArn": ARN, "RestoreDateTime": NOON, "RestoreInProgress": True, **summary},
    }


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("2026-01-31T12:00:00Z", NOON),
        ("2026-01-31T12:00:00+00:00", NOON),
        ("2026-01-31 12:00:01Z", NOON + timedelta(seconds=1)),
    ],
)
def test_times_are_seconds_in_utc(text: str, second: datetime) -> None:
    assert parsed(text) == second


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-01-31",
        "2026-01-31T12:00:00",
        "2026-01-31T12:00:00+01:00",
        "2026-01-31T12:00:00.5Z",
        "1769860800",
    ],
)
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(PlanError, match="expected latest or a second in UTC"):
        check_arguments(params(restore_time=text))


def test_window_is_of_whole_seconds_that_aws_takes() -> None:
    east = timezone(timedelta(hours=1))
    window = window_of(recovery((NOON + timedelta(seconds=0.2)).astimezone(east), NOON + timedelta(seconds=9.9)))
    assert str(window) == "2026-01-31T12:00:01Z to 2026-01-31T12:00:09Z"
    # A moment after the recovery was switched on no whole second is in between.
    window = window_of(recovery(NOON + timedelta(seconds=0.2), NOON + timedelta(seconds=0.7)))
    assert str(window) == "2026-01-31T12:00:00Z to 2026-01-31T12:00:00Z"
    assert window_of({}) is None
    assert window_of({"PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"}}) is None


def test_both_ends_of_the_window_can_be_restored() -> None:
    for time, second in (("2026-01-31T12:00:00Z", NOON), ("2026-01-31T13:00:00Z", NOON + timedelta(hours=1))):
        plan = plan_restore(params(restore_time=time), SOURCE, recovery(), {})
        named = {"SourceTableName": "shop", "TargetTableName": "shop.1"}
        assert (plan.arguments, plan.restore_time) == ({**named, "RestoreDateTime": second}, time)
    for time in ("2026-01-31T11:59:59Z", "2026-01-31T13:00:01Z"):
        with pytest.raises(PlanError, match="can be restored to 2026-01-31T12:00:00Z to 2026-01-31T13:00:00Z"):
            plan_restore(params(restore_time=time), SOURCE, recovery(), {})


def test_the_latest_is_left_to_aws_and_its_answer_is_told() -> None:
    plan = plan_restore(params(kms_key_arn="arn:of:a:key"), SOURCE, recovery(), {})
    assert plan.arguments["UseLatestRestorableTime"] is True
    assert plan.arguments["SSESpecificationOverride"]["KMSMasterKeyId"] == "arn:of:a:key"
    done = restored(plan, target(RestoreDateTime=NOON + timedelta(minutes=61, milliseconds=400)))
    assert (bool(done), done.restore_time) == (True, "2026-01-31T13:01:00Z")


def test_restore_of_the_same_table_is_taken_up_without_its_source() -> None:
    for time in ("latest", "2026-01-31T12:00:00Z"):
        plan = plan_restore(params(restore_time=time), {}, {}, target())
        assert (bool(plan), plan.restored_from, plan.table_arn) == (False, ARN, f"{ARN}.1")
        assert plan.as_result(diff=False)["latest_restorable_time"] == ""


@pytest.mark.parametrize(
    "found",
    [
        {"TableArn": f"{ARN}.1"},
        target(SourceTableArn=f"{ARN}.0"),
        target(SourceTableArn=ARN.replace("123456789012", "111122223333")),
        target(SourceBackupArn=f"{ARN}/backup/1"),
    ],
)
def test_any_other_table_of_the_name_is_refused(found: dict[str, Any]) -> None:
    with pytest.raises(PlanError, match=r"Table shop\.1 exists and was .*Restore to another name"):
        plan_restore(params(), SOURCE, recovery(), found)
