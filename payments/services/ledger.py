"""Posting to the double-entry ledger. A wrong entry is corrected by a new one, never edited."""

from __future__ import annotations

from decimal import Decimal

from common import clock
from payments.models import (
    Account,
    Bill,
    Journal,
    JournalKind,
    Line,
    Payment,
    Refund,
    RefundPart,
    Suspense,
)
from payments.sources import BANK, COUNTER

ARRIVES_AT = {COUNTER: Account.CASH, BANK: Account.BANK}
"""The account that money lies in after it came; what a gateway took waits for its settlement."""


def held_in(gateway: str) -> str:
    """The account that holds what came through a gateway, the counter or the bank."""
    return ARRIVES_AT.get(gateway, Account.CLEARING)


def post_payment(payment: Payment, bill: Bill | None) -> Journal:
    """Money arrived: debit where it lies, credit fees or suspense. Debits equal credits at commit (REL-02)."""
    target = Account.FEES if payment.purpose == "fee" else Account.SUSPENSE
    kind = JournalKind.RECEIPT
    return _post(kind, held_in(payment.gateway), target, payment.amount, bill, cause=payment)


def post_application(suspense: Suspense, bill: Bill) -> Journal:
    """Money in suspense becomes the fee of a bill."""
    payment = suspense.payment
    kind = JournalKind.APPLY
    return _post(kind, Account.SUSPENSE, Account.FEES, payment.amount, bill, cause=payment)


def post_transfer(suspense: Suspense, out_of: str) -> Journal:
    """What the bank credited was the court's own: a gateway's settlement or cash paid in leaves ``out_of``."""
    payment = suspense.payment
    return _post(JournalKind.TRANSFER, Account.SUSPENSE, out_of, payment.amount, None, cause=payment)


def post_refund_due(refund: Refund, source: str) -> Journal:
    """An approved refund is owed: out of fees or suspense (``source``) into what is payable."""
    return _post(JournalKind.REFUND_DUE, source, Account.PAYABLE, refund.amount, refund.bill, cause=refund)


def post_refund_paid(part: RefundPart, out_of: str) -> Journal:
    """A part has reached the person: out of payable and out of the account ``out_of`` that paid it."""
    refund = part.refund
    kind = JournalKind.REFUND_PAID
    return _post(kind, Account.PAYABLE, out_of, part.amount, refund.bill, cause=refund, part=part)


def _post(
    kind: JournalKind,
    debit: str,
    credit: str,
    amount: Decimal,
    bill: Bill | None,
    *,
    cause: Payment | Refund,
    part: RefundPart | None = None,
) -> Journal:
    """One journal with its two lines, of the court of the payment or refund that is its cause."""
    journal = Journal.objects.create(
        court_id=cause.court_id,
        kind=kind,
        payment=cause if isinstance(cause, Payment) else None,
        refund=cause if isinstance(cause, Refund) else None,
        part=part,
        note=f"{kind}:{bill.number if bill else cause.public_id}",
        posted_at=clock.now(),
    )
    Line.objects.bulk_create(
        [
            Line(journal=journal, account=debit, direction="debit", amount=amount, bill=bill),
            Line(journal=journal, account=credit, direction="credit", amount=amount, bill=bill),
        ]
    )
    return journal
