"""Working time of a court, as a table: split shifts, noon break, holidays, shifted Saturdays, year ends."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from common.clock import BEIJING, Calendar
from common.working_time import Shifts, WorkingTime, parse_shifts

CALENDAR = Calendar(
    # 2026: 元旦 1–3 January, Sunday 4 January is worked; 国庆 1–7 October, Saturday 10 October is worked
    off=frozenset({date(2026, 1, 1), date(2026, 1, 2)} | {date(2026, 10, day) for day in range(1, 8)}),
    work=frozenset({date(2026, 1, 4), date(2026, 10, 10)}),
    years=frozenset({2025, 2026}),
    version="2026-test",
)
SPLIT = WorkingTime(CALENDAR, parse_shifts("08:30-12:00,14:30-18:00"))


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=BEIJING)


ADDED = [
    # start, working minutes, reached, the year is announced
    ("2026-03-02 09:00", 60, "2026-03-02 10:00", True),
    ("2026-03-02 11:30", 60, "2026-03-02 15:00", True),  # over the noon break
    ("2026-03-02 12:00", 30, "2026-03-02 15:00", True),
    ("2026-03-02 13:10", 30, "2026-03-02 15:00", True),  # asked in the break
    (
        "2026-03-02 11:00",
        60,
        "2026-03-02 12:00",
        True,
    ),  # used up where the shift ends, not where the next begins
    ("2026-03-02 23:59", 1, "2026-03-03 08:31", True),
    ("2026-03-02 00:00", 1, "2026-03-02 08:31", True),
    ("2026-03-06 17:30", 60, "2026-03-09 09:00", True),  # Friday evening to Monday
    ("2026-03-07 10:00", 420, "2026-03-09 18:00", True),  # a whole day from a Saturday
    ("2026-10-09 17:00", 120, "2026-10-10 09:30", True),  # the shifted Saturday is worked
    ("2026-09-30 17:00", 120, "2026-10-08 09:30", True),  # over a week of holidays
    ("2025-12-31 17:30", 60, "2026-01-04 09:00", True),  # year end into a shifted Sunday
    ("2026-12-31 17:00", 60, "2026-12-31 18:00", True),
    ("2026-12-31 17:30", 60, "2027-01-01 09:00", False),  # 2027 is not announced: 待确认
    ("2026-03-02 09:00", 0, "2026-03-02 09:00", True),
]


@pytest.mark.parametrize(("start", "minutes", "reached", "confirmed"), ADDED)
def test_added(start: str, minutes: int, reached: str, confirmed: bool) -> None:
    found = SPLIT.add(at(start), timedelta(minutes=minutes))
    assert (found.at, found.confirmed) == (at(reached), confirmed)
    assert SPLIT.between(at(start), found.at) == timedelta(minutes=minutes)


BEFORE = [
    ("2026-03-03 23:59", 120, "2026-03-03 16:00"),  # a promise of a day ends with the last shift
    ("2026-03-03 15:30", 120, "2026-03-03 11:00"),
    ("2026-03-03 09:00", 120, "2026-03-02 16:30"),
    ("2026-03-03 16:30", 120, "2026-03-03 12:00"),  # from noon on only two hours are left
    ("2026-03-09 08:30", 30, "2026-03-06 17:30"),
    ("2026-10-10 09:00", 60, "2026-10-09 17:30"),
    ("2026-01-04 09:30", 120, "2025-12-31 17:00"),
]


@pytest.mark.parametrize(("end", "minutes", "mark"), BEFORE)
def test_the_mark_before_an_end(end: str, minutes: int, mark: str) -> None:
    assert SPLIT.before(at(end), timedelta(minutes=minutes)) == at(mark)


BETWEEN = [
    ("2026-03-02 12:00", "2026-03-02 14:30", 0),
    ("2026-03-02 00:00", "2026-03-03 00:00", 420),
    ("2026-03-02 11:59", "2026-03-02 14:31", 2),
    ("2026-03-07 00:00", "2026-03-08 23:59", 0),
    ("2026-09-30 00:00", "2026-10-11 00:00", 4 * 420),  # 30 September, 8, 9 and the shifted 10 October
    ("2026-03-03 10:00", "2026-03-03 09:00", 0),
]


@pytest.mark.parametrize(("start", "end", "minutes"), BETWEEN)
def test_between(start: str, end: str, minutes: int) -> None:
    assert SPLIT.between(at(start), at(end)) == timedelta(minutes=minutes)


def test_a_court_that_never_closes() -> None:
    always = WorkingTime(CALENDAR, parse_shifts("00:00-24:00"))
    assert always.add(at("2026-03-02 23:59"), timedelta(minutes=2)).at == at("2026-03-03 00:01")


@pytest.mark.parametrize(
    "text",
    [
        *("", "8:30-12:00", "08:30–12:00", "12:00-08:30", "09:00-09:00", "08:00-25:00", "08:00-24:30"),
        *("09:00-12:00,11:00-18:00", "14:00-18:00,08:00-12:00", "08:30-12:00;14:30-18:00", "08:30-12:60"),
    ],
)
def test_no_shifts(text: str) -> None:
    with pytest.raises(ValueError):
        parse_shifts(text)


def test_what_cannot_be_computed_is_refused() -> None:
    with pytest.raises(ValueError):
        SPLIT.add(at("2026-03-02 09:00"), timedelta(minutes=-1))
    never = WorkingTime(CALENDAR, Shifts(()))
    with pytest.raises(ValueError):
        never.add(at("2026-03-02 09:00"), timedelta(minutes=1))
    with pytest.raises(ValueError):
        never.before(at("2026-03-02 09:00"), timedelta(minutes=1))
