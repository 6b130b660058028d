"""Writes message rows for an event and sends what is queued."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from common import clock
from common.errors import GatewayUnavailable
from common.gateways import mail, sms, weixin
from common.gateways.channels import Carrier, Outgoing, Postponed, Problem, Refused
from courts.models import Court
from eventlog.holding import is_held, standing
from eventlog.models import Event
from eventlog.relay import MAX_ATTEMPTS, pause_after
from eventlog.wake import wake_after_commit
from notifications import measure
from notifications.address_services import is_live
from notifications.models import Channel, Message, MessageState
from notifications.receipts import give_up, take_receipt
from notifications.recipients import Recipient
from notifications.rows import Notice, rows_for
from notifications.words import SERVICE_KINDS
from payments.gateways.breaker import admit, note_answer, note_failure

log = logging.getLogger(__name__)

SEND_DUE = "notifications.send_due"
CARRIERS: Mapping[Channel, Carrier] = {Channel.SMS: sms, Channel.MAIL: mail, Channel.WEIXIN: weixin}
"""Who takes the messages of a channel; at the breaker it has the channel's name."""
LEASE = timedelta(seconds=45)
"""A text that its worker left behind goes out again within a minute (REL-20); a call to the provider ends long before."""


def notify(
    event: Event, recipients: list[Recipient], *, kind: str, court: Court, title: str, body: str, link: str
) -> None:
    """One row for each channel that ``notifications.wishes`` names; a repeat of the same event adds nothing (REL-20).

    The inbox has every notice; of the texts only so many go out as ``notifications.measure`` lets through (REL-22).
    """
    notice = Notice(event.pk, kind, court, title, body, link)
    rows = [row for person in recipients for row in rows_for(person, notice)]
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    if any(row.channel in CARRIERS for row in rows):
        wake_after_commit(SEND_DUE)


def send_due(limit: int = 100) -> int:
    """Send what is queued, of each channel oldest first, one short transaction each; a repeat has the same id (F-10). How many
    were handed over.

    A carrier that is away is left alone (REL-59): what waits keeps its tries until it answers again, other channels go on. What is
    above the measure waits, too. Nothing is sent while it is held (REL-56).
    """
    if is_held():
        return 0
    return sum(_send_due(channel, limit) for channel, carrier in CARRIERS.items() if carrier.is_on())


def _send_due(channel: Channel, limit: int) -> int:
    sent = 0
    try:
        while sent < limit and (message := _claim(channel)):
            if message.state == MessageState.QUEUED and message.attempts:
                _send(message)
                sent += 1
    except (GatewayUnavailable, measure.Full):
        pass  # the next round goes on
    return sent


def _due(channel: Channel) -> QuerySet[Message]:
    return Message.objects.filter(channel=channel, state=MessageState.QUEUED, next_at__lte=clock.now())


def _claim(channel: Channel) -> Message | None:
    """The oldest due message that no other worker has, its next try pushed out, so that a killed worker's comes back by itself. At its
    first try it passes the measure: it may be dropped, wait (no try is noted) or take others with it. Full when none may go out now.

    The breaker is asked last, for a message that goes out: its one probe is not spent on what is dropped or waits. When it refuses,
    GatewayUnavailable undoes the claim with all that was counted for it.
    """
    with transaction.atomic():
        rows = _due(channel).select_for_update(skip_locked=True, of=("self",))
        message = rows.order_by("next_at", "id").first()
        if message is None:
            return None
        if _from_before_a_restore(message) or not _reaches(message):
            message.state = MessageState.DROPPED
        elif message.attempts or measure.passes(message):
            measure.take_place(channel)
            admit(channel)
            message.attempts += 1
            message.next_at = clock.now() + LEASE
        message.save(update_fields=["attempts", "next_at", "state", "body"])
    return message


def _send(message: Message) -> None:
    waiting = Message.objects.filter(pk=message.pk, state=MessageState.QUEUED)
    channel = Channel(message.channel)
    try:
        CARRIERS[channel].send(
            Outgoing(str(message.public_id), message.phone, message.body, message.kind, message.title)
        )
    except Refused as error:
        note_answer(channel)
        _refused(message, error.problem)
    except GatewayUnavailable as error:
        answered = isinstance(error, Postponed)
        note_answer(channel) if answered else note_failure(channel)
        log.warning("message not taken", extra={"channel": channel, "attempts": message.attempts})
        if message.attempts < MAX_ATTEMPTS:
            waiting.update(next_at=clock.now() + pause_after(message.attempts))
        elif channel == Channel.SMS and message.kind in SERVICE_KINDS:
            take_receipt(
                message_id=message.public_id, arrived=False
            )  # somebody of the court tells the person
        else:
            waiting.update(state=MessageState.FAILED)
    else:
        note_answer(channel)
        waiting.update(state=MessageState.SENT, sent_at=clock.now())  # nothing when its receipt was faster


def _from_before_a_restore(message: Message) -> bool:
    """It may have been sent already, by the installation that this database was taken from (F-32)."""
    quiet_until = standing().quiet_until
    return quiet_until is not None and (
        Event.objects.filter(pk=message.event_id, happened_at__lt=quiet_until).exists()
    )


def _reaches(message: Message) -> bool:
    """False for an address that was given up since, or that is dead."""
    return message.channel == Channel.SMS or is_live(message)


def _refused(message: Message, problem: Problem) -> None:
    log.error("message refused for good", extra={"channel": message.channel, "problem": problem})
    if problem is Problem.ADDRESS and message.channel == Channel.WEIXIN:
        give_up(message)
    elif problem is Problem.ADDRESS:
        take_receipt(message_id=message.public_id, arrived=False, channel=Channel(message.channel))
    else:
        Message.objects.filter(pk=message.pk).update(state=MessageState.FAILED)


def mark_all_read(*, user_id: int) -> None:
    """The person has seen the list of notices."""
    unread = Message.objects.filter(user_id=user_id, channel=Channel.INBOX, read_at=None)
    unread.update(read_at=clock.now())
