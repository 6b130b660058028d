"""The demo's outside world: the inbox of sent texts and the sandbox cashier."""

from __future__ import annotations

import pytest
from django.test import Client

from common import clock
from standins.models import CashierOrder, SentText
from tests.filing.pages import text_of


@pytest.mark.django_db
def test_inbox_shows_the_newest_first_and_one_phone_on_request(client: Client) -> None:
    assert "还没有短信" in text_of(client.get("/demo/outbox/"))
    for number, phone in enumerate(("13800000001", "13800000002")):
        SentText.objects.create(
            provider_id=str(number),
            channel="sms",
            to=phone,
            text=f"<b>第{number}条</b>",
            received_at=clock.now(),
        )
    page = text_of(client.get("/demo/outbox/"))
    assert page.index("第1条") < page.index("第0条") and "<b>第" not in page
    one = text_of(client.get("/demo/outbox/", {"to": " １３８００００００01 "}))
    assert "第0条" in one and "第1条" not in one


@pytest.mark.django_db
@pytest.mark.parametrize("to", ["\x00", "%", "' OR 1=1", "x" * 5000])
def test_inbox_takes_any_filter(client: Client, to: str) -> None:
    assert client.get("/demo/outbox/", {"to": to}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/demo/sms", "/demo/sms/"])
def test_the_provider_takes_nothing_without_its_token(client: Client, address: str) -> None:
    sent = {"id": "1", "to": "13800000001", "text": "您好"}
    assert client.post(address, sent, content_type="application/json").status_code == 401
    assert not SentText.objects.exists()


@pytest.fixture
def order(db: None) -> CashierOrder:
    return CashierOrder.objects.create(
        merchant="court",
        out_no="PO1",
        amount_fen=130000,
        subject="案件受理费",
        notify_url="http://127.0.0.1:9/",
        return_url="/my/",
        created_at=clock.now(),
    )


def test_cashier_shows_the_sum_in_yuan_and_every_way_it_can_go(client: Client, order: CashierOrder) -> None:
    page = text_of(client.get(f"/demo/cashier/{order.out_no}/"))
    for words in (
        "¥1,300.00",
        "案件受理费",
        'value="pay"',
        'value="silent"',
        'value="repeat"',
        'value="forge"',
        'value="cancel"',
    ):
        assert words in page, words


@pytest.mark.parametrize(
    ("action", "state", "words"), [("silent", "paid", "已经付过了"), ("cancel", "closed", "没有付款")]
)
def test_a_finished_order_offers_no_second_payment(
    client: Client, order: CashierOrder, action: str, state: str, words: str
) -> None:
    assert client.post(f"/demo/cashier/{order.out_no}/act/", {"action": action})["Location"] == "/my/"
    order.refresh_from_db()
    assert order.state == state
    page = text_of(client.get(f"/demo/cashier/{order.out_no}/"))
    assert words in page and 'value="pay"' not in page
