"""Locking a thread and recording what happens to it."""

from __future__ import annotations

from cases.services import case_stream
from common.actor import Actor
from eventlog.services import emit
from feedback.models import Thread


def locked_thread(thread_id: int) -> Thread:
    """The thread with its case, court and party, locked."""
    return (
        Thread.objects.select_for_update(of=("self",), no_key=True)
        .select_related("case__court", "party")
        .get(pk=thread_id)
    )


def emit_thread(
    name: str, thread: Thread, actor: Actor, *, receipt: str | None = None, **data: object
) -> None:
    """Record what happened to a thread in the stream of its case."""
    emit(
        name,
        subject=thread,
        actor=actor,
        stream=case_stream(thread.case),
        court_id=thread.court_id,
        receipt=receipt,
        case_id=thread.case_id,
        party=thread.party.public_id,
        **data,
    )
