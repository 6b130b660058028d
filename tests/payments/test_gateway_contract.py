"""Every gateway keeps the same contract: its client against its stand-in over HTTP, with keys of its own kind."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from freezegun import freeze_time

from common import clock
from common.errors import GatewayUnavailable
from payments.gateways import (
    BadSignature,
    Gateway,
    Prompt,
    RefundRequest,
    Request,
    gateway,
    gateways,
    ways_for,
)
from standins import alipay, sandbox, wechat
from standins.cashier import Delivery
from standins.models import CashierOrder, CashierRefund, RefundMode
from tests.support.servers import Live

STANDINS: dict[str, ModuleType] = {"sandbox": sandbox, "wechat": wechat, "alipay": alipay}
WAYS = [
    ("sandbox", "page"),
    ("wechat", "native"),
    ("wechat", "h5"),
    ("alipay", "precreate"),
    ("alipay", "page"),
]
numbers = itertools.count(1)


class Opened:
    """An order at a gateway, as the payer and the court see it."""

    def __init__(self, code: str, way: str, live: Live) -> None:
        self.gateway: Gateway = gateway(code)
        self.standin, self.live = STANDINS[code], live
        self.request = Request(
            out_no=f"OUT{next(numbers)}",
            amount=Decimal("1300.50"),
            subject="诉讼费}说明",
            return_url=f"{live.url}/my/",
            way=way,
            client_ip="203.0.113.7",
        )
        self.prompt: Prompt = self.gateway.create(self.request)

    @property
    def row(self) -> CashierOrder:
        return CashierOrder.objects.get(out_no=self.request.out_no)

    def go(self) -> Any:
        """Follow the address that the payer was given, to the cashier's page."""
        url = self.prompt.pay_url or self.prompt.code_text
        return Client().get(url.removeprefix(self.live.url), follow=True)

    def press(self, action: str, **data: str) -> None:
        Client().post(f"/demo/cashier/{self.request.out_no}/act/", {"action": action} | data)

    def back(self, refund_no: str = "R1", amount: str = "100.25") -> RefundRequest:
        paid = self.request.amount
        return RefundRequest(refund_no, self.request.out_no, "", Decimal(amount), paid, "撤诉")

    def hears(self, message: Delivery) -> Any:
        return self.gateway.parse_notice(message.headers, message.body)


@pytest.fixture(params=WAYS, ids="-".join)
def opened(request: pytest.FixtureRequest, live: Live) -> Iterator[Opened]:
    """An order that the payer has before him, at each gateway and in each of its ways."""
    order = Opened(*request.param, live)
    assert order.go().status_code == 200
    yield order


def test_an_order_waits_is_paid_and_stays_paid(opened: Opened) -> None:
    number = opened.request.out_no
    assert opened.gateway.query(number).state == "pending"
    opened.press("silent")
    paid = opened.gateway.query(number)
    assert (paid.state, paid.amount, paid.currency) == ("paid", Decimal("1300.50"), "CNY")
    assert paid.transaction_no == opened.row.transaction_no
    assert paid.paid_at is not None and abs(paid.paid_at - clock.now()) < timedelta(minutes=1)
    assert opened.gateway.close(number).state == "paid"


def test_the_same_number_twice_is_one_order(opened: Opened) -> None:
    opened.gateway.create(opened.request)
    assert CashierOrder.objects.filter(out_no=opened.request.out_no).count() == 1


def test_a_closed_order_takes_no_money(opened: Opened) -> None:
    assert opened.gateway.close(opened.request.out_no).state == "closed"
    opened.press("pay")
    assert opened.gateway.query(opened.request.out_no).state == "closed"


@pytest.mark.parametrize("code", STANDINS)
def test_an_unknown_number_is_missing(live: Live, code: str) -> None:
    client = gateway(code)
    nothing = RefundRequest("R1", "NOBODY", "", Decimal(1), Decimal(1), "")
    assert client.query("NOBODY").state == "missing"
    assert client.close("NOBODY").state == "missing"
    assert client.refund(nothing).state == "missing"
    assert client.query_refund(nothing).state == "missing"


@pytest.mark.req("REL-06")
def test_a_notice_says_what_the_query_says(opened: Opened) -> None:
    opened.press("silent")
    notice = opened.hears(opened.standin.notice_of(opened.row))
    assert notice.merchant == opened.gateway.merchant
    assert (notice.out_no, notice.refund_no) == (opened.request.out_no, "")
    told, asked = notice.result, opened.gateway.query(opened.request.out_no)
    assert (told.state, told.transaction_no, told.amount, told.currency) == (
        asked.state,
        asked.transaction_no,
        asked.amount,
        asked.currency,
    )
    again = opened.hears(opened.standin.notice_of(opened.row))
    assert again == notice, "a repeat says the same, however it is signed"


@pytest.mark.req("REL-06")
def test_a_notice_signed_by_another_or_changed_is_refused(opened: Opened) -> None:
    opened.press("silent")
    with pytest.raises(BadSignature):
        opened.hears(opened.standin.forged_notice_of(opened.row))
    true = opened.standin.notice_of(opened.row)
    for body in (true.body + b" ", true.body[:-3], b"", b"\xff\xfe", b"[]", b"a=1&a=2"):
        with pytest.raises(BadSignature):
            opened.hears(Delivery(body, true.headers))
    if opened.gateway.code != "alipay":  # its signature stands in the body
        with pytest.raises(BadSignature):
            opened.hears(Delivery(true.body, {}))


@pytest.mark.req("REL-06")
@pytest.mark.parametrize("off", [timedelta(seconds=301), timedelta(seconds=-360), timedelta(days=3000)])
def test_an_old_notice_is_refused(opened: Opened, off: timedelta) -> None:
    opened.press("silent")
    with freeze_time(datetime.now(UTC) - off, tick=True, ignore=["asyncio"]):
        old = opened.standin.notice_of(opened.row)
    with pytest.raises(BadSignature):
        opened.hears(old)


@pytest.mark.req("REL-13")
def test_a_refund_is_taken_over_and_done_when_asked(opened: Opened) -> None:
    opened.press("silent")
    assert opened.gateway.query_refund(opened.back()).state == "missing"
    assert opened.gateway.refund(opened.back()).state == "pending"
    assert opened.gateway.refund(opened.back()).state == "pending", "the same number is the same refund"
    done = opened.gateway.query_refund(opened.back())
    assert (done.state, done.amount) == ("done", Decimal("100.25"))
    assert done.gateway_no and done.done_at is not None
    assert CashierRefund.objects.count() == 1
    notice = opened.hears(opened.standin.refund_notice_of(CashierRefund.objects.get()))
    assert (notice.refund_no, notice.out_no) == ("R1", opened.request.out_no)
    assert notice.refund is not None
    assert (notice.refund.state, notice.refund.amount) == ("done", Decimal("100.25"))


def test_a_failed_refund_is_repeated_under_its_number(opened: Opened) -> None:
    opened.press("silent")
    opened.press("mode", mode=RefundMode.HOLD.value)
    opened.gateway.refund(opened.back())
    assert opened.gateway.query_refund(opened.back()).state == "pending"
    opened.press("mode", mode=RefundMode.FAIL.value)
    failed = opened.gateway.query_refund(opened.back())
    assert failed.state == "failed" and failed.failure
    opened.press("mode", mode=RefundMode.DO.value)
    assert opened.gateway.refund(opened.back()).state == "pending"
    assert opened.gateway.query_refund(opened.back()).state == "done"


def test_no_more_comes_back_than_was_paid(opened: Opened) -> None:
    opened.press("silent")
    refused = opened.gateway.refund(opened.back(amount="1300.51"))
    assert refused.state == "failed" and refused.failure
    assert not CashierRefund.objects.exists()


def test_bill_of_a_day(opened: Opened) -> None:
    opened.press("silent")
    opened.gateway.refund(opened.back())
    opened.gateway.query_refund(opened.back())
    yesterday = clock.now() - timedelta(days=1)
    CashierOrder.objects.update(paid_at=yesterday, fee_fen=780, bill_lines=2)
    CashierRefund.objects.update(done_at=yesterday)
    bill = opened.gateway.statement(clock.beijing_day(yesterday))
    told = [(line.kind, line.out_no, line.amount, line.fee, line.status) for line in bill.lines]
    payment = ("payment", opened.request.out_no, Decimal("1300.50"), Decimal("7.80"), "paid")
    assert told == [payment, payment, ("refund", "R1", Decimal("100.25"), Decimal("0.00"), "refunded")]
    assert {line.happened_at.replace(microsecond=0) for line in bill.lines} == {
        yesterday.replace(microsecond=0)
    }
    assert opened.gateway.statement(bill.day).lines == bill.lines
    with pytest.raises(GatewayUnavailable):
        opened.gateway.statement(clock.today())


@pytest.mark.req("REL-35")
@pytest.mark.parametrize("code", STANDINS)
def test_no_call_inside_a_transaction(live: Live, code: str) -> None:
    with pytest.raises(RuntimeError, match="inside a transaction"), transaction.atomic():
        gateway(code).query("NOBODY")


@pytest.mark.parametrize("code", STANDINS)
def test_a_stand_in_answers_only_its_merchant(live: Live, code: str, settings: Any) -> None:
    name = {"sandbox": "CASHIER_MERCHANT", "wechat": "WECHAT_MERCHANT", "alipay": "ALIPAY_APP_ID"}[code]
    own = getattr(settings, name)
    setattr(settings, name, "somebody-else")
    client = gateway(code)
    setattr(settings, name, own)
    with pytest.raises(GatewayUnavailable):
        client.query("NOBODY")


def test_only_connected_gateways_are_used(settings: Any) -> None:
    assert [each.code for each in gateways()] == ["sandbox", "wechat", "alipay"]
    settings.PAYMENT_GATEWAYS = ["alipay"]
    assert [each.code for each in gateways()] == ["alipay"]
    with pytest.raises(GatewayUnavailable):
        gateway("sandbox")
    settings.PAYMENT_GATEWAYS = []
    assert ways_for(on_phone=True, in_wechat=False) == []


@pytest.mark.parametrize(
    ("on_phone", "in_wechat", "keys"),
    [
        (False, False, ["sandbox-page", "wechat-native", "alipay-page", "alipay-precreate"]),
        (True, False, ["sandbox-page", "wechat-h5", "wechat-native", "alipay-wap"]),
        (True, True, ["sandbox-page", "wechat-native", "alipay-precreate"]),
    ],
)
def test_each_device_is_offered_what_it_can_open(on_phone: bool, in_wechat: bool, keys: list[str]) -> None:
    assert [way.key for way in ways_for(on_phone=on_phone, in_wechat=in_wechat)] == keys
