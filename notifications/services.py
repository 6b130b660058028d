"""Writes message rows for an event and sends what is queued."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction

from common import clock
from common.errors import GatewayUnavailable
from common.gateways import sms
from common.gateways.sms_words import Problem
from courts.models import Court
from eventlog.models import Event
from eventlog.relay import MAX_ATTEMPTS, pause_after
from eventlog.wake import wake_after_commit
from notifications.models import Channel, Message, MessageState
from notifications.receipts import take_receipt
from notifications.recipients import Recipient
from notifications.words import sms_text
from payments.gateways.breaker import admit, note_answer, note_failure

log = logging.getLogger(__name__)

SEND_DUE = "notifications.send_due"
SAME_KIND_PAUSE = timedelta(minutes=10)
SMS_PER_DAY = 10
PROVIDER = "sms"
"""Name of the text provider at the breaker."""
LEASE = timedelta(minutes=2)
STALE = timedelta(hours=24)


def notify(
    event: Event, recipients: list[Recipient], *, kind: str, court: Court, title: str, body: str, link: str
) -> None:
    """One inbox row per account and one text per phone; a repeat of the same event adds nothing (REL-20).

    Texts of one kind to one person come at most once in ten minutes and ten a day (REL-22); the inbox has them all.
    """
    now = clock.now()
    rows = []
    for person in recipients:
        base = {
            "event_id": event.pk,
            "court_id": court.pk,
            "user_id": person.user_id,
            "recipient_key": person.key,
            "kind": kind,
            "title": title,
            "link": link,
            "created_at": now,
            "next_at": now,
        }
        if person.user_id is not None:
            rows.append(
                Message(channel=Channel.INBOX, body=body, state=MessageState.SENT, sent_at=now, **base)
            )
        if person.wants_sms and person.phone and not _too_many(person, kind):
            rows.append(Message(channel=Channel.SMS, body=sms_text(court, body), phone=person.phone, **base))
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    if any(row.channel == Channel.SMS for row in rows):
        wake_after_commit(SEND_DUE)


def _too_many(person: Recipient, kind: str) -> bool:
    now = clock.now()
    mine = Message.objects.filter(recipient_key=person.key, channel=Channel.SMS)
    if mine.filter(kind=kind, created_at__gt=now - SAME_KIND_PAUSE).exists():
        return True
    return mine.filter(created_at__gt=now - timedelta(days=1)).count() >= SMS_PER_DAY


def send_due(limit: int = 100) -> int:
    """Send queued texts, oldest first, one short transaction each; the provider drops a repeated id (F-10).

    A provider that is away is left alone (REL-59): what waits keeps its tries until it answers again.
    """
    sent = 0
    while sent < limit:
        message = _claim()
        if message is None or not _send(message):
            break
        sent += 1
    return sent


def _claim() -> Message | None:
    with transaction.atomic():
        message = (
            Message.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(state=MessageState.QUEUED, next_at__lte=clock.now())
            .order_by("next_at", "id")
            .first()
        )
        if message is not None:
            message.attempts += 1
            message.next_at = clock.now() + LEASE
            message.save(update_fields=["attempts", "next_at"])
    return message


def _send(message: Message) -> bool:
    """False when the provider is away, so that the others need not be tried now.

    A text older than a day is dropped (REL-22): it is only a nudge, the inbox has the notice itself.
    """
    waiting = Message.objects.filter(pk=message.pk, state=MessageState.QUEUED)
    if clock.now() - message.created_at > STALE:
        waiting.update(state=MessageState.DROPPED)
        return True
    try:
        admit(PROVIDER)
    except GatewayUnavailable:
        waiting.update(attempts=message.attempts - 1, next_at=clock.now())
        return False
    try:
        sms.send(message.phone, message.body, message_id=str(message.public_id))
    except sms.TextRefused as error:
        note_answer(PROVIDER)
        _refused(message, error.problem)
        return True
    except GatewayUnavailable as error:
        answered = isinstance(error, sms.TextPostponed)
        note_answer(PROVIDER) if answered else note_failure(PROVIDER)
        state = MessageState.FAILED if message.attempts >= MAX_ATTEMPTS else MessageState.QUEUED
        waiting.update(state=state, next_at=clock.now() + pause_after(message.attempts))
        log.warning("text message not taken", extra={"attempts": message.attempts})
        return True
    note_answer(PROVIDER)
    waiting.update(state=MessageState.SENT, sent_at=clock.now())  # nothing when its receipt was faster
    return True


def _refused(message: Message, problem: Problem) -> None:
    log.error("text message refused for good", extra={"problem": problem})
    if problem is Problem.NUMBER:
        take_receipt(message_id=message.public_id, arrived=False)
    else:
        Message.objects.filter(pk=message.pk).update(state=MessageState.FAILED)


def mark_all_read(*, user_id: int) -> None:
    """The person has seen the list of notices."""
    unread = Message.objects.filter(user_id=user_id, channel=Channel.INBOX, read_at=None)
    unread.update(read_at=clock.now())
