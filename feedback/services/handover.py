"""A case changes hands: its threads go with it, their clocks run on."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases.models import Case, CaseRole
from cases.policies import live_staff
from common import clock
from common.actor import Actor
from common.live import announce
from eventlog.services import act
from feedback import events
from feedback.models import AuthorKind, Message, Thread, ThreadState
from feedback.services.rows import emit_thread


def hand_over(*, case_id: int, actor: Actor) -> int:
    """Say in every open thread of a case who answers from now on; how many there were.

    Who sees a thread follows from who holds the case, so nothing else has to move. State, round and promise stay.
    """
    with act():
        rows = Thread.objects.select_for_update(of=("self",), no_key=True).select_related("case", "party")
        threads = list(rows.filter(case_id=case_id, state=ThreadState.OPEN).order_by("id"))
        words = _words(threads[0].case) if threads else ""
        now = clock.now()
        for thread in threads:
            Message.objects.create(
                thread=thread, round=thread.round, author_kind=AuthorKind.COURT, text=words, sent_at=now
            )
            emit_thread(events.HANDED_OVER, thread, actor)
            announce("thread", thread.public_id)
    return len(threads)


def _words(case: Case) -> str:
    staff = {
        row.role: row.post.user.name for row in live_staff().filter(case=case).select_related("post__user")
    }
    judge, clerk = staff.get(CaseRole.JUDGE, ""), staff.get(CaseRole.CLERK, "")
    if not clerk:
        return _("本案承办人已变更，由承办法官%(judge)s继续答复。答复期限不变。") % {"judge": judge}
    return _("本案承办人已变更，由承办法官%(judge)s、书记员%(clerk)s继续答复。答复期限不变。") % {
        "judge": judge,
        "clerk": clerk,
    }
