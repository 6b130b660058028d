"""Texts by 阿里云 and 腾讯云: signed as the vendors say, only what was registered, and each of their errors means something."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from common import clock
from common.gateways import sms, sms_templates
from common.gateways.channels import Outgoing, Postponed, Problem, Refused
from notifications.models import Channel, Message, MessageState
from notifications.services import send_due
from standins.models import SentText
from standins.sms_vendors import BAD_NUMBER, NO_TEMPLATE, TOO_OFTEN
from tests.support.court import Cast, accepted
from tests.support.servers import Live

TEXT = "您的立案申请有材料要补，请于3月21日24:00前登录查看。"
REGISTERED = [
    {"id": "SMS_1", "text": "您的立案申请有材料要补，请于${day}24:00前登录查看。"},
    {"id": "SMS_2", "text": "${words}网址 ${host} ，电话${phone}。"},
]
PHONE = "13800000001"
VENDORS = ("aliyun", "tencent")


@pytest.fixture(params=VENDORS)
def vendor(request: Any, live: Live, settings: Any, tmp_path: Path) -> str:
    """One of the vendors, played by the stand-in."""
    file = tmp_path / "templates.json"
    file.write_text(json.dumps(REGISTERED, ensure_ascii=False), encoding="utf-8")
    settings.SMS_PROVIDER, settings.SMS_URL = request.param, f"{live.url}/demo/{request.param}"
    settings.SMS_ACCOUNT, settings.SMS_SIGNATURE, settings.SMS_APP = "LTAI-account", "某某法院", "1400000001"
    settings.SMS_TEMPLATES = file
    return str(request.param)


def test_a_registered_text_is_sent_by_its_template(vendor: str) -> None:
    assert (
        sms.send(Outgoing("m-1", PHONE, f"【某某法院】{TEXT}")) == {"aliyun": "1^0", "tencent": "2:1"}[vendor]
    )
    sent = SentText.objects.get()
    assert (sent.to, sent.text, sent.provider_id) == (PHONE, "SMS_1: 3月21日", "m-1-0")


@pytest.mark.parametrize(
    ("name", "value"), [("SMS_TOKEN", "another key of the account"), ("SMS_ACCOUNT", "nobody")]
)
def test_a_wrong_key_or_account_is_found_out(vendor: str, settings: Any, name: str, value: str) -> None:
    """The stand-in holds the right ones: it is asked with what another installation signed."""
    request = sms.provider_of(vendor).request
    template = sms_templates.template_for(TEXT)
    assert template is not None
    right = getattr(settings, name)
    setattr(settings, name, value)
    signed = request(PHONE, template, "m-1")
    setattr(settings, name, right)
    assert sms.provider_of(vendor).problem_of(sms.post(signed).body) is Problem.SIGNATURE
    changed = request(PHONE, template, "m-1")
    changed.headers["Authorization"] = changed.headers["Authorization"][:-1] + "x"
    assert sms.provider_of(vendor).problem_of(sms.post(changed).body) is Problem.SIGNATURE
    assert not SentText.objects.exists()


@pytest.mark.parametrize(
    ("phone", "problem"), [(BAD_NUMBER, Problem.ADDRESS), (NO_TEMPLATE, Problem.TEMPLATE)]
)
def test_what_will_never_be_taken_is_said_so(vendor: str, phone: str, problem: Problem) -> None:
    with pytest.raises(Refused) as refused:
        sms.send(Outgoing("m-1", phone, TEXT))
    assert refused.value.problem is problem


def test_throttled_may_be_tried_again(vendor: str) -> None:
    with pytest.raises(Postponed):
        sms.send(Outgoing("m-1", TOO_OFTEN, TEXT))


def test_a_text_nobody_registered_is_not_sent(vendor: str) -> None:
    with pytest.raises(Refused) as refused:
        sms.send(Outgoing("m-1", PHONE, "张某诉李某一案"))
    assert refused.value.problem is Problem.TEMPLATE and not SentText.objects.exists()


def test_notices_go_out_and_a_dead_number_is_tried_once(
    vendor: str, cast: Cast, run_outbox: Callable[..., int]
) -> None:
    """Every notice of the story has the registered frame; whose number is refused is not asked again and again."""
    accepted(cast)
    run_outbox()
    texts = Message.objects.filter(channel=Channel.SMS)
    dead = texts.latest("id")
    dead.phone, dead.recipient_key = BAD_NUMBER, "party:somebody"
    dead.save(update_fields=["phone", "recipient_key"])
    send_due()
    with clock.at(clock.now() + timedelta(hours=1)):
        assert send_due() == 0
    states = dict(texts.values_list("pk", "state"))
    assert states.pop(dead.pk) == MessageState.BOUNCED
    assert set(states.values()) <= {MessageState.SENT, MessageState.MERGED}
    assert SentText.objects.count() == list(states.values()).count(MessageState.SENT)


@pytest.mark.parametrize(
    ("registered", "text", "words"),
    [
        ("最晚${day}答复。", "最晚3月21日答复。", {"day": "3月21日"}),
        ("最晚${day}答复。", "最晚答复。", None),
        ("最晚${day}答复。", "最晚3月\n21日答复。", None),
        ("1+1=2（${a}）", "1+1=2（x）", {"a": "x"}),
        ("${a}，${b}。", "甲，乙，丙。", {"a": "甲", "b": "乙，丙"}),
    ],
)
def test_a_text_is_read_back_from_its_template(
    registered: str, text: str, words: dict[str, str] | None
) -> None:
    found = sms_templates.pattern_of(registered).fullmatch(text)
    assert (found.groupdict() if found else None) == words


def test_a_place_that_stands_twice_is_an_error() -> None:
    with pytest.raises(ValueError, match="twice"):
        sms_templates.pattern_of("${a}${a}")
