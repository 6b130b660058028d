"""How many texts go out: one of a kind to a phone in ten minutes, ten a day to a phone, so many a minute in all (REL-22).

What is too much waits for its turn and then goes out together: as one text that says how many there are. The counters are rows
of the database and are counted in the transaction that claims the text. Nothing here touches the inbox.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.services.limits import count, seconds_to_wait
from common import clock
from courts.models import Court
from notifications.models import Channel, Message, MessageState, QuietHours
from notifications.wishes import ORDINARY, wishes_of
from notifications.words import SERVICE_KINDS, sms_text

SAME_KIND_SECONDS = 600
DAY_SECONDS = 24 * 3600
TEXTS_A_DAY = 10
BACKLOG = timedelta(minutes=10)
"""A text that waited longer takes all others of its person with it: there was an outage, or too much for one moment."""
STALE = timedelta(hours=24)
ALL, ALL_SECONDS = "texts", 60


class Full(Exception):
    """So many texts went out within this minute that the next one waits; what was counted for it is rolled back."""


def take_place(channel: Channel) -> None:
    """One of the messages that a channel takes within this minute, or Full."""
    if count(f"{ALL}:{channel}", ALL_SECONDS) > settings.TEXTS_PER_MINUTE:
        raise Full


def passes(message: Message) -> bool:
    """Whether a text goes out now, at its first try. Else it was dropped, or waits until the time in ``next_at``.

    That a paper was delivered (送达) is never dropped: above the measure it waits. Of others nothing is lost but the nudge.
    """
    is_service, now = message.kind in SERVICE_KINDS, clock.now()
    if now - message.created_at > STALE and not is_service:
        message.state = MessageState.DROPPED
        return False
    if message.channel == Channel.SMS and message.kind in ORDINARY and not _is_wanted_now(message):
        return False
    for key, seconds, most in (
        (f"{message.channel}:{message.kind}:{message.phone}", SAME_KIND_SECONDS, 1),
        (f"{message.channel}:{message.phone}", DAY_SECONDS, TEXTS_A_DAY),
    ):
        if count(key, seconds) > most:
            if seconds == DAY_SECONDS and not is_service:
                message.state = MessageState.DROPPED
            message.next_at = now + timedelta(seconds=max(1, seconds_to_wait(key, seconds)))
            return False
    _take_along(message)
    return True


def _is_wanted_now(message: Message) -> bool:
    """False for what the person switched off (dropped), and in his quiet hours (it waits for the morning). Asked when a text would
    go out and for every sender alike, so that what is missing says nothing about who sent it (SEC-37)."""
    wishes, now = wishes_of(message.user_id), clock.now()
    if ORDINARY[message.kind] in wishes.muted:
        message.state = MessageState.DROPPED
        return False
    morning = QuietHours(wishes.quiet).end_after(now)
    message.next_at = morning or message.next_at
    return morning is None


def _take_along(message: Message) -> None:
    """Texts of the same person that were not tried yet become part of this one: those of its kind, or all after a long wait."""
    waiting = Message.objects.filter(
        recipient_key=message.recipient_key,
        channel=message.channel,
        state=MessageState.QUEUED,
        attempts=0,
    ).exclude(pk=message.pk)
    is_late = clock.now() - message.created_at >= BACKLOG
    if not is_late or message.kind in SERVICE_KINDS:
        waiting = waiting.filter(kind=message.kind)
    else:
        muted = wishes_of(message.user_id).muted
        unwanted = [kind for kind, group in ORDINARY.items() if group in muted]
        waiting = waiting.exclude(kind__in=[*SERVICE_KINDS, *unwanted])
    found = list(waiting.select_for_update(skip_locked=True).only("pk", "kind"))
    if not found:
        return
    court = Court.objects.get(pk=message.court_id)
    number = len(found) + 1
    if message.kind in SERVICE_KINDS:
        words = _("法院向您送达了%(number)s份文书，请登录查看。")
    else:
        words = _("您有%(number)s条新通知，请登录查看。")
    message.body = sms_text(court, words % {"number": number})
    Message.objects.filter(pk__in=[row.pk for row in found]).update(state=MessageState.MERGED)
