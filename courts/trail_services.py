"""No new acceptance and no new delivery while nobody outside has witnessed the trail for a day (SEC-44, docs/adr/0024).

What the court does legally must be provable by what it published before. When anchors stay away, two people may let work go on
for a day at a time, and that release is itself on record.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.access import allows
from common import clock
from common.actor import Actor
from common.errors import Conflict, GatewayUnavailable, NotAllowed
from common.two_people import ProposalState, locked, require_reason, settle
from courts import events
from courts.models import TrailRelease
from eventlog.selectors import anchor_age_seconds
from eventlog.services import act, emit

STREAM = "portal:trail"
RELEASED_FOR = timedelta(hours=24)


def is_old() -> bool:
    """True when the newest anchor that counts is older than ``TRAIL_HOLD_HOURS``; never where that is 0. At most two queries."""
    hours = settings.TRAIL_HOLD_HOURS
    return bool(hours) and anchor_age_seconds() > hours * 3600


def released_until() -> TrailRelease | None:
    """The release that counts now, None without one. One query."""
    agreed = TrailRelease.objects.filter(
        state=ProposalState.AGREED, decided_at__gt=clock.now() - RELEASED_FOR
    )
    return agreed.order_by("-decided_at").first()


def require_witnessed() -> None:
    """Raises GatewayUnavailable ("trail_unwitnessed") where work has to wait for the next anchor or for two people."""
    if is_old() and released_until() is None:
        raise GatewayUnavailable(
            _(
                "系统留痕超过24小时没有外部见证，现在不能立案，也不能发出新的送达。当事人提交的时间已经记录，不受影响。"
                "恢复以后接着办；等不了的，请管理员和院领导两个人放行。"
            ),
            code="trail_unwitnessed",
        )


def visible_releases(actor: Actor) -> QuerySet[TrailRelease]:
    """All of them, for administrators and supervisors: the trail belongs to the whole installation."""
    if not allows(actor, "trail.release"):
        return TrailRelease.objects.none()
    return TrailRelease.objects.select_related("proposed_by__user", "decided_by__user").order_by("-id")


def propose_release(*, reason: str, actor: Actor) -> TrailRelease:
    """One person asks to go on without a witness. InvalidInput for too short a reason, Conflict while one waits or nothing is held."""
    if actor.post_id is None or not allows(actor, "trail.release"):
        raise NotAllowed(_("这个页面不在您的岗位权限内。"))
    require_reason(reason, _("请写清楚为什么不能等"))
    if not is_old() or released_until() is not None:
        raise Conflict(_("现在没有暂停，不用放行。"), code="nothing_held")
    with act():
        if TrailRelease.objects.filter(state=ProposalState.PROPOSED).exists():
            raise Conflict(_("已经有一个放行申请在等另一个人同意。"), code="release_waits")
        row = TrailRelease.objects.create(
            reason=reason, proposed_by_id=actor.post_id, proposed_at=clock.now()
        )
        _record(events.TRAIL_RELEASE_PROPOSED, row, actor)
    return row


DECIDED = {
    "agree": events.TRAIL_RELEASED,
    "refuse": events.TRAIL_RELEASE_REFUSED,
    "withdraw": events.TRAIL_RELEASE_WITHDRAWN,
}


def decide_release(*, public_id: UUID, move: str, actor: Actor) -> TrailRelease:
    """Another person agrees (acceptance and delivery go on for 24 hours) or refuses; who proposed it withdraws."""
    with act():
        row = locked(visible_releases(actor), public_id)
        settle(row, move, actor)
        _record(DECIDED[move], row, actor)
    return row


def _record(name: str, row: TrailRelease, actor: Actor) -> None:
    emit(name, subject=row, actor=actor, stream=STREAM, court_id=actor.court_id)
