"""Callbacks: forged ones leave no trace, odd ones go to suspense, repeats change nothing (REL-06 to REL-11)."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from cases.models import Stage
from common.gateways.signing import SIGNATURE, TIMESTAMP, SignedMessage, sign
from common.money import to_fen
from payments.models import (
    Account,
    Bill,
    BillStatus,
    GatewayNotice,
    OrderState,
    PartState,
    Payment,
    RefundPart,
    ReviewItem,
    ReviewKind,
    Suspense,
    SuspenseReason,
)
from payments.selectors import balance
from payments.services import refunds
from tests.payments.callbacks import callback, order_for
from tests.payments.refunds import approved, confirmed
from tests.support.court import Cast, accepted


def post(message: SignedMessage) -> int:
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in message.headers.items()}
    headers.pop("HTTP_CONTENT_TYPE", None)
    response = Client().post(
        "/gateway/sandbox/notify/", message.body, content_type="application/json", **headers
    )
    return response.status_code


@pytest.mark.req("REL-06")
def test_paid_once_and_the_case_goes_on(cast: Cast, run_outbox: Any) -> None:
    case = accepted(cast)
    order = order_for(case)
    assert post(callback(order)) == 200
    run_outbox()
    order.refresh_from_db()
    case.refresh_from_db()
    bill = Bill.objects.get(case=case)
    assert (order.state, bill.status, case.stage) == (OrderState.PAID, BillStatus.PAID, Stage.PAID)
    assert balance(cast.court.pk, Account.FEES) == bill.amount
    assert balance(cast.court.pk, Account.CLEARING) == -bill.amount


@pytest.mark.req("REL-07")
def test_repeat_changes_nothing(cast: Cast) -> None:
    """The same notice, and the same transaction under another event number."""
    order = order_for(accepted(cast))
    message = callback(order)
    for again in (message, message, callback(order, event_no="EV2")):
        assert post(again) == 200
    assert Payment.objects.count() == 1
    assert not ReviewItem.objects.exists()


@pytest.mark.req("REL-07", "B-80")
def test_same_event_with_another_content_waits_for_finance(cast: Cast) -> None:
    """Bad input 80: whatever it says, it posts nothing; told twice it is one thing to look at."""
    case = accepted(cast)
    order = order_for(case)
    assert post(callback(order)) == 200
    other = callback(order, transaction_no="TX2", amount=Decimal("999.00"))
    assert [post(other), post(other)] == [200, 200]
    item = ReviewItem.objects.get()
    assert (item.kind, item.order, item.court_id) == (ReviewKind.CONFLICT, order, case.court_id)
    assert Payment.objects.count() == 1


@pytest.mark.req("REL-08")
def test_closed_after_paid_is_impossible_news(cast: Cast) -> None:
    case = accepted(cast)
    order = order_for(case)
    assert post(callback(order)) == 200
    assert post(callback(order, event_no="EV2", state="closed")) == 200
    order.refresh_from_db()
    assert order.state == OrderState.PAID
    assert ReviewItem.objects.get().kind == ReviewKind.IMPOSSIBLE


@pytest.mark.req("REL-08")
@pytest.mark.parametrize(("state", "outcome"), [("pending", "noted"), ("closed", "closed")])
def test_news_without_money(cast: Cast, state: str, outcome: str) -> None:
    """Still waiting changes nothing; closed ends the order, so that the payer may begin anew."""
    order = order_for(accepted(cast))
    assert post(callback(order, state=state)) == 200
    assert GatewayNotice.objects.get().outcome == outcome
    order.refresh_from_db()
    assert (order.state == OrderState.CLOSED) == (state == "closed")
    assert not Payment.objects.exists()


def _forge(order: Any, how: str) -> SignedMessage:
    genuine = callback(order)
    match how:
        case "key":
            return sign(
                {
                    "event_no": "E",
                    "merchant": settings.CASHIER_MERCHANT,
                    "out_no": order.out_no,
                    "state": "paid",
                },
                settings.CASHIER_MERCHANT_KEY_FILE,
            )
        case "body":
            return SignedMessage(genuine.body.replace(b"TX1", b"TX9"), genuine.headers)
        case "reordered":
            data = json.loads(genuine.body)
            return SignedMessage(json.dumps(dict(reversed(data.items()))).encode(), genuine.headers)
        case "old":
            return SignedMessage(genuine.body, genuine.headers | {TIMESTAMP: "1500000000"})
        case "empty":
            return SignedMessage(genuine.body, genuine.headers | {SIGNATURE: ""})
        case _:
            return SignedMessage(b"not json", genuine.headers)


@pytest.mark.req("REL-06", "F-16")
@pytest.mark.parametrize("how", ["key", "body", "reordered", "old", "empty", "text"])
def test_forged_callback_is_refused_and_leaves_no_row(cast: Cast, how: str) -> None:
    order = order_for(accepted(cast))
    assert post(_forge(order, how)) == 401
    assert not GatewayNotice.objects.exists()
    assert not Payment.objects.exists()


@pytest.mark.req("REL-10", "B-73")
@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"amount": Decimal("1.00")}, SuspenseReason.AMOUNT), ({"currency": "USD"}, SuspenseReason.CURRENCY)],
)
def test_money_that_does_not_fit_waits_in_suspense(
    cast: Cast, changes: dict[str, Any], reason: SuspenseReason
) -> None:
    case = accepted(cast)
    order = order_for(case)
    assert post(callback(order, **changes)) == 200
    assert Bill.objects.get(case=case).status == BillStatus.OPEN
    assert Payment.objects.get().purpose == "suspense"
    assert Suspense.objects.get().reason == reason
    assert balance(cast.court.pk, Account.FEES) == 0


@pytest.mark.req("REL-11")
def test_second_order_for_a_paid_bill_goes_to_suspense(cast: Cast) -> None:
    case = accepted(cast)
    first = order_for(case, state=OrderState.CLOSED)
    second = order_for(case)
    assert post(callback(second)) == 200
    assert post(callback(first, event_no="EV2", transaction_no="TX2")) == 200
    assert sorted(Payment.objects.values_list("purpose", flat=True)) == ["fee", "suspense"]


@pytest.mark.req("REL-08", "B-74", "B-75")
@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"out_no": "unknown"}, ReviewKind.UNKNOWN_ORDER),
        ({"merchant": "somebody-else"}, ReviewKind.MERCHANT),
    ],
)
def test_unknown_order_or_merchant_waits_for_finance(
    cast: Cast, changes: dict[str, str], kind: ReviewKind
) -> None:
    """Bad inputs 74 and 75."""
    order = order_for(accepted(cast))
    assert post(callback(order, **changes)) == 200
    assert GatewayNotice.objects.get().outcome == "review"
    assert ReviewItem.objects.get().kind == kind
    assert not Payment.objects.exists()


@pytest.mark.req("REL-06")
def test_a_gateway_speaks_of_its_own_orders_only(cast: Cast) -> None:
    """Signed by the sandbox, but the order was opened at another gateway."""
    order = order_for(accepted(cast), gateway="wechat")
    assert post(callback(order)) == 200
    assert ReviewItem.objects.get().kind == ReviewKind.UNKNOWN_ORDER
    order.refresh_from_db()
    assert order.state == OrderState.PENDING


@pytest.mark.req("REL-08", "B-77")
@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"refund_no": "R-nobody-knows"}, ReviewKind.UNKNOWN_ORDER),
        ({"amount_fen": 1}, ReviewKind.IMPOSSIBLE),
    ],
)
def test_a_refund_notice_that_cannot_be_true_waits_for_finance(
    cast: Cast, nobody_listens: None, changes: dict[str, Any], kind: ReviewKind
) -> None:
    """Of no refund of ours, or of another sum (bad input 77)."""
    refund = approved(cast, confirmed(cast))
    refunds.send_refund(refund.pk)
    part = RefundPart.objects.get()
    data = {
        "event_no": "RF1",
        "merchant": settings.CASHIER_MERCHANT,
        "out_no": "",
        "refund_no": part.out_no,
        "state": "done",
        "gateway_no": "G1",
        "amount_fen": to_fen(part.amount),
    }
    assert post(sign(data | changes, settings.CASHIER_PRIVATE_KEY_FILE)) == 200
    assert ReviewItem.objects.get().kind == kind
    part.refresh_from_db()
    assert part.state == PartState.UNKNOWN


def test_what_is_longer_than_any_notice_is_not_read(cast: Cast) -> None:
    order = order_for(accepted(cast))
    assert post(callback(order, padding="x" * 200_000)) == 413
    assert not GatewayNotice.objects.exists() and not ReviewItem.objects.exists()
