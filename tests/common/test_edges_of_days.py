"""Where one day, one year or one calendar ends and the next begins, whatever zone the host believes in (REL-58)."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest

from common import clock
from courts.calendar import deadline
from launcher.paths import ROOT
from tests.support.court import Cast, accepted

LAST = datetime(2026, 12, 31, 15, 59, 59, 999_999, tzinfo=UTC)
"""The last moment of 2026 in Beijing."""


@pytest.mark.req("REL-58", "REL-31")
def test_a_case_belongs_to_the_year_of_the_moment_in_beijing(cast: Cast) -> None:
    with clock.at(LAST):
        old = accepted(cast)
    with clock.at(LAST + timedelta(microseconds=1)):
        new = accepted(cast, principal=70000)
    assert old.number.startswith("（2026）")
    assert new.number.startswith("（2027）")
    assert new.number.endswith("民初1号")


@pytest.mark.req("REL-58")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-03-02T15:59:59.999+00:00", date(2026, 3, 12)),  # still Monday in Beijing
        ("2026-03-02T16:00:00+00:00", date(2026, 3, 13)),
    ],
)
def test_a_period_starts_on_the_day_in_beijing(start: str, due: date) -> None:
    assert deadline("D79", datetime.fromisoformat(start)).day == due


@pytest.mark.req("REL-58")
@pytest.mark.django_db
def test_a_shifted_working_saturday_ends_a_period_and_a_holiday_does_not() -> None:
    """2026-02-28 is a Saturday on which people work (调休); the spring festival before it is none (D79: ten days)."""
    assert deadline("D79", date(2026, 2, 18)).day == date(2026, 2, 28)
    assert deadline("D79", date(2026, 2, 6)).day == date(2026, 2, 24)


@pytest.mark.req("REL-58")
@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Kiritimati"])
def test_the_zone_of_the_host_changes_nothing(zone: str) -> None:
    asked = (
        "import time; time.tzset()\n"
        "from datetime import datetime, UTC, date\n"
        "from common import clock\n"
        "print(clock.beijing_day(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)), clock.start_of_day(date(2027, 1, 1)).isoformat(),"
        " clock.process_now().utcoffset())"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=ROOT,
        env=os.environ | {"TZ": zone},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["2027-01-01", "2027-01-01T00:00:00+08:00", "0:00:00"]
