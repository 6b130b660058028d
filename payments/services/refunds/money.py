"""What a party has paid in a case, what of it is going back already, and by which way it can go."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Sum

from common import clock
from common.errors import GatewayUnavailable
from common.money import ZERO
from payments.fees import book_on
from payments.gateways import gateway
from payments.models import (
    PART_LIVE,
    Bill,
    BillReason,
    Payment,
    Refund,
    RefundPart,
    RefundReason,
    Route,
    Suspense,
)
from payments.selectors import payments_for
from payments.services.ledger import ARRIVES_AT

ORIGINAL_FOR = timedelta(days=365)
"""How long a gateway takes money back the way it came (REL-13)."""
MOST_PARTS = 50


def fee_bills(bill: Bill) -> list[Bill]:
    """The acceptance fee of this party in this case: its first bill with what was topped up, void ones too. One query."""
    same = Bill.objects.filter(case_id=bill.case_id, party_id=bill.party_id)
    found = same.exclude(reason=BillReason.AFTERWARDS).select_related("case__court", "party").order_by("id")
    items = book_on(clock.beijing_day(bill.case.accepted_at)).items
    return [one for one in found if not items[one.item].is_application]


def lock_money_of(bill: Bill) -> None:
    """Nobody else decides about this party's money in this case until the act ends (REL-35: case, bill, refund)."""
    rows = Bill.objects.select_for_update(no_key=True).filter(case_id=bill.case_id, party_id=bill.party_id)
    list(rows.order_by("id").values_list("pk", flat=True))


def payments_of(bills: Iterable[Bill]) -> list[Payment]:
    """Payments that count for these bills, newest first: paid for them, or applied to them out of suspense. One query."""
    return list(payments_for(bills).select_related("order").order_by("-paid_at", "-id"))


def going_back(payments: Iterable[Payment]) -> dict[int, Decimal]:
    """What of each payment is planned, sent or given back, by the payment's id. One query."""
    live = RefundPart.objects.filter(payment__in=list(payments), state__in=PART_LIVE)
    return dict(live.values_list("payment_id").annotate(sum=Sum("amount")).order_by("payment_id"))


def kept_of(bill: Bill) -> Decimal:
    """What the court holds of this party's acceptance fee and is not giving back yet. Three queries."""
    payments = payments_of(fee_bills(bill))
    return sum((p.amount for p in payments), ZERO) - sum(going_back(payments).values(), ZERO)


def suspense_of(refund: Refund) -> Suspense | None:
    """The money in suspense that this refund gives back; None when it gives back a fee."""
    if refund.reason != RefundReason.OVERPAID or refund.source is None:
        return None
    return Suspense.objects.filter(public_id=refund.source).first()


def can_go_back(payment: Payment, now: datetime) -> bool:
    """True while the gateway that took it can give it back: connected, within 365 days, under fifty parts (REL-13)."""
    if payment.order_id is None or payment.gateway in ARRIVES_AT or now > payment.paid_at + ORIGINAL_FOR:
        return False
    try:
        gateway(payment.gateway)
    except GatewayUnavailable:
        return False
    asked = RefundPart.objects.filter(payment=payment, route=Route.ORIGINAL, sent_at__isnull=False)
    return asked.count() < MOST_PARTS
