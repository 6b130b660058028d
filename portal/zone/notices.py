"""Telling an author with an account that something new is there, in the words of any other answer (SEC-37)."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from complaints.notices import use_sender
from courts.models import Court
from notifications.models import Channel, Message, MessageState

KIND = "thread_answered"
"""The kind of every other answer."""


def use_inbox() -> None:
    """Called once when the zone's process starts."""
    use_sender(tell)


def tell(user_id: int, court_id: int) -> None:
    """A line in the inbox and, for a member of the public, a text message; the worker sends it with all the others."""
    user, court, now = User.objects.get(pk=user_id), Court.objects.get(pk=court_id), clock.now()
    body = _("您有一条新答复，请登录或重新扫码查看。")
    base = {
        "event_id": -1 - secrets.randbits(62),
        "court_id": court.pk,
        "user_id": user.pk,
        "recipient_key": f"user:{user.pk}",
        "kind": KIND,
        "title": _("您有一条新答复"),
        "link": "/my/",
        "created_at": now,
        "next_at": now,
    }
    rows = [Message(channel=Channel.INBOX, body=body, state=MessageState.SENT, sent_at=now, **base)]
    if user.phone:
        text = _("【%(court)s】%(body)s网址 %(host)s ，电话%(hotline)s。") % {
            "court": court.name,
            "body": body,
            "host": settings.SITE_HOST,
            "hotline": settings.COURT_HOTLINE,
        }
        rows.append(Message(channel=Channel.SMS, body=text, phone=user.phone, **base))
    Message.objects.bulk_create(rows)
