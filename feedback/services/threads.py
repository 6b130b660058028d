"""Asking, adding, answering, reading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from cases.models import Case, CaseRole, Party, Side
from cases.policies import live_access, live_staff, visible_parties
from common import clock
from common.actor import Actor, Role
from common.errors import Conflict, InvalidInput, NotAllowed
from common.live import announce
from documents.models import Copy, StoredFile
from eventlog.services import act
from feedback import events
from feedback.models import THREAD_FLOW, AuthorKind, ClockKind, Level, Message, ReadMark, Thread, Topic
from feedback.policies import can_answer, can_write, visible_threads
from feedback.services import clocks
from feedback.services.attachments import attach
from feedback.services.rows import emit_thread, locked_thread


@dataclass(frozen=True)
class Words:
    """What somebody sends: text, the files that wait in its tray, and the message that it corrects."""

    text: str
    files: Sequence[StoredFile] = ()
    corrects: UUID | None = None


def ask(
    *,
    case_id: int,
    party_id: int,
    topic: Topic,
    text: str,
    actor: Actor,
    files: Sequence[StoredFile] = (),
    copy: Copy | None = None,
) -> Thread:
    """Open a thread with the court; the answer is promised by ``reply_due_at``. Signed receipt in the same act.

    ``copy`` is the paper that a doubt is about. Raises NotAllowed for who is no party, Conflict for somebody bound to
    both sides and for statements and materials in a closed case, InvalidInput for a paper that is not this party's.
    """
    with act():
        mine = _own_parties(actor, case_id)
        party = next((row for row in mine if row.pk == party_id), None)
        if party is None or not (actor.is_public or actor.scan):
            raise NotAllowed(_("只有本案当事人可以留言。"))
        _refuse_both_sides(mine)
        _refuse_late(party.case, topic, files)
        if copy is not None and copy.addressee_public_id != party.public_id:
            raise InvalidInput(_("请从给您的文书里选一份"), copy=_("请从给您的文书里选一份"))
        now = clock.now()
        thread = Thread(
            court_id=party.case.court_id,
            case=party.case,
            party=party,
            topic=topic,
            copy=copy,
            level=Level.HEAD if party.only_parties_hold else Level.JUDGE,  # type: ignore[attr-defined]
            opened_at=now,
            reply_due_at=now,
        )
        clocks.start(thread)
        message = _add(thread, Words(text, files), AuthorKind.PARTY, actor)
        number = str(thread.public_id)[:8].upper()
        emit_thread(events.ASKED, thread, actor, receipt=number, message=message.public_id)
    return thread


def _own_parties(actor: Actor, case_id: int) -> list[Party]:
    """Parties of the case that the actor stands for, each knowing whether everybody who holds the case is himself a party
    of it or acts for one (``only_parties_hold``): then the head is the court (民诉法47). One query."""
    bound = live_access().filter(party__case=OuterRef("case"), user=OuterRef("post__user"))
    number = OuterRef("post__user__id_number_index")
    same = Party.objects.filter(case=OuterRef("case"), id_number_index=number).exclude(id_number_index="")
    holders = live_staff().filter(case=OuterRef("case"))
    free = holders.filter(~Exists(bound), ~Exists(same))
    rows = visible_parties(actor).filter(case_id=case_id).select_related("case__court")
    return list(rows.annotate(only_parties_hold=Exists(holders) & ~Exists(free)))


def _refuse_both_sides(mine: Iterable[Party]) -> None:
    if {Side.PLAINTIFF, Side.DEFENDANT} <= {party.side for party in mine}:
        raise Conflict(
            _("系统里您同时绑定了本案双方，不能在网上留言。请拨12368或者到诉讼服务窗口核对身份。"),
            code="both_sides",
        )


def _refuse_late(case: Case, topic: str, files: Sequence[StoredFile]) -> None:
    if case.closed_at is not None and (topic in ON_MERITS or files):
        raise Conflict(
            _("案件已经结案，不再接收材料和情况说明。不服裁判的，请看裁判文书上写的上诉期限和办法。"),
            code="case_closed",
        )


def write_more(
    *,
    thread_id: int,
    text: str,
    actor: Actor,
    files: Sequence[StoredFile] = (),
    corrects: UUID | None = None,
) -> Message:
    """The party adds to its thread or puts an earlier message right; an answered one opens again with a new clock."""
    with act():
        thread = locked_thread(thread_id)
        if not can_write(actor, thread):
            raise NotAllowed(_("只有本案当事人可以留言。"))
        _refuse_both_sides(visible_parties(actor).filter(case_id=thread.case_id))
        _refuse_late(thread.case, "", files)
        if THREAD_FLOW.can(thread, "ask_more"):
            if thread.ratings.filter(round=thread.round).exists():
                raise Conflict(_("这次留言已经评价并结束。有新的问题，请另外留言。"), code="thread_rated")
            THREAD_FLOW.move(thread, "ask_more")
            thread.answered_at = None
            thread.save(update_fields=["state", "answered_at"])
            clocks.start(thread)
        else:
            clocks.resume(thread)
        message = _add(thread, Words(text, files, corrects), AuthorKind.PARTY, actor)
        number = str(message.public_id)[:8].upper()
        emit_thread(events.ASKED, thread, actor, receipt=number, message=message.public_id)
    return message


def answer(
    *,
    thread_id: int,
    text: str,
    actor: Actor,
    files: Sequence[StoredFile] = (),
    settles: bool = True,
    asks_party: bool = False,
) -> Message:
    """The judge, the case's own people or, after a reopening, the division head answers under own name.

    An answer that does not settle the question leaves it open with its promise; ``asks_party`` says that the party's
    word is needed first (and then nothing is settled).
    """
    settles = settles and not asks_party
    with act():
        thread = locked_thread(thread_id)
        if not can_answer(actor, thread):
            raise NotAllowed(_("这条留言现在不由您答复：可能已经有人答复了，或者案件换了承办人。"))
        clocks.met(thread, *([] if settles else [ClockKind.FIRST_ANSWER]))
        if settles:
            THREAD_FLOW.move(thread, "answer")
            thread.answered_at = clock.now()
            thread.save(update_fields=["state", "answered_at"])
        elif asks_party and thread.paused_at is None:
            clocks.pause(thread)
        kind = author_kind(actor, thread.case)
        message = _add(thread, Words(text, files), kind, actor, settles=settles, asks_party=asks_party)
        _mark(thread, actor)
        on_time = message.sent_at <= thread.reply_due_at
        emit_thread(
            events.ANSWERED,
            thread,
            actor,
            message=message.public_id,
            on_time=on_time,
            settles=settles,
            asks_party=asks_party,
        )
    return message


def correct(*, message_public_id: UUID, text: str, actor: Actor) -> Message:
    """The author puts an own answer right by a new entry that refers to it; state and clock stay as they are."""
    with act():
        wrong = Message.objects.filter(public_id=message_public_id).first()
        if wrong is None or wrong.author_post_id is None or wrong.author_post_id != actor.post_id:
            raise NotAllowed(_("只有写这条答复的人可以更正它。"))
        thread = locked_thread(wrong.thread_id)
        if wrong.is_internal or not visible_threads(actor).filter(pk=thread.pk).exists():
            raise NotAllowed(_("只有写这条答复的人可以更正它。"))
        kind = AuthorKind(wrong.author_kind)
        message = _add(thread, Words(text, (), wrong.public_id), kind, actor, settles=wrong.settles)
        emit_thread(events.CORRECTED, thread, actor, message=message.public_id, corrects=wrong.public_id)
    return message


def add_internal_note(*, thread_id: int, text: str, actor: Actor) -> Message:
    """A note that only the court sees."""
    with act():
        thread = locked_thread(thread_id)
        if not actor.is_staff or not visible_threads(actor).filter(pk=thread.pk).exists():
            raise NotAllowed(_("这条留言现在不由您处理。"))
        message = _add(thread, Words(text), author_kind(actor, thread.case), actor, internal=True)
        emit_thread(events.NOTED, thread, actor)
    return message


def mark_read(*, thread_id: int, actor: Actor) -> None:
    """Note that the party has opened the court's answers; the first reading counts."""
    with act():
        thread = locked_thread(thread_id)
        if can_write(actor, thread):
            _mark(thread, actor)


def mark_seen(*, thread_id: int, actor: Actor) -> None:
    """Note that the court has read what the party wrote; the first reading counts. NotAllowed for others."""
    with act():
        thread = locked_thread(thread_id)
        if not actor.is_staff or not visible_threads(actor).filter(pk=thread.pk).exists():
            raise NotAllowed(_("这条留言现在不由您处理。"))
        _mark(thread, actor)


def _mark(thread: Thread, actor: Actor) -> None:
    """The first reading of what the other end wrote."""
    unread = thread.messages.filter(is_internal=False, readmark=None)
    theirs = Q(author_kind=AuthorKind.PARTY)
    unread = unread.filter(theirs) if actor.is_staff else unread.exclude(theirs)
    now = clock.now()
    ReadMark.objects.bulk_create(
        [ReadMark(message=message, post_id=actor.post_id, read_at=now) for message in unread]
    )
    announce("thread", thread.public_id)


_KINDS = {
    CaseRole.JUDGE: AuthorKind.JUDGE,
    CaseRole.CLERK: AuthorKind.CLERK,
    CaseRole.ASSISTANT: AuthorKind.ASSISTANT,
}


def author_kind(actor: Actor, case: Case) -> AuthorKind:
    """In which capacity a member of staff writes in a case. One query at most."""
    if actor.role in (Role.HEAD, Role.SUPERVISOR):
        return AuthorKind.HEAD if actor.role == Role.HEAD else AuthorKind.SUPERVISOR
    held = live_staff().filter(case=case, post_id=actor.post_id).values_list("role", flat=True).first()
    return _KINDS[CaseRole(held)] if held else AuthorKind.DEPUTY


def _add(
    thread: Thread,
    words: Words,
    kind: AuthorKind,
    actor: Actor,
    *,
    internal: bool = False,
    settles: bool = True,
    asks_party: bool = False,
) -> Message:
    by_party = kind == AuthorKind.PARTY
    message = Message.objects.create(
        thread=thread,
        round=thread.round,
        author_kind=kind,
        author_post_id=actor.post_id,
        text=words.text,
        is_internal=internal,
        on_merits=by_party and (thread.topic in ON_MERITS or bool(words.files)),
        settles=settles,
        asks_party=asks_party,
        corrects=_corrected(thread, words.corrects, kind),
        sent_at=clock.now(),
    )
    if words.files:
        attach(message, list(words.files))
    announce("thread", thread.public_id)
    return message


def _corrected(thread: Thread, public_id: UUID | None, kind: AuthorKind) -> Message | None:
    """The own message that is put right; InvalidInput when it is none of this thread and author."""
    if public_id is None:
        return None
    found = thread.messages.filter(public_id=public_id, author_kind=kind, is_internal=False).first()
    if found is None:
        raise InvalidInput(_("没有这条要更正的留言，请刷新页面再试。"), code="nothing_to_correct")
    return found


ON_MERITS = frozenset({Topic.STATEMENT})
"""Topics whose words concern the merits; files do so on any topic."""
