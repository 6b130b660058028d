"""Reads of a person's notices."""

from __future__ import annotations

from django.db.models import QuerySet

from common.actor import Actor
from notifications.models import Channel, Message


def inbox_of(actor: Actor) -> QuerySet[Message]:
    """The signed-in person's notices, newest first."""
    if actor.user_id is None:
        return Message.objects.none()
    return Message.objects.filter(user_id=actor.user_id, channel=Channel.INBOX).order_by("-id")
