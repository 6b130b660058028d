"""Weeks of money over several gateways, on our side and on theirs, equal but for six seeded differences.

Rows are written at once; the gateways' bills come from the stand-ins over HTTP.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.conf import settings

from cases.models import Case
from common import clock
from common.money import to_fen
from payments.gateways import gateway
from payments.models import (
    Account,
    Bill,
    BillStatus,
    Journal,
    JournalKind,
    Line,
    Order,
    OrderState,
    PartState,
    Payment,
    Refund,
    RefundPart,
    RefundReason,
    RefundState,
    Route,
)
from standins.models import CashierOrder, CashierRefund
from tests.support.court import Cast

AT_ONCE = 1000
Seeded = tuple[str, date, str, str]
"""Gateway, day, kind and reference of a difference."""


@dataclass
class Month:
    """What was made."""

    first: date
    days: int
    seeded: set[Seeded] = field(default_factory=set)

    def day(self, number: int) -> date:
        return self.first + timedelta(days=number % self.days)


def build(
    cast: Cast, case: Case, *, payments: int, refunds: int, gateways: Sequence[str], days: int = 30
) -> Month:
    """``payments`` paid bills of one case and ``refunds`` finished refunds, spread over the days before today."""
    month = Month(clock.today() - timedelta(days=days), days)
    bill = Bill.objects.get(case=case)
    bills = [_bill(bill, number, month) for number in range(payments)]
    Bill.objects.bulk_create(bills, batch_size=AT_ONCE)
    orders = [_order(bill, number, gateways[number % len(gateways)]) for number, bill in enumerate(bills)]
    Order.objects.bulk_create(orders, batch_size=AT_ONCE)
    made = [_payment(order) for order in orders]
    Payment.objects.bulk_create(made, batch_size=AT_ONCE)
    _post(
        [
            Journal(
                kind=JournalKind.RECEIPT, payment=row, court=row.court, note="receipt", posted_at=row.paid_at
            )
            for row in made
        ],
        Account.CLEARING,
        Account.FEES,
    )
    parts = _refunds(cast, made[:refunds])
    merchants = {code: gateway(code).merchant for code in gateways}
    theirs = [_theirs(row, merchants[row.gateway]) for row in made]
    back = _seed(month, made, parts, theirs)
    CashierOrder.objects.bulk_create(theirs, batch_size=AT_ONCE)
    known = {row.transaction_no: row for row in theirs}
    for refund, payment_no in back:
        refund.order = known[payment_no]
    CashierRefund.objects.bulk_create([refund for refund, _number in back], batch_size=AT_ONCE)
    return month


def _bill(like: Bill, number: int, month: Month) -> Bill:
    paid_at = datetime.combine(
        month.day(number), time(hour=number % 24, minute=number % 60), tzinfo=clock.BEIJING
    )
    return Bill(
        court=like.court, case=like.case, party=like.party, number=f"M{number:06d}", item=like.item, label=like.label,
        source=uuid.uuid4(), amount=Decimal(50 + number % 900) + Decimal("0.37"), rule_version=like.rule_version,
        status=BillStatus.PAID, issued_at=paid_at, due_on=month.day(number), paid_at=paid_at,
    )  # fmt: skip


def _order(bill: Bill, number: int, code: str) -> Order:
    return Order(
        court=bill.court, bill=bill, gateway=code, out_no=f"M{code}{number:06d}", amount=bill.amount,
        state=OrderState.PAID, created_at=bill.paid_at, finished_at=bill.paid_at,
    )  # fmt: skip


def _payment(order: Order) -> Payment:
    assert order.finished_at is not None
    return Payment(
        court=order.court, order=order, gateway=order.gateway, transaction_no=f"T{order.out_no}", amount=order.amount,
        paid_at=order.finished_at, recorded_at=order.finished_at, purpose="fee",
    )  # fmt: skip


def _post(journals: list[Journal], debit: str, credit: str) -> None:
    from django.db import transaction

    with transaction.atomic():
        Journal.objects.bulk_create(journals, batch_size=AT_ONCE)
        lines = []
        for journal in journals:
            amount = (journal.part or journal.refund or journal.payment).amount  # type: ignore[union-attr]
            lines += [
                Line(journal=journal, account=debit, direction="debit", amount=amount),
                Line(journal=journal, account=credit, direction="credit", amount=amount),
            ]
        Line.objects.bulk_create(lines, batch_size=AT_ONCE)


def _refunds(cast: Cast, payments: list[Payment]) -> list[RefundPart]:
    """Half of each of these payments went back an hour later, decided by two people."""
    one, other = cast.posts["finance1"], cast.posts["finance2"]
    rows = []
    for payment in payments:
        done_at = (
            payment.paid_at + timedelta(hours=1)
            if payment.paid_at.astimezone(clock.BEIJING).hour < 23
            else payment.paid_at
        )
        assert payment.order is not None
        bill = payment.order.bill
        rows.append(
            Refund(
                court=payment.court, case=bill.case, party=bill.party, bill=bill, number=f"R{payment.transaction_no}",
                reason=RefundReason.WITHDRAWN, source=uuid.uuid4(), amount=(payment.amount / 2).quantize(Decimal("0.01")),
                route=Route.ORIGINAL, state=RefundState.DONE, proposed_at=done_at, due_on=clock.beijing_day(done_at),
                checked_by=one, approved_by=other, approved_at=done_at, done_at=done_at,
            )
        )  # fmt: skip
    Refund.objects.bulk_create(rows, batch_size=AT_ONCE)
    parts = [
        RefundPart(
            refund=refund, payment=payment, out_no=f"P{payment.transaction_no}", route=Route.ORIGINAL, amount=refund.amount,
            state=PartState.DONE, gateway_no=f"G{payment.transaction_no}", created_at=refund.proposed_at,
            sent_at=refund.proposed_at, finished_at=refund.done_at,
        )
        for refund, payment in zip(rows, payments, strict=True)
    ]  # fmt: skip
    RefundPart.objects.bulk_create(parts, batch_size=AT_ONCE)
    _post(
        [
            Journal(
                kind=JournalKind.REFUND_DUE,
                refund=row,
                court=row.court,
                note="due",
                posted_at=row.proposed_at,
            )
            for row in rows
        ],
        Account.FEES,
        Account.PAYABLE,
    )
    _post(
        [
            Journal(kind=JournalKind.REFUND_PAID, refund=part.refund, part=part, court=part.refund.court, note="paid", posted_at=part.finished_at)
            for part in parts
        ],
        Account.PAYABLE,
        Account.CLEARING,
    )  # fmt: skip
    return parts


def _theirs(payment: Payment, merchant: str) -> CashierOrder:
    assert payment.order is not None
    rate = settings.PAYMENT_FEE_RATES.get(payment.gateway, Decimal(0))
    return CashierOrder(
        gateway=payment.gateway, merchant=merchant, out_no=payment.order.out_no,
        amount_fen=to_fen(payment.amount), subject="诉讼费", notify_url="-", state="paid",
        transaction_no=payment.transaction_no, paid_at=payment.paid_at, created_at=payment.paid_at,
        fee_fen=to_fen((payment.amount * rate).quantize(Decimal("0.01"), "ROUND_HALF_UP")),
    )  # fmt: skip


def _seed(
    month: Month, made: list[Payment], parts: list[RefundPart], theirs: list[CashierOrder]
) -> list[tuple[CashierRefund, str]]:
    """The six differences, one of each kind, on payments that were not refunded; the gateways' refunds."""
    missing_there, amount, fee, double = range(len(parts), len(parts) + 4)
    theirs[missing_there].bill_lines = 0
    theirs[amount].amount_fen += 1
    rate = settings.PAYMENT_FEE_RATES.get(theirs[amount].gateway, Decimal(0))
    theirs[amount].fee_fen = to_fen(
        (Decimal(theirs[amount].amount_fen) / 100 * rate).quantize(Decimal("0.01"), "ROUND_HALF_UP")
    )
    theirs[fee].fee_fen += 7
    theirs[double].bill_lines = 2
    lost = CashierOrder(
        **{f.name: getattr(theirs[-1], f.name) for f in CashierOrder._meta.concrete_fields if f.name != "id"}
    )
    lost.out_no, lost.transaction_no = "Mlost", "TMlost"
    theirs.append(lost)
    for kind, number in (
        ("missing_there", missing_there),
        ("amount", amount),
        ("fee", fee),
        ("duplicate", double),
    ):
        _expect(month, made[number], kind, made[number].transaction_no)
    _expect(month, made[-1], "missing_here", "TMlost")
    pending = parts[0]
    RefundPart.objects.filter(pk=pending.pk).update(state=PartState.SENT, finished_at=None)
    assert pending.finished_at is not None
    month.seeded.add(
        (pending.payment.gateway, clock.beijing_day(pending.finished_at), "status", pending.out_no)
    )
    return [
        (
            CashierRefund(
                refund_no=part.out_no, amount_fen=to_fen(part.amount), state="done", gateway_no=part.gateway_no,
                created_at=part.finished_at, done_at=part.finished_at,
            ),
            part.payment.transaction_no,
        )
        for part in parts
    ]  # fmt: skip


def _expect(month: Month, payment: Payment, kind: str, reference: str) -> None:
    month.seeded.add((payment.gateway, clock.beijing_day(payment.paid_at), kind, reference))
