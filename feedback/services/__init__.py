"""Asking, answering, rating, reopening. Nothing written here is ever changed or deleted."""

from feedback.services.attachments import add_to_tray, drop_from_tray, files_in, tray_of
from feedback.services.clocks import reply_due_at
from feedback.services.exchange import check_merits
from feedback.services.exports import record_export
from feedback.services.handover import hand_over
from feedback.services.ratings import rate
from feedback.services.reworks import finish_rework
from feedback.services.surveys import handle_suggestion, open_survey, return_form, suggest
from feedback.services.templates import keep_template, retire_template
from feedback.services.threads import (
    add_internal_note,
    answer,
    ask,
    correct,
    mark_read,
    mark_seen,
    write_more,
)

__all__ = [
    "add_internal_note",
    "add_to_tray",
    "answer",
    "ask",
    "check_merits",
    "correct",
    "drop_from_tray",
    "files_in",
    "finish_rework",
    "hand_over",
    "handle_suggestion",
    "keep_template",
    "mark_read",
    "mark_seen",
    "open_survey",
    "rate",
    "record_export",
    "reply_due_at",
    "retire_template",
    "return_form",
    "suggest",
    "tray_of",
    "write_more",
]
