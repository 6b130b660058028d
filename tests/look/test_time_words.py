"""Dates, moments and limits as people read them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from common.clock import BEIJING
from common.templatetags import time_words
from common.templatetags.portal import day_words, iso, moment, staff_moment, yuan

NOW = datetime(2025, 3, 14, 9, 30, tzinfo=BEIJING)


def test_moments() -> None:
    assert day_words(date(2025, 3, 14)) == "2025年3月14日（星期五）"
    assert moment(NOW) == "2025年3月14日（星期五）上午9:30"
    assert moment(datetime(2025, 3, 13, 17, 5, tzinfo=UTC)) == "2025年3月14日（星期五）凌晨1:05"
    assert staff_moment(NOW) == "03-14 09:30"
    assert staff_moment(date(2025, 3, 14)) == "03-14"
    assert iso(NOW.astimezone(UTC)) == "2025-03-14T09:30+08:00"
    assert day_words(None) == moment(None) == staff_moment(None) == "—"


@pytest.mark.parametrize(
    ("hour", "words"),
    [(0, "凌晨0:00"), (6, "上午6:00"), (12, "中午12:00"), (13, "下午1:00"), (18, "晚上6:00")],
)
def test_part_of_the_day(hour: int, words: str) -> None:
    assert time_words.clock_words(NOW.replace(hour=hour, minute=0)) == words


def test_instant_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        moment(datetime(2025, 3, 14, 9, 30))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("due", "words", "left", "state"),
    [
        (date(2025, 3, 21), "3月21日（星期五）24:00 前", "还剩 7 天", "ok"),
        (date(2025, 3, 16), "3月16日（星期日）24:00 前", "还剩 2 天", "soon"),
        (date(2025, 3, 14), "3月14日（星期五）24:00 前", "今天到期", "today"),
        (date(2025, 3, 12), "3月12日（星期三）24:00 前", "已超期 2 天", "late"),
        (date(2026, 1, 5), "2026年1月5日（星期一）24:00 前", "还剩 297 天", "ok"),
        (NOW.replace(hour=17), "3月14日（星期五）下午5:30 前", "今天到期", "today"),
        (NOW - timedelta(hours=3), "3月14日（星期五）上午6:30 前", "已超期 3 小时", "late"),
        (NOW, "3月14日（星期五）上午9:30 前", "已超期不到 1 小时", "late"),
    ],
)
def test_limits(due: date | datetime, words: str, left: str, state: str) -> None:
    found = time_words.limit(due, NOW)
    assert (found.words, found.left, found.state) == (words, left, state)


def test_midnight_is_the_end_of_the_day_before() -> None:
    found = time_words.limit(datetime(2025, 3, 15, tzinfo=BEIJING), NOW)
    assert (found.words, found.state) == ("3月14日（星期五）24:00 前", "today")


def test_a_date_ends_at_midnight_in_beijing_not_in_utc() -> None:
    last_minute = datetime(2025, 3, 14, 15, 59, tzinfo=UTC)
    assert time_words.limit(date(2025, 3, 14), last_minute).state == "today"
    assert time_words.limit(date(2025, 3, 14), last_minute + timedelta(minutes=1)).state == "late"


def test_yuan() -> None:
    assert yuan("1250") == "¥1,250.00"
    assert yuan("-650.00") == "−¥650.00"
    assert yuan(None) == "—"
    with pytest.raises(TypeError):
        yuan(0.1)  # type: ignore[arg-type]
