"""Celery entry points of the relay. The broker is only a wake-up call; the outbox table is the truth."""

from __future__ import annotations

import logging

from celery import shared_task

from eventlog import relay

log = logging.getLogger(__name__)


@shared_task(name="eventlog.run_outbox")
def run_outbox() -> int:
    """Run what is due. Started by a commit and by beat every few seconds; safe to run twice."""
    return relay.run_due()


def wake_relay() -> None:
    """Ask a worker to look at the outbox now. A dead broker is logged and nothing else: beat will come by."""
    try:
        run_outbox.apply_async(retry=False, ignore_result=True)
    except Exception:  # the act is committed; whatever the broker says must not become an error page
        log.warning("broker not reachable, effects wait for the sweep")
