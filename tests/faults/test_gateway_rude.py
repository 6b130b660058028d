"""A gateway that hangs, resets, drips, answers 500, nonsense or unsigned (F-18): the order is UNKNOWN, the breaker opens,
and nobody else waits."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from common import clock
from common.errors import GatewayUnavailable
from common.gateways import deadline
from payments.gateways import breaker, gateway, outside
from payments.gateways.breaker import FAILURES, PAUSE, WINDOW
from payments.models import Bill, GatewayHealth, Order, OrderState
from payments.services import start_payment
from tests.concurrency.together import Gate, at_once
from tests.payments.callbacks import order_for
from tests.support.court import Cast, accepted
from tests.support.rude import Rude
from tests.support.servers import Live

WAYS = {"sandbox": "sandbox-page", "wechat": "wechat-native", "alipay": "alipay-precreate"}


@pytest.fixture
def rude(transactional_db: None, settings: Any) -> Iterator[Rude]:
    """Every gateway's address leads to it."""
    server = Rude()
    settings.CASHIER_URL = f"{server.url}/cashier"
    settings.WECHAT_URL = f"{server.url}/wechat"
    settings.ALIPAY_URL = f"{server.url}/gateway.do"
    settings.OUTSIDE_CONNECT_SECONDS, settings.OUTSIDE_READ_SECONDS = 0.2, 0.3
    yield server
    server.stop()


@pytest.mark.req("REL-59", "F-18")
@pytest.mark.parametrize("code", WAYS)
@pytest.mark.parametrize("manner", Rude.manners)
def test_no_manner_is_believed(rude: Rude, code: str, manner: str) -> None:
    rude.manner = manner
    with pytest.raises(GatewayUnavailable):
        gateway(code).query("OUT1")
    assert rude.calls == 1, "asked once, led nowhere else"
    assert GatewayHealth.objects.get(gateway=code).failures == 1


def test_control_without_the_deadline_a_dripping_answer_is_waited_for(
    rude: Rude, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its bytes come one after the other; only the deadline over all of them ends it."""
    rude.manner = "drip"
    monkeypatch.setattr(deadline.Stream, "_left", lambda stream, timeout: 30.0)
    answer = outside.call("sandbox", "GET", rude.url, read=lambda answer: answer)
    assert answer.body == b"a" * 30


@pytest.mark.parametrize("code", WAYS)
@pytest.mark.parametrize("manner", ["hang", "error", "unsigned"])
def test_the_order_is_unknown_and_keeps_its_number(cast: Cast, rude: Rude, code: str, manner: str) -> None:
    rude.manner = manner
    bill = Bill.objects.get(case=accepted(cast))
    with pytest.raises(GatewayUnavailable):
        start_payment(bill_id=bill.pk, actor=cast.zhang, way=WAYS[code])
    order = Order.objects.get()
    assert (order.state, order.gateway) == (OrderState.UNKNOWN, code)
    assert order.next_query_at is not None


def fail(times: int) -> None:
    for _time in range(times):
        with pytest.raises(GatewayUnavailable):
            gateway("wechat").query("OUT1")


@pytest.mark.req("REL-59")
def test_after_five_failures_it_is_left_alone_and_probed(rude: Rude) -> None:
    rude.manner = "error"
    fail(FAILURES + 3)
    assert rude.calls == FAILURES
    with clock.at(clock.now() + PAUSE):
        fail(3)
        assert rude.calls == FAILURES + 1, "one probe in thirty seconds"
    with pytest.raises(GatewayUnavailable):
        gateway("alipay").query("OUT1")
    assert rude.calls == FAILURES + 2, "another gateway is asked as ever"


def test_failures_far_apart_do_not_count_together(rude: Rude) -> None:
    rude.manner = "error"
    start = clock.now()
    for number in range(FAILURES + 2):
        with clock.at(start + number * WINDOW * 2):
            fail(1)
    assert rude.calls == FAILURES + 2


@pytest.mark.req("REL-59")
def test_the_first_answer_closes_it(live: Live) -> None:
    for _failure in range(FAILURES):
        breaker.note_failure("wechat")
    with pytest.raises(GatewayUnavailable):
        gateway("wechat").query("OUT1")
    with clock.at(clock.now() + PAUSE):
        assert gateway("wechat").query("OUT1").state == "missing"
        assert gateway("wechat").query("OUT1").state == "missing"
    health = GatewayHealth.objects.get(gateway="wechat")
    assert (health.failures, health.open_since) == (0, None)


def _probes(monkeypatch: pytest.MonkeyPatch) -> int:
    """How many of eight callers go through, all of whom have seen that the pause is over before any of them goes on."""
    for _failure in range(FAILURES):
        breaker.note_failure("wechat")
    gate, later = Gate(8), clock.now() + PAUSE
    monkeypatch.setattr(breaker, "clock", SimpleNamespace(now=lambda: (gate.pass_through(), later)[1]))
    results = at_once(*[lambda: breaker.admit("wechat")] * 8)
    return sum(result is None for result in results)


def test_one_probe_at_a_time(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _probes(monkeypatch) == 1


def test_control_without_the_condition_everybody_probes(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unconditional(**conditions: Any) -> Any:
        conditions.pop("open_since", None)
        return GatewayHealth.objects.filter(**conditions)

    note_failure = breaker.note_failure
    for _failure in range(FAILURES):
        note_failure("wechat")
    monkeypatch.setattr(breaker, "note_failure", lambda code: None)
    monkeypatch.setattr(
        breaker, "GatewayHealth", SimpleNamespace(objects=SimpleNamespace(filter=unconditional))
    )
    assert _probes(monkeypatch) == 8


@pytest.mark.req("F-18")
def test_a_silent_gateway_does_not_hold_up_the_others(cast: Cast, live: Live, settings: Any) -> None:
    """The poll asks on about orders of other gateways."""
    from payments.tasks import poll_orders

    settings.WECHAT_URL = "http://127.0.0.1:9/wechat"
    for code in ("wechat", "wechat", "sandbox", "alipay"):
        order = order_for(accepted(cast), gateway=code)
        Order.objects.filter(pk=order.pk).update(next_query_at=order.created_at)
    assert poll_orders() == 2
