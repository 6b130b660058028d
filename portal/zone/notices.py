"""Telling an author with an account that something new is there, in the words of any other answer (SEC-37)."""

from __future__ import annotations

import secrets

from accounts.models import User
from common import clock
from complaints.notices import use_sender
from courts.models import Court
from notifications.models import Channel, Message, MessageState
from notifications.recipients import of_user
from notifications.wishes import ways_to
from notifications.words import ANSWER_BODY, ANSWER_TITLE, sms_text

KIND = "thread_answered"
"""The kind of every other answer."""


def use_inbox() -> None:
    """Called once when the zone's process starts."""
    use_sender(tell)


def tell(user_id: int, court_id: int) -> None:
    """A line in the inbox and, for a member of the public, a text message; the worker sends it with all the others."""
    user, court, now = User.objects.get(pk=user_id), Court.objects.get(pk=court_id), clock.now()
    body = str(ANSWER_BODY)
    base = {
        "event_id": -1 - secrets.randbits(62),
        "court_id": court.pk,
        "user_id": user.pk,
        "recipient_key": f"user:{user.pk}",
        "kind": KIND,
        "title": str(ANSWER_TITLE),
        "link": "/my/",
        "created_at": now,
        "next_at": now,
    }
    inbox = {"body": body, "state": MessageState.SENT, "sent_at": now}
    sent = {"body": sms_text(court, body)}
    rows = [
        Message(channel=channel, phone=to, **(inbox if channel == Channel.INBOX else sent), **base)
        for channel, to in ways_to(of_user(user))
    ]
    Message.objects.bulk_create(rows)
