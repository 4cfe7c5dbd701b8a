# SPDX-License-Identifier: GPL-3.0-or-later
"""What a restore may take up, and what it says of itself."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._restore_report import restore_problems, restore_report

PLAN = {"source_name": "shop-dev", "copy_name": "shop-dev.1", "from_generation": 0, "generation": 1, "cut_over": True}
NOW = "2026-02-01T12:00:00.000000Z"
BEGUN = {"palisade:replaced-by": "1"}
COMPLETE = {**BEGUN, "palisade:replaced-at": "2026-01-31T12:00:00Z"}
DONE = {"restore_time": "2026-02-01T11:55:00Z"}
TIMES = {
    "started": NOW,
    "restored": "2026-02-01T12:00:10.000000Z",
    "protected": "2026-02-01T12:00:12.500000Z",
    "checked": "2026-02-01T12:00:20.000000Z",
}
CUT_OVER = {**TIMES, "cut_over": "2026-02-01T12:01:00.000000Z"}


def table(created: str = NOW, **tags: str) -> dict[str, Any]:
    return {"creation_date_time": created, "tags": tags}


def problems(source: dict[str, str], copy: dict[str, Any], time: str = "latest", **plan: Any) -> str:
    return " ".join(restore_problems(table(**source), copy, PLAN | plan, time, NOW))


@pytest.mark.parametrize(
    ("source", "copy"),
    [
        ({}, {}),
        # An earlier run was cut short.
        ({}, table("2026-01-31T12:00:01+00:00")),
        (BEGUN, table("2026-02-01T11:00:00+00:00")),
        # Another generation is the next one.
        ({**COMPLETE, "palisade:replaced-by": "2"}, {}),
    ],
)
def test_restore_may_begin_or_go_on(source: dict[str, str], copy: dict[str, Any]) -> None:
    assert problems(source, copy) == ""


def test_complete_restore_is_not_done_again() -> None:
    found = problems(COMPLETE, table())
    assert "replaced by shop-dev.1 at 2026-01-31T12:00:00Z, and that is complete" in found
    assert "Set palisade_table_generation: 1" in found


@pytest.mark.parametrize(
    "copy", [table("2026-01-31T11:59:59+00:00"), table(**{"palisade:rehearsed-at": "2026-02-01T11:59:00Z"})]
)
def test_copy_of_another_day_or_of_a_rehearsal_is_not_the_latest(copy: dict[str, Any]) -> None:
    assert "Set restore_generation to 2 for another copy" in problems({}, copy)
    # Whoever names its second means it.
    assert problems({}, copy, "2026-01-30T00:00:00Z") == ""


def test_cut_over_that_has_begun_is_no_rehearsal() -> None:
    assert "Leave restore_cut_over out" in problems(BEGUN, table(), cut_over=False)


def report(times: dict[str, str], copy: dict[str, Any] | None = None, *compared: str) -> dict[str, Any]:
    return restore_report(PLAN, DONE, copy or {}, times, ['{"only_in_source": 1}'], compared)


def test_recovery_point_and_time_are_counted_from_the_beginning() -> None:
    found = report(CUT_OVER, None, "a warning", '{"only_in_source": 7}', "[]", "the end")
    assert (found["rpo_seconds"], found["rto_seconds"], found["resumed"]) == (300, 60, False)
    assert found["phases_seconds"] == {"restore": 10, "protection": 2.5, "check": 7.5, "cut_over": 40}
    assert found["not_in_copy"] == {
        "from": "2026-02-01T11:55:00Z",
        "to": "2026-02-01T12:01:00.000000Z",
        "seconds": 360,
        "known_writes": None,
    }
    assert (found["in_use"], found["table_generation"]) == ("shop-dev.1", 1)
    assert found["difference"] == found["after_cut_over"] == {"only_in_source": 7}


COUNTED = {"only_in_source": 7, "different": 2, "only_in_copy": 6, "newer_in_copy": 5}


@pytest.mark.parametrize(
    ("difference", "known"),
    [
        # One of those that only the copy has is older than the restore: it was removed from the source.
        (COUNTED, 7 + 2 + 1),
        (dict.fromkeys(COUNTED, 0), 0),
        # A check that counts otherwise, or none at all.
        ({**COUNTED, "different": "some"}, None),
        ({name: COUNTED[name] for name in COUNTED if name != "different"}, None),
        ({}, None),
    ],
)
def test_writes_that_are_known_to_be_lost_are_counted(difference: dict[str, Any], known: int | None) -> None:
    assert report(CUT_OVER, None, json.dumps(difference))["not_in_copy"]["known_writes"] == known


def test_window_of_a_rehearsal_ends_with_its_check() -> None:
    found = restore_report(PLAN, DONE, {}, TIMES, [json.dumps(COUNTED)], [])["not_in_copy"]
    assert (found["to"], found["seconds"], found["known_writes"]) == ("2026-02-01T12:00:20.000000Z", 320, 10)


def test_run_that_goes_on_counts_from_the_first_one() -> None:
    found = report(CUT_OVER, table("2026-02-01T11:58:00+00:00"))
    assert (found["resumed"], found["rpo_seconds"], found["rto_seconds"]) == (True, 180, 180)


def test_rehearsed_copy_counts_from_now() -> None:
    copy = table("2026-01-01T00:00:00+00:00", **{"palisade:rehearsed-at": "2026-01-01T00:01:00Z"})
    assert report(CUT_OVER, copy)["rto_seconds"] == 60


def test_rehearsal_has_no_recovery_time() -> None:
    found = report(TIMES)
    assert (found["rto_seconds"], found["in_use"], found["table_generation"]) == (None, "shop-dev", 0)
    assert found["difference"] == found["before_cut_over"] == {"only_in_source": 1}


def test_restore_point_after_the_beginning_loses_nothing_before_it() -> None:
    done = {"restore_time": "2026-02-01T12:00:05Z"}
    assert restore_report(PLAN, done, {}, CUT_OVER, [], [])["rpo_seconds"] == 0


def test_report_is_plain_data() -> None:
    assert json.loads(json.dumps(report(CUT_OVER)))["copy"] == "shop-dev.1"
