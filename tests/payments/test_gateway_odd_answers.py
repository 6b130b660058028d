"""A gateway that signs what it cannot mean: such an answer is none, and nothing is recorded (F-18)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpResponse

from common.errors import GatewayUnavailable
from common.gateways.signing import sign
from payments.gateways import BadSignature, Gateway, RefundRequest, Request, gateway
from payments.gateways.sandbox import SandboxGateway
from standins import alipay, sandbox, wechat
from tests.support.servers import Live

DAY = date(2026, 1, 5)
Ask = Callable[[Gateway, Live], Any]


def create(way: str) -> Ask:
    return lambda client, live: client.create(
        Request("OUT1", Decimal("1.00"), "诉讼费", f"{live.url}/my/", way, "203.0.113.7", "openid")
    )


def query(client: Gateway, live: Live) -> Any:
    return client.query("OUT1")


BACK = RefundRequest("R1", "OUT1", "", Decimal("1.00"), Decimal("1.00"), "撤诉")


def refund(client: Gateway, live: Live) -> Any:
    return client.refund(BACK)


def query_refund(client: Gateway, live: Live) -> Any:
    return client.query_refund(BACK)


def statement(client: Gateway, live: Live) -> Any:
    return client.statement(DAY)


HALF = {"mchid": "1900000001", "out_trade_no": "OUT1"}
ODD_WECHAT: dict[str, tuple[Ask, Any, int]] = {
    "native without a code": (create("native"), {}, 200),
    "h5 to another host": (create("h5"), {"h5_url": "https://wx.tenpay.com.evil.example/"}, 200),
    "jsapi without an id": (create("jsapi"), {}, 200),
    "order refused": (create("native"), {"code": "SYSTEM_ERROR"}, 429),
    "another order": (query, HALF | {"out_trade_no": "OUT2"}, 200),
    "another merchant": (query, HALF | {"mchid": "19"}, 200),
    "no state": (query, HALF, 200),
    "unknown state": (query, HALF | {"trade_state": "DANCING"}, 200),
    "a float for a sum": (query, HALF | {"trade_state": "SUCCESS", "amount": {"total": "1.5"}}, 200),
    "query refused": (query, {"code": "FREQUENCY_LIMITED"}, 429),
    "refund refused for now": (refund, {"code": "FREQUENCY_LIMITED"}, 429),
    "refund without a state": (refund, {}, 200),
    "refund query refused": (query_refund, {"code": "FREQUENCY_LIMITED"}, 429),
    "another refund": (query_refund, {"out_refund_no": "R2"}, 200),
    "refund without a sum": (
        query_refund,
        {"out_refund_no": "R1", "status": "SUCCESS", "refund_id": "1"},
        200,
    ),
    "bill elsewhere": (statement, {"download_url": "https://evil.example/"}, 200),
    "a list": (query, [], 200),
    "a number": (query, 7, 200),
}


@pytest.mark.req("REL-06")
@pytest.mark.parametrize("case", ODD_WECHAT)
def test_wechat_cannot_mean_this(live: Live, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    ask, told, status = ODD_WECHAT[case]
    answer = wechat._answer
    monkeypatch.setattr(wechat, "_answer", lambda *_told: answer(told, status))
    monkeypatch.setattr(wechat, "_refusal", lambda *_told: answer(told, status))
    with pytest.raises(GatewayUnavailable):
        ask(gateway("wechat"), live)


@pytest.mark.parametrize("body", ["no json", "{"])
def test_signed_nonsense_of_wechat(live: Live, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    def nonsense(*_told: Any) -> HttpResponse:
        return HttpResponse(body, headers=wechat.proof(body))

    monkeypatch.setattr(wechat, "_refusal", nonsense)
    with pytest.raises(GatewayUnavailable):
        gateway("wechat").refund(BACK)


def test_a_bill_that_is_gone_when_it_is_fetched(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    address = {"download_url": f"{live.url}/demo/wechat/v3/nothing", "hash_value": ""}
    answer = wechat._answer
    monkeypatch.setattr(wechat, "_answer", lambda *_told: answer(address))
    with pytest.raises(GatewayUnavailable):
        gateway("wechat").statement(DAY)
    monkeypatch.setattr(
        alipay, "_ok", lambda **_told: {"code": "10000", "bill_download_url": f"{live.url}/demo/nothing"}
    )
    with pytest.raises(GatewayUnavailable):
        gateway("alipay").statement(DAY)


DONE, REFUSED = {"code": "10000"}, {"code": "40004", "sub_code": "ACQ.SYSTEM_ERROR"}
ODD_ALIPAY: dict[str, tuple[str, Ask, dict[str, str]]] = {
    "unknown to itself": ("alipay.trade.query", query, {"code": "20000"}),
    "no code": ("alipay.trade.precreate", create("precreate"), DONE),
    "query refused": ("alipay.trade.query", query, REFUSED),
    "another order": ("alipay.trade.query", query, DONE | {"out_trade_no": "OUT2"}),
    "no state": ("alipay.trade.query", query, DONE | {"out_trade_no": "OUT1"}),
    "refund refused for now": ("alipay.trade.refund", refund, REFUSED),
    "refund query refused": ("alipay.trade.fastpay.refund.query", query_refund, REFUSED),
    "another refund": (
        "alipay.trade.fastpay.refund.query",
        query_refund,
        DONE | {"refund_status": "REFUND_SUCCESS", "out_request_no": "R2"},
    ),
    "bill elsewhere": (
        "alipay.data.dataservice.bill.downloadurl.query",
        statement,
        DONE | {"bill_download_url": "https://alipay.com.evil.example/"},
    ),
}


@pytest.mark.req("REL-06")
@pytest.mark.parametrize("case", ODD_ALIPAY)
def test_alipay_cannot_mean_this(live: Live, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    method, ask, told = ODD_ALIPAY[case]
    monkeypatch.setitem(alipay.METHODS, method, lambda data, fields: told)
    with pytest.raises(GatewayUnavailable):
        ask(gateway("alipay"), live)


def test_an_alipay_bill_without_its_table(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alipay, "bill_text", lambda day: "#业务明细列表\r\n")
    with pytest.raises(GatewayUnavailable):
        gateway("alipay").statement(DAY)


ODD_SANDBOX: dict[str, tuple[Ask, dict[str, Any]]] = {
    "cashier elsewhere": (create("page"), {"pay_url": "https://evil.example/"}),
    "no file": (statement, {}),
    "a short row": (statement, {"file": f"{','.join(sandbox.BILL_COLUMNS)}\r\npayment,OUT1\r\n"}),
    "a torn file": (statement, {"file": "kind,out_no\r\npayment,OUT1\r\n"}),
}


@pytest.mark.parametrize("case", ODD_SANDBOX)
def test_the_cashier_cannot_mean_this(live: Live, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    ask, told = ODD_SANDBOX[case]
    answer = sandbox._signed
    monkeypatch.setattr(sandbox, "_signed", lambda _told: answer({"pay_url": ""} | told))
    with pytest.raises(GatewayUnavailable):
        ask(gateway("sandbox"), live)


def test_a_signed_notice_of_the_cashier_without_its_order(settings: Any) -> None:
    message = sign({"event_no": "EV1"}, settings.CASHIER_PRIVATE_KEY_FILE)
    with pytest.raises(BadSignature):
        SandboxGateway().parse_notice(message.headers, message.body)
