"""Jobs of the timetable: one at a time, on record, made up once when they were missed, an alarm when late (REL-41)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from common import clock
from eventlog.wake import RUN_JOB
from portal import figures, jobs
from portal.celery import app
from portal.models import Schedule
from portal.tasks import run_job
from portal.timetable import JOBS
from tests.concurrency.together import Gate, at_once
from tests.filing.pages import text_of
from tests.support.court import Cast
from tests.support.drawing import asked
from tests.support.servers import Broker

NIGHT = datetime(2026, 3, 10, 12, tzinfo=clock.BEIJING)
"""A Tuesday noon, twelve hours after the rows say that everything was well."""


@pytest.fixture
def rows(transactional_db: None) -> Iterator[None]:
    """All jobs were well at the midnight before ``NIGHT``; set-up's own rows come back afterwards."""
    before = list(Schedule.objects.all())
    with clock.at(NIGHT - timedelta(hours=12)):
        Schedule.objects.all().delete()
        jobs.register()
        Schedule.objects.update(succeeded_at=clock.now())
    yield
    Schedule.objects.all().delete()
    Schedule.objects.bulk_create(before)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the job ``ledger`` did; instead of the real one."""
    done: list[str] = []
    app.loader.import_default_modules()
    monkeypatch.setitem(app.tasks, JOBS["ledger"].task, lambda: done.append("ran") or 3)
    return done


def row(key: str = "ledger") -> Schedule:
    return Schedule.objects.get(key=key)


@pytest.mark.req("REL-41")
def test_a_run_is_on_record(rows: None, work: list[str]) -> None:
    with clock.at(NIGHT):
        run_job("ledger")
    found = row()
    assert work == ["ran"]
    assert (found.started_at, found.finished_at, found.succeeded_at) == (NIGHT,) * 3
    assert (found.handled, found.result, found.failures) == (3, "", 0)


@pytest.mark.req("REL-41")
def test_a_failure_is_on_record_and_keeps_the_last_success(
    rows: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> int:
        raise LookupError("nothing there")

    before = row().succeeded_at
    monkeypatch.setitem(app.tasks, JOBS["ledger"].task, fail)
    for _time in range(2):
        with clock.at(NIGHT), pytest.raises(LookupError):
            run_job("ledger")
    found = row()
    assert (found.succeeded_at, found.result, found.failures) == (before, "LookupError", 2)


def _two_at_once(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    gate, inside = Gate(2), []

    def work() -> int:
        inside.append("ran")
        gate.pass_through()
        return 0

    monkeypatch.setitem(app.tasks, JOBS["ledger"].task, work)
    assert set(at_once(lambda: run_job("ledger"), lambda: run_job("ledger"))) == {None}
    return inside


@pytest.mark.req("REL-41")
def test_two_workers_run_it_once(rows: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _two_at_once(monkeypatch) == ["ran"]
    with jobs._held("ledger") as is_ours, jobs._held("recon") as the_other:
        assert is_ours and the_other, "the lock ended with the run, and each job has its own"


def test_control_without_the_lock_it_runs_twice(rows: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import nullcontext

    monkeypatch.setattr(jobs, "_held", lambda _key: nullcontext(True))
    assert _two_at_once(monkeypatch) == ["ran", "ran"]


@pytest.mark.req("REL-41")
def test_missed_runs_are_made_up_once_and_at_decent_hours(
    rows: None, broker: Broker, work: list[str]
) -> None:
    """Five days away: the books are counted once, telephones ring in the day only, and what runs anyway is left alone."""
    often = [key for key, job in JOBS.items() if isinstance(job.every, float)]
    Schedule.objects.filter(key__in=often).update(succeeded_at=NIGHT + timedelta(days=5))
    with clock.at(NIGHT + timedelta(days=4, hours=10)):
        jobs.make_up()
    called = {key for key, only_missed in asked(RUN_JOB)}
    assert {"ledger", "sessions", "recon"} <= called
    assert called.isdisjoint({"bills", "visits", "promises", "digests", "fixity", *often})
    with clock.at(NIGHT + timedelta(days=4, hours=10)):
        for _time in range(5):
            run_job("ledger", True)
    assert work == ["ran"], "five days are one run, and a second call finds nothing missed"
    with clock.at(NIGHT + timedelta(days=5)):
        jobs.make_up()
    assert {"bills", "promises"} <= {key for key, _only_missed in asked(RUN_JOB)}


@pytest.mark.req("REL-41")
def test_what_failed_is_made_up_later_not_every_minute(rows: None) -> None:
    Schedule.objects.filter(key="ledger").update(started_at=NIGHT)
    with clock.at(NIGHT + timedelta(minutes=9)):
        assert not jobs.is_missed(JOBS["ledger"], row())
    with clock.at(NIGHT + timedelta(minutes=10)):
        assert jobs.is_missed(JOBS["ledger"], row())


@pytest.mark.req("REL-41")
def test_late_means_twice_the_period_without_success(rows: None) -> None:
    """The books are due at 2:40 each night: one night missed is no alarm yet, the second one is."""
    first = clock.start_of_day(NIGHT.date()) + timedelta(hours=2, minutes=40)
    job, since = JOBS["ledger"], row().good_since
    assert job.due_after(since) == first
    day, minute = timedelta(days=1), timedelta(minutes=1)
    assert not job.is_late(since=since, now=first + day - minute)
    assert job.is_late(since=since, now=first + day + minute)
    often = JOBS["orders"]
    assert not often.is_late(since=NIGHT, now=NIGHT + timedelta(seconds=20))
    assert often.is_late(since=NIGHT, now=NIGHT + timedelta(seconds=21))


@pytest.mark.req("REL-41")
def test_a_late_job_is_an_alarm_everywhere(rows: None, cast: Cast, client: Client) -> None:
    browser = cast.client("admin")
    now = clock.now()
    Schedule.objects.update(succeeded_at=now + timedelta(hours=1))
    assert figures.figures()["jobs_late"] == 0
    assert client.get("/readyz").json()["late_jobs"] == []
    assert "全部按时" in text_of(browser.get("/manage/jobs/"))
    Schedule.objects.filter(key="ledger").update(
        succeeded_at=now - timedelta(days=3), failures=1, result="OSError"
    )
    assert figures.alarms(figures.figures())["jobs_late"]
    assert client.get("/readyz").json()["late_jobs"] == ["ledger"]
    page = text_of(browser.get("/manage/jobs/"))
    assert "有 1 项任务很久没有成功" in page and "OSError" in page
    assert page.index("核对账本") < page.index("发短信"), "late ones first"


def test_jobs_that_are_gone_lose_their_row(rows: None) -> None:
    Schedule.objects.create(key="gone", known_at=NIGHT)
    Schedule.objects.filter(key="ledger").delete()
    known = row("recon").known_at
    jobs.register()
    assert set(Schedule.objects.values_list("key", flat=True)) == set(JOBS)
    assert row("recon").known_at == known, "what is known stays"


def test_beat_calls_every_job_by_its_name() -> None:
    found: dict[str, Any] = app.conf.beat_schedule
    assert {entry["args"] for entry in found.values()} == {(key,) for key in JOBS}
    assert {entry["task"] for entry in found.values()} == {RUN_JOB}
