"""What money does when something happened: a new case gets its bill, a bill its notice."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from cases.models import Case, ClaimChange, Closing, Track, TrackChange
from cases.papers import addressee_of, common_data
from cases.services import case_stream
from common import clock
from common.actor import Actor, system
from common.money import format_yuan, in_capitals
from documents import access
from documents.services import issue
from eventlog.models import Event
from eventlog.registry import Mode, on
from payments.models import Bill, Payment
from payments.policies import visible_reliefs
from payments.selectors import receipt_key
from payments.services import PAPERS_OWNER, PROPERTY, issue_bill
from payments.services.bills import settle_overdue
from payments.services.dues import (
    adjust_bills,
    bill_afterwards,
    check_shares,
    claim_changed,
    to_ordinary,
    to_simplified,
    void_open_bills,
)
from payments.sources import gateway_words
from payments.words import consequence, demand

ACTOR = system(str(_("诉讼费管理")))


@on("cases.opened", Mode.TOGETHER)
def bill_new_case(event: Event) -> None:
    """The bill exists with the case or not at all; a case that is charged nothing beforehand has none (办法8, 20)."""
    item = event.payload.get("fee_item", PROPERTY)
    if item:
        case = Case.objects.select_related("court", "cause").get(pk=event.subject_id)
        issue_bill(case=case, item=item, actor=ACTOR)


@on("cases.closed", Mode.TOGETHER)
def end_open_bills(event: Event) -> None:
    """Nobody bears more than the fee, and what was to be paid beforehand is not to be paid any more."""
    closing = Closing.objects.select_related("case__court", "case__cause").get(pk=event.subject_id)
    check_shares(closing)
    void_open_bills(case=closing.case, actor=ACTOR)


@on("cases.took_effect", Mode.TOGETHER)
def bill_at_the_end(event: Event) -> None:
    """What is paid once the case has ended (办法20, 29, 38; 解释194, 207)."""
    closing = Closing.objects.select_related("case__court", "case__cause").get(pk=event.subject_id)
    bill_afterwards(closing=closing, actor=ACTOR)


@on("cases.track_changed", Mode.TOGETHER)
def bill_changed_track(event: Event) -> None:
    """The fee follows the procedure (办法16; 解释199)."""
    change = TrackChange.objects.select_related("case__court", "case__cause").get(pk=event.subject_id)
    why = to_ordinary() if change.new == Track.ORDINARY else to_simplified()
    adjust_bills(case=change.case, why=why, source=change.public_id, actor=ACTOR)


@on("cases.claim_changed", Mode.TOGETHER)
def bill_changed_claim(event: Event) -> None:
    """The fee follows the amount (办法21)."""
    change = ClaimChange.objects.select_related("case__court", "case__cause").get(pk=event.subject_id)
    adjust_bills(case=change.case, why=claim_changed(), source=change.public_id, actor=ACTOR)


@on("payments.paid", Mode.TOGETHER)
def settle_what_was_late(event: Event) -> None:
    """A late bill that is paid after all needs no decision."""
    settle_overdue(event.payload["bill"])


@on("payments.bill_issued")
def issue_fee_notice(event: Event) -> None:
    """交费通知书 with the calculation, for the party that owes it (诉讼费用交纳办法22)."""
    bill = Bill.objects.select_related("case__court", "case__cause", "party").get(pk=event.subject_id)
    issue(
        template="fee_notice",
        subject_kind="cases.case",
        subject_public_id=bill.case.public_id,
        court_id=bill.court_id,
        title=_("交费通知书"),
        data=common_data(bill.case)
        | {
            "payer": bill.party.name,
            "item": bill.label,
            "bill_number": bill.number,
            "amount": format_yuan(bill.amount),
            "amount_capitals": in_capitals(bill.amount),
            "steps": bill.steps,
            "due_on": bill.due_on.isoformat(),
            "demand": demand(bill),
            "otherwise": consequence(bill),
        },
        addressees=[addressee_of(bill.party, told_on=clock.beijing_day(bill.issued_at))],
        stream=case_stream(bill.case),
        actor=ACTOR,
        dedupe_key=f"fee_notice:{bill.public_id}",
    )


@on("payments.paid")
def issue_receipt(event: Event) -> None:
    """诉讼费收据 for the party whose bill is paid, one for each payment, the amount in capitals too."""
    bills = Bill.objects.select_related("case__court", "case__cause", "party")
    bill = bills.get(public_id=event.payload["bill"])
    payment = Payment.objects.get(pk=event.subject_id)
    issue(
        template="payment_receipt",
        subject_kind="cases.case",
        subject_public_id=bill.case.public_id,
        court_id=bill.court_id,
        title=_("诉讼费收据"),
        data=common_data(bill.case)
        | {
            "payer": bill.party.name,
            "item": bill.label,
            "bill_number": bill.number,
            "amount": format_yuan(payment.amount),
            "amount_capitals": in_capitals(payment.amount),
            "paid_at": f"{payment.paid_at.astimezone(clock.BEIJING):%Y年%m月%d日 %H:%M}",
            "way": gateway_words(payment.gateway),
            "transaction_no": payment.transaction_no,
        },
        addressees=[addressee_of(bill.party, told_on=clock.beijing_day(payment.recorded_at))],
        stream=case_stream(bill.case),
        actor=ACTOR,
        dedupe_key=receipt_key(payment),
    )


def may_open_proof(actor: Actor, relief_public_id: UUID) -> bool:
    """Proofs of a request for relief are read by the payer and by the judge who decides."""
    return visible_reliefs(actor).filter(public_id=relief_public_id).exists()


access.register(PAPERS_OWNER, may_open_proof)
