"""The relay: works off the outbox, each row in its own transaction, at least once (REL-20, REL-21)."""

from __future__ import annotations

import logging
import random
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor
from common.errors import GatewayUnavailable, InvalidInput, NotVisible
from eventlog import events
from eventlog.holding import is_held
from eventlog.models import Event, Outbox, OutboxState
from eventlog.registry import Mode, handler_by_key
from eventlog.services import act, emit
from eventlog.wake import RUN_OUTBOX, wake_after_commit

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 12
FIRST_PAUSE_SECONDS = 10
LONGEST_PAUSE_SECONDS = 6 * 3600
LEASE_SECONDS = 50
"""With the sweep every five seconds a row that its worker left behind runs again within a minute (REL-20). A handler that
takes longer may run twice: OUTSIDE handlers are safe to repeat, the others commit once."""
VERSIONS = (1,)
"""Versions of payloads that this code can read; another one waits for the code that can."""
MOST_AT_ONCE = 100
"""So many failed effects of a kind are given their tries back at a time."""
LEAST_REASON = 5
OUTAGE_ATTEMPTS = 4
"""How far the pause grows while an outside service is away: 80 seconds, so that its return is seen soon."""


def run_due(limit: int = 200) -> int:
    """Run up to ``limit`` due rows and return how many ran; stops when nothing is due. Nothing runs while it is held."""
    if is_held():
        return 0
    done = 0
    while done < limit and _run_one():
        done += 1
    return done


def _claim() -> Outbox | None:
    """Take the oldest due row and push its next try out, so that a killed worker's row comes back by itself.

    A row whose tries are used up and that still waits killed its worker each time: it goes to the staff page.
    """
    with transaction.atomic():
        row = (
            Outbox.objects.select_for_update(skip_locked=True)
            .filter(state=OutboxState.PENDING, next_at__lte=clock.now())
            .order_by("next_at", "id")
            .first()
        )
        if row is not None and row.attempts >= MAX_ATTEMPTS:
            row.state, row.last_error = OutboxState.DEAD, "WorkerLost"
            row.save(update_fields=["state", "last_error"])
        elif row is not None:
            row.attempts += 1
            row.next_at = clock.now() + timedelta(seconds=LEASE_SECONDS)
            row.save(update_fields=["attempts", "next_at"])
    return row


def _run_one() -> bool:
    row = _claim()
    if row is None:
        return False
    if row.state == OutboxState.DEAD:
        log.error("outbox handler loses its worker", extra={"handler": row.handler})
        return True
    try:
        event = Event.objects.get(pk=row.event_id)
        if event.version not in VERSIONS:
            raise LookupError(f"version {event.version} of {event.name}")
        handler = handler_by_key(event.name, row.handler)
        if handler.mode is Mode.OUTSIDE:
            handler.function(event)
            _finish(row)
        else:
            with act():
                if _finish(row):
                    handler.function(event)
    except GatewayUnavailable as error:  # not the row's fault: it waits, and keeps its tries
        log.warning("outbox handler waits for an outside service", extra={"handler": row.handler})
        row.attempts = min(row.attempts, OUTAGE_ATTEMPTS)
        _postpone(row, error)
    except Exception as error:  # a poison row must not stop the others; it ends on the staff page
        log.exception("outbox handler failed", extra={"handler": row.handler, "event": row.event_id})
        _postpone(row, error)
    return True


def _finish(row: Outbox) -> bool:
    """Mark done; False when another worker did it first (the row lock decides)."""
    return bool(
        Outbox.objects.filter(pk=row.pk, state=OutboxState.PENDING).update(
            state=OutboxState.DONE, done_at=clock.now(), last_error=""
        )
    )


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many failed tries: 10 s, doubling up to 6 h, give or take a fifth (REL-21)."""
    pause = min(FIRST_PAUSE_SECONDS * 2 ** max(0, attempts - 1), LONGEST_PAUSE_SECONDS)
    jitter = random.uniform(0.8, 1.2)  # noqa: S311  (spreading retries, nothing secret)
    return timedelta(seconds=pause * jitter)


def _postpone(row: Outbox, error: Exception) -> None:
    state = OutboxState.DEAD if row.attempts >= MAX_ATTEMPTS else OutboxState.PENDING
    Outbox.objects.filter(pk=row.pk, state=OutboxState.PENDING).update(
        state=state,
        next_at=clock.now() + pause_after(row.attempts),
        attempts=row.attempts,
        last_error=type(error).__name__,
    )


def requeue(*, row_id: int, reason: str, actor: Actor, all_alike: bool = False) -> int:
    """Give a failed effect its tries back, or up to MOST_AT_ONCE that failed in the same handler with the same error, oldest
    first; on record with the reason. How many there were.

    NotVisible when it is not among the failed ones, InvalidInput without a reason.
    """
    if len(reason.strip()) < LEAST_REASON:
        message = _("请写明为什么重试，至少%(n)s个字") % {"n": LEAST_REASON}
        raise InvalidInput(message, reason=message)
    with act():
        dead = Outbox.objects.filter(state=OutboxState.DEAD).select_for_update(skip_locked=True)
        row = dead.filter(pk=row_id).first()
        if row is None:
            raise NotVisible(_("没有这个页面。"))
        alike = dead.filter(handler=row.handler, last_error=row.last_error).order_by("id")
        ids = [found.pk for found in alike[:MOST_AT_ONCE]] if all_alike else [row.pk]
        number = Outbox.objects.filter(pk__in=ids).update(
            state=OutboxState.PENDING, attempts=0, next_at=clock.now()
        )
        emit(
            events.REQUEUED,
            subject=row,
            actor=actor,
            stream="operations",
            handler=row.handler,
            error=row.last_error,
            number=number,
            reason=reason.strip(),
        )
        wake_after_commit(RUN_OUTBOX)
    return number
