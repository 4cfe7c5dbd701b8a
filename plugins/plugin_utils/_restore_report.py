# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""What a restore drill leaves, and what it may take up: pure functions over plain data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

Facts = Mapping[str, Any]
LATEST = "latest"
# A run that was cut short is taken up by the next one, not by one of another day.
LONGEST_INTERRUPTION = timedelta(days=1)
PHASES = {"restore": "restored", "protection": "protected", "check": "checked", "cut_over": "cut_over"}


def restore_problems(source: Facts, copy: Facts, plan: Facts, restore_time: str, now: str) -> list[str]:
    """Return why a restore must not begin, given both tables as dynamodb_table_info describes them, {} for none."""
    tags = source.get("tags") or {}
    generation, name, copy_name = plan["generation"], plan["source_name"], plan["copy_name"]
    begun = tags.get("palisade:replaced-by") == str(generation)
    if begun and not plan["cut_over"]:
        return [
            f"An earlier run has begun to cut over from {name} to {copy_name}, and tasks may use it already. Leave "
            f"restore_cut_over out to complete that."
        ]
    if begun and "palisade:replaced-at" in tags:
        return [
            f"Table {name} was replaced by {copy_name} at {tags['palisade:replaced-at']}, and that is complete. Set "
            f"palisade_table_generation: {generation} in the inventory; another restore makes the next generation."
        ]
    if copy and restore_time == LATEST and _is_of_an_earlier_restore(copy, now):
        return [
            f"Table {copy_name} is left from an earlier restore or rehearsal, of {_moment(copy):%Y-%m-%dT%H:%M:%SZ}, "
            f"and is not the latest. Set restore_generation to {int(generation) + 1} for another copy, or "
            f"restore_time to the second that it was restored to for this one."
        ]
    return []


def _is_of_an_earlier_restore(copy: Facts, now: str) -> bool:
    rehearsed = "palisade:rehearsed-at" in (copy.get("tags") or {})
    return rehearsed or datetime.fromisoformat(now) - _moment(copy) > LONGEST_INTERRUPTION


def _moment(table: Facts) -> datetime:
    return datetime.fromisoformat(str(table["creation_date_time"]))


def restore_report(
    plan: Facts, done: Facts, copy: Facts, times: Mapping[str, str], checked: Sequence[str], compared: Sequence[str]
) -> dict[str, Any]:
    """Return what a restore did and how long it took; in seconds, and `None` for what was not done.

    `done` is what dynamodb_table_restore returned, `copy` the copy before this run, `times` says when each phase ended,
    `checked` and `compared` are the last lines of the tasks that compared both tables before and after the cut-over.
    """
    moments = {name: datetime.fromisoformat(time) for name, time in times.items()}
    resumed = bool(copy) and "palisade:rehearsed-at" not in (copy.get("tags") or {})
    begun = min(moments["started"], _moment(copy)) if resumed else moments["started"]
    restored_to = datetime.fromisoformat(done["restore_time"])
    cut_over = moments.get("cut_over")
    before, after = _last_object(checked), _last_object(compared)
    difference = after or before
    return {
        "source": plan["source_name"],
        "copy": plan["copy_name"],
        "restored_to": done["restore_time"],
        "begun": _spelled(begun),
        "resumed": resumed,
        "rpo_seconds": max(0.0, _seconds(begun - restored_to)),
        "rto_seconds": _seconds(cut_over - begun) if cut_over else None,
        "phases_seconds": _phases(moments),
        "not_in_copy": _not_in_copy(done["restore_time"], cut_over or moments["checked"], difference),
        "in_use": plan["copy_name"] if cut_over else plan["source_name"],
        "table_generation": plan["generation"] if cut_over else plan["from_generation"],
        "before_cut_over": before,
        "after_cut_over": after,
        "difference": difference,
    }


def _not_in_copy(restored_to: str, end: datetime, difference: Facts) -> dict[str, Any]:
    """Return the window whose writes the copy lacks, and how many of them are known, `None` if nobody counted."""
    return {
        "from": restored_to,
        "to": _spelled(end),
        "seconds": _seconds(end - datetime.fromisoformat(restored_to)),
        "known_writes": _known_writes(difference),
    }


def _known_writes(difference: Facts) -> int | None:
    """Return how many writes at least it took to make the source differ from its copy.

    What is newer than the restore was written to the copy; what else is there only was removed from the source.
    """
    counts = [difference.get(name) for name in ("only_in_source", "different", "only_in_copy", "newer_in_copy")]
    if not all(isinstance(count, int) for count in counts):
        return None
    added, changed, only_in_copy, newer = (int(count or 0) for count in counts)
    return added + changed + only_in_copy - newer


def _phases(moments: Mapping[str, datetime]) -> dict[str, float]:
    """Return how long this run took for each phase that it came to."""
    ends = {phase: moments[name] for phase, name in PHASES.items() if name in moments}
    begins = [moments["started"], *ends.values()]
    return {phase: _seconds(end - begin) for (phase, end), begin in zip(ends.items(), begins, strict=False)}


def _spelled(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _seconds(duration: timedelta) -> float:
    return round(duration.total_seconds(), 1)


def _last_object(lines: Sequence[str]) -> dict[str, Any]:
    """Return the last line that is an object of JSON, which a check prints; {} if there is none."""
    for line in reversed(lines):
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict):
            return found
    return {}
