"""Money in suspense finds its bill, or is the court's own; notices that could not be true are closed with words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases.services import case_stream
from common import clock
from common.actor import Actor
from common.errors import Conflict, InvalidInput, NotAllowed
from courts.models import Court
from eventlog.services import act, emit
from payments import events
from payments.finance_policies import keeps_ledger
from payments.models import (
    BILL_FLOW,
    SUSPENSE_FLOW,
    Account,
    Bill,
    ReviewItem,
    Suspense,
    SuspenseReason,
    SuspenseState,
)
from payments.services.arrivals import money_stream, settle_bill
from payments.services.ledger import post_application, post_transfer

LONGEST_NOTE = 200


def apply_suspense(*, suspense_id: int, bill_id: int, note: str, actor: Actor) -> Suspense:
    """Finance found the open bill that money in suspense was meant for: the bill is paid, and its case goes on.

    Payment and order stay as they are; the ledger moves the sum from suspense to fees. The same bill again changes nothing.
    Raises InvalidInput when the sums differ, Conflict when either is settled already, NotAllowed for another court's.
    """
    note = words_of(note)
    with act():
        bill = (
            Bill.objects.select_for_update(of=("self",), no_key=True)
            .select_related("case__court", "court")
            .get(pk=bill_id)
        )
        suspense = locked_suspense(suspense_id)
        if not keeps_ledger(actor, suspense.court_id) or bill.court_id != suspense.court_id:
            raise NotAllowed(_("只有收款法院的财务可以处理，并且只能抵本院的账单。"))
        if suspense.state == SuspenseState.APPLIED and suspense.bill_id == bill.pk:
            return suspense
        _check_fits(suspense, bill)
        SUSPENSE_FLOW.move(suspense, "apply")
        suspense.bill = bill
        resolve(suspense, note, actor)
        post_application(suspense, bill)
        settle_bill(bill, suspense.payment, actor)
        emit(
            events.SUSPENSE_APPLIED,
            subject=bill,
            actor=actor,
            stream=case_stream(bill.case),
            court_id=bill.court_id,
            case_id=bill.case_id,
            bill=bill.public_id,
            suspense=suspense.public_id,
            amount=bill.amount,
        )
    return suspense


def _check_fits(suspense: Suspense, bill: Bill) -> None:
    if suspense.state != SuspenseState.OPEN:
        raise Conflict(_("这笔款已经处理过了，请刷新页面看最新情况。"), code="suspense_resolved")
    if not BILL_FLOW.can(bill, "pay"):
        raise Conflict(_("这张账单已经不用交了，请另选账单，或把款退回。"), code="bill_settled")
    if suspense.reason == SuspenseReason.CURRENCY or suspense.payment.amount != bill.amount:
        text = _("这笔款的金额或币种和账单不一样，不能抵这张账单")
        raise InvalidInput(text, bill=text)


def book_transfer(*, suspense_id: int, out_of: str, note: str, actor: Actor) -> Suspense:
    """A credit of the bank list was nobody's payment but the court's own money: what a gateway settled, or cash of the
    window paid in. It leaves the account it lay in. Raises InvalidInput for another account or money that no bank brought.
    """
    note = words_of(note)
    with act():
        suspense = locked_suspense(suspense_id)
        if not keeps_ledger(actor, suspense.court_id):
            raise NotAllowed(_("只有收款法院的财务可以处理。"))
        if suspense.reason != SuspenseReason.UNMATCHED or out_of not in (Account.CLEARING, Account.CASH):
            text = _("只有银行流水里对不上账单的款，才能记作网关清算款或缴存的现金")
            raise InvalidInput(text, out_of=text)
        SUSPENSE_FLOW.move(suspense, "book_transfer")
        resolve(suspense, note, actor)
        post_transfer(suspense, out_of)
        emit(
            events.MONEY_MOVED,
            subject=suspense,
            actor=actor,
            stream=money_stream(suspense.court),
            court_id=suspense.court_id,
            out_of=out_of,
            amount=suspense.payment.amount,
        )
    return suspense


def locked_suspense(suspense_id: int) -> Suspense:
    """A row of suspense, locked, with its payment and court."""
    rows = Suspense.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("payment__court", "court").get(pk=suspense_id)


def resolve(suspense: Suspense, note: str, actor: Actor) -> None:
    """Write down who resolved it and why; the state has been moved already."""
    suspense.note, suspense.resolved_at, suspense.resolved_by_id = note, clock.now(), actor.post_id
    suspense.save(update_fields=["state", "bill", "note", "resolved_at", "resolved_by"])


def words_of(note: str) -> str:
    """The officer's words. Raises InvalidInput when there are none or too many."""
    note = note.strip()
    if not 0 < len(note) <= LONGEST_NOTE:
        text = _("请写明处理说明，最多%(most)s个字") % {"most": LONGEST_NOTE}
        raise InvalidInput(text, note=text)
    return note


def close_review(*, review_id: int, note: str, actor: Actor) -> ReviewItem:
    """A notice that could not be true was looked into; what was found stands beside it. Raises Conflict when it is closed."""
    note = words_of(note)
    with act():
        rows = ReviewItem.objects.select_for_update(of=("self",), no_key=True)
        item = rows.get(pk=review_id)
        if not keeps_ledger(actor, item.court_id):
            raise NotAllowed(_("只有财务可以处理。"))
        if item.closed_at is not None:
            raise Conflict(_("这条通知已经有人核对过了，请刷新页面看结果。"), code="review_closed")
        item.closed_at, item.closed_by_id, item.note = clock.now(), actor.post_id, note
        item.save(update_fields=["closed_at", "closed_by", "note"])
        court = Court.objects.get(pk=actor.court_id or 0)
        emit(
            events.REVIEW_CLOSED,
            subject=item,
            actor=actor,
            stream=money_stream(court),
            court_id=court.pk,
            kind=item.kind,
        )
    return item
