"""The text provider is away, silent or talking nonsense: it is left alone, what waits keeps its tries, nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from common import clock
from notifications.models import Channel, Message, MessageState
from notifications.services import send_due
from payments.gateways.breaker import FAILURES, PAUSE
from payments.models import GatewayHealth
from tests.support.receiver import Receiver
from tests.support.rude import Rude

WAITING = 60


@pytest.fixture
def rude(transactional_db: None, settings: Any) -> Iterator[Rude]:
    """The provider's address leads to it."""
    server = Rude()
    settings.SMS_URL = server.url
    settings.OUTSIDE_CONNECT_SECONDS, settings.OUTSIDE_READ_SECONDS = 0.2, 0.3
    yield server
    server.stop()


def queue(count: int) -> None:
    now = clock.now()
    Message.objects.bulk_create(
        Message(
            event_id=number, court_id=1, phone=f"138{number:08}", recipient_key=f"user:{number}", kind="paper_delivered",
            channel=Channel.SMS, title="文书", body="您收到一份法院文书。", created_at=now, next_at=now,
        )
        for number in range(count)
    )  # fmt: skip


@pytest.mark.req("REL-59")
@pytest.mark.parametrize("manner", ["reset", "error", "bad json", "unsigned", "away"])
def test_after_five_failures_it_is_asked_by_one_probe_every_thirty_seconds(rude: Rude, manner: str) -> None:
    rude.manner = manner
    queue(WAITING)
    start = clock.now()
    for second in range(0, 120, 10):
        with clock.at(start + timedelta(seconds=second)):
            send_due()
    assert FAILURES <= rude.calls <= FAILURES + 120 // PAUSE.seconds
    texts = Message.objects.all()
    assert set(texts.values_list("state", flat=True)) == {MessageState.QUEUED}
    assert texts.filter(attempts=0).count() >= WAITING - rude.calls, "who was not tried lost no try"


def test_control_without_the_breaker_every_text_asks(rude: Rude, monkeypatch: pytest.MonkeyPatch) -> None:
    rude.manner = "reset"
    queue(20)
    monkeypatch.setattr("notifications.services.admit", lambda _code: None)
    send_due()
    assert rude.calls == 20


@pytest.mark.req("REL-59")
def test_when_it_is_back_everything_goes_out_once(rude: Rude, settings: Any) -> None:
    rude.manner = "reset"
    queue(WAITING)
    start = clock.now()
    with clock.at(start):
        send_due()
    assert GatewayHealth.objects.get(gateway=Channel.SMS).open_since is not None
    working = Receiver()
    working.answer = {"state": "accepted"}
    settings.SMS_URL = working.url
    try:
        with clock.at(start + timedelta(minutes=1)):
            send_due()
    finally:
        working.stop()
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.SENT}
    ids = [told["id"] for told in working.bodies()]
    assert len(ids) == len(set(ids)) == WAITING
    assert GatewayHealth.objects.get(gateway=Channel.SMS).open_since is None


@pytest.mark.req("REL-59")
def test_the_probe_is_not_spent_on_what_is_not_sent(rude: Rude, settings: Any) -> None:
    """After a long outage the oldest are too old to go out: they are dropped, and the first that goes out is the probe."""
    rude.manner = "reset"
    queue(FAILURES + 3)
    start = clock.now()
    with clock.at(start):
        send_due()
    calls = rude.calls
    texts = Message.objects.order_by("id")
    stale = list(texts.filter(attempts=0).values_list("pk", flat=True)[:2])
    texts.filter(pk__in=stale).update(kind="filing_submitted", created_at=start - timedelta(days=2))
    texts.exclude(pk__in=stale).update(next_at=start + timedelta(seconds=1))
    working = Receiver()
    working.answer = {"state": "accepted"}
    try:
        with clock.at(start + PAUSE - timedelta(seconds=1)):
            send_due()  # still left alone: what goes nowhere is dropped all the same, the others lose no try
            assert (
                texts.filter(state=MessageState.DROPPED).count() == len(stale)
                and rude.calls == calls == FAILURES
            )
            assert texts.get(attempts=0, state=MessageState.QUEUED).body == "您收到一份法院文书。"
        texts.filter(pk__in=stale).update(state=MessageState.QUEUED)
        settings.SMS_URL = working.url
        with clock.at(start + PAUSE):
            send_due()
    finally:
        working.stop()
    assert texts.filter(state=MessageState.DROPPED).count() == len(stale)
    assert texts.filter(state=MessageState.SENT).count() == len(working.got) == FAILURES + 1
    assert GatewayHealth.objects.get(gateway=Channel.SMS).open_since is None
