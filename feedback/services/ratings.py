"""Rating an answer, once per round, and the second look that 不满意 may ask for."""

from __future__ import annotations

from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor
from common.errors import Conflict, InvalidInput, NotAllowed
from eventlog.services import act
from feedback import events
from feedback.models import THREAD_FLOW, Level, Rating, Satisfaction, Thread
from feedback.policies import can_write, heads_for, supervisors_of
from feedback.services import clocks
from feedback.services.rows import emit_thread, locked_thread

LAST_ROUND = 3
"""The judge, then the division head, then oversight."""


def rate(*, thread_id: int, level: Satisfaction, words: str, wants_reopening: bool, actor: Actor) -> Rating:
    """The party rates the answer of this round, once; 不满意 may ask for another look: first by the division head, then by
    oversight, and no further.

    Raises Conflict when this round is rated, InvalidInput for a reopening that is not possible.
    """
    with act():
        thread = locked_thread(thread_id)
        if not can_write(actor, thread):
            raise NotAllowed(_("只有提出留言的当事人可以评价。"))
        if not THREAD_FLOW.can(thread, "reopen"):
            raise Conflict(_("还没有答复，答复以后再评价。"), code="not_answered")
        if thread.ratings.filter(round=thread.round).exists():
            raise Conflict(_("这次答复您已经评价过了，谢谢。"), code="already_rated")
        if wants_reopening and (level != Satisfaction.UNSATISFIED or thread.round >= LAST_ROUND):
            message = _("选“不满意”时可以请求重新处理：第一次请庭长，第二次请院领导，以后不再重新处理")
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
        emit_thread(events.RATED, thread, actor, round=thread.round, level=level)
        if wants_reopening:
            _reopen(thread, actor)
    return rating


def _reopen(thread: Thread, actor: Actor) -> None:
    """To the division head, the second time to oversight. Where the court has none of them now, one level lower answers
    again rather than nobody."""
    THREAD_FLOW.move(thread, "reopen")
    thread.round, thread.answered_at = thread.round + 1, None
    thread.level = _level_of(thread)
    thread.save(update_fields=["state", "level", "round", "answered_at"])
    clocks.start(thread)
    emit_thread(events.REOPENED, thread, actor, due=thread.reply_due_at)


def _level_of(thread: Thread) -> Level:
    if thread.round == LAST_ROUND and supervisors_of(thread.court_id).exists():
        return Level.OVERSIGHT
    return Level.HEAD if heads_for(thread).exists() else Level.JUDGE
