"""Posting to the double-entry ledger. A wrong entry is corrected by a new one, never edited."""

from __future__ import annotations

from common import clock
from payments.models import Account, Bill, Journal, Line, Payment


def post_payment(payment: Payment, bill: Bill) -> Journal:
    """Money from a gateway: debit clearing, credit fees or suspense. Debits equal credits at commit (REL-02)."""
    target = Account.FEES if payment.purpose == "fee" else Account.SUSPENSE
    journal = Journal.objects.create(
        court_id=payment.court_id,
        payment=payment,
        note=f"{payment.purpose}:{bill.number}",
        posted_at=clock.now(),
    )
    Line.objects.bulk_create(
        [
            Line(journal=journal, account=Account.CLEARING, direction="debit", amount=payment.amount),
            Line(journal=journal, account=target, direction="credit", amount=payment.amount, bill=bill),
        ]
    )
    return journal
