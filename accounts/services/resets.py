"""A lost second step is reset by two administrators of the court; the owner hears of it from the first moment (SEC-04)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import events
from accounts.access import allows
from accounts.models import FactorReset, RecoveryCode, User, UserKind
from accounts.services import outside
from accounts.services.factors import live_factors
from accounts.services.sessions import end_sign_ins
from common import clock
from common.actor import Actor
from common.errors import Conflict, InvalidInput, NotAllowed
from common.two_people import ProposalState, locked, require_reason, settle
from eventlog.services import act, emit

WorksIn = Callable[[int, int], bool]
_works_in: WorksIn | None = None


def use_colleagues(check: WorksIn) -> None:
    """``courts`` hands in who works in which court; this app lies below it and knows no posts."""
    global _works_in
    _works_in = check


def visible_resets(actor: Actor) -> QuerySet[FactorReset]:
    """What administrators of the actor's court proposed and decided; nobody else's business."""
    if actor.court_id is None or not allows(actor, "factor.reset"):
        return FactorReset.objects.none()
    rows = FactorReset.objects.filter(court_id=actor.court_id)
    return rows.select_related("user", "proposed_by", "decided_by").order_by("-id")


def propose_reset(*, username: str, reason: str, actor: Actor) -> FactorReset:
    """An administrator asks that somebody of his court may set up the second step anew. Nothing changes yet.

    InvalidInput by field for a name that nobody of the court has, for oneself, and for too short a reason; Conflict while one waits.
    """
    if actor.court_id is None or not allows(actor, "factor.reset"):
        raise NotAllowed(_("重设第二步验证由本院管理员办理。"))
    require_reason(reason, _("请写清楚为什么要重设，例如怎么核对的本人"))
    with act():
        user = (
            User.objects.select_for_update(no_key=True).filter(kind=UserKind.STAFF, username=username).first()
        )
        if (
            user is None
            or user.pk == actor.user_id
            or _works_in is None
            or not _works_in(user.pk, actor.court_id)
        ):
            message = _("本院没有用这个用户名的其他人")
            raise InvalidInput(message, username=message)
        if FactorReset.objects.filter(user=user, state=ProposalState.PROPOSED).exists():
            raise Conflict(_("这个人已经有一个申请在等另一位管理员同意。"), code="reset_waits")
        row = FactorReset.objects.create(
            user=user,
            court_id=actor.court_id,
            reason=reason,
            proposed_by_id=actor.user_id or 0,
            proposed_at=clock.now(),
        )
        _record(events.FACTOR_RESET_PROPOSED, row, actor)
    return row


DECIDED = {
    "agree": events.FACTORS_RESET,
    "refuse": events.FACTOR_RESET_REFUSED,
    "withdraw": events.FACTOR_RESET_WITHDRAWN,
}


def decide_reset(*, public_id: UUID, move: str, actor: Actor) -> FactorReset:
    """Another administrator agrees or refuses; who proposed it withdraws. Once agreed, all ways, codes and sign-ins of the person end;
    at the next one he sets up an app."""
    with act():
        row = locked(visible_resets(actor), public_id)
        settle(row, move, actor, not_by=(row.user_id,))
        if row.state == ProposalState.AGREED:
            now = clock.now()
            live_factors(row.user_id).update(ended_at=now)
            RecoveryCode.objects.filter(user_id=row.user_id, ended_at=None).update(ended_at=now)
            end_sign_ins(user_id=row.user_id)
            outside.end_all(user=row.user, actor=actor, why="factor", court_id=row.court_id)
        _record(DECIDED[move], row, actor)
    return row


def _record(name: str, row: FactorReset, actor: Actor) -> None:
    stream = f"person:{row.user.public_id}"
    emit(name, subject=row, actor=actor, stream=stream, court_id=row.court_id, user=row.user_id)
