"""Who took a record home."""

from __future__ import annotations

from common.actor import Actor
from courts.services import access_stream
from eventlog.services import act, emit
from feedback import events
from feedback.models import Thread


def record_export(*, thread: Thread, actor: Actor) -> None:
    """Note in the access stream of the court and day that somebody exported a thread he may read."""
    court = thread.case.court
    with act():
        emit(
            events.EXPORTED,
            subject=thread,
            actor=actor,
            stream=access_stream(court.code),
            court_id=court.pk,
            public_id=thread.public_id,
            party=actor.scan.party_id if actor.scan else None,
        )
