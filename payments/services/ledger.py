"""Posting to the double-entry ledger. A wrong entry is corrected by a new one, never edited."""

from __future__ import annotations

from typing import Any

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

ARRIVES_AT = {"counter": Account.CASH, "bank": Account.BANK}
"""The account that money lies in after it came; what a gateway took waits for its settlement."""


def held_in(gateway: str) -> str:
    """The account that holds what came through a gateway, the counter or the bank."""
    return ARRIVES_AT.get(gateway, Account.CLEARING)


def post_payment(payment: Payment, bill: Bill | None) -> Journal:
    """Money arrived: debit where it lies, credit fees or suspense. Debits equal credits at commit (REL-02)."""
    target = Account.FEES if payment.purpose == "fee" else Account.SUSPENSE
    kind = JournalKind.RECEIPT
    return _post(kind, held_in(payment.gateway), target, payment.amount, bill, payment=payment)


def post_application(suspense: Suspense, bill: Bill) -> Journal:
    """Money in suspense becomes the fee of a bill."""
    payment = suspense.payment
    kind = JournalKind.APPLY
    return _post(kind, Account.SUSPENSE, Account.FEES, payment.amount, bill, payment=payment)


def post_transfer(suspense: Suspense, out_of: str) -> Journal:
    """What the bank credited was the court's own: a gateway's settlement or cash paid in leaves ``out_of``."""
    payment = suspense.payment
    return _post(JournalKind.TRANSFER, Account.SUSPENSE, out_of, payment.amount, None, payment=payment)


def post_refund_due(refund: Refund, source: str) -> Journal:
    """An approved refund is owed: out of fees or suspense (``source``) into what is payable."""
    return _post(JournalKind.REFUND_DUE, source, Account.PAYABLE, refund.amount, refund.bill, refund=refund)


def post_refund_paid(part: RefundPart, out_of: str) -> Journal:
    """A part has reached the person: out of payable and out of the account ``out_of`` that paid it."""
    refund = part.refund
    kind = JournalKind.REFUND_PAID
    return _post(kind, Account.PAYABLE, out_of, part.amount, refund.bill, refund=refund, part=part)


def _post(
    kind: JournalKind, debit: str, credit: str, amount: Any, bill: Bill | None, **cause: Any
) -> Journal:
    """One journal with its two lines; the row in ``cause`` says whose court it is."""
    owner = next(iter(cause.values()))
    number = bill.number if bill else str(owner.public_id)
    journal = Journal.objects.create(
        court_id=owner.court_id, kind=kind, note=f"{kind}:{number}", posted_at=clock.now(), **cause
    )
    Line.objects.bulk_create(
        [
            Line(journal=journal, account=debit, direction="debit", amount=amount, bill=bill),
            Line(journal=journal, account=credit, direction="credit", amount=amount, bill=bill),
        ]
    )
    return journal
