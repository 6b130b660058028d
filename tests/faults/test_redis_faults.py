"""Redis is emptied, killed, started anew, or answers two seconds late (F-19): nothing legal is lost, limits on codes hold, people stay
signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import redis
from django.test import Client

from accounts.models import RateCounter
from eventlog.models import Outbox, OutboxState
from feedback.models import Thread
from tests.support.court import Cast, accepted
from tests.support.servers import Broker, Live

PAGE = "/my/cases/{}/messages/new/?topic=material"
Fault = Callable[[Broker], None]


def told(broker: Broker, *words: Any) -> None:
    link = redis.Redis.from_url(broker.url)
    try:
        link.execute_command(*words)
    finally:
        link.close()


def flushed(broker: Broker) -> None:
    told(broker, "FLUSHALL")


def killed(broker: Broker) -> None:
    assert broker.child.process is not None
    broker.child.process.kill()
    broker.child.process.wait(10)


def started_anew(broker: Broker) -> None:
    killed(broker)
    broker.start()


def late(broker: Broker) -> None:
    """Every command waits until two seconds are over."""
    told(broker, "CLIENT", "PAUSE", "2000", "ALL")


@pytest.mark.req("F-19", "REL-50")
@pytest.mark.parametrize("fault", [flushed, killed, started_anew, late])
def test_nothing_is_lost(
    cast: Cast, live: Live, broker: Broker, run_outbox: Callable[..., int], fault: Fault
) -> None:
    case = accepted(cast)
    run_outbox()
    zhang = cast.client("zhang")
    stranger = Client(REMOTE_ADDR="10.60.0.7")
    assert stranger.post("/login/", {"phone": "13800000077"}).status_code == 302
    counted = RateCounter.objects.count()
    assert counted, "limits on codes are counted in the database"
    fault(broker)
    asked = zhang.post(PAGE.format(case.public_id), {"text": "请问还要补什么？", "form_key": "one"})
    assert asked.status_code == 302, "still signed in, and it is written"
    assert (
        zhang.post(PAGE.format(case.public_id), {"text": "请问还要补什么？", "form_key": "one"}).status_code
        == 302
    )
    assert Thread.objects.filter(case=case).count() == 1
    again = stranger.post("/login/", {"phone": "13800000077"})
    assert "验证码刚发过" in again.content.decode(), "the limit of a minute holds"
    assert Outbox.objects.filter(state=OutboxState.PENDING).exists()
    if not broker.child.is_running:
        broker.start()
    run_outbox()
    assert not Outbox.objects.exclude(state=OutboxState.DONE).exists()
    assert zhang.get(f"/my/cases/{case.public_id}/").status_code == 200
