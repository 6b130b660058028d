"""Wake-up calls to the workers. The broker is never more than that: the tables hold what is to be done."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial

from celery import current_app
from django.db import transaction

from common import clock

log = logging.getLogger(__name__)

RUN_OUTBOX = "eventlog.run_outbox"
RUN_JOB = "portal.run_job"
"""Runs a job of the timetable under its lock, so at one place only."""
REMEMBER = timedelta(seconds=60)
_last_failure: datetime | None = None


def wake_after_commit(task_name: str, *ids: str | int | bool) -> None:
    """Ask a worker to run a task when the act has committed; robust, so that nothing here can spoil the act."""
    transaction.on_commit(partial(wake, task_name, *ids), robust=True)


def wake(task_name: str, *ids: str | int | bool) -> bool:
    """Ask a worker to run a task now; ids are all it may be told (REL-40). False when the broker does not answer: that is
    logged and remembered, nothing else. Beat comes by for what stands in a table; everything else is asked for again.
    """
    global _last_failure
    try:
        current_app.send_task(task_name, args=ids, retry=False, ignore_result=True)
        _last_failure = None
    except Exception:  # whatever the broker says must not become an error page
        _last_failure = clock.process_now()
        log.warning("broker not reachable, effects wait for the sweep")
        return False
    return True


def notices_may_be_late() -> bool:
    """True for a minute after this process could not reach the broker: pages then say so (REL-50)."""
    return _last_failure is not None and clock.process_now() - _last_failure < REMEMBER
