"""What is peculiar to WeChat Pay and Alipay: traps of the protocols and of their SDKs, each with what would go wrong."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from alipay import AliPay
from wechatpayv3.core import Core

from common import clock
from common.errors import GatewayUnavailable
from payments.gateways import BadSignature, Notice, Request, gateway
from payments.gateways import alipay as module
from payments.gateways.alipay import AlipayGateway, _BoundedClient, _details
from payments.gateways.alipay import _line as alipay_line
from payments.gateways.keys import private_pem, public_pem, secret_line
from payments.gateways.outside import BadAnswer
from payments.gateways.tables import amount, plain, rows
from payments.gateways.wechat import WechatGateway
from payments.gateways.wechat import _line as wechat_line
from standins import alipay, rsa, wechat
from standins.cashier import Delivery
from standins.models import CashierOrder
from tests.support.rude import Rude
from tests.support.servers import Live

PAID_AT = datetime(2026, 3, 2, 10, 0, tzinfo=clock.BEIJING)


@pytest.fixture
def paid(db: None, settings: Any) -> CashierOrder:
    """An order paid at a stand-in, whoever keeps it."""
    return CashierOrder(
        gateway="wechat",
        way="native",
        merchant=settings.ALIPAY_SELLER_ID,
        out_no="OUT1",
        amount_fen=69500,
        subject="诉讼费",
        notify_url="",
        state="paid",
        transaction_no="WX1",
        paid_at=PAID_AT,
    )


def hear_wechat(message: Delivery) -> Notice:
    return WechatGateway().parse_notice(message.headers, message.body)


def hear_alipay(message: Delivery) -> Notice:
    return AlipayGateway().parse_notice(message.headers, message.body)


@pytest.mark.req("REL-06")
def test_an_unknown_serial_is_refused_and_makes_nobody_call_out(
    paid: CashierOrder, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK alone would fetch certificates from the address of the gateway."""
    rude = Rude()
    rude.manner = "error"
    settings.WECHAT_URL = rude.url
    paid.merchant = settings.WECHAT_MERCHANT
    body = wechat.encrypted("EV1", "TRANSACTION.SUCCESS", wechat._told(paid))
    stranger = wechat._delivery(body, serial="7777777777777777")
    try:
        with pytest.raises(BadSignature):
            hear_wechat(stranger)
        assert rude.calls == 0
        bare = WechatGateway().core
        bare.__class__ = Core
        lower = {name.lower(): value for name, value in stranger.headers.items()}
        assert not bare._verify_signature(lower, body)
        assert rude.calls == 1, "control: the SDK does call"
    finally:
        rude.stop()


@pytest.mark.req("REL-06")
def test_a_callback_for_another_merchant_or_application_says_so(paid: CashierOrder, settings: Any) -> None:
    paid.merchant = settings.WECHAT_MERCHANT
    assert hear_wechat(wechat.notice_of(paid)).merchant == WechatGateway().merchant
    assert hear_wechat(wechat.notice_of(paid, mchid="1900000009")).merchant == "1900000009"
    assert hear_wechat(wechat.notice_of(paid, appid="wxother")).merchant.endswith("/wxother")
    paid.merchant = settings.ALIPAY_SELLER_ID
    assert hear_alipay(alipay.notice_of(paid)).merchant == AlipayGateway().merchant
    assert hear_alipay(alipay.notice_of(paid, seller_id="2088999")).merchant == "2088999"
    assert hear_alipay(alipay.notice_of(paid, app_id="2021999")).merchant.endswith("/2021999")


@pytest.mark.req("REL-06")
def test_a_callback_that_we_cannot_decrypt_is_refused(
    paid: CashierOrder, settings: Any, tmp_path: Any
) -> None:
    settings.WECHAT_API_KEY_FILE, own = tmp_path / "other.key", settings.WECHAT_API_KEY_FILE
    settings.WECHAT_API_KEY_FILE.write_text("0" * 32)
    message = wechat.notice_of(paid)
    settings.WECHAT_API_KEY_FILE = own
    with pytest.raises(BadSignature):
        hear_wechat(message)


@pytest.mark.parametrize(
    "body", ["{}", "[]", '{"id": "1"}', '{"resource_type": "encrypt-resource"}', "not json"]
)
def test_a_signed_callback_of_another_shape_is_refused(db: None, body: str) -> None:
    with pytest.raises(BadSignature):
        hear_wechat(wechat._delivery(body))


@pytest.mark.parametrize("stamp", ["", "yesterday", "١٢٣", "9" * 13])
def test_a_stamp_that_is_no_time_is_refused(paid: CashierOrder, stamp: str) -> None:
    message = wechat.notice_of(paid)
    with pytest.raises(BadSignature):
        hear_wechat(Delivery(message.body, message.headers | {"Wechatpay-Timestamp": stamp}))


@pytest.mark.parametrize("missing", ["notify_time", "trade_no", "seller_id", "notify_id", "trade_status"])
def test_a_signed_notice_that_lacks_something_is_refused(paid: CashierOrder, missing: str) -> None:
    fields = {name: value for name, value in alipay.fields_of(paid).items() if name != missing}
    if missing == "trade_no":
        fields |= {"refund_fee": "1.00", "gmt_refund": "2026-03-02 10:00:00.000", "out_biz_no": "R1"}
    with pytest.raises(BadSignature):
        hear_alipay(alipay.form(fields))


def test_other_states_of_an_alipay_trade(paid: CashierOrder) -> None:
    assert hear_alipay(alipay.notice_of(paid, trade_status="TRADE_FINISHED")).result.state == "paid"
    closed = alipay.notice_of(paid, trade_status="TRADE_CLOSED")
    assert hear_alipay(closed).result.state == "paid", "closed because it was refunded in full"
    unpaid = alipay.notice_of(paid, trade_status="TRADE_CLOSED", gmt_payment="")
    assert hear_alipay(unpaid).result.state == "closed"
    with pytest.raises(BadSignature):
        hear_alipay(alipay.notice_of(paid, sign_type="RSA"))


def test_a_brace_inside_a_value_does_not_cut_an_alipay_answer(db: None, settings: Any) -> None:
    told = '{"code":"10000","refund_reason":"退费}说明{","refund_status":"REFUND_SUCCESS"}'
    signed = rsa.signature(told, settings.ALIPAY_PRIVATE_KEY_FILE)
    answer = f'{{"alipay_trade_x_response":{told},"sign":"{signed}"}}'
    ours = AlipayGateway().sdk
    assert ours._verify_and_return_sync_response(answer, "alipay_trade_x_response")["code"] == "10000"
    cut = AliPay._get_string_to_be_signed(ours, answer, "alipay_trade_x_response")
    assert cut != told, "control: the SDK cuts at the first brace"
    assert _BoundedClient._get_string_to_be_signed(ours, answer, "alipay_trade_x_response") == told


def test_alipay_is_asked_in_beijings_time(db: None) -> None:
    """The process runs in UTC; Alipay refuses a stamp that is eight hours off."""
    stamped = AlipayGateway().sdk.build_body("alipay.trade.query")["timestamp"]
    off = clock.process_now().astimezone(clock.BEIJING).replace(tzinfo=None) - datetime.fromisoformat(stamped)
    assert abs(off.total_seconds()) < 60


def test_subjects_lose_what_gateways_stumble_over() -> None:
    assert plain('诉讼费{"a":1}}<b>,`\\', 40) == "诉讼费a:1b"
    assert plain("长" * 100, 40) == "长" * 40


@pytest.mark.parametrize("way", ["jsapi", "h5"])
def test_wechat_inside_the_app_and_in_the_browser(live: Live, way: str) -> None:
    request = Request(
        f"OUT-{way}",
        Decimal("1.00"),
        "诉讼费",
        f"{live.url}/my/?a=1",
        way,
        client_ip="203.0.113.7",
        payer_openid="oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
    )
    prompt = gateway("wechat").create(request)
    if way == "h5":
        assert prompt.pay_url.startswith(f"{live.url}/demo/wechat/pay/OUT-h5/?redirect_url=http%3A%2F%2F")
        assert "%3Fa%3D1" in prompt.pay_url
    else:
        assert set(prompt.bridge) == {"appId", "timeStamp", "nonceStr", "package", "signType", "paySign"}
        signed = [prompt.bridge[name] for name in ("appId", "timeStamp", "nonceStr", "package")]
        assert gateway("wechat").sdk.sign(signed) == prompt.bridge["paySign"]  # type: ignore[attr-defined]


def test_wechat_wants_to_know_the_payer_inside_the_app(live: Live) -> None:
    request = Request("OUT2", Decimal("1.00"), "诉讼费", f"{live.url}/", "h5")
    with pytest.raises(GatewayUnavailable):
        gateway("wechat").create(request)


def test_a_paid_or_closed_number_is_opened_no_more(live: Live) -> None:
    for number, state in (("OUT3", "paid"), ("OUT4", "closed")):
        for code, way in (("wechat", "native"), ("alipay", "precreate")):
            request = Request(f"{number}{code}", Decimal("1.00"), "诉讼费", f"{live.url}/", way)
            gateway(code).create(request)
            CashierOrder.objects.filter(out_no=request.out_no).update(state=state)
            with pytest.raises(GatewayUnavailable):
                gateway(code).create(request)


HEAD, TOTALS = wechat.BILL_HEADER, f"{wechat.TOTALS_HEADER}\r\n`1,`695.00,`0.00,`0.00,`0.60,`695.00,`0.00"
ROW = (
    "`2026-03-02 10:00:00,`wx,`19,`,`,`WX1,`OUT1,`oid,`NATIVE,`SUCCESS,`OTHERS,`CNY,`695.00,`0.00,`0,`0,`0.00,`0.00,"
    "`,`,`诉讼费,`,`0.60,`0.60%,`695.00,`0.00,`"
)
BACK = ROW.replace("SUCCESS", "REFUND", 1).replace(
    "`0,`0,`0.00,`0.00,`,`,", "`RF1,`R1,`10.00,`0.00,`ORIGINAL,`{},", 1
)


@pytest.mark.req("B-79")
@pytest.mark.parametrize(
    ("text", "count"),
    [
        (f"\ufeff{HEAD}\r\n{ROW}\r\n{TOTALS}", 1),
        (f"{HEAD}\r\n{ROW}", 1),
        (f"{HEAD}\r\n{ROW}\r\n{ROW}\r\n{TOTALS}\r\n", 2),
        (f"{HEAD}\r\n{TOTALS}", 0),
        (f"{HEAD}\n{ROW}\n\n{ROW}", 1),
    ],
    ids=["byte order mark", "no summary", "double lines", "nothing", "blank line"],
)
def test_a_wechat_bill_is_read_however_it_is_written(text: str, count: int) -> None:
    """Bad input 79."""
    lines = [wechat_line(row) for row in rows(text, first_column="交易时间")]
    assert [(line.out_no, line.amount, line.fee) for line in lines] == [
        ("OUT1", Decimal("695.00"), Decimal("0.60"))
    ] * count


@pytest.mark.parametrize(
    ("state", "status"),
    [("SUCCESS", "refunded"), ("PROCESSING", "refunded"), ("FAIL", "failed"), ("?", "failed")],
)
def test_a_refund_in_a_wechat_bill(state: str, status: str) -> None:
    (row,) = rows(f"{HEAD}\n{BACK.format(state)}", first_column="交易时间")
    line = wechat_line(row)
    assert (line.kind, line.out_no, line.transaction_no, line.amount, line.status) == (
        "refund",
        "R1",
        "RF1",
        Decimal("10.00"),
        status,
    )


@pytest.mark.parametrize("text", ["", "<html>", f"{HEAD}\n{ROW[:40]}", "总交易单数\n`0"])
def test_a_cut_or_other_file_is_no_bill(text: str) -> None:
    with pytest.raises(BadAnswer):
        list(rows(text, first_column="交易时间"))


def test_sums_with_thousands_marks() -> None:
    assert [amount(text) for text in ("1,234,567.50", "-3.00", "", "0")] == [
        Decimal("1234567.50"),
        Decimal("-3.00"),
        Decimal("0.00"),
        Decimal("0.00"),
    ]


def packed(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.csv", content)
    return target.getvalue()


ALIPAY = (
    "#支付宝业务明细查询\r\n#---业务明细列表---\r\n"
    + alipay.COLUMNS
    + "\r\n"
    + '2026A\t,OUT1\t,交易\t,诉讼费\t,2026-03-02 10:00:00\t,2026-03-02 10:00:09\t,,,,,某\t,"1,695.00","1,695.00",'
    "0.00,0.00,0.00,0.00,0.00,,0.00,0.00,,-10.17,0.00,\r\n#---业务明细列表结束---\r\n#交易合计：1笔"
)


@pytest.mark.parametrize("coding", ["gbk", "utf-8-sig"])
def test_an_alipay_bill_in_either_writing(coding: str) -> None:
    text = _details(packed(sums="#支付宝业务汇总查询".encode("gbk"), details=ALIPAY.encode(coding)))
    (line,) = [alipay_line(row) for row in rows(text, first_column="支付宝交易号")]
    assert (line.kind, line.out_no, line.transaction_no) == ("payment", "OUT1", "2026A")
    assert (line.amount, line.fee) == (Decimal("1695.00"), Decimal("10.17"))
    assert line.happened_at == datetime(2026, 3, 2, 10, 0, 9, tzinfo=clock.BEIJING)


def test_a_zip_without_the_single_trades_is_no_bill() -> None:
    with pytest.raises(BadAnswer):
        _details(packed(sums="#支付宝业务汇总查询".encode("gbk")))


def test_a_bill_that_fails_its_digest_is_no_bill(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    day = clock.beijing_day(clock.now()).replace(day=1, month=1)
    assert gateway("wechat").statement(day).lines == []
    true, compress = wechat.bill_file(day), gzip.compress
    monkeypatch.setattr(
        gzip, "compress", lambda data, mtime: compress(true.replace(b"`0", b"`1"), mtime=mtime)
    )
    with pytest.raises(GatewayUnavailable):
        gateway("wechat").statement(day)


def test_keys_are_read_whatever_stands_before_them(tmp_path: Any, settings: Any) -> None:
    assert settings.WECHAT_MERCHANT_KEY_FILE.read_text().startswith("demo key")
    assert private_pem(settings.WECHAT_MERCHANT_KEY_FILE).startswith("-----BEGIN PRIVATE KEY-----\n")
    assert public_pem(settings.ALIPAY_PUBLIC_KEY_FILE).startswith("-----BEGIN PUBLIC KEY-----\n")
    assert len(secret_line(settings.WECHAT_API_KEY_FILE)) == 32
    with pytest.raises(TypeError):
        private_pem(settings.CASHIER_MERCHANT_KEY_FILE)
    with pytest.raises(TypeError):
        public_pem(settings.CASHIER_PUBLIC_KEY_FILE)
    with pytest.raises(RuntimeError):
        private_pem(None)


def test_a_zip_that_grows_beyond_all_measure_is_no_bill(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FILE_BYTES", 100)
    with pytest.raises(BadAnswer, match="too long"):
        _details(packed(details=ALIPAY.encode("gbk")))
