"""What a division head and a supervisor watch: open questions by age, late ones, reopened ones, escalations. Metadata only:
what was written is read by those who answer it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import allows
from cases.models import CaseRole
from cases.policies import live_staff
from common import clock
from common.actor import Actor, Kind, Role
from courts.models import StaffPost
from courts.posts import live_posts
from feedback.models import (
    Clock,
    ClockKind,
    Escalation,
    Level,
    Rework,
    Step,
    Suggestion,
    Survey,
    Thread,
    ThreadState,
)
from feedback.policies import waiting_for

AGES: list[tuple[str | Promise, int, int | None]] = [
    (_("1天以内"), 0, 1),
    (_("1到3天"), 1, 3),
    (_("3到7天"), 3, 7),
    (_("7天以上"), 7, None),
]
"""Bands of calendar days since the question was asked."""
MOST = 50


@dataclass(frozen=True)
class Watch:
    """Numbers and lists of one page; ``ages`` are bands with their counts."""

    ages: list[tuple[str | Promise, int]]
    open: int
    soon: int
    late: int
    paused: int
    reopened: int
    threads: list[Thread]
    escalations: list[Escalation]


def watched(actor: Actor) -> QuerySet[Thread]:
    """Threads whose numbers this head (his division) or supervisor (his court) answers for."""
    if actor.role == Role.HEAD and actor.court_id:
        return Thread.objects.filter(court_id=actor.court_id, case__division_id=actor.division_id or 0)
    if actor.role == Role.SUPERVISOR and actor.court_id:
        return Thread.objects.filter(court_id=actor.court_id)
    return Thread.objects.none()


def watch_for(actor: Actor, *, now: datetime) -> Watch:
    """The head's page: everything open of the division. The supervisor's: what came to oversight or is very late; the
    numbers above it are the court's. Three queries.
    """
    waiting = watched(actor).filter(state=ThreadState.OPEN)
    running = Clock.objects.filter(thread=OuterRef("pk"), met_at=None)
    waiting = waiting.annotate(
        is_late=Exists(running.filter(due_at__lt=now)) & Q(paused_at=None),
        is_soon=Exists(running.filter(last_step=Step.SOON, due_at__gte=now)),
    )
    bands = {f"age{i}": Count("pk", filter=_band(now, low, high)) for i, (_w, low, high) in enumerate(AGES)}
    counts = waiting.aggregate(
        open=Count("pk"),
        late=Count("pk", filter=Q(is_late=True)),
        soon=Count("pk", filter=Q(is_soon=True, is_late=False, paused_at=None)),
        paused=Count("pk", filter=Q(paused_at__isnull=False)),
        reopened=Count("pk", filter=Q(round__gt=1)),
        **bands,
    )
    rows = waiting
    if actor.role == Role.SUPERVISOR:
        rows = rows.filter(Q(level=Level.OVERSIGHT) | Exists(running.filter(last_step=Step.SUPERVISOR)))
    rows = rows.select_related("case").annotate(judge=_judge()).order_by("reply_due_at", "id")
    return Watch(
        ages=[(words, counts[f"age{i}"]) for i, (words, _low, _high) in enumerate(AGES)],
        threads=list(rows[:MOST]),
        escalations=_escalations(actor, now),
        **{name: counts[name] for name in ("open", "soon", "late", "paused", "reopened")},
    )


def _band(now: datetime, low: int, high: int | None) -> Q:
    youngest = Q(opened_at__lte=now - timedelta(days=low))
    return youngest if high is None else youngest & Q(opened_at__gt=now - timedelta(days=high))


def _judge() -> Subquery:
    held = live_staff().filter(case=OuterRef("case_id"), role=CaseRole.JUDGE)
    return Subquery(held.values("post__user__name")[:1])


def _escalations(actor: Actor, now: datetime) -> list[Escalation]:
    """Steps of the last 30 days that concern this reader, newest first."""
    found = Escalation.objects.filter(court_id=actor.court_id or 0, falls_at__gt=now - timedelta(days=30))
    if actor.role == Role.HEAD:
        found = found.filter(clock__thread__case__division_id=actor.division_id or 0)
    else:
        found = found.filter(step=Step.SUPERVISOR)
    return list(found.select_related("clock__thread__case").order_by("-falls_at", "-id")[:MOST])


def watch_rows(threads: list[Thread], actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """Rows of the list, every cell finished; a link where the reader answers the thread himself (``public_id``), for a
    supervisor else to the case that a reason opens (``case_id``)."""
    mine = {Role.HEAD: Level.HEAD, Role.SUPERVISOR: Level.OVERSIGHT}.get(actor.role)
    return [
        {
            "public_id": thread.public_id if thread.level == mine else None,
            "case_id": thread.case.public_id if allows(actor, "case.read_with_reason") else None,
            "number": thread.case.number,
            "topic": thread.get_topic_display(),
            "holder": thread.get_level_display(),
            "judge": thread.judge or "—",  # type: ignore[attr-defined]  # annotated
            "round": thread.round,
            "due": thread.reply_due_at,
            "paused": thread.paused_at is not None,
            "late": thread.is_late,  # type: ignore[attr-defined]
            "soon": thread.is_soon,  # type: ignore[attr-defined]
        }
        for thread in threads
    ]


def posts_of_division(actor: Actor) -> list[StaffPost]:
    """Judges and case clerks of the head's division, by name. One query."""
    posts = live_posts().filter(
        court_id=actor.court_id or 0,
        division_id=actor.division_id or 0,
        role__in=[Role.JUDGE, Role.CASE_CLERK],
    )
    return list(posts.select_related("user").order_by("role", "user__name", "id"))


def deputies_for(actor: Actor) -> list[StaffPost]:
    """Who may stand in: judges and case clerks of the whole court. One query."""
    posts = live_posts().filter(court_id=actor.court_id or 0, role__in=[Role.JUDGE, Role.CASE_CLERK])
    return list(posts.select_related("user", "division").order_by("role", "user__name", "id"))


def reworks_of(actor: Actor) -> QuerySet[Rework]:
    """整改 of the head's division; of the whole court for its supervisor. Newest first."""
    if actor.role == Role.HEAD and actor.court_id:
        found = Rework.objects.filter(court_id=actor.court_id, division_id=actor.division_id or 0)
    elif actor.role == Role.SUPERVISOR and actor.court_id:
        found = Rework.objects.filter(court_id=actor.court_id)
    else:
        return Rework.objects.none()
    return found.select_related("division").order_by("-since", "id")


def suggestions_of(actor: Actor) -> QuerySet[Suggestion]:
    """Suggestions to the supervisor's court: what waits first, then the newest."""
    if actor.role != Role.SUPERVISOR:
        return Suggestion.objects.none()
    return Suggestion.objects.filter(court_id=actor.court_id or 0).order_by("-state", "-id")


def surveys_of(actor: Actor) -> QuerySet[Survey]:
    """Surveys of the supervisor's court, newest first."""
    if actor.role != Role.SUPERVISOR:
        return Survey.objects.none()
    return Survey.objects.filter(court_id=actor.court_id or 0).order_by("-id")


@dataclass(frozen=True)
class Waiting:
    """How much waits for a member of staff: everything, of it amber, of it late."""

    waiting: int = 0
    soon: int = 0
    late: int = 0

    def __add__(self, other: Waiting) -> Waiting:
        return Waiting(self.waiting + other.waiting, self.soon + other.soon, self.late + other.late)

    def __bool__(self) -> bool:
        return self.waiting > 0


def waiting_for_post(post: StaffPost) -> Waiting:
    """What waits for the holder of a post: threads to answer (those of posts it stands in for included); for a head and a
    supervisor also those of others that are late or amber and were put on their list. Three queries.
    """
    actor = Actor(
        Kind.STAFF,
        Role(post.role),
        post.user_id,
        post.pk,
        court_id=post.court_id,
        division_id=post.division_id,
    )
    own = waiting_for(actor).filter(paused_at=None)
    threads = Thread.objects.filter(Q(pk__in=own.values("pk")) | Q(pk__in=_on_list_of(actor).values("pk")))
    now = clock.now()
    soon = Clock.objects.filter(thread=OuterRef("pk"), met_at=None, last_step=Step.SOON, due_at__gte=now)
    late = Clock.objects.filter(thread=OuterRef("pk"), met_at=None, due_at__lt=now)
    counts = threads.aggregate(
        waiting=Count("pk"),
        soon=Count("pk", filter=Exists(soon) & ~Exists(late)),
        late=Count("pk", filter=Exists(late)),
    )
    return Waiting(**counts)


def _on_list_of(actor: Actor) -> QuerySet[Thread]:
    """Open threads of others that came to this head or supervisor because their time runs out or has run out."""
    waiting = Thread.objects.filter(court_id=actor.court_id or 0, state=ThreadState.OPEN, paused_at=None)
    running = Clock.objects.filter(thread=OuterRef("pk"), met_at=None)
    if actor.role == Role.HEAD:
        own = waiting.filter(case__division_id=actor.division_id or 0, level=Level.JUDGE)
        return own.filter(Exists(running.exclude(last_step="")))
    if actor.role == Role.SUPERVISOR:
        return waiting.filter(Exists(running.filter(last_step=Step.SUPERVISOR)))
    return waiting.none()


def missed_promises(thread: Thread) -> list[Escalation]:
    """What the person is told about promises of an answer that were not kept, oldest first. One query."""
    missed = Escalation.objects.filter(clock__thread=thread, clock__kind=ClockKind.RESOLUTION)
    return list(missed.exclude(step=Step.SOON).select_related("post__user", "clock").order_by("id"))
