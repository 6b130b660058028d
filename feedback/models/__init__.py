"""Tables of questions and answers: threads, their messages, ratings."""

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
    "Level",
    "Message",
    "Rating",
    "ReadMark",
    "ReplyTemplate",
    "Satisfaction",
    "Thread",
    "ThreadState",
    "Topic",
]
