"""Who hears what, by which channel; texts say nothing of the case; no storms; a dead provider loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cases.models import Party, Side
from common import clock
from eventlog.models import Outbox, OutboxState
from feedback import services
from feedback.models import Topic
from notifications.models import Channel, Message, MessageState
from notifications.services import send_due
from portal.demo.cast import LI, ZHANG
from portal.zone import notices as zone_notices
from standins.models import SentText
from tests.support.court import Cast, accepted
from tests.support.servers import Live


def test_texts_name_no_case_and_no_party(cast: Cast, run_outbox: Callable[..., int]) -> None:
    case = accepted(cast)
    run_outbox()
    texts = list(Message.objects.filter(channel=Channel.SMS))
    assert texts
    for text in texts:
        assert "12368" in text.body and cast.court.name in text.body
        for secret in (case.number, ZHANG.name, LI.name, "民间借贷", "695"):
            assert secret not in text.body


def test_phone_named_by_the_other_side_hears_nothing(cast: Cast, run_outbox: Callable[..., int]) -> None:
    case = accepted(cast)
    run_outbox()
    defendant = Party.objects.get(case=case, side=Side.DEFENDANT)
    assert defendant.phone
    assert not Message.objects.filter(recipient_key=f"party:{defendant.pk}").exists()


def test_handler_run_twice_tells_once(cast: Cast, run_outbox: Callable[..., int]) -> None:
    accepted(cast)
    run_outbox()
    before = Message.objects.count()
    again = Outbox.objects.filter(handler__startswith="notifications")
    again.update(state=OutboxState.PENDING, next_at=clock.now())
    assert run_outbox() > 0
    assert Message.objects.count() == before


@pytest.mark.req("REL-22")
def test_same_kind_is_one_text_that_counts_and_the_inbox_has_all(
    cast: Cast, live: Live, run_outbox: Callable[..., int]
) -> None:
    case = accepted(cast)
    party = Party.objects.get(case=case, side=Side.PLAINTIFF)
    for _number in range(3):
        thread = services.ask(
            case_id=case.pk, party_id=party.pk, topic=Topic.OTHER, text="问", actor=cast.zhang
        )
        services.answer(thread_id=thread.pk, text="答", actor=cast.judge)
    run_outbox()
    send_due()
    told = Message.objects.filter(kind="thread_answered")
    text = told.get(channel=Channel.SMS, state=MessageState.SENT)
    assert "您有3条新通知" in text.body and cast.court.name in text.body
    assert told.filter(state=MessageState.MERGED).count() == 2
    assert told.filter(channel=Channel.INBOX).count() == 3
    assert SentText.objects.filter(text=text.body).count() == 1


@pytest.mark.req("SEC-37")
def test_an_answer_of_the_complaint_zone_reads_like_any_other(
    cast: Cast, run_outbox: Callable[..., int]
) -> None:
    case = accepted(cast)
    party = Party.objects.get(case=case, side=Side.PLAINTIFF)
    thread = services.ask(case_id=case.pk, party_id=party.pk, topic=Topic.OTHER, text="问", actor=cast.zhang)
    services.answer(thread_id=thread.pk, text="答", actor=cast.judge)
    run_outbox()

    def told() -> list[tuple[str, ...]]:
        rows = Message.objects.filter(kind="thread_answered", user=cast.users["zhang"])
        return sorted(rows.values_list("channel", "title", "body"))

    usual = told()
    Message.objects.all().delete()
    zone_notices.tell(cast.users["zhang"].pk, case.court_id)
    assert told() == usual and len(usual) == 2


def test_silent_provider_keeps_texts_queued(
    cast: Cast, live: Live, settings: Any, run_outbox: Callable[..., int]
) -> None:
    accepted(cast)
    run_outbox()
    working = settings.SMS_URL
    settings.SMS_URL = "http://127.0.0.1:9/"
    send_due()
    queued = Message.objects.filter(state=MessageState.QUEUED)
    assert queued.exists() and not SentText.objects.exists()
    settings.SMS_URL = working
    with clock.at(clock.now() + timedelta(hours=2)):
        send_due()
    assert not queued.exists()
    texts = Message.objects.filter(channel=Channel.SMS)
    assert set(texts.values_list("state", flat=True)) <= {MessageState.SENT, MessageState.MERGED}
    assert SentText.objects.count() == texts.filter(state=MessageState.SENT).count()
