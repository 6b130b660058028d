"""Reads of bills, orders and money."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Case, DecimalField, F, QuerySet, Sum, Value, When
from django.utils.translation import gettext as _

from cases.models import Case as CourtCase
from cases.models import Party
from common.actor import Actor
from common.errors import NotVisible
from documents.models import Copy, PaperState
from payments.models import (
    ORDER_LIVE,
    Bill,
    BillStatus,
    Line,
    Order,
    Overdue,
    OverdueState,
    Payment,
    Refund,
    Relief,
    ReliefState,
    SuspenseState,
)
from payments.policies import visible_bills, visible_overdues, visible_reliefs


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


def open_bills_instead_of(bill: Bill) -> list[Bill]:
    """What this party has to pay in the case since a bill is void, soonest first. One query."""
    rows = Bill.objects.filter(case_id=bill.case_id, party_id=bill.party_id, status=BillStatus.OPEN)
    return list(rows.order_by("due_on", "part"))


def reliefs_of(bill: Bill) -> list[Relief]:
    """Requests about what this party owes in the case, newest first: a decision replaces the bill. One query."""
    found = Relief.objects.filter(bill__case_id=bill.case_id, bill__party_id=bill.party_id)
    return list(found.exclude(state=ReliefState.WITHDRAWN).order_by("-id"))


def waiting_relief_of(bill: Bill) -> Relief | None:
    """The request about this bill that the judge has not decided yet, with its proofs. Two queries."""
    return bill.reliefs.filter(state=ReliefState.ASKED).prefetch_related("papers__file").first()


def relief_for(actor: Actor, public_id: UUID) -> Relief:
    """A request the actor may see, with bill, case and proofs; NotVisible otherwise. Two queries."""
    rows = visible_reliefs(actor).select_related(
        "bill__case__court", "bill__party", "applicant", "decided_by__user"
    )
    relief = rows.prefetch_related("papers__file").filter(public_id=public_id).first()
    if relief is None:
        raise NotVisible(_("没有这个页面。"))
    return relief


def reliefs_in(actor: Actor, case: CourtCase) -> list[Relief]:
    """Requests in a case, newest first, for the judge who decides. One query."""
    return list(visible_reliefs(actor).filter(bill__case=case).order_by("-id"))


def overdue_for(actor: Actor, public_id: UUID) -> Overdue:
    """A late bill the actor may read about, with bill and case; NotVisible otherwise. One query."""
    rows = visible_overdues(actor).select_related("bill__case__court", "bill__party", "decided_by__user")
    overdue = rows.filter(public_id=public_id).first()
    if overdue is None:
        raise NotVisible(_("没有这个页面。"))
    return overdue


def overdues_in(actor: Actor, case: CourtCase) -> list[Overdue]:
    """Late bills of a case, newest first, for the judge who decides. One query."""
    return list(visible_overdues(actor).filter(bill__case=case).select_related("bill__party").order_by("-id"))


def waiting_overdues(actor: Actor) -> list[Overdue]:
    """Late bills that wait for this judge, oldest first. One query."""
    rows = visible_overdues(actor).filter(state=OverdueState.PROPOSED)
    return list(rows.select_related("bill__case", "bill__party").order_by("id"))


def waiting_reliefs(actor: Actor) -> list[Relief]:
    """Requests for relief that wait for this judge, oldest first. One query."""
    rows = visible_reliefs(actor).filter(state=ReliefState.ASKED)
    return list(rows.select_related("bill__case", "bill__party").order_by("id"))


def fee_payment_of(bill: Bill) -> Payment | None:
    """The payment that counts for a bill: its own, or one from suspense that was applied to it. One query."""
    return payments_for([bill]).first()


def payments_for(bills: Iterable[Bill]) -> QuerySet[Payment]:
    """Payments that count for these bills: their own, and those applied to them out of suspense. A union, so that each half
    stands on its index."""
    bills = list(bills)
    own = Payment.objects.filter(order__bill__in=bills, purpose="fee")
    applied = Payment.objects.filter(suspense__bill__in=bills, suspense__state=SuspenseState.APPLIED)
    found = own.order_by().values("pk").union(applied.order_by().values("pk"))
    return Payment.objects.filter(pk__in=found)


def receipt_paper_of(payment: Payment) -> Copy | None:
    """The printed receipt of a payment once it is made. One query."""
    key = receipt_key(payment)
    return Copy.objects.filter(paper__dedupe_key=key, state=PaperState.ISSUED).order_by("id").first()


def receipt_key(payment: Payment) -> str:
    """What makes the printed receipt of a payment one."""
    return f"payment_receipt:{payment.public_id}"


def live_order_of(bill: Bill) -> Order | None:
    """The order that is under way, if any. One query."""
    return bill.orders.filter(state__in=ORDER_LIVE).order_by("-id").first()


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


@dataclass(frozen=True)
class Money:
    """What some parties of a case were billed, paid and got back."""

    bills: list[Bill]
    payments: list[Payment]
    refunds: list[Refund]


def money_in(case: CourtCase, parties: Iterable[Party]) -> Money:
    """Bills of these parties in their order, void ones too, what counts as paid for them, and refunds. Three queries."""
    parties = list(parties)
    bills = list(Bill.objects.filter(case=case, party__in=parties).select_related("party").order_by("id"))
    payments = payments_for(bills).select_related("order", "suspense").order_by("paid_at")
    refunds = Refund.objects.filter(case=case, party__in=parties).select_related("party").order_by("id")
    return Money(bills, list(payments), list(refunds))
