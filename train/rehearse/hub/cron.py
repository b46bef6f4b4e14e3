"""When a schedule comes round: five fields, or a word like @daily. All times are UTC."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from train.rehearse.hub.errors import bad_request

_WORDS = {
    "@annually": "0 0 1 1 *",
    "@yearly": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_BOUNDS = (range(60), range(24), range(1, 32), range(1, 13), range(8))
_PART = re.compile(r"(\*|\d+)(?:-(\d+))?(?:/([1-9]\d*))?")
_LONGEST_DAYS = 366 * 8  # the 29th of February can be eight years away


@dataclass(frozen=True)
class Schedule:
    """The minutes, hours and days on which something happens."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    any_day: bool
    any_weekday: bool

    def next_after(self, seconds: float) -> float | None:
        """The first moment after this one, in seconds since 1970; None if there is none."""
        now = datetime.fromtimestamp(seconds, UTC)
        for ahead in range(_LONGEST_DAYS):
            day = now.date() + timedelta(days=ahead)
            if not self._is_on(day.day, day.month, day.isoweekday() % 7):
                continue
            for hour in sorted(self.hours):
                for minute in sorted(self.minutes):
                    moment = datetime.combine(day, time(hour, minute), UTC)
                    if moment > now:
                        return moment.timestamp()
        return None

    def _is_on(self, day: int, month: int, weekday: int) -> bool:
        """If both kinds of day are restricted, either will do; so cron has it."""
        by_day, by_weekday = day in self.days, weekday in self.weekdays
        either = self.any_day or self.any_weekday
        return month in self.months and (by_day and by_weekday if either else by_day or by_weekday)


def parse_schedule(text: str) -> Schedule:
    """A schedule from what somebody wrote, or a refusal."""
    fields = _WORDS.get(text, text).split()
    if len(fields) != len(_BOUNDS):
        raise bad_request(f'"schedule" must be five fields like "0 9 * * 1" or one of {", ".join(_WORDS)}')
    minutes, hours, days, months, weekdays = map(_numbers, fields, _BOUNDS)
    sundays = frozenset(day % 7 for day in weekdays)
    return Schedule(minutes, hours, days, months, sundays, fields[2] == "*", fields[4] == "*")


def _numbers(field: str, bounds: range) -> frozenset[int]:
    found = {number for part in field.split(",") for number in _part(part, bounds)}
    if not found or not found <= set(bounds):
        raise bad_request(f'"{field}" in "schedule" is not within {bounds.start} to {bounds.stop - 1}')
    return frozenset(found)


def _part(part: str, bounds: range) -> Iterable[int]:
    match = _PART.fullmatch(part)
    if not match:
        raise bad_request(f'"{part}" in "schedule" is no number, range or step')
    first, last, step = match.groups()
    start = bounds.start if first == "*" else int(first)
    is_open = first == "*" or (step and not last)
    return range(start, bounds.stop if is_open else int(last or first) + 1, int(step or 1))
