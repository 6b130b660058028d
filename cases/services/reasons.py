"""Reading a case with a typed reason (SEC-18)."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.utils.translation import gettext as _

from cases import events
from cases.models import SHORTEST_REASON, ReasonedRead
from cases.policies import readable_with_reason
from common import clock
from common.actor import Actor
from common.errors import InvalidInput, NotVisible
from courts.services import access_stream
from eventlog.services import act, emit

OPEN_FOR = timedelta(hours=1)
"""How long a reason opens the case; afterwards it takes a new one."""


def read_with_reason(*, case_public_id: uuid.UUID, reason: str, actor: Actor) -> ReasonedRead:
    """Open a case for reading, for an hour. The reason is kept and shown to those who hold the case.

    On record in the court's access stream of the day. InvalidInput for a reason under ten characters, NotVisible for
    cases of other courts and the reader's own.
    """
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        message = _("请把理由写具体，至少10个字")
        raise InvalidInput(message, reason=message)
    with act():
        case = readable_with_reason(actor).select_related("court").filter(public_id=case_public_id).first()
        if case is None:
            raise NotVisible(_("没有找到这个案件。"))
        now = clock.now()
        read = ReasonedRead.objects.create(
            case=case, post_id=actor.post_id or 0, reason=reason, opened_at=now, until_at=now + OPEN_FOR
        )
        emit(
            events.READ_WITH_REASON,
            subject=read,
            actor=actor,
            stream=access_stream(case.court.code),
            court_id=case.court_id,
            case_id=case.pk,
        )
    return read
