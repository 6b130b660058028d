"""Legal periods: every rule, every way of counting, every example of the data."""

import json
from datetime import date, datetime, timedelta

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from common import clock
from common.clock import BEIJING, Calendar, Deadline, PeriodRule, add_units, compute
from common.errors import InvalidInput
from courts.calendar import RULES_FILE, rules

DATA = json.loads(RULES_FILE.read_text("utf-8"))
TABLE = json.loads((RULES_FILE.parent / "holidays-cn.json").read_text("utf-8"))
CALENDAR = Calendar(
    off=frozenset(map(date.fromisoformat, TABLE["off"])),
    work=frozenset(map(date.fromisoformat, TABLE["work"])),
    years=frozenset(map(int, TABLE["meta"]["sources"])),
    version="test",
)


def due(rule_id: str, start: date | datetime, **options: object) -> Deadline:
    return compute(rules()[rule_id], start, calendar=CALENDAR, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("example", DATA["examples"], ids=lambda one: f"{one['rule']}-{one['result']}")
def test_examples_of_the_law(example: dict[str, str]) -> None:
    start = example.get("start") or example["hearing"]
    moment = datetime.fromisoformat(start) if " " in start else date.fromisoformat(start)
    answer = due(example["rule"], moment)
    shown = f"{answer.due:%Y-%m-%d %H:%M}" if isinstance(answer.due, datetime) else answer.due.isoformat()
    assert shown == example["result"]
    assert answer.confirmed


@pytest.mark.parametrize("raw", DATA["rules"], ids=lambda raw: raw["id"])
def test_every_rule_computes_and_explains(raw: dict[str, object]) -> None:
    rule = rules()[str(raw["id"])]
    start = datetime.fromisoformat("2026-03-02 10:20")
    answer = compute(rule, start, calendar=CALENDAR, n=7 if rule.n is None else None)
    assert len(answer.explanation) >= 2
    assert rule.name in answer.explanation[0]
    assert rule.basis in answer.explanation[0]
    assert answer.calendar_version == "test"
    last = answer.due if not isinstance(answer.due, datetime) else answer.due.date()
    assert (last <= start.date()) == (rule.calc in ("before", "on_or_before"))


def test_every_way_of_counting_of_the_data_is_tested() -> None:
    assert {rule.calc for rule in rules().values()} == set(DATA["calc_kinds"])
    assert len(rules()) == 83


@pytest.mark.parametrize(
    ("rule", "start", "expected"),
    [
        (
            "D22",
            date(2025, 8, 31),
            date(2026, 2, 28),
        ),  # no 31 February; 28 February 2026 is a shifted working day
        ("D45", date(2024, 2, 29), date(2025, 2, 28)),  # a leap day's anniversary, not moved by the calendar
        ("D82", date(2025, 11, 1), date(2026, 5, 1)),  # a holiday stays: the right rests until then
        ("D33", date(2026, 2, 5), date(2026, 2, 24)),  # 15 February starts nine days of Spring Festival
        ("D70", date(2026, 2, 13), date(2026, 2, 24)),  # 14 February counts as a working Saturday
        ("D75", date(2026, 4, 2), date(2026, 5, 2)),  # deemed delivery falls on a holiday and stays
        ("D31", date(2026, 5, 16), date(2026, 5, 1)),  # backwards is not moved either
    ],
)
def test_boundaries(rule: str, start: date, expected: date) -> None:
    assert due(rule, start).due == expected


@pytest.mark.parametrize(
    ("start", "expected", "day"),
    [
        ("2026-05-01 10:20", "2026-05-03 11:00", date(2026, 5, 3)),
        ("2026-05-01 11:00", "2026-05-03 12:00", date(2026, 5, 3)),
        (
            "2026-05-01 23:59",
            "2026-05-04 00:00",
            date(2026, 5, 3),
        ),  # over at 0:00: the fourth would be too late
    ],
)
def test_hours_begin_with_the_next_full_hour(start: str, expected: str, day: date) -> None:
    answer = due("D40", datetime.fromisoformat(start))
    assert f"{answer.due:%Y-%m-%d %H:%M}" == expected and answer.day == day


def test_a_zone_is_turned_into_beijing_time() -> None:
    moment = datetime.fromisoformat("2026-04-01T17:30:00+00:00")  # 2 April, 01:30 in Beijing
    assert due("D32", moment).due == date(2026, 4, 17)
    assert f"{due('D40', moment).due:%Y-%m-%d %H:%M}" == "2026-04-04 02:00"


def test_a_year_without_announced_holidays_is_open() -> None:
    assert due("D32", date(2026, 12, 16)).confirmed
    answer = due("D32", date(2026, 12, 20))
    assert not answer.confirmed
    assert "待确认" in answer.explanation[-1]
    assert not due("D65", date(2026, 12, 30)).confirmed
    assert not due("D32", date(2010, 5, 1)).confirmed
    assert due("D45", date(2026, 6, 1)).confirmed  # not moved by holidays, so nothing is open


def test_a_period_from_an_open_year_into_a_known_one_is_settled() -> None:
    assert due("D37", date(2018, 12, 1)).confirmed


def test_deducted_days_come_before_the_last_day_is_judged() -> None:
    plain, deducted = due("D22", date(2026, 1, 5)), due("D22", date(2026, 1, 5), deduct_days=5)
    assert plain.due == date(2026, 7, 6)  # 5 July is a Sunday
    assert deducted.due == date(2026, 7, 10)


@pytest.mark.parametrize(
    ("rule", "options", "field"),
    [
        ("D32", {"n": 16}, "n"), ("D32", {"unit": "workday"}, "unit"), ("D06", {}, "n"), ("D06", {"n": 0}, "n"),
        ("D06", {"n": 3, "unit": "hour"}, "unit"), ("D15", {"n": 14}, "n"), ("D16", {"n": 16}, "n"), ("D17", {"n": 8}, "n"),
        ("D18", {"n": 9}, "n"), ("D52", {"n": 59}, "n"), ("D15", {"n": 1, "unit": "month"}, "unit"),
        ("D40", {"deduct_days": 1}, "deduct_days"), ("D65", {"deduct_days": 1}, "deduct_days"),
        ("D22", {"deduct_days": -1}, "deduct_days"),
    ],
)  # fmt: skip
def test_what_the_law_fixes_cannot_be_changed(rule: str, options: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        due(rule, datetime.fromisoformat("2026-03-02 09:00"), **options)
    assert set(refusal.value.fields) == {field}


@pytest.mark.parametrize(
    ("rule", "options", "expected"),
    [
        ("D32", {"n": 15, "unit": "day"}, date(2026, 3, 17)), ("D06", {"n": 7}, date(2026, 3, 9)),
        ("D15", {"n": 30}, date(2026, 4, 1)), ("D16", {"n": 5}, date(2026, 3, 9)), ("D17", {"n": 3}, date(2026, 3, 5)),
        ("D65", {"n": 3, "unit": "day"}, date(2026, 3, 5)), ("D81", {"n": 0}, date(2026, 3, 2)),
        ("D06", {"n": 5, "unit": "workday"}, date(2026, 3, 9)), ("D52", {"n": 90}, date(2026, 6, 1)),
    ],
)  # fmt: skip
def test_what_the_court_sets(rule: str, options: dict[str, object], expected: date) -> None:
    assert due(rule, date(2026, 3, 2), **options).due == expected


@pytest.mark.parametrize("start", [date(1, 1, 1), date(9999, 12, 31), date(1899, 12, 31)])
def test_absurd_years_are_refused(start: date) -> None:
    with pytest.raises(InvalidInput) as refusal:
        due("D32", start)
    assert "start" in refusal.value.fields


def test_hours_need_a_time_of_day() -> None:
    with pytest.raises(InvalidInput) as refusal:
        due("D40", date(2026, 5, 1))
    assert "start" in refusal.value.fields


@given(st.dates(date(2019, 1, 1), date(2026, 6, 1)), st.integers(1, 120))
def test_a_rolled_period_ends_on_the_first_working_day(start: date, n: int) -> None:
    rule = PeriodRule("X", "x", "", "", None, "day", "after", "", court_sets=True)
    last = compute(rule, start, calendar=CALENDAR, n=n).due
    nominal = start + timedelta(days=n)
    assert last >= nominal
    assert CALENDAR.is_workday(last)
    assert not any(CALENDAR.is_workday(nominal + timedelta(days=d)) for d in range((last - nominal).days))


@given(st.dates(date(2000, 1, 1), date(2030, 12, 31)), st.integers(0, 60))
def test_months_keep_the_day_or_take_the_last(start: date, months: int) -> None:
    end = add_units(start, months, "month")
    assert (end.year - start.year) * 12 + end.month - start.month == months
    assert end.day == start.day or (end + timedelta(days=1)).day == 1


# --- the clock itself -------------------------------------------------------------------------------------------


@pytest.mark.req("REL-58")
@pytest.mark.django_db
def test_now_is_the_databases_and_stands_still_in_a_transaction() -> None:
    first = clock.now()
    assert first == clock.now()
    assert first.utcoffset() == timedelta(0)


@pytest.mark.req("REL-58")
def test_days_are_beijings() -> None:
    with clock.at(datetime.fromisoformat("2026-03-31T15:59:59.999+00:00")):
        assert clock.today() == date(2026, 3, 31)
    with clock.at(datetime.fromisoformat("2026-03-31T16:00:00+00:00")):
        assert clock.today() == date(2026, 4, 1)


def test_the_clock_goes_back_after_a_nested_move() -> None:
    outer, inner = datetime(2026, 1, 1, tzinfo=BEIJING), datetime(2026, 2, 1, tzinfo=BEIJING)
    with clock.at(outer):
        with clock.at(inner):
            assert clock.now() == inner
        assert clock.now() == outer


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"), clock.at(datetime.fromisoformat("2026-01-01")):
        pass


@override_settings(PORTAL_MODE="production")
def test_production_time_cannot_be_moved() -> None:
    with pytest.raises(RuntimeError), clock.at(datetime(2026, 1, 1, tzinfo=BEIJING)):
        pass
