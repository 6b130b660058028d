"""Dates, moments and limits in Chinese words. Pure functions; the tags of ``portal.py`` print them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils.translation import get_language, gettext_noop, ngettext
from django.utils.translation import gettext as _

from common.clock import BEIJING

SOON_DAYS = 2
WEEKDAYS = (
    gettext_noop("星期一"),
    gettext_noop("星期二"),
    gettext_noop("星期三"),
    gettext_noop("星期四"),
    gettext_noop("星期五"),
    gettext_noop("星期六"),
    gettext_noop("星期日"),
)


def local(value: datetime) -> datetime:
    """The instant on Beijing's wall clock. A naive value → ValueError: it is never known whose clock it means."""
    if value.tzinfo is None:
        raise ValueError("An instant without time zone cannot be shown.")
    return value.astimezone(BEIJING)


def as_day(value: date | datetime) -> date:
    """The Beijing day of a date or an instant."""
    return local(value).date() if isinstance(value, datetime) else value


def weekday(day: date) -> str:
    """星期一 … 星期日."""
    return _(WEEKDAYS[day.weekday()])


def day_words(value: date | datetime) -> str:
    """2025年3月14日（星期五）."""
    day = as_day(value)
    return _("%(year)d年%(month)d月%(day)d日（%(weekday)s）") % {
        "year": day.year,
        "month": day.month,
        "day": day.day,
        "weekday": weekday(day),
    }


def clock_words(value: datetime) -> str:
    """上午9:30, 下午2:05."""
    at = local(value)
    if at.hour < 6:
        part = _("凌晨")
    elif at.hour < 12:
        part = _("上午")
    elif at.hour == 12:
        part = _("中午")
    elif at.hour < 18:
        part = _("下午")
    else:
        part = _("晚上")
    hour = at.hour - 12 if at.hour > 12 else at.hour
    return f"{part}{hour}:{at.minute:02d}"


def moment(value: datetime) -> str:
    """2025年3月14日（星期五）上午9:30."""
    return day_words(value) + clock_words(value)


def staff_moment(value: datetime | date) -> str:
    """03-14 09:30; a bare date gives 03-14."""
    if isinstance(value, datetime):
        return local(value).strftime("%m-%d %H:%M")
    return value.strftime("%m-%d")


def exact(value: datetime) -> str:
    """2025-03-14 09:30:05, for records."""
    return local(value).strftime("%Y-%m-%d %H:%M:%S")


def iso(value: datetime | date) -> str:
    """For the datetime attribute: a date, or an instant with Beijing's offset."""
    if isinstance(value, datetime):
        return local(value).isoformat(timespec="minutes")
    return value.isoformat()


@dataclass(frozen=True)
class Limit:
    """A limit ready to print. ``state`` is ok, soon (two days or less), today or late."""

    iso: str
    words: str
    left: str
    state: str


def limit(due: date | datetime, now: datetime) -> Limit:
    """What a limit looks like at the instant ``now``.

    A bare date ends at 24:00 of that Beijing day. An instant at midnight is the 24:00 of the day before; the last minute
    of a day is its 24:00, too.
    """
    late = isinstance(due, datetime) and now >= due
    hours_late = min(int((now - due).total_seconds() // 3600), 24) if late else 0  # type: ignore[operator]
    return _limit(due, local(now).date(), late, hours_late, get_language())


@lru_cache(maxsize=4000)
def _limit(due: date | datetime, today: date, late: bool, hours_late: int, _language: str | None) -> Limit:
    """Everything a limit says hangs on these; the rows of a queue name the same few days again and again."""
    if isinstance(due, datetime):
        ends = local(due)
        at_midnight = (ends.hour, ends.minute) == (0, 0)
        last_day = ends.date() - timedelta(days=1) if at_midnight else ends.date()
        end_words = "24:00" if at_midnight or (ends.hour, ends.minute) == (23, 59) else clock_words(ends)
    else:
        last_day, end_words, late = due, "24:00", today > due
    left, state = _time_left((last_day - today).days, late, hours_late)
    return Limit(iso=iso(due), words=_limit_words(last_day, end_words, today.year), left=left, state=state)


def _limit_words(last_day: date, end_words: str, this_year: int) -> str:
    if last_day.year == this_year:
        words = _("%(month)d月%(day)d日（%(weekday)s）") % {
            "month": last_day.month,
            "day": last_day.day,
            "weekday": weekday(last_day),
        }
    else:
        words = day_words(last_day)
    return _("%(day)s%(time)s 前") % {"day": words, "time": end_words}


def _time_left(days: int, late: bool, hours_late: int) -> tuple[str, str]:
    if late:
        if days < 0:
            return ngettext("已超期 %(n)d 天", "已超期 %(n)d 天", -days) % {"n": -days}, "late"
        if hours_late < 1:
            return _("已超期不到 1 小时"), "late"
        return ngettext("已超期 %(n)d 小时", "已超期 %(n)d 小时", hours_late) % {"n": hours_late}, "late"
    if days == 0:
        return _("今天到期"), "today"
    state = "soon" if days <= SOON_DAYS else "ok"
    return ngettext("还剩 %(n)d 天", "还剩 %(n)d 天", days) % {"n": days}, state
