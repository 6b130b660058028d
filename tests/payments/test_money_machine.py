"""Whatever happens to the money of a case in whatever order, the invariants hold after every step (REL-01 to REL-03).

A short form runs with the suite; the long one is ``MONEY_RUNS=10000 make test ARGS=tests/payments/test_money_machine.py``.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cases.models import Case, Outcome, Stage
from cases.services import close_case
from common import clock
from common.errors import DomainError
from common.gateways.signing import sign
from common.money import to_fen
from payments.gateways import Result
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
    RefundState,
    Route,
    Suspense,
    SuspenseState,
)
from payments.services import receive_notice, refunds
from payments.services.confirm import record_answer
from tests.payments.callbacks import callback, order_for
from tests.payments.refunds import ORDINARY, account
from tests.payments.test_orders_of_news import LIVE, undone
from tests.support.court import Cast, accepted

RUNS = int(os.environ.get("MONEY_RUNS", "25"))
STEPS = 12
HELD = (PartState.WAITING, PartState.SENT, PartState.UNKNOWN, PartState.DONE, PartState.FAILED)
FINANCE = ("finance1", "finance2")
WRONG = Decimal("3.21")


def money(rows: Any) -> Decimal:
    return sum((row.amount for row in rows), Decimal(0))


class Money(RuleBasedStateMachine):
    """One accepted case. Each rule is something that a payer, a gateway, a judge or finance may do at that moment; what the
    portal refuses in words is no failure."""

    cast: Cast
    case: Case

    def __init__(self) -> None:
        super().__init__()
        self.stack, self.number = ExitStack(), 0
        self.stack.enter_context(undone())
        self.now: datetime = clock.now()
        self.bill = Bill.objects.get(case=self.case)

    def teardown(self) -> None:
        self.stack.close()

    def do(self, act: Any, *args: Any, **kwargs: Any) -> None:
        """A step two minutes after the one before, checked by the database at its end as if it were committed."""
        self.now += timedelta(minutes=2)
        self.number += 1
        with clock.at(self.now):
            try:
                act(*args, **kwargs)
            except DomainError:
                return
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")

    @initialize(stage=st.sampled_from([0, 1, 2, 2, 3, 3, 3]))
    def begin(self, stage: int) -> None:
        """A run begins with an open order, a paid fee, a refund to be decided, or one on its way."""
        self.do(self._begin)
        order = Order.objects.get()
        if stage > 0:
            self.do(self._notice, order, None, f"EV{order.pk}-0-None", f"TX{order.pk}-0")
        if stage > 1:
            self.judge_ends_the_case(Outcome.WITHDRAWN)
            confirm = {"refund_id": Refund.objects.get().pk, "route": Route.ORIGINAL}
            self.do(refunds.confirm_refund, actor=self.cast.zhang, **confirm)
        if stage > 2:
            self._decide(Refund.objects.get(), "finance1", "both")

    def _begin(self) -> None:
        order_for(self.case, bill=self.bill, out_no=f"M{self.number}", next_query_at=clock.now())

    @precondition(lambda self: not Order.objects.filter(bill=self.bill, state__in=LIVE).exists())
    @rule()
    def pay_again(self) -> None:
        self.do(self._begin)

    @rule(data=st.data(), amount=st.sampled_from([None, None, None, WRONG]), repeat=st.booleans())
    def gateway_says_paid(self, data: st.DataObject, amount: Decimal | None, repeat: bool) -> None:
        order = data.draw(st.sampled_from(list(Order.objects.order_by("id"))))
        number = 0 if repeat else self.number
        transaction = f"TX{order.pk}-{'' if amount is None else 'W'}{0 if repeat else number % 2}"
        self.do(self._notice, order, amount, f"EV{order.pk}-{number}-{amount}", transaction)

    @staticmethod
    def _notice(order: Order, amount: Decimal | None, event_no: str, transaction: str) -> None:
        message = callback(
            order, event_no=event_no, transaction_no=transaction, amount=amount or order.amount
        )
        receive_notice(code="sandbox", headers=message.headers, body=message.body)

    @rule(data=st.data(), state=st.sampled_from(["closed", "pending", "missing", "paid", "paid"]))
    def gateway_answers(self, data: st.DataObject, state: str) -> None:
        order = data.draw(st.sampled_from(list(Order.objects.order_by("id"))))
        paid = Result("paid", f"TX{order.pk}-0", order.amount, "CNY", self.now)
        self.do(record_answer, order, paid if state == "paid" else Result(state))

    @precondition(lambda self: Case.objects.get(pk=self.case.pk).stage != Stage.CLOSED)
    @rule(outcome=st.sampled_from([Outcome.WITHDRAWN, Outcome.DISMISSED, Outcome.MEDIATED]))
    def judge_ends_the_case(self, outcome: Outcome) -> None:
        today = clock.beijing_day(self.now)
        self.do(
            close_case, case_id=self.case.pk, outcome=outcome, decided_on=today, effective_on=today,
            actor=self.cast.judge,
        )  # fmt: skip

    @precondition(lambda self: Payment.objects.exists())
    @rule(amount=st.sampled_from([Decimal("0.01"), Decimal("1000.00"), Decimal("30000.00")]))
    def person_asks(self, amount: Decimal) -> None:
        self.do(
            refunds.ask_refund, bill_id=self.bill.pk, amount=amount, words="交多了", actor=self.cast.zhang
        )

    @precondition(lambda self: Refund.objects.exists())
    @rule(data=st.data(), way=st.sampled_from([Route.ORIGINAL, Route.BANK]))
    def person_confirms(self, data: st.DataObject, way: str) -> None:
        refund = data.draw(st.sampled_from(list(Refund.objects.order_by("id"))))
        to = account() if way == Route.BANK else None
        again = refund.state == RefundState.FAILED and to is not None
        if again:
            self.do(refunds.reroute_refund, refund_id=refund.pk, account=to, actor=self.cast.zhang)
        else:
            self.do(refunds.confirm_refund, refund_id=refund.pk, route=way, account=to, actor=self.cast.zhang)

    @precondition(lambda self: Refund.objects.exists())
    @rule(
        data=st.data(), who=st.sampled_from(FINANCE), act=st.sampled_from(["both", "both", "check", "approve", "send"])
    )  # fmt: skip
    def finance_works(self, data: st.DataObject, who: str, act: str) -> None:
        self._decide(data.draw(st.sampled_from(list(Refund.objects.order_by("id")))), who, act)

    def _decide(self, refund: Refund, who: str, act: str) -> None:
        officer = getattr(self.cast, who)
        if act in ("check", "both"):
            self.do(refunds.check_refund, refund_id=refund.pk, actor=officer)
        if act == "both":
            officer = getattr(self.cast, FINANCE[who == FINANCE[0]])
        if act in ("approve", "both"):
            self.do(refunds.approve_refund, refund_id=refund.pk, actor=officer)
        if act in ("send", "both"):
            self.do(refunds.send_refund, refund.pk)

    @precondition(lambda self: Refund.objects.exists())
    @rule(data=st.data(), act=st.sampled_from(["refuse", "return", "explain", "repeat"]))
    def finance_decides_otherwise(self, data: st.DataObject, act: str) -> None:
        refund = data.draw(st.sampled_from(list(Refund.objects.order_by("id"))))
        officer = self.cast.finance1
        match act:
            case "refuse":
                self.do(refunds.refuse_refund, refund_id=refund.pk, words="不符合规定", actor=officer)
            case "return":
                self.do(refunds.return_refund, refund_id=refund.pk, words="请核对账号", actor=officer)
            case "repeat":
                self.do(refunds.repeat_refund, refund_id=refund.pk, actor=officer)
            case _:
                self.do(
                    refunds.explain_asked, refund_id=refund.pk, amount=refund.amount, words="核对过",
                    article="", actor=officer,
                )  # fmt: skip

    @precondition(lambda self: RefundPart.objects.exclude(sent_at=None).exists())
    @rule(data=st.data(), state=st.sampled_from(["done", "failed", "pending", "done"]), more=st.booleans())
    def gateway_tells_of_a_refund(self, data: st.DataObject, state: str, more: bool) -> None:
        out = RefundPart.objects.exclude(sent_at=None).order_by("id")
        part = data.draw(st.sampled_from(list(out.select_related("payment__order"))))
        self.do(self._refund_notice, part, state, part.amount + (WRONG if more and state == "done" else 0))

    def _refund_notice(self, part: RefundPart, state: str, amount: Decimal) -> None:
        data = {
            "event_no": f"RF{part.pk}-{self.number}",
            "merchant": django_settings.CASHIER_MERCHANT,
            "out_no": part.payment.order.out_no if part.payment.order else "",
            "refund_no": part.out_no,
            "state": state,
            "gateway_no": f"G{part.pk}",
            "amount_fen": to_fen(amount),
            "done_at": self.now.isoformat() if state == "done" else None,
            "failure": "账户已注销" if state == "failed" else "",
        }
        message = sign(data, django_settings.CASHIER_PRIVATE_KEY_FILE)
        receive_notice(code="sandbox", headers=message.headers, body=message.body)

    @invariant()
    def everything_holds(self) -> None:
        """The database is read once for all that must hold after a step."""
        now = Books.read(self.bill.pk)
        now.what_goes_back_was_paid()
        now.every_account_agrees()
        now.one_fee_and_no_order_hangs()


@dataclass
class Books:
    """All rows of money of the one case."""

    bill: Bill
    orders: list[Order]
    payments: list[Payment]
    refunds: list[Refund]
    parts: list[RefundPart]
    suspense: list[Suspense]
    journals: list[Journal]
    lines: list[Line]

    @classmethod
    def read(cls, bill_id: int) -> Books:
        tables = (Order, Payment, Refund, RefundPart, Suspense, Journal, Line)
        return cls(Bill.objects.get(pk=bill_id), *(list(table.objects.all()) for table in tables))  # type: ignore[arg-type]

    def parts_of(self, payment: Payment, *states: str) -> list[RefundPart]:
        return [part for part in self.parts if part.payment_id == payment.pk and part.state in states]

    def balance(self, account: str) -> Decimal:
        """Credits minus debits."""
        mine = [line for line in self.lines if line.account == account]
        return money(line for line in mine if line.direction == "credit") - money(
            line for line in mine if line.direction == "debit"
        )

    def what_goes_back_was_paid(self) -> None:
        """REL-03, per payment and for the case."""
        for payment in self.payments:
            assert money(self.parts_of(payment, *HELD)) <= payment.amount
        owed = [journal.refund_id for journal in self.journals if journal.kind == JournalKind.REFUND_DUE]
        assert len(owed) == len(set(owed))
        out = [part for part in self.parts if part.state not in (PartState.WAITING, PartState.DROPPED)]
        assert {part.refund_id for part in out} <= set(owed), "no part goes out that nobody approved"
        for refund in self.refunds:
            if refund.state == RefundState.DONE:
                done = [p for p in self.parts if p.refund_id == refund.pk and p.state == PartState.DONE]
                assert money(done) == refund.amount
                assert refund.approved_by_id != refund.checked_by_id

    def every_account_agrees(self) -> None:
        """REL-01, REL-02: whole fen, every payment and payout posted once, no account below zero but clearing."""
        done = [part for part in self.parts if part.state == PartState.DONE]
        receipts = [j.payment_id for j in self.journals if j.kind == JournalKind.RECEIPT]
        assert sorted(receipts) == sorted(payment.pk for payment in self.payments)  # type: ignore[type-var]
        paid_out = [j.part_id for j in self.journals if j.kind == JournalKind.REFUND_PAID]
        assert sorted(paid_out) == sorted(part.pk for part in done)  # type: ignore[type-var]
        assert -self.balance(Account.CLEARING) == money(self.payments) - money(done)
        owed = {j.refund_id for j in self.journals if j.kind == JournalKind.REFUND_DUE}
        due = money(refund for refund in self.refunds if refund.pk in owed)
        assert self.balance(Account.PAYABLE) == due - money(done)
        assert all(self.balance(name) >= 0 for name in (Account.FEES, Account.SUSPENSE, Account.PAYABLE))
        assert all(line.amount == round(line.amount, 2) for line in self.lines)

    def one_fee_and_no_order_hangs(self) -> None:
        """REL-08 to REL-11: the fee counts once, what fits nothing is in suspense, what is final waits for nothing."""
        fees = {payment.order_id: payment for payment in self.payments if payment.purpose == "fee"}
        assert len(fees) == (self.bill.status == BillStatus.PAID)
        held = {payment.pk for payment in self.payments if payment.purpose == "suspense"}
        assert {row.payment_id for row in self.suspense} == held
        for order in self.orders:
            fee = fees.get(order.pk)
            assert (order.state in (OrderState.PAID, OrderState.PART_REFUNDED, OrderState.REFUNDED)) == bool(
                fee
            )
            assert (order.next_query_at is None) == (order.state not in LIVE)
            if fee is not None:
                back = money(self.parts_of(fee, PartState.DONE))
                whole = "refunded" if back == fee.amount else "part_refunded"
                assert order.state == (whole if back else "paid")
        by_id = {payment.pk: payment for payment in self.payments}
        for row in self.suspense:
            if row.state == SuspenseState.RETURNED:
                payment = by_id[row.payment_id]
                assert money(self.parts_of(payment, PartState.DONE)) == payment.amount


@pytest.mark.req("REL-01", "REL-02", "REL-03")
def test_any_course_of_money(cast: Cast, nobody_listens: None) -> None:
    case = accepted(cast, principal=ORDINARY)
    machine = type("MoneyOfThisCase", (Money,), {"cast": cast, "case": case})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=RUNS, stateful_step_count=STEPS, deadline=None, derandomize="MONEY_RUNS" not in os.environ,
            database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    assert Payment.objects.count() == 0, "every run was undone"
