"""Rows for the thread component and the day page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from cases.models import Side
from common.pages import addresses
from feedback.models import AuthorKind, Message, Thread, Topic


def day_rows(threads: Iterable[Thread]) -> list[dict[str, Any]]:
    """What waits for an answer, every cell finished."""
    href = addresses("feedback:bench_message")
    return [
        {
            "href": href(thread.public_id),
            "number": thread.case.number,
            "party": f"{Side(thread.party.side).label} {thread.party.name}",
            "topic": Topic(thread.topic).label,
            "again": thread.round > 1,
            "due": thread.reply_due_at,
        }
        for thread in threads
    ]


def message_rows(thread: Thread, *, own_side: str) -> list[dict[str, Any]]:
    """Messages oldest first; ``own_side`` is "party" or "court". Staff stand with name and role, parties with their
    side. Uses what :func:`feedback.selectors.thread_for` has loaded."""
    return [_row(message, thread, own_side) for message in thread.messages.all()]


def _row(message: Message, thread: Thread, own_side: str) -> dict[str, Any]:
    by_party = message.author_kind == AuthorKind.PARTY
    mark = getattr(message, "readmark", None)
    if by_party:
        role = _("我") if own_side == "party" else thread.party.get_side_display()
    else:
        post = message.author_post
        role = f"{message.get_author_kind_display()} {post.user.name}" if post else ""
    return {
        "id": message.public_id,
        "role": role,
        "text": message.text,
        "at": message.sent_at,
        "own": by_party == (own_side == "party"),
        "internal": message.is_internal,
        "read_at": mark.read_at if mark else None,
    }
