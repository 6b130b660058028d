"""Tables of questions and answers: threads, their messages and clocks, ratings."""

from feedback.models.clocks import Clock, ClockKind, Pause, PauseReason
from feedback.models.ratings import Rating, Satisfaction
from feedback.models.threads import (
    NOBODY_WROTE,
    THREAD_FLOW,
    Attachment,
    AuthorKind,
    CheckOutcome,
    Level,
    MeritsCheck,
    Message,
    ReadMark,
    ReplyTemplate,
    Thread,
    ThreadState,
    Topic,
)

__all__ = [
    "NOBODY_WROTE",
    "THREAD_FLOW",
    "Attachment",
    "AuthorKind",
    "CheckOutcome",
    "Clock",
    "ClockKind",
    "Level",
    "MeritsCheck",
    "Message",
    "Pause",
    "PauseReason",
    "Rating",
    "ReadMark",
    "ReplyTemplate",
    "Satisfaction",
    "Thread",
    "ThreadState",
    "Topic",
]
