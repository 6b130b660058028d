"""Celery entry points of the relay. The broker is only a wake-up call; the outbox table is the truth."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from celery import Task, shared_task

from common import clock
from eventlog import relay

log = logging.getLogger(__name__)

REMEMBER = timedelta(seconds=60)
_last_failure: datetime | None = None


@shared_task(name="eventlog.run_outbox")
def run_outbox() -> int:
    """Run what is due. Started by a commit and by beat every few seconds; safe to run twice."""
    return relay.run_due()


def wake(task: Task) -> None:
    """Ask a worker to run ``task`` now. A dead broker is logged and remembered, nothing else: the act is committed and
    beat will come by."""
    global _last_failure
    try:
        task.apply_async(retry=False, ignore_result=True)
        _last_failure = None
    except Exception:  # whatever the broker says must not become an error page
        _last_failure = clock.process_now()
        log.warning("broker not reachable, effects wait for the sweep")


def wake_relay() -> None:
    """Ask a worker to look at the outbox."""
    wake(run_outbox)


def notices_may_be_late() -> bool:
    """True for a minute after this process could not reach the broker: pages then say so (REL-50)."""
    return _last_failure is not None and clock.process_now() - _last_failure < REMEMBER
