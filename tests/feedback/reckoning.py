"""The same month reckoned with pencil and paper: minutes of a court in a row, counted. Nothing of the portal is used.

May 2026 as announced: 1 to 5 May off, Saturday 9 May worked; 19 June off. Shifts 08:30–12:00 and 14:30–18:00.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from itertools import accumulate
from math import ceil, sqrt

BEIJING = timezone(timedelta(hours=8))
FIRST = datetime(2026, 4, 27, tzinfo=BEIJING)
DAYS = 70
OFF = {(5, 1), (5, 2), (5, 3), (5, 4), (5, 5), (6, 19)}
WORKED_SATURDAYS = {(5, 9)}


def works_on(day: datetime) -> bool:
    """Whether the court works on this day."""
    if (day.month, day.day) in WORKED_SATURDAYS:
        return True
    return day.weekday() < 5 and (day.month, day.day) not in OFF


def _minutes() -> list[int]:
    row: list[int] = []
    for number in range(DAYS):
        open_today = works_on(FIRST + timedelta(days=number))
        for minute in range(1440):
            row.append(int(open_today and (510 <= minute < 720 or 870 <= minute < 1080)))
    return [0, *accumulate(row)]


WORKED = _minutes()
"""Working minutes from the first minute of the table up to each minute."""


def worked(moment: datetime) -> int:
    """Working minutes that have passed at a moment."""
    return WORKED[int((moment - FIRST).total_seconds() // 60)]


def when(minutes: int) -> datetime:
    """The first moment at which so many working minutes have passed."""
    return FIRST + timedelta(minutes=bisect_left(WORKED, minutes))


def end_of(moment: datetime) -> datetime:
    """A day ends one second before midnight."""
    return moment.replace(hour=23, minute=59, second=59)


def after_workdays(moment: datetime, count: int) -> datetime:
    """The end of the so-many-th working day after this one."""
    day = moment
    while count:
        day += timedelta(days=1)
        count -= works_on(day)
    return end_of(day)


@dataclass
class Story:
    """One clock: from when, until when at most, when it stood still, when it was met."""

    kind: str
    level: str
    start: datetime
    promised: datetime
    met: datetime | None = None
    pauses: list[tuple[datetime, datetime | None]] = field(default_factory=list)

    @property
    def steps(self) -> list[str]:
        return ["soon", "head", "supervisor"] if self.level == "judge" else ["soon", "supervisor"]

    def due(self, known: int) -> datetime:
        """The end after the first ``known`` pauses are over."""
        stood = sum(worked(b) - worked(a) for a, b in self.pauses[:known] if b is not None)
        return end_of(when(worked(self.promised) + stood)) if stood else self.promised

    def falls(self, number: int, due: datetime) -> datetime:
        """When a step falls, by its place."""
        if number == 0:
            return max(self.start, when(worked(due) - 120))
        if number == 1:
            return due
        late = when(worked(due) + 420 * (number - 1))
        return end_of(late) if self.kind == "resolution" else late

    def escalations(self, end: datetime) -> list[tuple[str, datetime]]:
        """Steps that fell while it ran, with their moments, until ``end`` of the table."""
        made: list[tuple[str, datetime]] = []
        stops = [a for a, _b in self.pauses] + [self.met or end]
        for known, stop in enumerate(stops):
            if known and self.pauses[known - 1][1] is None:
                break
            due = self.due(known)
            while len(made) < len(self.steps):
                falls = self.falls(len(made), due)
                if falls > stop:
                    break
                made.append((self.steps[len(made)], falls))
        return made

    @property
    def used(self) -> int:
        """Working minutes from start to end, without pauses."""
        assert self.met is not None
        stood = sum(worked(b) - worked(a) for a, b in self.pauses if b is not None)
        return worked(self.met) - worked(self.start) - stood


def percentile(values: list[int], share: float) -> int:
    """The smallest measured value that is not below this share of all."""
    return sorted(values)[ceil(share * len(values)) - 1]


def wilson(x: int, n: int) -> tuple[float, float]:
    """Wilson's interval in percent, by the book."""
    z, p = 1.959964, x / n
    middle, width = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return 100 * (middle - width) / (1 + z * z / n), 100 * (middle + width) / (1 + z * z / n)
