"""Jobs of the timetable run once at a time, leave a row that says so, and are made up when they were missed (REL-41).

The lock is PostgreSQL's own, held by a connection that does nothing else: it ends with the process that held it, and no
transaction stays open while a job asks outside systems. It goes past a pooler, as LISTEN does.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg2
from celery import current_app
from django.conf import settings
from django.db.models import F

from common import clock
from eventlog.wake import RUN_JOB, wake
from portal.models import Schedule
from portal.timetable import JOBS, Job

log = logging.getLogger(__name__)

GRACE = timedelta(minutes=2)
"""A run that is due for longer than this was missed."""
AGAIN_AFTER = timedelta(minutes=10)
"""A run that failed is made up no sooner than this after it began."""
KEEPALIVES = "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
"""The server notices within a minute that the host of a worker is gone, and gives the lock back."""


@dataclass(frozen=True)
class Standing:
    """A job as the administrators see it."""

    job: Job
    row: Schedule | None
    due_at: datetime | None
    is_late: bool


def register() -> None:
    """A row for each job of this code, none for others; as owner, when the database is brought to this version."""
    now = clock.now()
    Schedule.objects.exclude(key__in=JOBS).delete()
    Schedule.objects.bulk_create([Schedule(key=key, known_at=now) for key in JOBS], ignore_conflicts=True)


def run(key: str, *, only_missed: bool = False) -> bool:
    """Run a job unless it runs already; with ``only_missed`` only if it should have run long ago. Whether it ran.

    What the job raises is noted and raised again. KeyError for a job that does not exist.
    """
    job = JOBS[key]
    with _held(key) as is_ours:
        if not is_ours:
            log.info("job runs already", extra={"job": key})
            return False
        row, _new = Schedule.objects.get_or_create(key=key, defaults={"known_at": clock.now()})
        if only_missed and not is_missed(job, row):
            return False
        mine = Schedule.objects.filter(pk=row.pk)
        mine.update(started_at=clock.now())
        try:
            result = current_app.tasks[job.task]()
        except Exception as error:
            words = {"result": type(error).__name__, "failures": F("failures") + 1}
            mine.update(finished_at=clock.now(), **words)
            raise
        now = clock.now()
        number = result if isinstance(result, int) else None
        mine.update(finished_at=now, succeeded_at=now, result="", handled=number, failures=0)
    return True


@contextmanager
def _held(key: str) -> Iterator[bool]:
    """Whether this process is the one that runs the job; as long as the context lasts no other is."""
    link = psycopg2.connect(
        settings.LISTEN_DATABASE_URL, connect_timeout=3, application_name="portal job", options=KEEPALIVES
    )
    try:
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [f"portal.job:{key}"])
            found = cursor.fetchone()
        yield bool(found and found[0])
    finally:
        link.close()


def is_missed(job: Job, row: Schedule) -> bool:
    """Whether a run is long due, may be made up at this hour, and was not tried a moment ago."""
    now = clock.now()
    if now.astimezone(clock.BEIJING).hour not in job.made_up or job.due_after(row.good_since) + GRACE > now:
        return False
    return row.started_at is None or row.started_at + AGAIN_AFTER <= now


def make_up() -> int:
    """Have jobs run whose run was missed, each once however many runs it missed. How many were asked for."""
    rows = Schedule.objects.filter(key__in=JOBS)
    missed = [row.key for row in rows if is_missed(JOBS[row.key], row)]
    for key in missed:
        log.warning("job was missed, it is made up", extra={"job": key})
        wake(RUN_JOB, key, True)
    return len(missed)


def standings() -> list[Standing]:
    """All jobs, late ones first, then in the order of the timetable. One query."""
    now, rows = clock.now(), {row.key: row for row in Schedule.objects.all()}
    found = [_standing(job, rows.get(job.key), now) for job in JOBS.values()]
    return sorted(found, key=lambda each: not each.is_late)


def _standing(job: Job, row: Schedule | None, now: datetime) -> Standing:
    if row is None:
        return Standing(job, None, None, is_late=False)
    return Standing(
        job, row, job.due_after(row.good_since), is_late=job.is_late(since=row.good_since, now=now)
    )


def late_jobs() -> list[str]:
    """Keys of jobs without a success for twice their period. One query."""
    return [each.job.key for each in standings() if each.is_late]
