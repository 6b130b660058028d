"""Celery entry points of the relay and of the anchors."""

from __future__ import annotations

import logging

from celery import shared_task

from eventlog import anchors, relay
from eventlog.selectors import lost_anchors, warn_of_old_anchor
from eventlog.verify import verify
from eventlog.wake import RUN_OUTBOX

logger = logging.getLogger(__name__)


class TrailBroken(Exception):
    """The trail does not hold; the log says where."""


@shared_task(name=RUN_OUTBOX)
def run_outbox() -> int:
    """Run what is due. Started by a commit and by beat every few seconds; safe to run twice."""
    return relay.run_due()


@shared_task(name="eventlog.anchor")
def anchor() -> None:
    """Cut an anchor when one is due and get its proofs. Started by beat every minute; safe to run twice."""
    anchors.run()
    warn_of_old_anchor()


@shared_task(name="eventlog.verify_trail")
def verify_trail() -> None:
    """Walk the whole trail once, by beat at night; only reads. TrailBroken when it does not hold: then the run is no success, and
    what `/metrics` says of the last good one grows old (REL-54)."""
    findings = verify()
    for event in lost_anchors():
        logger.warning(
            "the entries of anchors %s-%s were lost in a restore",
            event.payload["first"],
            event.payload["last"],
        )
    for found in findings:
        logger.error(
            "the trail does not hold",
            extra={"verdict": found.verdict.name, "stream": found.stream, "seq": found.seq},
        )
    if findings:
        raise TrailBroken
