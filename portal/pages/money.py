"""案件的钱: every bill with its reckoning, every payment with its receipt, every refund with its stage, who bears what.

A party reads its own; who keeps the case reads all with the numbers of payments masked (row 21 of the access matrix).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import allows
from cases.models import Case, Closing, Outcome, Party
from cases.selectors import case_for, stood_for
from common import clock
from common.errors import NotVisible
from common.money import ZERO, format_yuan, in_capitals
from common.pages import actor_of
from documents.models import Copy, PaperState
from eventlog.selectors import receipts_of
from payments import events
from payments.models import Bill, BillReason, BillStatus, Payment, Refund, RefundState
from payments.refund_policies import can_ask
from payments.selectors import money_in, receipt_key
from payments.services.dues import fee_at_end, own_and_other_share
from payments.words import otherwise, shown_steps
from portal.pages.need import need


@require_safe
def case_money(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The money of the parties the reader stands for, with full sign-in (SEC-22)."""
    actor = actor_of(request)
    if not actor.is_public:
        raise NotVisible(_("没有这个页面。"))
    case = case_for(actor, public_id)
    own = stood_for(actor, case)
    context = _page(case, own, masked=False) | {"party": own[0], "own": own}
    for row in context["bills"]:
        row["may_ask"] = row["bill"].status == BillStatus.PAID and can_ask(actor, row["bill"])
    return render(request, "pages/case_money.html", context)


@require_safe
def desk_money(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The same for the court: the intake clerk reads all, judge and case clerk masked."""
    need(request, "desk.cases", _("这个页面不在您的岗位权限内。"))
    actor = actor_of(request)
    case = case_for(actor, public_id)
    context = _page(case, case.parties.all(), masked=not allows(actor, "payment.read"))
    return render(request, "pages/desk_money.html", context)


def _page(case: Case, parties: Iterable[Party], *, masked: bool) -> dict[str, Any]:
    parties = list(parties)
    found = money_in(case, parties)
    closing = Closing.objects.filter(case=case).first()
    receipts = {} if masked else _receipts(found.payments, parties)
    live = [bill for bill in found.bills if bill.status != BillStatus.VOID]
    return {
        "case": case,
        "now": clock.now(),
        "masked": masked,
        "sums": _sums(live, found.refunds),
        "bills": [_bill_row(bill, found.payments, receipts, masked=masked) for bill in live],
        "void": [bill for bill in found.bills if bill.status == BillStatus.VOID],
        "refunds": [_refund_row(refund) for refund in found.refunds],
        "closing": closing,
        "shares": _shares(case, closing),
    }


def _sums(bills: list[Bill], refunds: list[Refund]) -> list[dict[str, Any]]:
    """What was paid, what is to be paid, what is on its way back and what has come back."""
    paid = sum((bill.amount for bill in bills if bill.status == BillStatus.PAID), ZERO)
    to_pay = sum((bill.amount for bill in bills if bill.status == BillStatus.OPEN), ZERO)
    done = sum((one.amount for one in refunds if one.state == RefundState.DONE), ZERO)
    ended = (RefundState.DONE, RefundState.REFUSED)
    coming = sum((one.amount for one in refunds if one.state not in ended), ZERO)
    return [
        {"label": _("还要交"), "value": format_yuan(to_pay)},
        {"label": _("已经交了"), "value": format_yuan(paid)},
        {"label": _("正在退"), "value": format_yuan(coming)},
        {"label": _("已经退了"), "value": format_yuan(done)},
    ]


def _bill_row(
    bill: Bill, payments: list[Payment], receipts: dict[int, dict[str, Any]], *, masked: bool
) -> dict[str, Any]:
    steps = shown_steps(bill)
    return {
        "bill": bill,
        "when": _("立案时交") if bill.reason == BillReason.FIRST else bill.get_reason_display(),
        "capitals": in_capitals(bill.amount),
        "steps": steps,
        "otherwise": otherwise(bill) if bill.status == BillStatus.OPEN else "",
        "payments": [
            {
                "paid_at": payment.paid_at,
                "amount": payment.amount,
                "number": f"…{payment.transaction_no[-4:]}" if masked else payment.transaction_no,
                **receipts.get(payment.pk, {}),
            }
            for payment in payments
            if _is_for(payment, bill)
        ],
    }


def _is_for(payment: Payment, bill: Bill) -> bool:
    """Paid for the bill, or applied to it out of suspense."""
    if payment.purpose == "fee":
        return payment.order is not None and payment.order.bill_id == bill.pk
    return payment.suspense.bill_id == bill.pk


def _receipts(payments: list[Payment], parties: list[Party]) -> dict[int, dict[str, Any]]:
    """Signed text and printed receipt of each payment. Three queries."""
    signed = receipts_of(payments, events.PAID)
    keys = {receipt_key(payment): payment.pk for payment in payments}
    copies = Copy.objects.filter(
        paper__dedupe_key__in=list(keys),
        addressee_public_id__in=[party.public_id for party in parties],
        state=PaperState.ISSUED,
    ).select_related("paper")
    papers = {keys[copy.paper.dedupe_key]: copy for copy in copies}
    return {
        payment.pk: {"receipt": signed.get(payment.pk), "paper": papers.get(payment.pk)}
        for payment in payments
    }


def _refund_row(refund: Refund) -> dict[str, Any]:
    return {"refund": refund, "capitals": in_capitals(refund.amount), "steps": shown_steps(refund)}


def _shares(case: Case, closing: Closing | None) -> list[dict[str, Any]]:
    """Who bears how much of the fee in the end, as decided; empty before and where nothing was decided about it."""
    if closing is None or closing.outcome not in (Outcome.JUDGED, Outcome.MEDIATED):
        return []
    whole = fee_at_end(case, closing.outcome)
    if whole is None:
        return []
    own, other = own_and_other_share(closing, whole)
    return [
        {"label": _("本案受理费"), "value": format_yuan(whole.amount)},
        {"label": _("原告方负担"), "value": format_yuan(own)},
        {"label": _("对方负担"), "value": format_yuan(other)},
    ]
