"""What a carrier says became of a message: it arrived, or it bounced. A bounced one is a task of the court."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor, system
from common.errors import NotVisible
from common.gateways.channels import Reporting
from courts.models import Court
from eventlog.services import act, emit
from notifications import events
from notifications.address_services import note_bounce
from notifications.models import Channel, Message, MessageState
from notifications.selectors import unreachable_in


def receive(carrier: Reporting, *, channel: Channel, headers: Mapping[str, str], body: bytes) -> None:
    """A carrier's callback. BadSignature when it is not proven: then nothing is stored. Unknown ids and news that came before change
    nothing."""
    for receipt in carrier.receipts(headers, body):
        take_receipt(message_id=receipt.message_id, arrived=receipt.arrived, channel=channel)


def take_receipt(*, message_id: UUID, arrived: bool, channel: Channel = Channel.SMS) -> None:
    """Note what became of a message of this channel, once; a mail address from which one came back is dead. That it arrived is believed also after a bounce, the other way round not: a phone
    that was off for a while has the text now."""
    with act():
        rows = Message.objects.select_for_update(no_key=True, of=("self",)).filter(channel=channel)
        message = rows.filter(public_id=message_id).first()
        if message is None or message.state == MessageState.ARRIVED:
            return
        if arrived:
            message.state = MessageState.ARRIVED
            message.save(update_fields=["state"])
        elif message.state != MessageState.BOUNCED:
            message.state = MessageState.BOUNCED
            message.save(update_fields=["state"])
            _record(events.TEXT_BOUNCED, message, system(str(_("通知系统"))))
            note_bounce(message)


def give_up(message: Message) -> None:
    """The person does not take messages of this channel any more. He is told in the inbox and by text, so it is no task of the court."""
    with act():
        Message.objects.filter(pk=message.pk).update(state=MessageState.FAILED)
        note_bounce(message)


def settle(*, public_id: UUID, actor: Actor) -> None:
    """Somebody of the court reached the person another way, or put another phone on file: off the list.
    NotVisible for another court's, and for what is off the list already."""
    with act():
        locked = Message.objects.select_for_update(no_key=True, of=("self",)).filter(public_id=public_id)
        message = unreachable_in(actor).filter(pk__in=[row.pk for row in locked]).first()
        if message is None:
            raise NotVisible(_("没有这个页面。"))
        message.settled_at, message.settled_by_id = clock.now(), actor.post_id
        message.save(update_fields=["settled_at", "settled_by_id"])
        _record(events.BOUNCE_SETTLED, message, actor)


def _record(name: str, message: Message, actor: Actor) -> None:
    court = Court.objects.get(pk=message.court_id)
    emit(name, subject=message, actor=actor, stream=f"court:{court.code}", court_id=court.pk)
