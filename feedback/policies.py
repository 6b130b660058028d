"""Who may see and answer threads. What one party writes is not shown to the other side."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.access import allows
from cases.policies import live_staff, visible_parties
from common.actor import Actor, Kind, Role
from courts.models import StaffPost
from courts.posts import live_posts
from feedback.models import Level, Thread, ThreadState


def visible_threads(actor: Actor) -> QuerySet[Thread]:
    """The only door to threads.

    Parties and scan logins: their own party's. Judge and case clerk: threads of cases they hold. Division head:
    threads that were reopened to him in his division, or in one that has no head now. Everybody else: none.
    """
    if not allows(actor, "message.read"):
        return Thread.objects.none()
    if actor.is_public or actor.kind == Kind.SCAN:
        return Thread.objects.filter(party__in=visible_parties(actor))
    if actor.role in (Role.JUDGE, Role.CASE_CLERK) and actor.court_id is not None:
        held = live_staff().filter(post_id=actor.post_id).values("case_id")
        # a post holds cases of its own court only: naming it spares a look at what waits in all the others
        return Thread.objects.filter(court_id=actor.court_id, case__in=held)
    if actor.role == Role.HEAD:
        own_head = live_posts().filter(role=Role.HEAD, division_id=OuterRef("case__division_id"))
        return Thread.objects.filter(
            Q(level=Level.HEAD) | Q(round=2),
            Q(case__division_id=actor.division_id or 0) | ~Exists(own_head),
            court_id=actor.court_id or 0,
        )
    return Thread.objects.none()


def heads_for(thread: Thread) -> QuerySet[StaffPost]:
    """Who answers a reopened thread: heads of its case's division, else those of the court; maybe nobody."""
    heads = live_posts().filter(court_id=thread.court_id, role=Role.HEAD)
    own = heads.filter(division_id=thread.case.division_id or 0)
    return own if own.exists() else heads


def can_answer(actor: Actor, thread: Thread) -> bool:
    """Judge level: the judge and the case's own clerk. Head level: the division head (UX §6.5)."""
    if not allows(actor, "message.answer") or thread.state != ThreadState.OPEN:
        return False
    wanted = {Role.HEAD} if thread.level == Level.HEAD else {Role.JUDGE, Role.CASE_CLERK}
    return actor.role in wanted and visible_threads(actor).filter(pk=thread.pk).exists()


def can_write(actor: Actor, thread: Thread) -> bool:
    """The party the thread belongs to."""
    writes = (actor.is_public or actor.kind == Kind.SCAN) and allows(actor, "message.send")
    return writes and visible_threads(actor).filter(pk=thread.pk).exists()
