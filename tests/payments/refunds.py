"""A case whose fee was paid through the cashier, and the steps of a refund as finance takes them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.test import Client

from cases.models import Case, Outcome, Track
from cases.services import change_track, close_case
from common import clock
from payments.gateways import Request
from payments.gateways.sandbox import SandboxGateway
from payments.models import Bill, Order, Payment, Refund
from payments.services import receive_notice, refunds
from standins.models import CashierOrder
from tests.payments.callbacks import callback, order_for
from tests.support.court import Cast, accepted
from tests.support.servers import Live

ORDINARY = 2_000_000
"""A principal that takes the case to the ordinary procedure: the fee is charged in full."""
FULL = Decimal("22828.80")
"""The fee of 2,003,600 yuan (诉讼费用交纳办法13(1)): 22,800 for two million, 0.8 percent of the rest."""


def pay(case: Case, *, number: str = "1", paid_at: datetime | None = None) -> Payment:
    """The bill of the case is paid through the sandbox cashier's callback."""
    bill = Bill.objects.filter(case=case, status="open").latest("id")
    order = order_for(case, bill=bill, amount=bill.amount, out_no=f"T{bill.pk}-{number}")
    changes = {"paid_at": paid_at.isoformat()} if paid_at else {}
    message = callback(order, event_no=f"EV{order.out_no}", transaction_no=f"TX{order.out_no}", **changes)
    assert receive_notice(code="sandbox", headers=message.headers, body=message.body) == "paid"
    return Payment.objects.get(order=order)


def paid(cast: Cast, *, principal: int = ORDINARY, paid_at: datetime | None = None) -> Case:
    """An accepted case with its fee paid."""
    case = accepted(cast, principal=principal)
    pay(case, paid_at=paid_at)
    case.refresh_from_db()
    return case


def closed(cast: Cast, case: Case, outcome: str = Outcome.WITHDRAWN, **options: object) -> Case:
    """The judge ends it today."""
    close_case(case_id=case.pk, outcome=outcome, decided_on=clock.today(), actor=cast.judge, **options)  # type: ignore[arg-type]
    case.refresh_from_db()
    return case


def withdrawn(cast: Cast, **options: object) -> Refund:
    """The refund of a case paid in full and withdrawn: half comes back."""
    case = closed(cast, paid(cast, **options))  # type: ignore[arg-type]
    return Refund.objects.get(case=case)


def confirmed(cast: Cast, **options: object) -> Refund:
    """The same; 张 wants it back the way he paid."""
    refund = withdrawn(cast, **options)
    return refunds.confirm_refund(refund_id=refund.pk, route="original", actor=cast.zhang)


def account(
    holder: str = "张某", number: str = "6222 0000 0000 1234", bank: str = "某某银行示例支行"
) -> refunds.NewAccount:
    """A bank account as it is written down."""
    return refunds.NewAccount(holder=holder, bank=bank, number=number)


def to_bank(cast: Cast, **options: object) -> Refund:
    """The same, to an account."""
    refund = withdrawn(cast, **options)
    return refunds.confirm_refund(refund_id=refund.pk, route="bank", account=account(), actor=cast.zhang)


def approved(cast: Cast, refund: Refund) -> Refund:
    """何清 checks, 吕实 approves."""
    refunds.check_refund(refund_id=refund.pk, actor=cast.finance1)
    return refunds.approve_refund(refund_id=refund.pk, actor=cast.finance2)


def at_cashier(cast: Cast, live: Live, *, principal: int = ORDINARY) -> Case:
    """A case whose fee was paid at the running sandbox cashier, which can therefore give it back."""
    case = accepted(cast, principal=principal)
    order = order_for(case)
    SandboxGateway().create(Request(order.out_no, order.amount, "诉讼费", f"{live.url}/"))
    press(order, "pay")
    case.refresh_from_db()
    return case


def ready(cast: Cast, live: Live) -> Refund:
    """Withdrawn, confirmed the way it was paid and approved: the parts may go out."""
    refund = Refund.objects.get(case=closed(cast, at_cashier(cast, live)))
    refunds.confirm_refund(refund_id=refund.pk, route="original", actor=cast.zhang)
    return approved(cast, refund)


def press(order: Order, action: str, **data: str) -> None:
    """A button of the cashier's page."""
    answer = Client().post(f"/demo/cashier/{order.out_no}/act/", {"action": action} | data)
    assert answer.status_code == 302


def refund_mode(mode: str) -> None:
    """What the cashier does with refunds from now on: book them (""), send them back (fail), let them lie (hold)."""
    CashierOrder.objects.update(refund_mode=mode)


def paid_twice(cast: Cast) -> Case:
    """695 for the summary procedure, 695 more for the ordinary one (解释199)."""
    case = paid(cast, principal=60000)
    change_track(case_id=case.pk, track=Track.ORDINARY, reasons="案情复杂", actor=cast.judge)
    pay(case, number="2", paid_at=clock.now() + timedelta(seconds=5))
    case.refresh_from_db()
    return case


def in_two_parts(cast: Cast) -> Refund:
    """All of both goes to a bank account: two parts on one list."""
    case = closed(
        cast, paid_twice(cast), Outcome.JUDGED, effective_on=clock.today(), fee_borne=Decimal("0.00")
    )
    refund = Refund.objects.get(case=case)
    refunds.confirm_refund(refund_id=refund.pk, route="bank", account=account(), actor=cast.zhang)
    approved(cast, refund)
    refunds.make_bank_list(actor=cast.finance1)
    return Refund.objects.get(pk=refund.pk)
