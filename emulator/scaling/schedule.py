# SPDX-License-Identifier: GPL-3.0-or-later
"""When a scheduled action is due: pure functions.

https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

UNITS = {"minute": 1, "hour": 60, "day": 1440}
MONTHS = {
    **{"JAN": 1, "FEB": 2, "MAR": 3, "APR": 4, "MAY": 5, "JUN": 6},
    **{"JUL": 7, "AUG": 8, "SEP": 9, "OCT": 10, "NOV": 11, "DEC": 12},
}
DAYS = {"SUN": 1, "MON": 2, "TUE": 3, "WED": 4, "THU": 5, "FRI": 6, "SAT": 7}
# The least value of each field, and its names.
Field = tuple[int, Mapping[str, int]]
FIELDS: tuple[Field, ...] = ((0, {}), (0, {}), (1, {}), (1, MONTHS), (1, DAYS), (1970, {}))
MINUTE = timedelta(minutes=1)


class ScheduleError(ValueError):
    """A schedule that is not emulated."""


@dataclass(frozen=True)
class Span:
    """The time since the last look, and how many seconds a minute takes. Hours and dates are those of the clock."""

    since: datetime
    until: datetime
    minute: float = 60.0


def due(schedule: str, timezone: str, made: datetime, span: Span) -> bool:
    """Tell whether an action that was made at some time was to be done within a span."""
    kind, _, content = schedule.strip().rstrip(")").partition("(")
    zone = ZoneInfo(timezone)
    if kind == "at":
        return span.since < datetime.fromisoformat(content).replace(tzinfo=zone) <= span.until
    if kind == "rate":
        return _rate(content, made, span)
    if kind == "cron":
        moment = span.until.astimezone(zone).replace(second=0, microsecond=0)
        while moment > span.since:
            if _matches(content.split(), moment):
                return True
            moment -= MINUTE
        return False
    raise ScheduleError(f"not emulated: {schedule}")


def _rate(content: str, made: datetime, span: Span) -> bool:
    value, _, unit = content.partition(" ")
    period = int(value) * UNITS[unit.rstrip("s")] * span.minute
    before, after = ((moment - made).total_seconds() // period for moment in (span.since, span.until))
    return after > max(before, 0)


def _matches(fields: list[str], moment: datetime) -> bool:
    """Tell whether a minute is meant: minutes, hours, day of month, month, day of week, and maybe the year."""
    values = [moment.minute, moment.hour, moment.day, moment.month, moment.isoweekday() % 7 + 1, moment.year]
    return all(_field(*one) for one in zip(fields, values, FIELDS, strict=False))


def _field(text: str, value: int, field: Field) -> bool:
    return any(_item(item, value, field) for item in text.upper().split(","))


def _item(item: str, value: int, field: Field) -> bool:
    found = re.fullmatch(r"(\*|\?|\w+)(?:-(\w+))?(?:/(\d+))?", item)
    if found is None:
        raise ScheduleError(f"not emulated: {item}")
    first, last, step = found.groups()
    least, names = field
    low = least if first in "*?" else _number(first, names)
    high = _number(last, names) if last else value if step or first in "*?" else low
    return low <= value <= high and (value - low) % int(step or 1) == 0


def _number(text: str, names: Mapping[str, int]) -> int:
    if text not in names and not text.isdigit():
        raise ScheduleError(f"not emulated: {text}")
    return names.get(text) or int(text)
