"""Addresses beside the phone: given by who has them, dead when nothing arrives, ended at any time."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import User
from common import clock, crypto
from common.actor import Actor, system
from common.errors import NotAllowed, NotVisible
from eventlog.services import act, emit
from notifications import events
from notifications.models import NOTICE_ADDRESS_FLOW, AddressState, Channel, Message, NoticeAddress


def index_of(channel: str, address: str) -> str:
    """Blind index of an address."""
    return crypto.blind_index(channel, address)


def address_of(user_id: int | None, channel: Channel) -> NoticeAddress | None:
    """What an account has at a channel and did not end. One query for an account."""
    rows = NoticeAddress.objects.filter(user_id=user_id or 0, channel=channel)
    return rows.exclude(state=AddressState.ENDED).first() if user_id else None


def live_addresses(user_id: int | None) -> list[NoticeAddress]:
    """Where an account gets notices beside inbox and phone. One query for an account."""
    rows = NoticeAddress.objects.filter(user_id=user_id or 0, state=AddressState.LIVE)
    return list(rows.order_by("channel")) if user_id else []


def is_live(message: Message) -> bool:
    """Whether the address of a message to it is still the account's, and nothing came back from there."""
    found = NoticeAddress.objects.filter(
        user_id=message.user_id or 0, channel=message.channel, state=AddressState.LIVE
    )
    return found.filter(address_index=index_of(message.channel, message.phone)).exists()


def keep(*, channel: Channel, address: str, actor: Actor) -> NoticeAddress:
    """The person has proven that the address is his: notices go there from now on, instead of to the one before.

    NotAllowed for staff, who get no notices outside.
    """
    with act():
        user = _owner(actor)
        _end(address_of(user.pk, channel), actor)
        row = NoticeAddress.objects.create(
            user=user,
            channel=channel,
            address=address,
            address_index=index_of(channel, address),
            confirmed_at=clock.now(),
        )
        _record(events.ADDRESS_KEPT, row, actor)
    return row


def end(*, channel: Channel, actor: Actor) -> None:
    """Nothing goes there any more. NotVisible when there is none."""
    with act():
        row = address_of(_owner(actor).pk, channel)
        if row is None:
            raise NotVisible(_("没有这个页面。"))
        _end(row, actor)


def end_all(*, user: User, actor: Actor) -> None:
    """Every address of an account. Inside an act."""
    rows = NoticeAddress.objects.select_for_update(no_key=True).filter(user=user)
    for row in rows.exclude(state=AddressState.ENDED).order_by("id"):
        row.user = user
        _end(row, actor)


def note_bounce(message: Message) -> None:
    """Nothing arrives at the address of this message: it is dead, and its owner is asked for another. Inside of an act; nothing when
    the message went to an address the owner has ended, or to a phone."""
    rows = NoticeAddress.objects.select_for_update(no_key=True).filter(
        channel=message.channel, user_id=message.user_id or 0, state=AddressState.LIVE
    )
    row = rows.filter(address_index=index_of(message.channel, message.phone)).first()
    if row is not None:
        NOTICE_ADDRESS_FLOW.move(row, "die")
        row.save(update_fields=["state"])
        _record(events.ADDRESS_DEAD, row, system(str(_("通知系统"))), court_id=message.court_id)


def _owner(actor: Actor) -> User:
    user = User.objects.select_for_update(no_key=True).filter(pk=actor.user_id or 0).first()
    if user is None or not actor.is_public:
        raise NotAllowed(_("工作人员的通知在工作台里，没有这项设置。"))
    return user


def _end(row: NoticeAddress | None, actor: Actor) -> None:
    if row is not None:
        NOTICE_ADDRESS_FLOW.move(row, "end")
        row.ended_at = clock.now()
        row.save(update_fields=["state", "ended_at"])
        _record(events.ADDRESS_ENDED, row, actor)


def _record(name: str, row: NoticeAddress, actor: Actor, court_id: int | None = None) -> None:
    """Its channel; never the address."""
    stream = f"person:{row.user.public_id}"
    emit(name, subject=row, actor=actor, stream=stream, court_id=court_id, channel=row.channel)
