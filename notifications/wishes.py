"""Who gets a notice by which channel, which of them a person may switch off, and what he chose."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from common.actor import Actor
from common.errors import InvalidInput, NotAllowed
from common.gateways import weixin
from eventlog.services import act, emit
from notifications import events
from notifications.address_services import live_addresses
from notifications.models import Channel, NoticeGroup, NoticeWishes, QuietHours
from notifications.recipients import Recipient

ORDINARY: Mapping[str, NoticeGroup] = {
    "filing_submitted": NoticeGroup.CASES,
    "filing_accepted": NoticeGroup.CASES,
    "batch_checked": NoticeGroup.CASES,
    "batch_finished": NoticeGroup.CASES,
    "defence_received": NoticeGroup.CASES,
    "defence_of_other_side": NoticeGroup.CASES,
    "thread_answered": NoticeGroup.CASES,
    "thread_corrected": NoticeGroup.CASES,
    "thread_new_judge": NoticeGroup.CASES,
    "merits_checked": NoticeGroup.CASES,
    "reading_answered": NoticeGroup.CASES,
    "help_arranged": NoticeGroup.CASES,
    "help_unreached": NoticeGroup.CASES,
    "webhook_failed": NoticeGroup.CASES,
    "mail_dead": NoticeGroup.CASES,
    "weixin_dead": NoticeGroup.CASES,
    "bill_paid": NoticeGroup.MONEY,
    "promise_moved": NoticeGroup.DATES,
    "visit_booked": NoticeGroup.DATES,
    "visit_cancelled": NoticeGroup.DATES,
    "visit_reminded": NoticeGroup.REMINDERS,
    "survey_invited": NoticeGroup.REMINDERS,
}
"""Kinds that a person may switch off and that wait for the morning. Every other kind has a legal consequence or a limit
behind it, or guards the account: it goes out at any hour, and nobody can switch it off."""


def ways_to(person: Recipient) -> list[tuple[Channel, str]]:
    """By which channels a notice goes to somebody, with his address there. The one rule, for every sender: an account has it in the
    inbox; whoever has a phone that is his own gets a text beside it, staff do not; whoever confirmed a mail address or bound his WeChat
    gets it there too. What he switched off and his quiet hours count for texts, when one would go out (``notifications.measure``): mail wakes
    nobody, WeChat has a silence of its own, and he gave the address to have it."""
    ways = [(Channel.INBOX, "")] if person.user_id is not None else []
    if person.wants_sms and person.phone:
        ways.append((Channel.SMS, person.phone))
    if person.wants_sms:
        ways += [
            (Channel(row.channel), row.address)
            for row in live_addresses(person.user_id)
            if row.channel != Channel.WEIXIN or weixin.is_on()
        ]
    return ways


def wishes_of(user_id: int | None) -> NoticeWishes:
    """What a person chose; what holds for everybody when he chose nothing. One query for an account."""
    found = NoticeWishes.objects.filter(user_id=user_id).first() if user_id else None
    return found or NoticeWishes(muted=[], quiet=settings.QUIET_HOURS)


def choose(*, wanted: Collection[str], quiet: str, actor: Actor) -> NoticeWishes:
    """Write down which groups a person wants by text, and his quiet hours; on record, without a new row when nothing changed.

    InvalidInput for a group or hours that do not exist; NotAllowed for staff, who get no texts.
    """
    if not set(wanted) <= set(NoticeGroup.values) or quiet not in QuietHours.values:
        raise InvalidInput(_("请从列出的选项里选"))
    muted = [group for group in NoticeGroup.values if group not in wanted]
    with act():
        user = User.objects.select_for_update(no_key=True).filter(pk=actor.user_id or 0).first()
        if user is None or not actor.is_public:
            raise NotAllowed(_("工作人员不收短信，没有这项设置。"))
        before = wishes_of(user.pk)
        if before.pk and (before.muted, before.quiet) == (muted, quiet):
            return before
        values = {"muted": muted, "quiet": quiet, "changed_at": clock.now()}
        wishes, _is_new = NoticeWishes.objects.update_or_create(user=user, defaults=values)
        stream = f"person:{user.public_id}"
        emit(events.WISHES_CHANGED, subject=wishes, actor=actor, stream=stream, muted=muted, quiet=quiet)
    return wishes
