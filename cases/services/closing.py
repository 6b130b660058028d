"""How a case ends, and when that has legal effect: what is due and what comes back follows from it elsewhere."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from cases import events
from cases.models import (
    CASE_FLOW,
    Case,
    Closing,
    DeadlineState,
    Outcome,
    WithdrawalState,
)
from cases.policies import can_close
from cases.routing import TRIAL_RULES, outcomes_for
from cases.services.periods import case_stream
from common import clock
from common.actor import Actor
from common.errors import Conflict, InvalidInput, NotAllowed
from eventlog.services import act, emit

LATER_EFFECT = (Outcome.JUDGED, Outcome.DISMISSED)
"""What may be appealed has effect later (民诉法171); everything else on the day of its decision."""
SHARED = (Outcome.JUDGED, Outcome.MEDIATED)
"""Outcomes that say who bears the fee (诉讼费用交纳办法29, 31)."""
COLLECTED = (Outcome.EXECUTED, Outcome.UNEXECUTED)
"""Outcomes that tell what was obtained, from which the fee follows (诉讼费用交纳办法20, 38)."""


def locked_case(case_id: int, actor: Actor) -> Case:
    """The case under lock, for the judge who holds it; NotAllowed for anybody else. Inside an act."""
    rows = Case.objects.select_for_update(of=("self",), no_key=True).select_related("court", "cause")
    case = rows.get(pk=case_id)
    if not can_close(actor, case):
        raise NotAllowed(_("只有承办法官可以办理。"))
    return case


def close_case(
    *,
    case_id: int,
    outcome: str,
    decided_on: date,
    actor: Actor,
    effective_on: date | None = None,
    fee_borne: Decimal | None = None,
    obtained: Decimal | None = None,
    words: str = "",
) -> Closing:
    """The judge ends the case: ``fee_borne`` is what the prepayer bears of the fee, ``obtained`` what an enforcement
    brought in, yuan.

    Periods that still run end with it. Rulings, mediation and enforcement have effect on the day of the decision unless
    another is given; a judgment or a dismissal when its effect is recorded. Raises InvalidInput by field,
    InvalidTransition when the case is closed, Conflict while a withdrawal waits for its answer, NotAllowed for anybody
    but the judge of the case.
    """
    with act():
        case = locked_case(case_id, actor)
        if case.withdrawals.filter(state=WithdrawalState.ASKED).exists():
            raise Conflict(_("当事人申请了撤诉，请先对撤诉申请作出决定。"), code="withdrawal_waits")
        if effective_on is None and outcome not in LATER_EFFECT:
            effective_on = decided_on
        closing = Closing(
            case=case,
            outcome=outcome,
            stage=case.stage,
            decided_on=decided_on,
            effective_on=effective_on,
            fee_borne=fee_borne,
            obtained=obtained,
            words=words,
            recorded_at=clock.now(),
            recorded_by_id=actor.post_id or 0,
        )
        _check(case, closing)
        CASE_FLOW.move(case, "close")
        case.closed_at = clock.now()
        case.save(update_fields=["stage", "closed_at"])
        closing.save()
        _end_periods(case)
        _record(events.CLOSED, closing, actor, outcome=closing.outcome, decided_on=decided_on)
        if closing.effective_on is not None:
            _record(events.TOOK_EFFECT, closing, actor, outcome=outcome, effective_on=effective_on)
    return closing


def record_effect(*, closing_id: int, effective_on: date, actor: Actor) -> Closing:
    """The judgment or dismissal has legal effect since a day; once. Raises InvalidInput, Conflict, NotAllowed."""
    with act():
        case = locked_case(Closing.objects.get(pk=closing_id).case_id, actor)
        closing = Closing.objects.select_for_update(no_key=True).get(pk=closing_id)
        if closing.effective_on is not None:
            raise Conflict(_("生效日期已经记过了。"), code="effect_recorded")
        closing.case, closing.effective_on = case, effective_on
        wrong = _wrong_days(case, closing)
        if wrong:
            raise InvalidInput(next(iter(wrong.values())), **wrong)
        closing.save(update_fields=["effective_on"])
        _record(events.TOOK_EFFECT, closing, actor, outcome=closing.outcome, effective_on=effective_on)
    return closing


def _record(name: str, closing: Closing, actor: Actor, **data: Any) -> None:
    case = closing.case
    emit(
        name,
        subject=closing,
        actor=actor,
        stream=case_stream(case),
        court_id=case.court_id,
        case_id=case.pk,
        **data,
    )


def _end_periods(case: Case) -> None:
    """The court's own period is kept; all others no longer matter."""
    running = case.deadlines.filter(state=DeadlineState.RUNNING)
    running.filter(rule_id__in=TRIAL_RULES).update(state=DeadlineState.DONE)
    running.update(state=DeadlineState.VOID)


def _check(case: Case, closing: Closing) -> None:
    wrong = _wrong_days(case, closing)
    if closing.outcome not in outcomes_for(case.procedure):
        wrong["outcome"] = _("请选择结案方式")
    if closing.outcome == Outcome.JUDGED and closing.fee_borne is None:
        wrong["fee_borne"] = _("请填写原告方负担多少受理费，全部由对方负担的填0")
    if closing.fee_borne is not None and closing.outcome not in SHARED:
        wrong["fee_borne"] = _("只有判决和调解要填写谁负担受理费")
    if closing.outcome in COLLECTED and closing.obtained is None:
        wrong["obtained"] = _("请填写执行到位的金额，没有到位的填0")
    if closing.obtained is not None and closing.outcome not in COLLECTED:
        wrong["obtained"] = _("只有执行案件要填写到位的金额")
    for name in ("fee_borne", "obtained"):
        if (getattr(closing, name) or 0) < 0:
            wrong[name] = _("金额不应小于0")
    if wrong:
        raise InvalidInput(next(iter(wrong.values())), **wrong)


def _wrong_days(case: Case, closing: Closing) -> dict[str, str]:
    today, wrong = clock.today(), {}
    if not clock.beijing_day(case.accepted_at) <= closing.decided_on <= today:
        wrong["decided_on"] = _("裁判日期应在立案日到今天之间")
    if closing.effective_on and not closing.decided_on <= closing.effective_on <= today:
        wrong["effective_on"] = _("生效日期应在裁判日到今天之间")
    return wrong
