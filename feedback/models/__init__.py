"""Tables of questions and answers: threads, their messages and clocks, ratings."""

from feedback.models.clocks import Clock, ClockKind, Pause, PauseReason
from feedback.models.ratings import Rating, Satisfaction
from feedback.models.threads import (
    THREAD_FLOW,
    AuthorKind,
    Level,
    Message,
    ReadMark,
    ReplyTemplate,
    Thread,
    ThreadState,
    Topic,
)

__all__ = [
    "THREAD_FLOW",
    "AuthorKind",
    "Clock",
    "ClockKind",
    "Level",
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
