"""Reads of the finance desks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor
from common.case_numbers import normalize
from common.errors import NotVisible
from common.money import format_yuan
from payments.finance_policies import (
    visible_differences,
    visible_payments,
    visible_reviews,
    visible_statements,
    visible_suspense,
)
from payments.models import (
    REFUND_ENDED,
    Bill,
    BillStatus,
    Difference,
    DifferenceState,
    LedgerCheck,
    Payment,
    Refund,
    RefundState,
    ReviewItem,
    Statement,
    StatementRow,
    Suspense,
    SuspenseState,
)
from payments.policies import visible_bills
from payments.services.recon import days_to_close
from payments.sources import BANK, gateway_words

SHOWN_CANDIDATES = 20


@dataclass(frozen=True)
class Waiting:
    """A number on the home page of finance, with the place where it is worked off."""

    label: str | Promise
    count: int
    href: str
    late: bool = False
    note: str = ""


def waiting_of(actor: Actor) -> list[Waiting]:
    """What waits for finance of a court. Nine queries."""
    court, today = actor.court_id or 0, clock.today()
    suspense = visible_suspense(actor).filter(state=SuspenseState.OPEN)
    held = suspense.aggregate(count=Count("id"), sum=Sum("payment__amount", default=Decimal(0)))
    live = Refund.objects.filter(court_id=court).exclude(state__in=REFUND_ENDED)
    refunds = live.aggregate(
        check=Count("id", filter=Q(state=RefundState.CONFIRMED)),
        approve=Count("id", filter=Q(state=RefundState.CHECKED)),
        late=Count("id", filter=Q(due_on__lt=today)),
    )
    overdue = Bill.objects.filter(court_id=court, status=BillStatus.OPEN, due_on__lt=today).count()
    days = days_to_close(court)
    open_rows = visible_differences(actor).filter(state=DifferenceState.OPEN).count()
    refund_desk = reverse("payments:desk_refunds")
    return [
        Waiting(_("待处理款"), held["count"], reverse("payments:suspense_list"), note=_("共%(sum)s") % {"sum": format_yuan(held["sum"])}),
        Waiting(_("待核对的通知"), visible_reviews(actor).filter(closed_at=None).count(), reverse("payments:reviews")),
        Waiting(_("待复核的退费"), refunds["check"], refund_desk),
        Waiting(_("待审批的退费"), refunds["approve"], refund_desk),
        Waiting(_("超期的退费"), refunds["late"], refund_desk, late=True),
        Waiting(_("对账差异"), open_rows, reverse("payments:recon")),
        Waiting(_("逾期未交的账单"), overdue, reverse("pages:desk_bills"), late=True),
        Waiting(_("待日结的日子"), len(days), reverse("payments:days")),
    ]  # fmt: skip


def books_of(actor: Actor) -> tuple[LedgerCheck | None, list[dict[str, Any]]]:
    """The newest look at all books, and what it found in those of the actor's court. One query."""
    check = LedgerCheck.objects.order_by("-id").first()
    found = check.findings if check else []
    return check, [one for one in found if one["court"] == actor.court_id]


def payments_found(actor: Actor, words: str) -> QuerySet[Payment]:
    """Money of the court by number of bill, order or transaction (voucher), by case number or payer, newest first."""
    rows = visible_payments(actor).select_related("order__bill__case", "order__bill__party", "suspense__bill")
    if words:
        case = normalize(words)
        rows = rows.filter(
            Q(transaction_no__icontains=words)
            | Q(order__out_no=words)
            | Q(order__bill__number__icontains=words)
            | Q(suspense__bill__number__icontains=words)
            | Q(order__bill__party__name__contains=words)
            | (Q(order__bill__case__number__contains=case) if case else Q(pk=None))
        )
    return rows.order_by("-paid_at", "-id")


def open_bills_found(actor: Actor, words: str) -> QuerySet[Bill]:
    """Open bills of the court by number, case number or payer, soonest due first."""
    rows = visible_bills(actor).filter(status=BillStatus.OPEN, amount__gt=0).select_related("case", "party")
    case = normalize(words)
    found = Q(number__icontains=words) | Q(party__name__contains=words)
    return rows.filter(found | Q(case__number__contains=case) if case else found).order_by("due_on", "id")


def suspense_for(actor: Actor, public_id: UUID) -> Suspense:
    """Money in suspense the actor may see, with payment, order and bill; NotVisible otherwise. One query."""
    rows = visible_suspense(actor).select_related(
        "payment__order__bill__case",
        "payment__order__bill__party",
        "bill__case",
        "bill__party",
        "resolved_by__user",
    )
    return _one(rows.filter(public_id=public_id).first())


def bills_fitting(suspense: Suspense) -> list[Bill]:
    """Open bills of the court with exactly this sum, soonest due first. One query."""
    rows = Bill.objects.filter(
        court_id=suspense.court_id, status=BillStatus.OPEN, amount=suspense.payment.amount
    )
    return list(rows.select_related("case", "party").order_by("due_on", "id")[:SHOWN_CANDIDATES])


def open_bill_numbered(actor: Actor, number: str) -> Bill | None:
    """A bill of the court by its number. One query."""
    return visible_bills(actor).filter(number=number).first()


def review_for(actor: Actor, public_id: UUID) -> ReviewItem:
    """A notice the actor may look into; NotVisible otherwise. One query."""
    rows = visible_reviews(actor).select_related("order__bill__case", "closed_by__user")
    return _one(rows.filter(public_id=public_id).first())


def differences_of(actor: Actor, gateway: str, day: date) -> QuerySet[Difference]:
    """Differences of a day, open ones first."""
    rows = visible_differences(actor).filter(gateway=gateway, day=day)
    return rows.select_related("payment__order__bill", "part__refund", "resolved_by__user").order_by(
        "-state", "id"
    )


def difference_for(actor: Actor, public_id: UUID) -> Difference:
    """A difference the actor may resolve; NotVisible otherwise. One query."""
    return _one(visible_differences(actor).filter(public_id=public_id).first())


def statements_of(actor: Actor, gateway: str, day: date) -> QuerySet[Statement]:
    """Statements of a day, newest first, with the number of their lines."""
    rows = visible_statements(actor).filter(gateway=gateway, day=day)
    return rows.annotate(lines=Count("rows")).order_by("-id")


@dataclass(frozen=True)
class ReconDay:
    """One gateway's day on the list of reconciliations."""

    gateway: str
    day: date
    taken_at: Any
    open: int

    @property
    def label(self) -> str:
        return gateway_words(self.gateway)


def recon_days(actor: Actor) -> list[ReconDay]:
    """Days with a statement or a difference, newest first. Two queries."""
    taken: dict[tuple[date, str], Any] = {}
    for day, code, at in visible_statements(actor).values_list("day", "gateway", "taken_at").order_by("id"):
        taken[day, code] = at
    differing = visible_differences(actor).filter(state=DifferenceState.OPEN)
    counts = {
        (day, code): count
        for day, code, count in differing.values_list("day", "gateway").annotate(count=Count("id")).order_by()
    }
    keys = sorted(taken.keys() | counts.keys(), reverse=True)
    return [ReconDay(code, day, taken.get((day, code)), counts.get((day, code), 0)) for day, code in keys]


def _one(found: Any) -> Any:
    if found is None:
        raise NotVisible(_("没有这个页面。"))
    return found


def bank_line_of(payment: Payment) -> StatementRow | None:
    """The line of the bank list that brought a payment; None for any other. One query."""
    if payment.gateway != BANK:
        return None
    rows = StatementRow.objects.filter(statement__gateway=BANK, statement__court_id=payment.court_id)
    return rows.filter(transaction_no=payment.transaction_no, kind="payment").first()
