"""Neutral notices to authors with an account (SEC-37); an anonymous author gets none."""

from __future__ import annotations

from collections.abc import Callable

from complaints.models import Matter
from complaints.services.intake import identity_of

_send: Callable[[int, int], None] | None = None


def use_sender(send: Callable[[int, int], None]) -> None:
    """``portal.zone`` hands in how a person is told that something new is there: user and court."""
    global _send
    _send = send


def tell_author(matter: Matter) -> None:
    """Something new to read: the words are those of any other answer and name no kind of thing."""
    if matter.author and _send is not None:
        _send(identity_of(matter)["user"], matter.court_id)
