"""Time that counts before the law: the database's clock, Beijing's days, and legal periods (期间).

The arithmetic is pure: rules come from ``courts/data/deadlines.json``, the calendar from ``courts.calendar``.
Sources: 民事诉讼法 art. 85, 民法典 art. 202 and 203, 民诉法解释 art. 125 and 243.
"""

import calendar as gregorian
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.functions import TransactionNow
from django.db import connection
from django.db.models import DateTimeField, Expression, Value
from django.utils.translation import gettext as _

from common.errors import InvalidInput

BEIJING = ZoneInfo("Asia/Shanghai")
YEARS = range(1900, 2201)
"""Years in which a period may start; outside it a date is a slip of the pen."""
LONGEST_PERIOD = 3650

_moved_to: ContextVar[datetime | None] = ContextVar("moved_to", default=None)


@dataclass
class _Reading:
    """The database's clock as read once; good only while the connection is (or is not) in a transaction."""

    in_transaction: bool
    instant: datetime | None = None


_reading: ContextVar[_Reading | None] = ContextVar("reading", default=None)


def now() -> datetime:
    """The database's clock, aware, in UTC. Inside a transaction it stands still at the transaction's start."""
    if (moved := _moved_to.get()) is not None:
        return moved
    reading = _reading.get()
    if reading is None or reading.in_transaction != connection.in_atomic_block:
        return _ask_database()
    if reading.instant is None:
        reading.instant = _ask_database()
    return reading.instant


def _ask_database() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        instant: datetime = cursor.fetchone()[0]
    return instant.astimezone(UTC)


def sql_now() -> Expression:
    """The same clock inside a query, without asking for it first."""
    moved = _moved_to.get()
    return TransactionNow() if moved is None else Value(moved, output_field=DateTimeField())


@contextmanager
def read_once(*, in_transaction: bool) -> Iterator[None]:
    """Read the database's clock at most once inside: within the one transaction that surrounds the context, or, for a
    page that only reads, outside every transaction. On the other side of the border the clock is read as always.
    """
    token = _reading.set(_Reading(in_transaction))
    try:
        yield
    finally:
        _reading.reset(token)


def today() -> date:
    """The day in Beijing."""
    return beijing_day(now())


def beijing_day(instant: datetime) -> date:
    """The day in Beijing at an aware instant."""
    return instant.astimezone(BEIJING).date()


def start_of_day(day: date) -> datetime:
    """The instant at which a day in Beijing begins."""
    return datetime(day.year, day.month, day.day, tzinfo=BEIJING)


def end_of_day(day: date) -> datetime:
    """The last second of a day in Beijing: a promise for a day holds until its 24:00."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=BEIJING)


def process_now() -> datetime:
    """This machine's own clock, for logs and time-outs only: nothing legal hangs on it."""
    return datetime.now(UTC)


_announced: Callable[[int], bool] | None = None


def use_announced(check: Callable[[int], bool]) -> None:
    """``courts`` hands in whether the holidays of a year are announced; this package knows no calendar."""
    global _announced
    _announced = check


def is_announced(day: date, now: datetime) -> bool:
    """False for a day in a coming year whose holidays nobody knows yet: a limit there is 待确认. Years that have begun
    are announced; only for later ones is anybody asked."""
    return day.year <= beijing_day(now).year or _announced is None or _announced(day.year)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Stand at an aware moment, for tests, seeding and simulated months. RuntimeError in production."""
    if settings.PORTAL_MODE == "production":
        raise RuntimeError("the clock is not moved in production")
    if moment.tzinfo is None:
        raise ValueError("moment must be aware")
    token = _moved_to.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _moved_to.reset(token)


@dataclass(frozen=True)
class Calendar:
    """Days that differ from the plain week. ``years`` are those whose holidays the State Council announced."""

    off: frozenset[date]
    work: frozenset[date]
    years: frozenset[int]
    version: str

    def is_workday(self, day: date) -> bool:
        """A shifted working day counts, a public holiday does not, otherwise Monday to Friday."""
        return day in self.work or (day.weekday() < 5 and day not in self.off)

    def knows(self, year: int) -> bool:
        return year in self.years

    def as_of(self, version: str) -> Self:
        """As it was when ``version`` was the newest: what lies behind that version's last announced year was a plain week
        then. Itself for a version without a year."""
        last = version.partition("-")[0]
        if not last.isascii() or not last.isdigit():
            return self
        return replace(
            self,
            off=frozenset(day for day in self.off if day.year <= int(last)),
            work=frozenset(day for day in self.work if day.year <= int(last)),
            years=frozenset(year for year in self.years if year <= int(last)),
            version=version,
        )


@dataclass(frozen=True)
class PeriodRule:
    """One rule of deadlines.json. ``n`` None: the court sets it; ``least``/``most`` bound what it may set."""

    id: str
    name: str
    actor: str
    trigger: str
    n: int | None
    unit: str
    calc: str
    basis: str
    on_expiry: str = ""
    note: str = ""
    court_sets: bool = False
    least: int = 1
    most: int = LONGEST_PERIOD


@dataclass(frozen=True)
class Deadline:
    """The answer. ``due`` is a day that ends at 24:00 in Beijing, or an aware Beijing time for hour periods.

    ``confirmed`` False (待确认): a day that decided the result lies in a year without announced holidays.
    """

    due: date | datetime
    confirmed: bool
    explanation: list[str]
    calendar_version: str

    @property
    def day(self) -> date:
        """The last day in Beijing. Hours that are over at 0:00 end with the day before."""
        if isinstance(self.due, datetime):
            return beijing_day(self.due - timedelta(microseconds=1))
        return self.due


def compute(
    rule: PeriodRule,
    start: date | datetime,
    *,
    calendar: Calendar,
    n: int | None = None,
    unit: str | None = None,
    deduct_days: int = 0,
) -> Deadline:
    """Apply a rule to the day (or, for hours, the moment) of its trigger.

    A naive datetime is Beijing time. ``n`` and ``unit`` differ from the rule's own only where the court sets
    them; ``deduct_days`` (扣除期间) only for periods counted forward. Anything else → InvalidInput (422).
    """
    length, unit, calc = _length(rule, n, unit)
    if deduct_days and calc not in ("after", "after_noroll"):
        raise InvalidInput(_("这个期间没有扣除天数"), deduct_days=_("这个期间没有扣除天数"))
    if not 0 <= deduct_days <= LONGEST_PERIOD:
        message = _("扣除天数应为0到%(most)s的整数") % {"most": LONGEST_PERIOD}
        raise InvalidInput(message, deduct_days=message)
    if start.year not in YEARS:
        message = _("日期应在1900年到2200年之间")
        raise InvalidInput(message, start=message)
    work = _Work(
        calendar,
        [
            _("%(name)s：%(length)s%(unit)s（%(basis)s）")
            % {"name": rule.name, "length": length, "unit": unit_name(unit), "basis": rule.basis}
        ],
    )
    if calc == "hours":
        due: date | datetime = work.hours(start, length)
    else:
        if isinstance(start, datetime):
            start = start.date() if start.tzinfo is None else beijing_day(start)
        due = work.days(rule, calc, start, length, unit, deduct_days)
    if not work.confirmed:
        work.note(_("所涉年份的放假安排尚未公布，按周末暂算，待确认"))
    return Deadline(due, work.confirmed, work.notes, calendar.version)


def _length(rule: PeriodRule, n: int | None, unit: str | None) -> tuple[int, str, str]:
    """Length, unit and way of counting, after the court's own choice where it has one."""
    length, chosen = rule.n if n is None else n, unit or rule.unit
    if length is None:
        message = _("这个期间由法院指定，请填写期限的长短")
        raise InvalidInput(message, n=message)
    if not rule.court_sets:
        if (length, chosen) != (rule.n, rule.unit):
            message = _("这个期间是法定的，固定为%(n)s%(unit)s") % {"n": rule.n, "unit": unit_name(rule.unit)}
            raise InvalidInput(message, **({"n": message} if length != rule.n else {"unit": message}))
        return length, chosen, rule.calc
    bounded = rule.least > 1 or rule.most < LONGEST_PERIOD
    if chosen != rule.unit and (bounded or chosen not in ("day", "workday", "month")):
        message = _("这个期间按%(unit)s计算") % {"unit": unit_name(rule.unit)}
        raise InvalidInput(message, unit=message)
    if not rule.least <= length <= rule.most:
        message = _length_message(rule)
        raise InvalidInput(message, n=message)
    if chosen == rule.unit:
        return length, chosen, rule.calc
    return length, chosen, "workdays" if chosen == "workday" else "after"


def _length_message(rule: PeriodRule) -> str:
    words = {"least": rule.least, "most": rule.most, "unit": unit_name(rule.unit)}
    if rule.most == LONGEST_PERIOD:
        return _("这个期间不少于%(least)s%(unit)s") % words
    return _("这个期间应在%(least)s到%(most)s%(unit)s之间") % words


def unit_name(unit: str) -> str:
    """日, 个月, 年, 小时 or 个工作日."""
    return {
        "day": _("日"), "month": _("个月"), "year": _("年"), "hour": _("小时"), "workday": _("个工作日"),
    }[unit]  # fmt: skip


def add_units(start: date, n: int, unit: str) -> date:
    """The day ``n`` days, months or years later; without a matching day the month's last one (民法典202).

    >>> add_units(date(2025, 12, 31), 6, "month")
    datetime.date(2026, 6, 30)
    """
    if unit == "day":
        return start + timedelta(days=n)
    month = start.month - 1 + n * (12 if unit == "year" else 1)
    year, month = start.year + month // 12, month % 12 + 1
    return date(year, month, min(start.day, gregorian.monthrange(year, month)[1]))


class _Work:
    """One calculation: notes what it does, and whether every day it asked about is settled."""

    def __init__(self, calendar: Calendar, notes: list[str]) -> None:
        self.calendar = calendar
        self.notes = notes
        self.confirmed = True

    def note(self, text: str, **values: object) -> None:
        self.notes.append(text % values)

    def is_workday(self, day: date) -> bool:
        self.confirmed &= self.calendar.knows(day.year)
        return self.calendar.is_workday(day)

    def days(self, rule: PeriodRule, calc: str, start: date, n: int, unit: str, deduct_days: int) -> date:
        if calc == "on_or_before":
            self.note(_("不晚于%(day)s24时"), day=spoken(start))
            return start - timedelta(days=n)
        if calc == "before":
            due = start - timedelta(days=n)
            self.note(_("%(trigger)s%(day)s不计入，倒数%(n)s日，最迟为%(due)s，不因休假日变动"),
                      trigger=rule.trigger, day=spoken(start), n=n, due=spoken(due))  # fmt: skip
            return due
        self.note(_("%(trigger)s%(day)s不计入，自次日%(first)s起算"),
                  trigger=rule.trigger, day=spoken(start), first=spoken(start + timedelta(days=1)))  # fmt: skip
        if calc == "workdays":
            return self.workdays(start, n)
        due = add_units(start, n, unit)
        self.note(_("期间的最后一日为%(due)s"), due=spoken(due))
        if deduct_days:
            due += timedelta(days=deduct_days)
            self.note(_("加上扣除的%(days)s日，最后一日为%(due)s"), days=deduct_days, due=spoken(due))
        if calc == "deemed_after":
            self.note(_("期满即视为送达，不因休假日顺延"))
        elif calc == "after_noroll":
            self.note(_("不因休假日顺延"))
        else:
            due = self.roll(due)
        return due

    def roll(self, day: date) -> date:
        """末日为法定休假日的，以休假日结束后的第一日为末日 (民诉法85)."""
        last = day
        while not self.is_workday(day):
            day += timedelta(days=1)
        if day != last:
            self.note(
                _("%(last)s是休假日，顺延到休假日后的第一日%(day)s"), last=spoken(last), day=spoken(day)
            )
        elif day in self.calendar.work:
            self.note(_("%(day)s是调休上班日，不顺延"), day=spoken(day))
        return day

    def workdays(self, day: date, n: int) -> date:
        counted = 0
        while counted < n:
            day += timedelta(days=1)
            counted += self.is_workday(day)
        self.note(_("只数工作日，调休上班的周末计入，第%(n)s个工作日为%(day)s"), n=n, day=spoken(day))
        return day

    def hours(self, start: date | datetime, n: int) -> datetime:
        """自次时起算: the period starts at the next full hour, also when the trigger is on the hour."""
        if not isinstance(start, datetime):
            message = _("这个期间按小时计算，请写明几时几分，例如 2026-05-01 08:30")
            raise InvalidInput(message, start=message)
        local = start.replace(tzinfo=BEIJING) if start.tzinfo is None else start.astimezone(BEIJING)
        first = local.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        due = first + timedelta(hours=n)
        self.note(
            _("%(start)s的次时起算，即%(first)s"),
            start=f"{local:%Y-%m-%d %H:%M}",
            first=f"{first:%m-%d %H:%M}",
        )
        self.note(_("满%(n)s小时为%(due)s，不因休假日顺延"), n=n, due=f"{due:%Y-%m-%d %H:%M}")
        return due


def spoken(day: date) -> str:
    """2026年4月17日（周五）"""
    weekday = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))[day.weekday()]
    return _("%(year)s年%(month)s月%(day)s日（%(weekday)s）") % {
        "year": day.year, "month": day.month, "day": day.day, "weekday": weekday}  # fmt: skip
