"""Reads of threads: a party's own, the judge's day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.access import allows
from cases.models import Case
from cases.policies import visible_parties
from common import clock
from common.actor import Actor
from common.errors import NotVisible
from feedback.models import Attachment, Invitation, Message, Rating, ReplyTemplate, Thread, ThreadState
from feedback.policies import (
    threads_open_with_reason,
    visible_exchanged,
    visible_threads,
    waiting_among,
    waiting_for,
)

SHOWN_CHECKS = 25
"""How many unchecked messages the day page lists."""


def thread_for(actor: Actor, public_id: UUID | str, *, case_id: UUID | None = None) -> Thread:
    """A thread the actor may see, with messages and ratings; internal notes only for staff. NotVisible otherwise,
    also when it belongs to another case than the address says. Four queries.
    """
    messages = (
        Message.objects.select_related("author_post__user", "readmark", "corrects", "check_result")
        .prefetch_related(Prefetch("attachments", Attachment.objects.select_related("file")))
        .order_by("id")
    )
    if not actor.is_staff:
        messages = messages.filter(is_internal=False)
    thread = (
        visible_threads(actor)
        .filter(public_id=public_id, **({"case__public_id": case_id} if case_id else {}))
        .select_related("case__court", "case__cause", "party", "copy__paper")
        .prefetch_related(
            Prefetch("messages", queryset=messages),
            Prefetch("ratings", queryset=Rating.objects.order_by("id")),
        )
        .first()
    )
    if thread is None:
        raise NotVisible(_("没有这个页面。"))
    return thread


def threads_to_read(actor: Actor, case: Case) -> list[Thread]:
    """Threads of a case that a supervisor opened with a reason, oldest first, with their messages but without internal
    notes. Empty without one. Three queries.
    """
    messages = Message.objects.filter(is_internal=False).select_related(
        "author_post__user", "readmark", "corrects", "check_result"
    )
    files = Prefetch("attachments", Attachment.objects.select_related("file"))
    rows = threads_open_with_reason(actor).filter(case=case).select_related("party")
    return list(
        rows.prefetch_related(Prefetch("messages", messages.prefetch_related(files).order_by("id"))).order_by(
            "id"
        )
    )


def threads_of(actor: Actor, case: Case) -> list[Thread]:
    """Visible threads of a case, newest first. One query."""
    return list(visible_threads(actor).filter(case=case).order_by("-id"))


def open_threads_of(actor: Actor) -> list[Thread]:
    """Visible threads that wait for an answer, soonest due first, with their cases. One query."""
    rows = visible_threads(actor).filter(state=ThreadState.OPEN).select_related("case")
    return list(rows.order_by("reply_due_at", "id"))


@dataclass(frozen=True)
class Day:
    """The judge's or head's day: what is to be answered, oldest due first, how much of it is late or due today, and what
    parties wrote on the merits and nobody has checked, oldest first."""

    threads: list[Thread]
    late: int
    due_today: int
    total: int
    unchecked: list[Message]


def day_of(actor: Actor, *, now: datetime, limit: int = 25) -> Day:
    """The day page. Three queries whatever the number of cases, and one for whom the actor stands in for."""
    end = clock.end_of_day(clock.beijing_day(now))
    visible = visible_threads(actor)
    waiting = waiting_among(visible, actor)
    counts = waiting.aggregate(
        total=Count("id"),
        late=Count("id", filter=Q(reply_due_at__lt=now, paused_at=None)),
        due_today=Count("id", filter=Q(reply_due_at__gte=now, reply_due_at__lte=end, paused_at=None)),
    )
    rows = waiting.select_related("case__cause", "party").order_by("reply_due_at", "id")[:limit]
    unchecked = _unchecked(visible)[:SHOWN_CHECKS] if allows(actor, "message.check") else []
    return Day(list(rows), counts["late"], counts["due_today"], counts["total"], list(unchecked))


def next_to_answer(actor: Actor, *, after: Thread) -> Thread | None:
    """The next open thread, so that the desk goes on with it. One query."""
    return waiting_for(actor).exclude(pk=after.pk).order_by("reply_due_at", "id").first()


def templates_of(court_id: int) -> list[ReplyTemplate]:
    """Prepared texts of a court. One query."""
    return list(ReplyTemplate.objects.filter(court_id=court_id, retired_at=None).order_by("title"))


def unrated(threads: QuerySet[Thread]) -> QuerySet[Thread]:
    """Of ``threads`` those whose newest answer waits for the party's rating, newest first."""
    rated = Rating.objects.filter(thread=OuterRef("pk"), round=OuterRef("round"))
    return threads.filter(~Exists(rated), state=ThreadState.ANSWERED).order_by("-id")


def exchanged_in(actor: Actor, case: Case) -> list[Message]:
    """What the other sides wrote on the merits and the court passed on, newest first, with its files. Two queries."""
    rows = visible_exchanged(actor).filter(thread__case=case).select_related("thread__party", "check_result")
    files = Prefetch("attachments", Attachment.objects.select_related("file"))
    return list(rows.prefetch_related(files).order_by("-id"))


def _unchecked(threads: QuerySet[Thread]) -> QuerySet[Message]:
    """Messages of these threads on the merits that wait for a check, oldest first."""
    waiting = Message.objects.filter(on_merits=True, check_result=None, thread__in=threads)
    return waiting.select_related("thread__case", "thread__party").order_by("id")


def invitation_for(actor: Actor, public_id: UUID) -> Invitation:
    """The invitation to a survey of a party that the actor stands for; NotVisible otherwise. One query."""
    mine = Invitation.objects.filter(thread__party__in=visible_parties(actor), public_id=public_id)
    found = None if actor.is_staff else mine.select_related("survey__court").first()
    if found is None:
        raise NotVisible(_("没有这个页面。"))
    return found
