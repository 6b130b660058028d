"""An outage that the system could not see itself is entered by two (REL-51): the portal answered, but a service of it did not.

Once agreed it stands in the outage record (``courts.outages``) and gives the same ground to ask for more time (民诉法86, rule D79).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.access import allows
from common import clock
from common.actor import Actor
from common.errors import InvalidInput, NotAllowed
from common.two_people import locked, require_reason, settle
from courts import events
from courts.models import OutageEntry, OutageService
from courts.outages import STREAM
from eventlog.services import act, emit

LONGEST = timedelta(days=31)
DECIDED = {
    "agree": events.OUTAGE_ENTERED,
    "refuse": events.OUTAGE_REFUSED,
    "withdraw": events.OUTAGE_WITHDRAWN,
}


def visible_entries(actor: Actor) -> QuerySet[OutageEntry]:
    """All of them, newest first, for administrators and supervisors: an outage belongs to the whole installation."""
    if not allows(actor, "outage.enter"):
        return OutageEntry.objects.none()
    return OutageEntry.objects.select_related("proposed_by__user", "decided_by__user").order_by("-id")


def propose_outage(
    *, starts_at: datetime, ends_at: datetime, services: list[str], reason: str, actor: Actor
) -> OutageEntry:
    """One person enters an outage that is over, of at most 31 days; nobody sees it yet. InvalidInput by field, NotAllowed."""
    if actor.post_id is None or not allows(actor, "outage.enter"):
        raise NotAllowed(_("这个页面不在您的岗位权限内。"))
    require_reason(reason, _("请写清楚原因和依据"))
    if not services or not set(services) <= set(OutageService.values):
        sentence = _("请选出哪些事没能办")
        raise InvalidInput(sentence, services=sentence)
    if ends_at <= starts_at or ends_at - starts_at > LONGEST:
        sentence = _("恢复的时间应在开始之后，最长31天")
        raise InvalidInput(sentence, ends_at=sentence)
    if ends_at > clock.now():
        sentence = _("恢复以后再登记，不能登记还没到的时间")
        raise InvalidInput(sentence, ends_at=sentence)
    with act():
        row = OutageEntry.objects.create(
            starts_at=starts_at,
            ends_at=ends_at,
            services=[name for name in OutageService.values if name in services],
            reason=reason,
            proposed_by_id=actor.post_id,
            proposed_at=clock.now(),
        )
        _record(events.OUTAGE_PROPOSED, row, actor)
    return row


def decide_outage(*, public_id: UUID, move: str, actor: Actor) -> OutageEntry:
    """Another person agrees (it stands in the record from now on) or refuses; who entered it withdraws."""
    with act():
        row = locked(visible_entries(actor), public_id)
        settle(row, move, actor)
        _record(DECIDED[move], row, actor)
    return row


def _record(name: str, row: OutageEntry, actor: Actor) -> None:
    emit(
        name,
        subject=row,
        actor=actor,
        stream=STREAM,
        court_id=actor.court_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        services=row.services,
    )
