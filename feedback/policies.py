"""Who may see and answer threads. What one party writes is not shown to the other side, except what concerns the merits
and was passed on by the court after its check."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.access import allows
from cases.policies import live_staff, open_with_reason, own_cases, visible_parties
from common.actor import Actor, Kind, Role
from courts.models import StaffPost
from courts.posts import live_posts, posts_answered_for
from feedback.models import CheckOutcome, Level, Message, Thread, ThreadState


def visible_threads(actor: Actor) -> QuerySet[Thread]:
    """The only door to threads.

    Parties and scan logins: their own party's. Judge and case clerk: threads of cases they hold or stand in for. Division
    head: threads that were reopened to him in his division, or in one that has no head now, and what came to oversight while
    the court has nobody there (:func:`left_to_head`). Supervisor: threads of the court that came to oversight. Everybody
    else: none.
    """
    if not allows(actor, "message.read"):
        return Thread.objects.none()
    if actor.is_public or actor.kind == Kind.SCAN:
        return Thread.objects.filter(party__in=visible_parties(actor))
    if actor.role in (Role.JUDGE, Role.CASE_CLERK) and actor.court_id is not None:
        held = live_staff().filter(post_id__in=posts_answered_for(actor.post_id)).values("case_id")
        # a post holds cases of its own court only: naming it spares a look at what waits in all the others
        return Thread.objects.filter(court_id=actor.court_id, case__in=held).exclude(
            case__in=own_cases(actor)
        )
    if actor.role == Role.HEAD:
        own_head = live_posts().filter(role=Role.HEAD, division_id=OuterRef("case__division_id"))
        reopened = Q(level=Level.HEAD) | Q(round__gte=2)
        here = Q(case__division_id=actor.division_id or 0) | ~Exists(own_head)
        return Thread.objects.filter(
            reopened & here | left_to_head(actor), court_id=actor.court_id or 0
        ).exclude(case__in=own_cases(actor))
    if actor.role == Role.SUPERVISOR:
        overseen = Thread.objects.filter(Q(level=Level.OVERSIGHT) | Q(round=3), court_id=actor.court_id or 0)
        return overseen.exclude(case__in=own_cases(actor))
    return Thread.objects.none()


def no_head_of(court_id: int | None) -> Q:
    """True for every row when the court has no head now: then the judge answers again rather than nobody."""
    return ~Q(Exists(live_posts().filter(court_id=court_id or 0, role=Role.HEAD)))


def no_supervisor_of(court_id: int | None) -> Q:
    """True for every row when the court has no supervisor now."""
    return ~Q(Exists(live_posts().filter(court_id=court_id or 0, role=Role.SUPERVISOR)))


def left_to_head(actor: Actor) -> Q:
    """What waits at oversight while the court has no supervisor: a head of another division answers it, since the own one
    has answered before; the only head of a court answers all. As soon as there is a supervisor again it is his."""
    others = live_posts().filter(court_id=actor.court_id or 0, role=Role.HEAD)
    only_head = ~Q(Exists(others.exclude(division_id=actor.division_id or 0)))
    elsewhere = ~Q(case__division_id=actor.division_id or 0)
    return Q(level=Level.OVERSIGHT) & no_supervisor_of(actor.court_id) & (elsewhere | only_head)


def supervisors_of(court_id: int) -> QuerySet[StaffPost]:
    """The supervisors of a court, to whom a second reopening goes; maybe nobody."""
    return live_posts().filter(court_id=court_id, role=Role.SUPERVISOR)


def left_alone(thread: Thread) -> bool:
    """It waits at oversight, and the court has nobody there now: a head answers. One query, for such threads only."""
    return thread.level == Level.OVERSIGHT and not supervisors_of(thread.court_id).exists()


def overseer_of(thread: Thread) -> StaffPost | None:
    """Who has what came to oversight: the first supervisor, without one a head of another division, then any head."""
    heads = live_posts().filter(court_id=thread.court_id, role=Role.HEAD).order_by("id")
    elsewhere = heads.exclude(division_id=thread.case.division_id or 0)
    return supervisors_of(thread.court_id).order_by("id").first() or elsewhere.first() or heads.first()


def heads_for(thread: Thread) -> QuerySet[StaffPost]:
    """Who answers a reopened thread: heads of its case's division, else those of the court; maybe nobody."""
    heads = live_posts().filter(court_id=thread.court_id, role=Role.HEAD)
    own = heads.filter(division_id=thread.case.division_id or 0)
    return own if own.exists() else heads


def waiting_for(actor: Actor) -> QuerySet[Thread]:
    """Open threads that wait for this actor. Judge level: judge and the case's own people; head level: the division
    head, and where the court has none the judge; then oversight, and where the court has none its heads (UX §6.5)."""
    return waiting_among(visible_threads(actor), actor)


def waiting_among(visible: QuerySet[Thread], actor: Actor) -> QuerySet[Thread]:
    """The same of ``visible_threads(actor)`` at hand, for a page that needs both."""
    rows = visible.filter(state=ThreadState.OPEN)
    if actor.role == Role.HEAD:
        return rows.filter(Q(level=Level.HEAD) | left_to_head(actor))
    if actor.role == Role.SUPERVISOR:
        return rows.filter(level=Level.OVERSIGHT)
    court = actor.court_id
    above = Q(level=Level.HEAD) | Q(level=Level.OVERSIGHT) & no_supervisor_of(court)
    return rows.filter(Q(level=Level.JUDGE) | above & no_head_of(court))


def can_answer(actor: Actor, thread: Thread) -> bool:
    """Whose turn it is, see :func:`waiting_for`."""
    if not allows(actor, "message.answer") or thread.state != ThreadState.OPEN:
        return False
    return waiting_for(actor).filter(pk=thread.pk).exists()


def can_check(actor: Actor, message: Message) -> bool:
    """The case's judge and its own people check what concerns the merits, once."""
    if not allows(actor, "message.check") or not message.on_merits or hasattr(message, "check_result"):
        return False
    return visible_threads(actor).filter(pk=message.thread_id).exists()


def visible_exchanged(actor: Actor) -> QuerySet[Message]:
    """What the other sides wrote on the merits and the court has passed on: for parties of the same case."""
    if not allows(actor, "message.read") or actor.is_staff:
        return Message.objects.none()
    mine = visible_parties(actor)
    passed = Message.objects.filter(check_result__outcome=CheckOutcome.SHOWN)
    return passed.filter(thread__case__in=mine.values("case")).exclude(thread__party__in=mine)


def threads_open_with_reason(actor: Actor) -> QuerySet[Thread]:
    """Threads of cases for which a supervisor gave a reason within the hour: to read, never to answer (SEC-18)."""
    return Thread.objects.filter(case__in=open_with_reason(actor))


def may_open_attachment(actor: Actor, owner_public_id: UUID) -> bool:
    """Who reads the message opens what came with it; internal ones only the court."""
    sent = Message.objects.filter(attachments__file__owner_public_id=owner_public_id)
    own = sent.filter(thread__in=visible_threads(actor))
    if not actor.is_staff:
        own = own.filter(is_internal=False)
    read = sent.filter(thread__in=threads_open_with_reason(actor), is_internal=False)
    return own.exists() or visible_exchanged(actor).filter(pk__in=sent).exists() or read.exists()


def may_ask(actor: Actor, case_id: int) -> bool:
    """Parties of the case and scan logins for it."""
    writes = (actor.is_public or actor.kind == Kind.SCAN) and allows(actor, "message.send")
    return writes and visible_parties(actor).filter(case_id=case_id).exists()


def can_write(actor: Actor, thread: Thread) -> bool:
    """The party the thread belongs to."""
    writes = (actor.is_public or actor.kind == Kind.SCAN) and allows(actor, "message.send")
    return writes and visible_threads(actor).filter(pk=thread.pk).exists()
