"""Cash and cards at the window: entered with the voucher, counted once, never beside an online payment under way."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from cases.models import Stage
from common.errors import Conflict, InvalidInput, NotAllowed
from payments.models import Account, BillStatus, Order, OrderState, Payment, Suspense
from payments.selectors import balance
from payments.services import start_payment
from payments.services.counter import enter_payment
from tests.concurrency.together import at_once
from tests.filing.pages import refused, text_of
from tests.payments.callbacks import order_for
from tests.payments.desks import bill_of, finance, notify
from tests.support.court import Cast, accepted


def test_cash_at_the_window_pays_the_bill(cast: Cast, run_outbox: Callable[..., int]) -> None:
    case = accepted(cast)
    bill, client = bill_of(case), finance(cast)
    assert "先找账单" in text_of(client.get("/desk/counter/"))
    assert "没有找到" in text_of(client.get("/desk/counter/", {"q": "没有这个人"}))
    address = f"/desk/counter/{bill.public_id}/"
    for words in (bill.number, "张某", case.number, case.number.replace("（", "(").replace("）", ")")):
        assert address in text_of(client.get("/desk/counter/", {"q": words})), words
    entry = {"method": "cash", "voucher": "№ 12", "amount": "695"}
    refused(client.post(address, entry), "请按票据填写票据号")
    refused(client.post(address, entry | {"voucher": "0012", "amount": "600"}), "应与账单金额一致")
    refused(client.post(address, {"voucher": "0012", "amount": "695"}), "请选择收款方式")
    assert client.post(address, entry | {"voucher": "００１２"}).status_code == 302
    run_outbox()
    case.refresh_from_db()
    bill.refresh_from_db()
    payment = Payment.objects.select_related("order").get()
    assert (bill.status, case.stage) == (BillStatus.PAID, Stage.PAID)
    assert (payment.gateway, payment.transaction_no, payment.purpose) == ("counter", "某1234-0012", "fee")
    assert payment.order is not None and (payment.order.way, payment.order.state) == ("cash", OrderState.PAID)
    assert balance(cast.court.pk, Account.CASH) == -bill.amount
    assert "不用再收款" in text_of(client.get(address))
    assert "现金" in text_of(client.get("/desk/finance/", {"q": "0012"}))


def test_the_same_entry_again_is_the_same_payment_and_a_used_voucher_is_refused(cast: Cast) -> None:
    bill, other = bill_of(accepted(cast)), bill_of(accepted(cast))
    entry: dict[str, Any] = {"method": "pos", "voucher": "A-1", "actor": cast.finance1}
    first, again = (enter_payment(bill_id=bill.pk, amount=bill.amount, **entry) for _time in range(2))
    assert (first.pk, Payment.objects.count()) == (again.pk, 1)
    with pytest.raises(InvalidInput, match="已经登记过"):
        enter_payment(bill_id=other.pk, amount=other.amount, **entry)
    with pytest.raises(Conflict, match="已经交过"):
        enter_payment(bill_id=bill.pk, amount=bill.amount, **entry | {"voucher": "A-2"})
    for name in ("clerk", "judge", "zhang"):
        with pytest.raises(NotAllowed):
            enter_payment(bill_id=other.pk, amount=other.amount, **entry | {"actor": cast.actors[name]})
    with pytest.raises(InvalidInput):
        enter_payment(bill_id=other.pk, amount=Decimal("0"), **entry | {"method": "gold"})


@pytest.mark.req("REL-12")
def test_an_online_order_is_closed_at_its_gateway_before_the_window_takes_money(
    cast: Cast, live: Any
) -> None:
    bill = bill_of(accepted(cast))
    order = start_payment(bill_id=bill.pk, actor=cast.zhang)
    entry: dict[str, Any] = {"method": "cash", "voucher": "1", "amount": bill.amount, "actor": cast.finance1}
    enter_payment(bill_id=bill.pk, **entry)
    order.refresh_from_db()
    assert (order.state, Payment.objects.get().gateway) == (OrderState.CLOSED, "counter")
    assert notify(order) == "suspense"
    assert Suspense.objects.get().payment.amount == bill.amount


def test_an_order_paid_meanwhile_counts_and_the_window_takes_nothing(cast: Cast, live: Any) -> None:
    from standins.models import CashierOrder

    bill = bill_of(accepted(cast))
    order = start_payment(bill_id=bill.pk, actor=cast.zhang)
    CashierOrder.objects.filter(out_no=order.out_no).update(
        state="paid", transaction_no="SB1", paid_at=order.created_at
    )
    client, address = finance(cast), f"/desk/counter/{bill.public_id}/"
    response = client.post(address, {"method": "cash", "voucher": "1", "amount": "695"}, follow=True)
    assert "刚刚在网上付过" in text_of(response)
    bill.refresh_from_db()
    assert (bill.status, Payment.objects.get().gateway) == (BillStatus.PAID, "sandbox")


def test_while_the_gateway_is_silent_the_window_waits(cast: Cast) -> None:
    bill = bill_of(accepted(cast))
    order_for(bill.case)
    with pytest.raises(Conflict, match="现在不能收款"):
        enter_payment(bill_id=bill.pk, method="cash", voucher="1", amount=bill.amount, actor=cast.finance1)
    assert Payment.objects.count() == 0


def test_two_windows_at_once_take_the_money_once(cast: Cast) -> None:
    bill = bill_of(accepted(cast))
    jobs = [
        lambda name=name, number=number: enter_payment(
            bill_id=bill.pk, method="cash", voucher=number, amount=bill.amount, actor=cast.actors[name]
        )
        for name, number in (("finance1", "1"), ("finance2", "2"))
    ]
    results = at_once(*jobs)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "Payment"]
    assert (Payment.objects.count(), Order.objects.count()) == (1, 1)
