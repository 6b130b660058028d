"""Changes while a case goes on that change its fee: the procedure it takes, the amount it is about."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from cases import events
from cases.models import Case, ClaimChange, DeadlineState, Stage, Track, TrackChange
from cases.routing import TRIAL_RULES
from cases.services.closing import locked_case
from cases.services.periods import case_stream, start_trial_period
from common import clock
from common.actor import Actor
from common.errors import Conflict, InvalidInput
from common.versions import must_be_seen
from eventlog.services import act, emit


def tracks_for(case: Case) -> list[Track]:
    """Procedures the case may change to: between small claim, summary and ordinary; what has been heard in the ordinary
    procedure does not go back (民诉法170; 解释258, 260)."""
    if case.track == Track.OTHER or case.stage == Stage.CLOSED:
        return []
    if case.track == Track.ORDINARY and case.stage == Stage.HEARING:
        return []
    return [track for track in Track if track not in (case.track, Track.OTHER)]


def track_shown(case: Case) -> dict[str, object]:
    """What the page of another procedure shows, by label."""
    return {str(_("适用程序")): case.get_track_display()}


def claim_shown(case: Case) -> dict[str, object]:
    """What the page of another amount shows, by label; yuan."""
    return {str(_("标的额")): f"{case.amount}元"}


def change_track(
    *, case_id: int, track: str, reasons: str, actor: Actor, seen: str | None = None
) -> TrackChange:
    """The judge changes the procedure with reasons; the court's period is counted anew by the new one, from the day of
    acceptance (解释258). Raises InvalidInput by field, Conflict when the case is closed, NotAllowed for others, StaleVersion for a
    form that showed another procedure."""
    with act():
        case = _open_case(case_id, actor)
        must_be_seen(seen, track_shown(case))
        wrong = {} if reasons else {"reasons": _("请写明理由")}
        if track not in tracks_for(case):
            wrong["track"] = _("请选择可以转到的程序")
        _refuse(wrong)
        change = TrackChange.objects.create(
            case=case,
            old=case.track,
            new=track,
            reasons=reasons,
            changed_at=clock.now(),
            changed_by_id=actor.post_id or 0,
        )
        case.track, case.track_reasons = track, [reasons]
        case.save(update_fields=["track", "track_reasons"])
        running = case.deadlines.filter(state=DeadlineState.RUNNING, rule_id__in=TRIAL_RULES)
        running.update(state=DeadlineState.VOID)
        start_trial_period(case)
        _record(events.TRACK_CHANGED, change, actor)
    return change


def change_claim(
    *,
    case_id: int,
    amount: Decimal,
    before_end: bool,
    reasons: str,
    actor: Actor,
    seen: str | None = None,
) -> ClaimChange:
    """The amount in dispute becomes ``amount`` (yuan); ``before_end`` says whether the court still investigated, for then
    a smaller claim brings the difference of the fee back (诉讼费用交纳办法21).

    Raises InvalidInput by field, Conflict when the case is closed or has no amount, NotAllowed for others, StaleVersion for a form
    that showed another amount.
    """
    with act():
        case = _open_case(case_id, actor)
        must_be_seen(seen, claim_shown(case))
        if case.amount is None:
            raise Conflict(_("这件案子没有标的额，不能在这里变更。"), code="no_amount")
        wrong = {} if reasons else {"reasons": _("请写明理由")}
        if amount <= 0 or amount == case.amount:
            wrong["amount"] = _("请填写变更后的金额，应大于0，和现在的不同")
        _refuse(wrong)
        change = ClaimChange.objects.create(
            case=case,
            old=case.amount,
            new=amount,
            before_end=before_end,
            reasons=reasons,
            changed_at=clock.now(),
            changed_by_id=actor.post_id or 0,
        )
        case.amount = amount
        case.save(update_fields=["amount"])
        _record(events.CLAIM_CHANGED, change, actor, before_end=before_end)
    return change


def _open_case(case_id: int, actor: Actor) -> Case:
    case = locked_case(case_id, actor)
    if case.stage == Stage.CLOSED:
        raise Conflict(_("案件已经结案，不能再变更。"), code="case_closed")
    return case


def _refuse(wrong: dict[str, str]) -> None:
    if wrong:
        raise InvalidInput(next(iter(wrong.values())), **wrong)


def _record(name: str, change: TrackChange | ClaimChange, actor: Actor, **data: Any) -> None:
    case = change.case
    emit(
        name,
        subject=change,
        actor=actor,
        stream=case_stream(case),
        court_id=case.court_id,
        case_id=case.pk,
        old=change.old,
        new=change.new,
        **data,
    )
