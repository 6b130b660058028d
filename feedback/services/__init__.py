"""Asking, answering, rating, reopening. Nothing written here is ever changed or deleted."""

from feedback.services.clocks import reply_due_at
from feedback.services.ratings import rate
from feedback.services.threads import add_internal_note, answer, ask, mark_read, write_more

__all__ = ["add_internal_note", "answer", "ask", "mark_read", "rate", "reply_due_at", "write_more"]
