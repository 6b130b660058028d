"""WeChat beside texts, over real HTTP: bound by who says in WeChat that it is he, a title and nothing more, given up when he left."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.test import Client

from common import clock
from common.errors import GatewayUnavailable
from common.gateways import states, weixin
from common.gateways.channels import Outgoing, Postponed, Problem, Refused
from eventlog.models import Event
from notifications import address_services
from notifications.models import AddressState, Channel, Message, MessageState, NoticeAddress
from notifications.recipients import of_user
from notifications.services import send_due
from notifications.wishes import ways_to
from standins import weixin as stand_in
from standins.models import SentText
from tests.filing.pages import text_of
from tests.support.court import Cast, accepted
from tests.support.rude import Rude
from tests.support.servers import Live

PAGE = "/my/notices/settings/weixin/"
ME = "oZhang0001"


@pytest.fixture
def account(live: Live, settings: Any) -> Iterator[Any]:
    """The court's official account, at the stand-in."""
    settings.WEIXIN_URL = settings.WEIXIN_ASK_URL = f"{live.url}/demo/weixin"
    weixin._tokens.clear()
    yield settings
    weixin._tokens.clear()
    stand_in.turn[0] = 0


def outgoing(to: str = ME, **more: str) -> Outgoing:
    return Outgoing(
        **{"id": "m-1", "to": to, "text": "【法院】您有一条新通知", "kind": "x", "title": "法官回复了您"}
        | more
    )


def has(cast: Cast, openid: str) -> NoticeAddress:
    return address_services.keep(channel=Channel.WEIXIN, address=openid, actor=cast.zhang)


def shown() -> list[SentText]:
    return list(SentText.objects.filter(channel="weixin").order_by("id"))


def test_a_message_is_a_title_and_the_way_to_the_inbox(account: Any) -> None:
    long = "您的案件有一份新文书已经送达，请尽快登录查看"
    number = weixin.send(outgoing(title=long))
    assert number and weixin.send(outgoing(title=long)) == number
    (letter,) = shown()
    title, service, _time, address = letter.text.split("\n")
    assert (letter.to, title) == (ME, long[:20]), "no more than a field takes"
    assert service == account.SERVICE_NAME[:20] and address == f"{account.PUBLIC_URL}/my/notices/"


def test_one_token_serves_until_it_ends_and_is_asked_for_anew_once(
    account: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = weixin._asked
    monkeypatch.setattr(weixin, "_asked", lambda m, path, *more: asked.append(path) or real(m, path, *more))
    weixin.send(outgoing())
    weixin.send(outgoing(id="m-2"))
    assert [path.startswith("/cgi-bin/stable_token") for path in asked] == [True, False, False]
    stand_in.turn[0] += 1  # the vendor ended it early: 40001
    asked.clear()
    weixin.send(outgoing(id="m-3"))
    assert [path.partition("?")[0].rpartition("/")[2] for path in asked] == ["send", "stable_token", "send"]
    assert len(shown()) == 3
    monkeypatch.setattr(weixin, "_token", lambda: "one that is never taken")
    with pytest.raises(GatewayUnavailable) as away:
        weixin.send(outgoing(id="m-4"))
    assert not isinstance(away.value, Refused | Postponed), (
        "twice refused: the vendor is away, nobody's fault"
    )


@pytest.mark.parametrize(
    ("to", "problem"),
    [
        (stand_in.GONE, Problem.ADDRESS),
        (stand_in.REFUSES, Problem.ADDRESS),
        (stand_in.NOBODY, Problem.ADDRESS),
    ],
)
def test_who_left_is_told_from_who_has_too_many(account: Any, to: str, problem: Problem) -> None:
    with pytest.raises(Refused) as refused:
        weixin.send(outgoing(f"{to}1"))
    assert refused.value.problem is problem
    with pytest.raises(Postponed):
        weixin.send(outgoing(f"{stand_in.FULL}1"))


def test_templates_are_those_that_were_approved(account: Any, tmp_path: Any) -> None:
    place = tmp_path / "templates.json"
    account.WEIXIN_TEMPLATES = place
    place.write_text('{"bill_due": {"id": "unknown", "data": {"thing1": "title"}}}')
    for kind in ("bill_due", "another"):  # one the vendor does not know, one that has none
        with pytest.raises(Refused) as refused:
            weixin.send(outgoing(kind=kind))
        assert refused.value.problem is Problem.TEMPLATE
    account.WEIXIN_TEMPLATES = tmp_path / "wrong.json"
    account.WEIXIN_TEMPLATES.write_text('{"*": {"id": "x", "data": {"thing1": "text"}}}')
    with pytest.raises(ValueError, match="title, service and time"):
        weixin.send(outgoing())
    asked = {"grant_type": "client_credential", "appid": account.WEIXIN_APP_ID, "secret": "of somebody else"}
    assert weixin._asked("POST", "/cgi-bin/stable_token", asked)["errcode"] == 40125


@pytest.mark.req("REL-59")
@pytest.mark.parametrize(
    "manner", ["hang", "reset", "error", "bad json", "empty", "away", "endless", "unsigned"]
)
def test_whatever_is_no_vendor_is_told_as_none(account: Any, manner: str) -> None:
    rude = Rude()
    rude.manner = manner
    account.WEIXIN_URL = rude.url
    account.OUTSIDE_CONNECT_SECONDS, account.OUTSIDE_READ_SECONDS = 0.2, 0.3
    try:
        with pytest.raises(GatewayUnavailable) as away:
            weixin.send(outgoing())
        assert not isinstance(away.value, Refused), "nobody loses his WeChat over it"
        with pytest.raises(GatewayUnavailable):
            weixin.openid_of("o1")
    finally:
        rude.stop()


def bound(browser: Client) -> str:
    """Through WeChat and back; where the person is led."""
    ask = re.search(r'href="([^"]*connect/oauth2/authorize[^"]*)"', browser.get(PAGE).content.decode())
    assert ask is not None
    answer = httpx.get(ask[1].replace("&amp;", "&"), follow_redirects=False)
    return answer.headers["location"]


def sent_back(place: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(place).query).items()}


def test_wechat_is_bound_by_who_says_there_that_it_is_he(cast: Cast, account: Any) -> None:
    browser: Client = cast.client("zhang")
    assert PAGE in browser.get("/my/notices/settings/").content.decode()
    place = bound(browser)
    assert place.startswith(f"{account.PUBLIC_URL}{PAGE}?code=")
    back = sent_back(place)
    page = browser.get(PAGE, back)
    assert "发到这个微信" in text_of(page) and not NoticeAddress.objects.exists(), (
        "the way back changes nothing"
    )
    other: Client = cast.client("li")
    assert "发到这个微信" not in text_of(other.get(PAGE, back)) and "已过期" in text_of(other.get(PAGE, back))
    assert other.post(PAGE, back).status_code == 422, "what somebody else was sent back with"
    assert cast.client("zhang").post(PAGE, back).status_code == 422, "another sign-in of the same person"
    with clock.at(clock.now()):
        assert browser.post(PAGE, back | {"code": "used"}).status_code == 422
    assert not NoticeAddress.objects.exists()
    assert browser.post(PAGE, back).status_code == 302
    row = NoticeAddress.objects.get(user=cast.users["zhang"])
    assert (row.channel, row.state) == (Channel.WEIXIN, AddressState.LIVE) and row.address.startswith("oDemo")
    assert "已绑定微信" in text_of(browser.get(PAGE))
    assert browser.post(PAGE, {"do": "end"}).status_code == 302
    assert browser.post(PAGE, {"do": "end"}).status_code == 404
    assert {event.name for event in Event.objects.filter(name__contains="address_")} == {
        "notifications.address_kept", "notifications.address_ended",
    }  # fmt: skip


def test_the_word_that_goes_round_is_of_one_person_and_ten_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    state = states.state_for("session:1")
    assert states.is_state(state, "session:1") and re.fullmatch(r"[0-9a-zA-Z]{1,128}", state)
    assert not states.is_state(state, "session:2")
    assert not any(
        states.is_state(wrong, "session:1")
        for wrong in ("", "x", "zxx", "ffffffffxaxb", state[:-1], f"{state}é")
    )
    moment = clock.process_now() + timedelta(seconds=states.STATE_SECONDS + 1)
    monkeypatch.setattr(clock, "process_now", lambda: moment)
    assert not states.is_state(state, "session:1")


def test_an_installation_without_an_account_shows_nothing(cast: Cast, account: Any) -> None:
    has(cast, ME)
    zhang = of_user(cast.users["zhang"])
    assert (Channel.WEIXIN, ME) in ways_to(zhang)
    account.WEIXIN_APP_ID = ""
    assert Channel.WEIXIN not in dict(ways_to(zhang))
    browser: Client = cast.client("zhang")
    assert browser.get(PAGE).status_code == 404
    assert PAGE not in browser.get("/my/notices/settings/").content.decode()


def test_notices_go_there_and_who_left_is_told_elsewhere(
    cast: Cast, account: Any, run_outbox: Callable[..., int]
) -> None:
    has(cast, f"{stand_in.GONE}1")
    accepted(cast)
    run_outbox()
    send_due()
    assert NoticeAddress.objects.get().state == AddressState.DEAD
    assert not Message.objects.filter(channel=Channel.WEIXIN, state=MessageState.BOUNCED).exists()
    assert "微信" not in text_of(cast.client("clerk").get("/desk/unreachable/")), "no task of the court"
    run_outbox()
    told = Message.objects.filter(kind="weixin_dead", user=cast.users["zhang"])
    assert set(told.values_list("channel", flat=True)) == {Channel.INBOX, Channel.SMS}
    assert "微信收不到通知了" in text_of(cast.client("zhang").get(PAGE))
    with clock.at(clock.now() + timedelta(hours=1)):
        send_due()
    assert shown() == [], "nothing more goes there"
    has(cast, ME)
    message = Message.objects.filter(channel=Channel.SMS, user=cast.users["zhang"]).first()
    assert message is not None
    message.pk, message.public_id, message.channel, message.phone = None, None, Channel.WEIXIN, ME
    message.state, message.attempts, message.event_id = MessageState.QUEUED, 0, -1
    message.public_id = Message._meta.get_field("public_id").get_default()
    message.next_at = message.created_at = clock.now()
    message.save()
    send_due()
    assert [letter.to for letter in shown()] == [ME] and message.title in shown()[0].text
    assert message.body not in shown()[0].text
