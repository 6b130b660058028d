"""Asking, answering, rating, reopening. Nothing written here is ever changed or deleted."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from cases.models import Case
from cases.policies import visible_parties
from cases.services import case_stream
from common import clock
from common.actor import Actor, Role
from common.errors import Conflict, InvalidInput, NotAllowed
from common.live import announce
from courts.calendar import deadline
from courts.services import setting
from eventlog.services import act, emit
from feedback import events
from feedback.models import (
    THREAD_FLOW,
    AuthorKind,
    Level,
    Message,
    Rating,
    ReadMark,
    Satisfaction,
    Thread,
    Topic,
)
from feedback.policies import can_answer, can_write, heads_for

REPLY_RULE = "D81"
"""Answers to questions follow the clock of hotline work orders; the court sets the number of working days."""


def reply_due_at(case: Case, key: str) -> datetime:
    """End of the last working day for an answer, as an instant; ``key`` names the court's setting."""
    due = deadline(
        REPLY_RULE, clock.today(), court=case.court, n=setting(case.court_id, key), unit="workday"
    ).due
    return datetime(due.year, due.month, due.day, 23, 59, 59, tzinfo=clock.BEIJING)


def ask(*, case_id: int, party_id: int, topic: Topic, text: str, actor: Actor) -> Thread:
    """Open a thread with the court; the answer is promised by ``reply_due_at``. Signed receipt in the same act."""
    with act():
        party = (
            visible_parties(actor).filter(pk=party_id, case_id=case_id).select_related("case__court").first()
        )
        if party is None or not (actor.is_public or actor.scan):
            raise NotAllowed(_("只有本案当事人可以留言。"))
        now = clock.now()
        thread = Thread.objects.create(
            court_id=party.case.court_id,
            case=party.case,
            party=party,
            topic=topic,
            opened_at=now,
            reply_due_at=reply_due_at(party.case, "reply_workdays"),
        )
        _add(thread, text, AuthorKind.PARTY, actor)
        _emit(events.ASKED, thread, actor, receipt=str(thread.public_id)[:8].upper())
    return thread


def write_more(*, thread_id: int, text: str, actor: Actor) -> Message:
    """The party adds to its thread; an answered one opens again with a new clock."""
    with act():
        thread = _locked(thread_id)
        if not can_write(actor, thread):
            raise NotAllowed(_("只有本案当事人可以留言。"))
        if THREAD_FLOW.can(thread, "ask_more"):
            if thread.ratings.filter(round=thread.round).exists():
                raise Conflict(_("这次留言已经评价并结束。有新的问题，请另外留言。"), code="thread_rated")
            THREAD_FLOW.move(thread, "ask_more")
            thread.answered_at = None
            thread.reply_due_at = reply_due_at(thread.case, "reply_workdays")
            thread.save(update_fields=["state", "answered_at", "reply_due_at"])
        message = _add(thread, text, AuthorKind.PARTY, actor)
        _emit(events.ASKED, thread, actor, receipt=str(message.public_id)[:8].upper())
    return message


def answer(*, thread_id: int, text: str, actor: Actor) -> Message:
    """The judge, the case's clerk or, after a reopening, the division head answers under own name."""
    with act():
        thread = _locked(thread_id)
        if not can_answer(actor, thread):
            raise NotAllowed(_("这条留言现在不由您答复，可能已经有人答复了。"))
        THREAD_FLOW.move(thread, "answer")
        thread.answered_at = clock.now()
        thread.save(update_fields=["state", "answered_at"])
        message = _add(thread, text, _author_kind(actor), actor)
        on_time = thread.answered_at <= thread.reply_due_at
        _emit(events.ANSWERED, thread, actor, message=message.public_id, on_time=on_time)
    return message


def add_internal_note(*, thread_id: int, text: str, actor: Actor) -> Message:
    """A note that only the court sees."""
    with act():
        thread = _locked(thread_id)
        if not actor.is_staff or not can_answer(actor, thread):
            raise NotAllowed(_("这条留言现在不由您处理。"))
        message = _add(thread, text, _author_kind(actor), actor, internal=True)
        _emit(events.NOTED, thread, actor)
    return message


def rate(*, thread_id: int, level: Satisfaction, words: str, wants_reopening: bool, actor: Actor) -> Rating:
    """The party rates the answer of this round, once; 不满意 may ask for a second look by the division head, once.

    Raises Conflict when this round is rated, InvalidInput for a reopening that is not possible.
    """
    with act():
        thread = _locked(thread_id)
        if not can_write(actor, thread):
            raise NotAllowed(_("只有提出留言的当事人可以评价。"))
        if not THREAD_FLOW.can(thread, "reopen"):
            raise Conflict(_("还没有答复，答复以后再评价。"), code="not_answered")
        if thread.ratings.filter(round=thread.round).exists():
            raise Conflict(_("这次答复您已经评价过了，谢谢。"), code="already_rated")
        if wants_reopening and (level != Satisfaction.UNSATISFIED or thread.round > 1):
            message = _("选“不满意”时可以请庭长重新处理，一次留言一次")
            raise InvalidInput(message, wants_reopening=message)
        rating = Rating.objects.create(
            court_id=thread.court_id,
            thread=thread,
            round=thread.round,
            level=level,
            words=words,
            wants_reopening=wants_reopening,
            rated_at=clock.now(),
        )
        _emit(events.RATED, thread, actor, round=thread.round, level=level)
        if wants_reopening:
            _reopen(thread, actor)
    return rating


def _reopen(thread: Thread, actor: Actor) -> None:
    """To the division head; where the court has none now, the judge answers again rather than nobody."""
    THREAD_FLOW.move(thread, "reopen")
    thread.level = Level.HEAD if heads_for(thread).exists() else Level.JUDGE
    thread.round, thread.answered_at = thread.round + 1, None
    thread.reply_due_at = reply_due_at(thread.case, "reopen_workdays")
    thread.save(update_fields=["state", "level", "round", "answered_at", "reply_due_at"])
    _emit(events.REOPENED, thread, actor, due=thread.reply_due_at)


def mark_read(*, thread_id: int, actor: Actor) -> None:
    """Note that the party has opened the court's answers; the first reading counts."""
    with act():
        thread = _locked(thread_id)
        if not can_write(actor, thread):
            return
        unread = thread.messages.filter(is_internal=False, readmark=None).exclude(
            author_kind=AuthorKind.PARTY
        )
        now = clock.now()
        ReadMark.objects.bulk_create([ReadMark(message=message, read_at=now) for message in unread])


def _locked(thread_id: int) -> Thread:
    return (
        Thread.objects.select_for_update(of=("self",), no_key=True)
        .select_related("case__court", "party")
        .get(pk=thread_id)
    )


def _author_kind(actor: Actor) -> AuthorKind:
    kinds = {Role.HEAD: AuthorKind.HEAD, Role.CASE_CLERK: AuthorKind.CLERK}
    return kinds.get(actor.role, AuthorKind.JUDGE)


def _add(thread: Thread, text: str, kind: AuthorKind, actor: Actor, *, internal: bool = False) -> Message:
    message = Message.objects.create(
        thread=thread,
        round=thread.round,
        author_kind=kind,
        author_post_id=actor.post_id,
        text=text,
        is_internal=internal,
        sent_at=clock.now(),
    )
    announce("thread", thread.public_id)
    return message


def _emit(name: str, thread: Thread, actor: Actor, *, receipt: str | None = None, **data: object) -> None:
    emit(
        name,
        subject=thread,
        actor=actor,
        stream=case_stream(thread.case),
        court_id=thread.court_id,
        receipt=receipt,
        case_id=thread.case_id,
        party=thread.party.public_id,
        **data,
    )
