"""The sandbox cashier is a gateway: one order is paid once, however often its buttons are pressed."""

from __future__ import annotations

import pytest
from django.test import Client

from common import clock
from payments.models import Payment
from standins.models import CashierOrder
from tests.concurrency.together import at_once
from tests.payments.callbacks import order_for
from tests.support.court import Cast, accepted
from tests.support.servers import Live


@pytest.mark.req("REL-07")
def test_two_clicks_pay_once(cast: Cast, live: Live, settings: object) -> None:
    order = order_for(accepted(cast))
    CashierOrder.objects.create(
        merchant=settings.CASHIER_MERCHANT,  # type: ignore[attr-defined]
        out_no=order.out_no,
        amount_fen=int(order.amount * 100),
        subject="诉讼费",
        notify_url=f"{live.url}/gateway/sandbox/notify/",
        return_url=f"{live.url}/",
        created_at=clock.now(),
    )
    at_once(*[lambda: Client().post(f"/demo/cashier/{order.out_no}/act/", {"action": "pay"})] * 6)
    assert Payment.objects.count() == 1
    assert Payment.objects.get().transaction_no == CashierOrder.objects.get().transaction_no
