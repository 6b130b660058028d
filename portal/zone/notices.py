"""Telling an author with an account that something new is there, in the words of any other answer (SEC-37)."""

from __future__ import annotations

import secrets

from accounts.models import User
from complaints.notices import use_sender
from courts.models import Court
from notifications.models import Message
from notifications.recipients import of_user
from notifications.rows import Notice, rows_for
from notifications.words import ANSWER_BODY, ANSWER_TITLE

KIND = "thread_answered"
"""The kind of every other answer."""


def use_inbox() -> None:
    """Called once when the zone's process starts."""
    use_sender(tell)


def tell(user_id: int, court_id: int) -> None:
    """A line in the inbox and, for a member of the public, a text message; the worker sends it with all the others."""
    user, court = User.objects.get(pk=user_id), Court.objects.get(pk=court_id)
    number = -1 - secrets.randbits(62)  # of no event: those of the zone have none that the portal could read
    notice = Notice(number, KIND, court, str(ANSWER_TITLE), str(ANSWER_BODY), "/my/")
    Message.objects.bulk_create(rows_for(of_user(user), notice))
