"""The callback ten times at once gives one payment and one journal (F-14). Without the locks two get past the check."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client

from payments.models import Bill, GatewayNotice, Journal, Payment
from payments.services import confirm
from tests.concurrency.together import Gate, at_once
from tests.payments.callbacks import callback, order_for
from tests.support.court import Cast, accepted

pytestmark = pytest.mark.req("REL-07")


def _post(message: Any) -> int:
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in message.headers.items()}
    headers.pop("HTTP_CONTENT_TYPE")
    client = Client()
    return client.post(
        "/gateway/sandbox/notify/", message.body, content_type="application/json", **headers
    ).status_code


@pytest.mark.req("F-14")
def test_ten_at_once_give_one_payment(cast: Cast) -> None:
    case = accepted(cast)
    message = callback(order_for(case))
    assert at_once(*[lambda: _post(message) for _ in range(10)]) == [200] * 10
    payment = Payment.objects.get()
    assert (payment.purpose, payment.amount) == ("fee", Bill.objects.get(case=case).amount)
    assert (Journal.objects.count(), GatewayNotice.objects.count()) == (1, 1)


def test_control_without_locks_two_get_past_the_check(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    case = accepted(cast)
    message = callback(order_for(case))
    gate, inside = Gate(2), []
    original = confirm.record_money

    def meet(*args: Any) -> str:
        inside.append(True)
        gate.pass_through()
        return original(*args)

    monkeypatch.setattr(confirm, "record_money", meet)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **kwargs: self)
    at_once(lambda: _post(message), lambda: _post(message))
    assert len(inside) == 2
