"""Celery entry points of the relay and of the anchors."""

from __future__ import annotations

from celery import shared_task

from eventlog import anchors, relay
from eventlog.selectors import warn_of_old_anchor
from eventlog.wake import RUN_OUTBOX


@shared_task(name=RUN_OUTBOX)
def run_outbox() -> int:
    """Run what is due. Started by a commit and by beat every few seconds; safe to run twice."""
    return relay.run_due()


@shared_task(name="eventlog.anchor")
def anchor() -> None:
    """Cut an anchor when one is due and get its proofs. Started by beat every minute; safe to run twice."""
    anchors.run()
    warn_of_old_anchor()
