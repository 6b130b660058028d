"""The stages a case goes through while its papers and its fee come and go."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from cases import events
from cases.models import CASE_FLOW, Case, Party, Side, Stage
from cases.services.periods import case_stream, finish_deadline, start_deadline
from common.actor import Actor
from eventlog.services import act, emit

SENDING_RULES, DEFENCE_RULES = ("D11", "D35"), ("D12", "D36")
"""Complaint or appeal goes to the other side within five days; it has fifteen to answer (民诉法128, 174)."""


def record_fee_paid(*, case_id: int, actor: Actor, free: bool = False) -> Case:
    """The acceptance fee has arrived, or need not be paid now (``free``): the case goes on; a repeat changes nothing."""
    return advance(case_id, "fee_paid", actor, free=free)


def record_defendants_served(*, case_id: int, actor: Actor) -> Case:
    """All defendants have the complaint: the case goes on once the fee is paid; a repeat changes nothing."""
    return advance(case_id, "served", actor)


def advance(case_id: int, move: str, actor: Actor, *, free: bool = False) -> Case:
    """Make a move of the stages when the case can make it; otherwise nothing happens."""
    with act():
        case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case_id)
        if CASE_FLOW.can(case, move):
            before = case.stage
            CASE_FLOW.move(case, move)
            case.save(update_fields=["stage"])
            emit(
                events.STAGE_CHANGED,
                subject=case,
                actor=actor,
                stream=case_stream(case),
                court_id=case.court_id,
                before=before,
                after=case.stage,
                free=free,
            )
    return case


def start_defence_period(
    *, party: Party, delivered_on: date, source_event: UUID, actor: Actor, rule_id: str = "D12"
) -> None:
    """The complaint or appeal reached the other side: 15 days for the defence (民诉法128, 174), once per party."""
    with act():
        case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=party.case_id)
        if case.stage == Stage.CLOSED:
            return
        known = case.deadlines.filter(rule_id=rule_id, party=party).first()
        if known is None:
            start_deadline(
                case, rule_id, delivered_on, label=_("提交答辩状"), party=party, source_event=source_event
            )
        elif known.source_event is None:  # answered before the delivery was on record
            known.source_event = source_event
            known.save(update_fields=["source_event"])
        else:
            return
        if all_defendants_served(case):
            record_defendants_served(case_id=case.pk, actor=actor)


def all_defendants_served(case: Case) -> bool:
    """True when every defendant is known to have the complaint. Two queries."""
    served = set(
        case.deadlines.filter(rule_id__in=DEFENCE_RULES)
        .exclude(source_event=None)
        .values_list("party_id", flat=True)
    )
    return served >= set(case.parties.filter(side=Side.DEFENDANT).values_list("pk", flat=True))


def record_complaint_sent(*, case_id: int) -> None:
    """The complaint has left for every defendant: the five days of 民诉法128 are kept; a repeat changes nothing."""
    with act():
        case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case_id)
        for rule_id in SENDING_RULES:
            finish_deadline(case, rule_id)
