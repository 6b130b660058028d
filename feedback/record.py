"""A thread as a paper: every message that both ends know, with its time, author and SHA-256."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import Any

from django.utils.translation import gettext as _

from common import clock
from common.templatetags.time_words import exact
from documents.rendering.typeset import plain_pdf
from feedback.models import Message, Thread
from feedback.presenters import author_words, check_words, numbers_of


def message_hash(message: Message) -> str:
    """SHA-256 over everything a message says: ids, round, author, instant in UTC, text, files by their hashes.

    Canonical JSON, so that anybody can compute it again from the record. Uses the prefetched attachments.
    """
    said = {
        "thread": str(message.thread.public_id),
        "message": str(message.public_id),
        "round": message.round,
        "author": message.author_kind,
        "sent_at": message.sent_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "text": message.text,
        "corrects": str(message.corrects.public_id) if message.corrects else "",
        "files": [item.file.sha256 for item in message.attachments.all()],
    }
    canonical = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def record_hash(hashes: list[str]) -> str:
    """One hash over the hashes of all messages, in order."""
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def record_pdf(thread: Thread) -> bytes:
    """The record as PDF/A. Internal notes are never in it, whoever asks. Uses what ``thread_for`` has loaded."""
    shown = [message for message in thread.messages.all() if not message.is_internal]
    numbers = numbers_of(shown)
    hashes = [message_hash(message) for message in shown]
    now = clock.now()
    data: dict[str, Any] = {
        "title": _("留言记录"),
        "court": thread.case.court.name,
        "facts": [
            [_("案号"), thread.case.number],
            [_("案由"), thread.case.cause.name],
            [_("当事人"), f"{thread.party.get_side_display()} {thread.party.name}"],
            [_("想办什么"), thread.get_topic_display()],
            [_("提出时间"), exact(thread.opened_at)],
            [_("最晚答复"), exact(thread.reply_due_at)],
            [_("状态"), thread.get_state_display()],
            [_("留言编号"), str(thread.public_id)],
        ],
        "messages": [
            {
                "number": str(numbers[message.pk]),
                "author": author_words(message, thread),
                "at": exact(message.sent_at),
                "notes": _notes(message, numbers),
                "text": message.text,
                "files": [[item.file.display_name, item.file.sha256] for item in message.attachments.all()],
                "id": str(message.public_id),
                "hash": digest,
            }
            for message, digest in zip(shown, hashes, strict=True)
        ],
        "whole": record_hash(hashes),
        "made_at": exact(now),
    }
    return plain_pdf("thread_record", data, moment=now)


def _notes(message: Message, numbers: dict[int, int]) -> list[str]:
    notes = []
    if message.corrects_id in numbers:
        notes.append(_("更正第%(number)s条") % {"number": numbers[message.corrects_id]})
    if message.asks_party:
        notes.append(_("请当事人补充"))
    elif not message.settles:
        notes.append(_("进展，还没有办完"))
    mark = getattr(message, "readmark", None)
    if mark is not None:
        notes.append(_("对方已读：%(time)s") % {"time": exact(mark.read_at)})
    return [*notes, *filter(None, [check_words(message)])]
