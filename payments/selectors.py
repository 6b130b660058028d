"""Reads of bills, orders and money."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from django.db.models import Case, DecimalField, F, Sum, Value, When
from django.utils.translation import gettext as _

from cases.models import Party
from common.actor import Actor
from common.errors import NotVisible
from payments.models import Bill, BillStatus, Line, Order, OrderState, Payment
from payments.policies import visible_bills


def bill_for(actor: Actor, public_id: UUID | str) -> Bill:
    """A bill the actor may see, with its case; NotVisible otherwise. One query."""
    bill = visible_bills(actor).filter(public_id=public_id).select_related("case__court", "party").first()
    if bill is None:
        raise NotVisible(_("没有这个页面。"))
    return bill


def open_bills_of(actor: Actor) -> list[Bill]:
    """Bills still to pay, soonest first. One query."""
    return list(
        visible_bills(actor).filter(status=BillStatus.OPEN).select_related("case").order_by("due_on", "id")
    )


def bills_of(parties: Iterable[Party]) -> list[Bill]:
    """All bills of these parties in their cases. One query."""
    return list(Bill.objects.filter(party__in=list(parties)).exclude(status=BillStatus.VOID).order_by("id"))


def fee_payment_of(bill: Bill) -> Payment | None:
    """The payment that counts for a bill. One query."""
    return Payment.objects.filter(order__bill=bill, purpose="fee").first()


def live_order_of(bill: Bill) -> Order | None:
    """The order that is under way, if any. One query."""
    live = [OrderState.CREATED, OrderState.PENDING, OrderState.UNKNOWN]
    return bill.orders.filter(state__in=live).order_by("-id").first()


def latest_order_of(bill: Bill) -> Order | None:
    """The newest order of a bill. One query."""
    return bill.orders.order_by("-id").first()


def has_money(order: Order) -> bool:
    """True when the gateway confirmed money for this order, whatever it counts as. One query."""
    return order.payments.exists()


def balance(court_id: int, account: str) -> Decimal:
    """Credits minus debits of an account of a court, in yuan, computed from the lines. One query."""
    signed = Case(
        When(direction="credit", then=F("amount")),
        default=-F("amount"),
        output_field=DecimalField(max_digits=18, decimal_places=2),
    )
    total = Line.objects.filter(journal__court_id=court_id, account=account).aggregate(
        sum=Sum(signed, default=Value(Decimal(0)))
    )
    return Decimal(total["sum"])
