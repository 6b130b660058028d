"""Celery entry points of the relay."""

from __future__ import annotations

from celery import shared_task

from eventlog import relay
from eventlog.wake import RUN_OUTBOX


@shared_task(name=RUN_OUTBOX)
def run_outbox() -> int:
    """Run what is due. Started by a commit and by beat every few seconds; safe to run twice."""
    return relay.run_due()
