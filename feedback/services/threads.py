"""Asking, adding, answering, reading."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases.policies import visible_parties
from common import clock
from common.actor import Actor, Role
from common.errors import Conflict, NotAllowed
from common.live import announce
from eventlog.services import act
from feedback import events
from feedback.models import THREAD_FLOW, AuthorKind, Message, ReadMark, Thread, Topic
from feedback.policies import can_answer, can_write
from feedback.services import clocks
from feedback.services.rows import emit_thread, locked_thread


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
            reply_due_at=now,
        )
        clocks.start(thread)
        _add(thread, text, AuthorKind.PARTY, actor)
        emit_thread(events.ASKED, thread, actor, receipt=str(thread.public_id)[:8].upper())
    return thread


def write_more(*, thread_id: int, text: str, actor: Actor) -> Message:
    """The party adds to its thread; an answered one opens again with a new clock."""
    with act():
        thread = locked_thread(thread_id)
        if not can_write(actor, thread):
            raise NotAllowed(_("只有本案当事人可以留言。"))
        if THREAD_FLOW.can(thread, "ask_more"):
            if thread.ratings.filter(round=thread.round).exists():
                raise Conflict(_("这次留言已经评价并结束。有新的问题，请另外留言。"), code="thread_rated")
            THREAD_FLOW.move(thread, "ask_more")
            thread.answered_at = None
            thread.save(update_fields=["state", "answered_at"])
            clocks.start(thread)
        else:
            clocks.resume(thread)
        message = _add(thread, text, AuthorKind.PARTY, actor)
        emit_thread(events.ASKED, thread, actor, receipt=str(message.public_id)[:8].upper())
    return message


def answer(*, thread_id: int, text: str, actor: Actor) -> Message:
    """The judge, the case's clerk or, after a reopening, the division head answers under own name."""
    with act():
        thread = locked_thread(thread_id)
        if not can_answer(actor, thread):
            raise NotAllowed(_("这条留言现在不由您答复，可能已经有人答复了。"))
        clocks.met(thread)
        THREAD_FLOW.move(thread, "answer")
        thread.answered_at = clock.now()
        thread.save(update_fields=["state", "answered_at"])
        message = _add(thread, text, _author_kind(actor), actor)
        on_time = thread.answered_at <= thread.reply_due_at
        emit_thread(events.ANSWERED, thread, actor, message=message.public_id, on_time=on_time)
    return message


def add_internal_note(*, thread_id: int, text: str, actor: Actor) -> Message:
    """A note that only the court sees."""
    with act():
        thread = locked_thread(thread_id)
        if not actor.is_staff or not can_answer(actor, thread):
            raise NotAllowed(_("这条留言现在不由您处理。"))
        message = _add(thread, text, _author_kind(actor), actor, internal=True)
        emit_thread(events.NOTED, thread, actor)
    return message


def mark_read(*, thread_id: int, actor: Actor) -> None:
    """Note that the party has opened the court's answers; the first reading counts."""
    with act():
        thread = locked_thread(thread_id)
        if not can_write(actor, thread):
            return
        unread = thread.messages.filter(is_internal=False, readmark=None).exclude(
            author_kind=AuthorKind.PARTY
        )
        now = clock.now()
        ReadMark.objects.bulk_create([ReadMark(message=message, read_at=now) for message in unread])


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
