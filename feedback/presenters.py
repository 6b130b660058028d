"""Rows for the thread component, the day page and what was passed on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cases.models import Side
from common.pages import addresses
from feedback.models import AuthorKind, CheckOutcome, Message, Thread, Topic


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


def check_rows(waiting: Iterable[Message]) -> list[dict[str, Any]]:
    """What waits for a check before the other side may read it."""
    return [
        {
            "href": reverse("feedback:bench_check", args=[message.thread.public_id, message.public_id]),
            "number": message.thread.case.number,
            "party": f"{Side(message.thread.party.side).label} {message.thread.party.name}",
            "topic": Topic(message.thread.topic).label,
            "at": message.sent_at,
        }
        for message in waiting
    ]


def message_rows(thread: Thread, *, own_side: str, own_post: int | None = None) -> list[dict[str, Any]]:
    """Messages oldest first; ``own_side`` is "party" or "court", ``own_post`` who of the court reads. Staff stand with
    name and role, parties with their side. Uses what :func:`feedback.selectors.thread_for` has loaded."""
    found = list(thread.messages.all())
    numbers = numbers_of(found)
    rows = [_row(message, thread, own_side) for message in found]
    for row, message in zip(rows, found, strict=True):
        row["number"] = numbers.get(message.pk)
        row["corrects"] = numbers.get(message.corrects_id or 0)
        row["corrects_id"] = message.corrects.public_id if message.corrects else None
        written = message.author_post_id if own_side == "court" else message.author_kind == AuthorKind.PARTY
        mine = bool(written) and (own_side == "party" or written == own_post)
        row["correctable"] = mine and not message.is_internal and message.corrects_id is None
        if own_side == "court":
            here = [thread.public_id, message.public_id]
            row["correct_href"] = reverse("feedback:bench_correct", args=here) if row["correctable"] else ""
            row["check_href"] = reverse("feedback:bench_check", args=here) if row["unchecked"] else ""
    return rows


def numbers_of(messages: Iterable[Message]) -> dict[int, int]:
    """第几条, by key, the same for the party, the court and the record: internal notes do not count."""
    shown = (message.pk for message in messages if not message.is_internal)
    return {pk: place for place, pk in enumerate(shown, start=1)}


def _row(message: Message, thread: Thread, own_side: str) -> dict[str, Any]:
    by_party = message.author_kind == AuthorKind.PARTY
    mark = getattr(message, "readmark", None)
    return {
        "id": message.public_id,
        "role": author_words(message, thread, own_side),
        "text": message.text,
        "at": message.sent_at,
        "own": by_party == (own_side == "party") and message.author_kind != AuthorKind.COURT,
        "by_party": by_party,
        "entry": message.author_kind == AuthorKind.COURT,
        "internal": message.is_internal,
        "interim": not message.settles and not message.asks_party,
        "asks_party": message.asks_party,
        "read_at": mark.read_at if mark else None,
        "files": attachment_rows(message),
        "check": check_words(message),
        "unchecked": message.on_merits and not hasattr(message, "check_result"),
    }


def author_words(message: Message, thread: Thread, own_side: str = "court") -> str:
    """Who wrote it, as the reader is to be told."""
    if message.author_kind == AuthorKind.PARTY:
        return _("我") if own_side == "party" else thread.party.get_side_display()
    post = message.author_post
    return (
        f"{message.get_author_kind_display()} {post.user.name}" if post else message.get_author_kind_display()
    )


def attachment_rows(message: Message) -> list[dict[str, Any]]:
    """Files that came with a message."""
    href = addresses("documents:file")
    return [
        {"label": item.file.display_name, "name": item.file.display_name, "href": href(item.file.public_id),
         "size": item.file.size_bytes}
        for item in message.attachments.all()
    ]  # fmt: skip


def exchanged_rows(passed: Iterable[Message]) -> list[dict[str, Any]]:
    """What the other sides wrote and the court passed on."""
    return [
        {
            "id": message.public_id,
            "role": f"{message.thread.party.get_side_display()} {message.thread.party.name}",
            "text": message.text,
            "at": message.sent_at,
            "passed_at": message.check_result.checked_at,
            "files": attachment_rows(message),
        }
        for message in passed
    ]


def check_words(message: Message) -> str:
    """What became of a message on the merits; empty for all others."""
    if not message.on_merits:
        return ""
    check = getattr(message, "check_result", None)
    if check is None:
        return _("等书记员核对，核对以前对方当事人看不到")
    words = {
        CheckOutcome.SHOWN: _("已核对，对方当事人能看到"),
        CheckOutcome.COURT_ONLY: _("已核对，只留在法院，不转给对方：%(reason)s"),
        CheckOutcome.REFUSED: _("已核对，不接收：%(reason)s"),
    }
    return words[CheckOutcome(check.outcome)] % {"reason": check.reason}
