"""The staff's own group hears of what cannot wait: signed, a kind and a place, again when the vendor was away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from common import clock
from common.actor import system
from common.gateways import dingtalk
from common.gateways.channels import Outgoing, Postponed
from courts.models import Court
from eventlog.models import Outbox, OutboxState
from eventlog.services import act, emit
from standins.dingtalk import PER_MINUTE
from standins.models import SentText
from tests.support.court import Cast
from tests.support.servers import Live


@pytest.fixture
def group(live: Live, settings: Any) -> None:
    """A group with the stand-in's robot."""
    settings.DINGTALK_URL = f"{live.url}/demo/dingtalk"
    settings.DINGTALK_TOKEN, settings.DINGTALK_SECRET = "token-of-the-robot", "SEC-of-the-robot-0001"


def damage(court: Court) -> None:
    """Something the group hears of."""
    with act():
        emit(
            "documents.damaged",
            subject=court,
            actor=system("文书系统"),
            stream="access:test",
            court_id=court.pk,
        )


def test_it_hears_what_and_where_and_nothing_else(
    cast: Cast, group: None, settings: Any, run_outbox: Callable[..., int]
) -> None:
    damage(cast.court)
    run_outbox()
    words = SentText.objects.get(channel="group").text
    assert "损坏的文件" in words and words.endswith(f"{settings.PUBLIC_URL}/desk/damaged/")
    assert cast.court.name not in words


def test_without_a_group_nothing_waits(cast: Cast) -> None:
    damage(cast.court)
    assert not Outbox.objects.filter(handler__endswith="tell_group").exists()


def test_while_it_is_away_the_news_waits(
    cast: Cast, group: None, settings: Any, run_outbox: Callable[..., int]
) -> None:
    working, settings.DINGTALK_URL = settings.DINGTALK_URL, "http://127.0.0.1:9"
    damage(cast.court)
    run_outbox(allow_failures=True)
    waiting = Outbox.objects.get(handler__endswith="tell_group")
    assert waiting.state == OutboxState.PENDING
    settings.DINGTALK_URL = working
    with clock.at(clock.now() + timedelta(minutes=5)):
        run_outbox()
    assert SentText.objects.filter(channel="group").count() == 1


@pytest.mark.parametrize("change", [{"sign": "x"}, {"access_token": "x"}, {"timestamp": "1000"}])
def test_what_is_not_of_this_group_is_refused(group: None, client: Client, change: dict[str, str]) -> None:
    moment = str(int(clock.process_now().timestamp() * 1000))
    query = {"access_token": "token-of-the-robot", "timestamp": moment, "sign": dingtalk.proof(moment)}
    body = {"msgtype": "text", "text": {"content": "有文件缺失"}}
    address = "/demo/dingtalk/robot/send"

    def asked(query: dict[str, str]) -> int:
        answer = client.post(f"{address}?{urlencode(query)}", body, content_type="application/json")
        return int(answer.json()["errcode"])

    assert asked(query) == 0
    assert asked(query | change) != 0
    assert SentText.objects.count() == 1


def test_more_than_the_vendor_takes_is_refused(group: None) -> None:
    for _number in range(PER_MINUTE):
        dingtalk.send(Outgoing("m-1", "", "有文件缺失"))
    with pytest.raises(Postponed):
        dingtalk.send(Outgoing("m-1", "", "有文件缺失"))
    assert SentText.objects.count() == PER_MINUTE
