"""Time in which a court works: shifts of a day on the working days of a calendar. Pure arithmetic in Beijing time.

Seconds count inside the shifts only. ``calendar`` knows shifted working days and holidays (``common.clock.Calendar``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from common.clock import BEIJING, Calendar, beijing_day, start_of_day

SPAN = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")
DAY_SECONDS = 86400
LONGEST_SEARCH = 4000
"""Days looked at before a calendar counts as one without working days."""


@dataclass(frozen=True)
class Shifts:
    """The shifts of a working day as (from, until) in seconds after midnight, in order, without overlap."""

    spans: tuple[tuple[int, int], ...]

    @property
    def seconds(self) -> int:
        """Working seconds of a full day."""
        return sum(until - start for start, until in self.spans)


def parse_shifts(text: str) -> Shifts:
    """Shifts from text such as ``08:30-12:00,14:30-18:00``. Raises ValueError for anything else.

    >>> parse_shifts("08:30-12:00,14:30-18:00").seconds // 3600
    7
    """
    spans = tuple(_span(part.strip()) for part in text.split(","))
    if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
        raise ValueError("shifts overlap or stand in the wrong order")
    return Shifts(spans)


def _span(text: str) -> tuple[int, int]:
    found = SPAN.fullmatch(text)
    if found is None:
        raise ValueError("not a shift such as 08:30-12:00")
    first_hour, first_minute, last_hour, last_minute = (int(part) for part in found.groups())
    start, until = first_hour * 3600 + first_minute * 60, last_hour * 3600 + last_minute * 60
    if not start < until <= DAY_SECONDS:
        raise ValueError("a shift ends after it starts and before midnight")
    return start, until


@dataclass(frozen=True)
class Reached:
    """A moment that was computed. ``confirmed`` False (待确认): it hangs on a year without announced holidays."""

    at: datetime
    confirmed: bool


@dataclass(frozen=True)
class WorkingTime:
    """The working time of one court."""

    calendar: Calendar
    shifts: Shifts

    def add(self, start: datetime, span: timedelta) -> Reached:
        """The first moment at which ``span`` of working time has passed since ``start`` (aware).

        Outside the shifts time stands still: what starts in the noon break starts at its end. A negative span →
        ValueError; a calendar without working days → ValueError.
        """
        if span < timedelta(0):
            raise ValueError("working time is added forward")
        left, confirmed = span, True
        for day in self._days(beijing_day(start), 1):
            confirmed &= self.calendar.knows(day.year)
            for opens, closes in self._shifts_of(day):
                opens = max(opens, start)
                if opens >= closes:
                    continue
                if closes - opens >= left:
                    return Reached(_beijing(opens + left), confirmed)
                left -= closes - opens
        raise ValueError("the calendar has no working days")

    def before(self, end: datetime, span: timedelta) -> datetime:
        """The first moment from which only ``span`` of working time is left until ``end`` (aware)."""
        left = span
        for day in self._days(beijing_day(end), -1):
            for opens, closes in reversed(self._shifts_of(day)):
                closes = min(closes, end)
                if opens >= closes:
                    continue
                if closes - opens > left:
                    return _beijing(closes - left)
                left -= closes - opens
        raise ValueError("the calendar has no working days")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from ``start`` until ``end``; nothing when ``end`` is not later."""
        total, day = timedelta(0), beijing_day(start)
        while day <= beijing_day(end):
            for opens, closes in self._shifts_of(day):
                total += max(min(closes, end) - max(opens, start), timedelta(0))
            day += timedelta(days=1)
        return total

    def _shifts_of(self, day: date) -> list[tuple[datetime, datetime]]:
        if not self.calendar.is_workday(day):
            return []
        midnight = start_of_day(day)
        return [
            (midnight + timedelta(seconds=start), midnight + timedelta(seconds=until))
            for start, until in self.shifts.spans
        ]

    @staticmethod
    def _days(first: date, step: int) -> Iterator[date]:
        return (first + timedelta(days=step * number) for number in range(LONGEST_SEARCH))


def _beijing(moment: datetime) -> datetime:
    return moment.astimezone(BEIJING)
