"""The host's clock is an hour or a day off, or its zone is another (F-22): what is legal goes by the database's clock, codes are good
for five minutes of that clock, and the health page says so."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import OneTimeCode
from common import clock
from eventlog.models import Event
from filing.models import Filing
from tests.faults.crash import PREAMBLE
from tests.infra.test_database_roles import run_python
from tests.support.court import Cast, draft
from tests.support.database import process_environment

OFF = """
import datetime as dates, time
from datetime import timedelta
by, real, real_time = timedelta(seconds={seconds}), dates.datetime, time.time

class Whatever(type):
    def __instancecheck__(cls, value):
        return isinstance(value, real)

class Off(real, metaclass=Whatever):
    @classmethod
    def now(cls, tz=None):
        return real.now(tz) + by

dates.datetime, time.time = Off, lambda: real_time() + by.total_seconds()
"""
WORK = """
import json
from accounts.models import CodePurpose, User
from accounts.services import codes
from common import clock, crypto
from filing import services
from portal import health
from portal.demo.cast import as_litigant

known = []
codes.sms.send = lambda message: known.append(message.text)
user = User.objects.get(pk={user})
row = codes.start_code(purpose=CodePurpose.SIGN_IN, phone="13800000009", browser="b")
import re
code = re.search(r"验证码 ([0-9]{{6}})", known[0])[1]
asked = dict(challenge=row.challenge, code=code, browser="b", purpose=CodePurpose.SIGN_IN)
filing = services.submit_filing(filing_id={filing}, actor=as_litigant(user))
print(json.dumps({{
    "host": clock.process_now().isoformat(), "today": clock.today().isoformat(), "number": filing.number,
    "good": codes.check_code(**asked) is not None, "clock": health.check_clock(), "id": row.pk,
}}))
"""


def work(cast: Cast, *, seconds: int = 0, zone: str = "UTC") -> dict[str, Any]:
    """张 files in a process whose clock is off; what it says."""
    filing = draft(cast)
    code = OFF.format(seconds=seconds) + PREAMBLE + WORK.format(user=cast.users["zhang"].pk, filing=filing.pk)
    before = clock.now()
    done = run_python(code, process_environment() | {"TZ": zone})
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    after = clock.now()
    filing = Filing.objects.get(pk=filing.pk)
    entry = Event.objects.filter(name="filing.submitted").latest("pk")
    row = OneTimeCode.objects.get(pk=told["id"])
    for legal in (filing.submitted_at, entry.happened_at, row.created_at):
        assert legal is not None and before <= legal <= after
    assert row.expires_at - row.created_at == timedelta(minutes=5)
    assert told["today"] == clock.beijing_day(after).isoformat() or before.date() != after.date()
    assert told["good"]
    return told


@pytest.mark.req("F-22", "REL-58")
@pytest.mark.parametrize("seconds", [3600, -3600, 86400, -86400])
def test_a_clock_that_is_off_changes_nothing_legal(cast: Cast, seconds: int) -> None:
    told = work(cast, seconds=seconds)
    away = datetime.fromisoformat(told["host"]) - clock.now()
    assert abs(away - timedelta(seconds=seconds)) < timedelta(minutes=10), "control: the clock was off"
    assert told["clock"] == "degraded"


@pytest.mark.req("F-22", "REL-58")
def test_another_zone_of_the_host_changes_nothing(cast: Cast) -> None:
    assert work(cast, zone="America/New_York")["clock"] == "ok"
