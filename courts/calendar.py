"""Legal periods with a court's own calendar: rules from ``data/deadlines.json``, days from ``CourtDay``."""

import json
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from common.clock import Calendar, Deadline, PeriodRule, compute, end_of_day, today
from common.errors import InvalidInput
from common.working_time import WorkingTime, parse_shifts
from courts.models import Court, CourtDay, CourtSetting
from courts.settings import SETTINGS, read

PROMISE_RULE = "D81"
"""What people are promised follows the clock of hotline work orders; the court sets the number of working days."""
VERSION_QUERY = """
SELECT md5(string_agg(day::text || is_workday::text || coalesce(court_id::text, ''), ',' ORDER BY day, court_id))
FROM courts_courtday WHERE court_id IS NULL OR court_id = %s
"""
RULES_FILE = Path(__file__).resolve().parent / "data" / "deadlines.json"


@cache
def rules() -> dict[str, PeriodRule]:
    """Every rule of deadlines.json by its id (D01 …)."""
    return {raw["id"]: _rule(raw) for raw in json.loads(RULES_FILE.read_text("utf-8"))["rules"]}


def _rule(raw: dict[str, Any]) -> PeriodRule:
    return PeriodRule(**{key: value for key, value in raw.items() if key != "verification"})


def rule(rule_id: str) -> PeriodRule:
    """One rule; an unknown id → InvalidInput (422)."""
    try:
        return rules()[rule_id]
    except KeyError:
        message = _("没有编号为%(id)s的期间规则") % {"id": rule_id[:20]}
        raise InvalidInput(message, rule_id=message) from None


def deadline(
    rule_id: str,
    start: date | datetime,
    *,
    court: Court | None = None,
    n: int | None = None,
    unit: str | None = None,
    deduct_days: int = 0,
    calendar: Calendar | None = None,
) -> Deadline:
    """When the period of a rule ends for a court (None: the national calendar). One small query, none when the court's
    ``calendar`` is at hand.

    Keep rule id, start and ``calendar_version`` beside the result. Errors as ``common.clock.compute``.
    """
    days = calendar or calendar_for(court)
    return compute(rule(rule_id), start, calendar=days, n=n, unit=unit, deduct_days=deduct_days)


def end_of_workdays(
    court: Court, workdays: int, *, since: date | None = None, calendar: Calendar | None = None
) -> tuple[datetime, bool]:
    """End of the last of so many working days of a court after today (or ``since``), as an instant, for answers, calls and
    tasks that the court promises; False beside it (待确认) when it hangs on holidays that are not announced. Queries as
    :func:`deadline`.
    """
    found = deadline(
        PROMISE_RULE, since or today(), court=court, n=workdays, unit="workday", calendar=calendar
    )
    return end_of_day(found.due), found.confirmed


def calendar_for(court: Court | None) -> Calendar:
    """The court's calendar: national days, overruled by its own. Kept in memory under its version.

    The version is a digest of the rows, computed by the database, so a new holiday table counts at once.
    """
    court_id = court.pk if court else None
    with connection.cursor() as cursor:
        cursor.execute(VERSION_QUERY, [court_id])
        version: str | None = cursor.fetchone()[0]
    return _calendar(court_id, (version or "")[:12])


def working_time(court: Court, *, shifts: str = "") -> WorkingTime:
    """The time in which a court works: its shifts (setting ``working_hours``) on its calendar. Two small queries, one when
    the ``shifts`` are at hand."""
    if not shifts:
        stored = CourtSetting.objects.filter(court=court, key="working_hours").values_list("value", flat=True)
        value = stored.first()
        shifts = SETTINGS["working_hours"].default if value is None else read("working_hours", value)
    return WorkingTime(calendar_for(court), parse_shifts(shifts))


def is_announced(year: int) -> bool:
    """True when the State Council has announced the holidays of this year. One small query."""
    return year in calendar_for(None).years


def announced_until() -> date:
    """The first day of which nobody knows yet whether it is a holiday. One small query."""
    return date(max(calendar_for(None).years, default=today().year) + 1, 1, 1)


def _days(court_id: int | None) -> QuerySet[CourtDay]:
    national = Q(court=None)
    return CourtDay.objects.filter(national | Q(court_id=court_id) if court_id else national)


@lru_cache(maxsize=512)
def _calendar(court_id: int | None, digest: str) -> Calendar:
    days: dict[date, bool] = {}
    announced: set[int] = set()
    for row in _days(court_id).order_by(F("court_id").asc(nulls_first=True)):
        days[row.day] = row.is_workday
        if row.court_id is None and (row.day.month, row.day.day) == (1, 1):
            announced.add(row.day.year)
    last = max(announced, default=0)
    return Calendar(
        off=frozenset(day for day, works in days.items() if not works),
        work=frozenset(day for day, works in days.items() if works),
        years=frozenset(announced),
        version=f"{last}-{digest}",
    )
