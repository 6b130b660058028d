"""撤诉: asked for by those who sued, taken back until it is decided, ruled by the judge (民诉法148, 180)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from cases import events
from cases.models import (
    WITHDRAWAL_FLOW,
    Case,
    Outcome,
    Party,
    Side,
    Stage,
    Withdrawal,
    WithdrawalState,
)
from cases.policies import parties_to_withdraw
from cases.services.closing import close_case, locked_case
from cases.services.periods import case_stream
from common import clock
from common.actor import Actor
from common.errors import Conflict, InvalidInput, NotAllowed
from eventlog.services import act, emit


def ask_withdrawal(*, case_id: int, words: str, actor: Actor) -> list[Withdrawal]:
    """Ask to withdraw, for all the parties that the actor may withdraw for; asked again, it is the same request.

    Raises NotAllowed for the other side and for agents without 特别授权 (民诉法62), InvalidInput without words,
    Conflict when the case is closed.
    """
    with act():
        case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case_id)
        parties = parties_to_withdraw(actor, case)
        if not parties:
            raise NotAllowed(_("撤诉由起诉的一方本人，或者有特别授权的代理人申请。"))
        if case.stage == Stage.CLOSED:
            raise Conflict(_("案件已经结案，不用再撤诉。"), code="case_closed")
        if not words:
            raise InvalidInput(_("请写明为什么撤诉"), words=_("请写明为什么撤诉"))
        gone = _gone(case)
        return [_asked(case, party, words, actor) for party in parties if party.pk not in gone]


def _asked(case: Case, party: Party, words: str, actor: Actor) -> Withdrawal:
    row, created = Withdrawal.objects.get_or_create(
        party=party,
        state=WithdrawalState.ASKED,
        defaults={
            "case": case,
            "asked_by_id": actor.user_id or 0,
            "words": words,
            "asked_at": clock.now(),
        },
    )
    if created:
        _record(events.WITHDRAWAL_ASKED, row, actor)
    return row


def take_back_withdrawal(*, withdrawal_id: int, actor: Actor) -> Withdrawal:
    """Go on with the case: the request, and what was asked together with it, is taken back.

    InvalidTransition once the judge has decided; NotAllowed for anybody who could not have asked.
    """
    with act():
        row, rows = _locked(withdrawal_id)
        mine = parties_to_withdraw(actor, row.case)
        if row.party not in mine:
            raise NotAllowed(_("只有申请的人可以撤回申请。"))
        for one in rows:
            if one.party in mine:
                WITHDRAWAL_FLOW.move(one, "take_back")
                one.save(update_fields=["state"])
                _record(events.WITHDRAWAL_TAKEN_BACK, one, actor)
                row = one if one.pk == row.pk else row
    return row


def decide_withdrawal(*, withdrawal_id: int, granted: bool, reasons: str, actor: Actor) -> Withdrawal:
    """The judge rules with reasons, over all that was asked together; granted to everybody who sued, the case is closed
    and the ruling has effect the same day. While others still sue, the case goes on with them.

    Raises InvalidInput without reasons, InvalidTransition once decided, NotAllowed for anybody but the judge.
    """
    with act():
        row, rows = _locked(withdrawal_id)
        case = locked_case(row.case_id, actor)
        if not reasons:
            raise InvalidInput(_("请写明理由"), reasons=_("请写明理由"))
        for one in rows:
            WITHDRAWAL_FLOW.move(one, "grant" if granted else "refuse")
            one.decided_at, one.decided_by_id, one.reasons = clock.now(), actor.post_id, reasons
            one.save(update_fields=["state", "decided_at", "decided_by", "reasons"])
            _record(events.WITHDRAWAL_DECIDED, one, actor, granted=granted)
            row = one if one.pk == row.pk else row
        suing = case.parties.filter(side=Side.PLAINTIFF).exclude(pk__in=_gone(case))
        if granted and not suing.exists():
            close_case(
                case_id=case.pk,
                outcome=Outcome.WITHDRAWN,
                decided_on=clock.today(),
                words=reasons,
                actor=actor,
            )
    return row


def _locked(withdrawal_id: int) -> tuple[Withdrawal, list[Withdrawal]]:
    """The request, and all that was asked together with it, under the lock of the case; a decided one stands alone."""
    case_id = Withdrawal.objects.get(pk=withdrawal_id).case_id
    Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case_id)
    found = Withdrawal.objects.select_for_update(of=("self",), no_key=True).select_related("case", "party")
    row = found.get(pk=withdrawal_id)
    together = found.filter(case_id=case_id, asked_by_id=row.asked_by_id, state=WithdrawalState.ASKED)
    return row, list(together.order_by("id")) if row.state == WithdrawalState.ASKED else [row]


def _gone(case: Case) -> set[int]:
    """Parties whose withdrawal was granted."""
    granted = case.withdrawals.filter(state=WithdrawalState.GRANTED)
    return set(granted.values_list("party_id", flat=True))


def _record(name: str, row: Withdrawal, actor: Actor, **data: Any) -> None:
    case = row.case
    emit(
        name,
        subject=row,
        actor=actor,
        stream=case_stream(case),
        court_id=case.court_id,
        case_id=case.pk,
        withdrawal=row.public_id,
        **data,
    )
