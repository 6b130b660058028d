"""How a case stands for the parties one person stands for: the same reads for the page and for the API."""

from __future__ import annotations

from dataclasses import dataclass

from cases.models import Case, CaseDeadline, Party
from cases.selectors import running_deadlines
from common.actor import Actor
from documents.models import Copy
from documents.selectors import copies_for
from feedback.models import Thread
from feedback.policies import visible_threads
from feedback.selectors import threads_of, unrated
from payments.models import Bill, BillStatus, Refund
from payments.refund_selectors import refund_waiting_in, refunds_of
from payments.selectors import bills_of
from portal.pages.overview import Turn, next_turn, unopened

DEFENCE = "D12"


@dataclass(frozen=True)
class CaseState:
    """What these parties may know of the case; a scan login has no money (SEC-22)."""

    turn: Turn
    deadlines: list[CaseDeadline]
    copies: list[Copy]
    threads: list[Thread]
    bills: list[Bill]
    refunds: list[Refund]


def state_of(actor: Actor, case: Case, own: list[Party]) -> CaseState:
    """The state for the parties ``own`` that the actor stands for. Nine queries."""
    bills = [] if actor.scan else bills_of(own)
    deadlines = running_deadlines(case, own)
    public_ids = [party.public_id for party in own]
    turn = next_turn(
        case,
        own[0],
        bill=next((bill for bill in bills if bill.status == BillStatus.OPEN), None),
        refund=None if actor.scan else refund_waiting_in(actor, case),
        paper=next(iter(unopened(public_ids)), None),
        answered=unrated(visible_threads(actor).filter(case=case)).first(),
        defence=next((row for row in deadlines if row.rule_id == DEFENCE and row.party_id), None),
    )
    return CaseState(
        turn=turn,
        deadlines=deadlines,
        copies=copies_for(public_ids),
        threads=threads_of(actor, case),
        bills=bills,
        refunds=[] if actor.scan else refunds_of(own),
    )
