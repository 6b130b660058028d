"""WeChat and DingTalk as ways in, over real HTTP: to an account that exists, by who bound them, and never further (docs/adr/0040)."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import Browser, expect

from accounts.middleware import PROVED
from accounts.models import OutsideIdentity, OutsideWay, RealNameLevel, User
from accounts.outside_views import GONE
from accounts.services import outside, phones, resets, staff
from accounts.services.factors import live_factors
from common import clock
from common.errors import Conflict, NotAllowed
from common.gateways import states
from eventlog.models import Event
from notifications import address_services
from notifications.models import Channel, Message
from portal import closing_services as closings
from portal.own_data.contents import sections_of
from tests.accounts.test_kiosk import marked
from tests.accounts.test_step_up import old
from tests.concurrency.together import at_once
from tests.filing.pages import text_of
from tests.support.court import Cast
from tests.support.rude import Rude
from tests.support.servers import Live
from tests.support.sign_in import new_app, next_code

WEIXIN, DINGTALK, DESK_DINGTALK = "/login/weixin/", "/login/dingtalk/", "/staff/login/dingtalk/"
WAYS, SECOND = "/sign-in-ways/", "/staff/login/second/"
WX, DING = OutsideWay.WEIXIN, OutsideWay.DINGTALK
CODE = {WEIXIN: "code", DINGTALK: "authCode", DESK_DINGTALK: "authCode"}
ME, OTHER = "oZhang0001", "oSomebody2"
STAFF = "u-clerk"


@pytest.fixture(autouse=True)
def vendors(live: Live, settings: Any) -> Any:
    """Both, at their stand-ins."""
    settings.WEIXIN_URL = settings.WEIXIN_ASK_URL = f"{live.url}/demo/weixin"
    settings.DINGTALK_API_URL = settings.DINGTALK_ASK_URL = f"{live.url}/demo/dingtalk"
    return settings


def asked(place: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(place).query).items()}


def goes(client: Client, door: str = WEIXIN, **more: str) -> str:
    """To the vendor; the word that must come back."""
    answer = client.post(door, {"do": "go"} | more)
    assert answer.status_code == 302 and "/demo/" in answer["Location"], answer["Location"]
    return asked(answer["Location"])["state"]


def wants_to_bind(client: Client, way: OutsideWay, **more: str) -> str:
    answer = client.post(WAYS, {"bind": way} | more)
    assert answer.status_code == 302, text_of(answer)
    return asked(answer["Location"])["state"]


def comes_back(client: Client, state: str, door: str = WEIXIN, code: str = ME) -> HttpResponse:
    """The button of the page that the vendor leads back to."""
    return client.post(f"{door}?{urlencode({CODE[door]: code, 'state': state})}", {"do": "back"})


def through(client: Client, door: str = WEIXIN, code: str = ME, **more: str) -> HttpResponse:
    return comes_back(client, goes(client, door, **more), door, code)


def has(cast: Cast, name: str, identity: str = ME, way: OutsideWay = WX) -> None:
    """Bound, without the way through the pages."""
    known = f"union-{identity}" if way == DING else identity
    outside.bind(way=way, identity=known, actor=cast.actors[name])


def is_in(client: Client, page: str = "/my/") -> bool:
    return client.get(page).status_code == 200


def bare(answer: HttpResponse) -> str:
    """The page without form token, nonce and its own address."""
    own = r'(?:nonce|name="csrfmiddlewaretoken" value)="[^"]+"|\?(?:code|authCode)=[^"]*'
    return re.sub(own, "", text_of(answer))


# --- the way that works --------------------------------------------------------------------------------------------
@pytest.mark.req("SEC-07", "SEC-08")
def test_bound_by_its_owner_it_signs_in_and_proves_nothing_more(
    cast: Cast, vendors: Any, run_outbox: Callable[..., int], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="portal.security")
    owner, user = cast.client("zhang"), cast.users["zhang"]
    User.objects.filter(pk=user.pk).update(real_name_level=RealNameLevel.PHONE)
    assert WAYS in text_of(owner.get("/sessions/")) and "还没有绑定" in text_of(owner.get(WAYS))
    to_vendor = owner.post(WAYS, {"bind": "weixin"})["Location"]
    assert asked(to_vendor)["scope"] == "snsapi_base" and to_vendor.endswith("#wechat_redirect")
    place = httpx.get(to_vendor, follow_redirects=False).headers["location"]
    assert place.startswith(f"{vendors.PUBLIC_URL}{WEIXIN}?code=demo-")
    path = place.removeprefix(vendors.PUBLIC_URL)
    assert "继续" in text_of(owner.get(path)) and not OutsideIdentity.objects.exists(), (
        "reading binds nothing"
    )
    assert owner.post(path, {"do": "back"})["Location"] == WAYS
    row = OutsideIdentity.objects.get()
    person = place.partition("code=demo-")[2][:16]
    assert (row.user_id, row.way) == (user.pk, WX) and person not in str(OutsideIdentity.objects.values())
    assert "已绑定" in text_of(owner.get(WAYS)) and "已绑定微信" in text_of(owner.get("/sessions/"))
    run_outbox()
    told = Message.objects.filter(user=user, kind="outside_bound").values_list("channel", flat=True)
    assert set(told) == {Channel.INBOX, Channel.SMS}

    outside.end(way=WX, actor=cast.zhang)
    stream = [record.getMessage() for record in caplog.records if record.name == "portal.security"]
    assert {"accounts.outside_bound", "accounts.outside_ended"} <= set(stream)
    has(cast, "zhang")
    later = Client()
    before = goes(later, next="/my/notices/")
    key = later.session.session_key
    assert comes_back(later, before)["Location"] == "/my/notices/"
    assert is_in(later) and later.session.session_key != key, "a new id at sign-in"
    assert later.get(WEIXIN)["Location"] == "/my/" and later.get("/login/")["Location"] == "/my/"
    event = Event.objects.filter(name="accounts.signed_in", actor_id=user.pk).latest("id")
    assert event.payload == {"way": "weixin"} and event.stream == f"person:{user.public_id}"
    user.refresh_from_db()
    assert user.real_name_level == RealNameLevel.PHONE
    refused = later.post("/password/", {"password": "河里的鱼 8 条", "again": "河里的鱼 8 条"})
    assert refused["Location"].startswith("/step-up/"), "a shortcut is no fresh proof"


def test_where_it_leads_to_is_always_a_page_of_ours(cast: Cast) -> None:
    has(cast, "zhang")
    for wanted in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example", ""):
        assert through(Client(), next=wanted)["Location"] == "/my/"


def test_the_page_of_sign_in_offers_what_works_in_this_browser(vendors: Any) -> None:
    wechat = {"User-Agent": "Mozilla/5.0 (iPhone) MicroMessenger/8.0.50"}
    page = text_of(Client().get("/login/?next=/my/notices/"))
    assert WEIXIN in page and DINGTALK in page, "the stand-ins answer everywhere"
    vendors.PRODUCTION = True
    for headers, offers, hides in ((wechat, WEIXIN, DINGTALK), ({}, DINGTALK, WEIXIN)):
        page = text_of(Client().get("/login/", headers=headers))
        assert f'action="{offers}"' in page and f'action="{hides}"' not in page
    assert f'action="{DESK_DINGTALK}"' in text_of(Client().get("/staff/login/"))


# --- who is not let in ---------------------------------------------------------------------------------------------
def test_a_wechat_that_gets_notices_signs_nobody_in(cast: Cast) -> None:
    address_services.keep(channel=Channel.WEIXIN, address=ME, actor=cast.zhang)
    client = Client()
    refused = through(client)
    assert refused.status_code == 422 and "没有绑定能登录的账号" in text_of(refused)
    ordinary = re.search(r'href="(/login/\?next=[^"]+)"', text_of(refused))
    assert ordinary is not None and asked(ordinary[1])["next"].startswith(WAYS), (
        "and offers to bind afterwards"
    )
    assert not is_in(client)
    page = text_of(cast.client("zhang").get(asked(ordinary[1])["next"]))
    assert "绑定微信" in page and 'href="/my/"' in page


@pytest.mark.req("SEC-06")
def test_unknown_and_switched_off_and_of_staff_are_one_page(cast: Cast) -> None:
    has(cast, "li", OTHER)
    has(cast, "clerk", STAFF, DING)
    User.objects.filter(pk=cast.users["li"].pk).update(is_active=False)
    pages = {bare(through(Client(), code=code)) for code in (ME, OTHER)}
    assert len(pages) == 1
    has(cast, "chen", "u-chen", DING)
    User.objects.filter(pk=cast.users["chen"].pk).update(is_active=False)
    pages = {bare(through(Client(), DINGTALK, code)) for code in ("u-nobody", "u-chen", STAFF)}
    assert len(pages) == 1 and "没有绑定能登录的账号" in pages.pop()
    assert Event.objects.filter(name="accounts.signed_in").count() == 0


@pytest.mark.req("SEC-62")
def test_the_word_that_comes_back_is_of_this_visitor_once_and_of_some_minutes(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    has(cast, "zhang")
    calls: list[str] = []
    real = outside.who_gave
    monkeypatch.setattr(outside, "who_gave", lambda way, code: calls.append(code) or real(way, code))
    thief, victim = Client(), Client()
    stolen = goes(thief)
    assert comes_back(victim, stolen).status_code == 422, "who was not sent on"
    mine = goes(victim)
    assert comes_back(victim, stolen).status_code == 422, "who was sent on with another word"
    assert comes_back(victim, mine).status_code == 422, "it is gone after any try"
    assert comes_back(victim, "").status_code == 422
    signed_in = cast.client("zhang")
    session, binding = signed_in.session, wants_to_bind(signed_in, WX)
    session[GONE] = [binding, "sign_in", "/my/"]
    session.save()
    assert comes_back(signed_in, binding).status_code == 422, "made for something else"
    planted = goes(thief)
    session = victim.session
    session[GONE] = [planted, "sign_in", "/my/"]
    session.save()
    assert comes_back(victim, planted).status_code == 422, "made for another session"
    late = goes(victim)
    moment = clock.process_now() + timedelta(seconds=states.STATE_SECONDS + 1)
    with monkeypatch.context() as then:
        then.setattr(clock, "process_now", lambda: moment)
        assert comes_back(victim, late).status_code == 422
    assert calls == [], "nobody outside was asked"
    again, twin = goes(victim), Client()
    copy = type(victim.session)()  # as if the same request came twice at once
    copy.update(dict(victim.session.items()))
    copy.create()
    twin.cookies[settings.SESSION_COOKIE_NAME] = copy.session_key
    assert comes_back(victim, again)["Location"] == "/my/" and calls == [ME], "control: where it belongs"
    assert comes_back(twin, again).status_code == 422 and calls == [ME], "once"


def test_a_code_is_good_once_and_a_made_up_openid_never(cast: Cast, vendors: Any) -> None:
    client = Client()
    place = httpx.get(client.post(WEIXIN, {"do": "go"})["Location"], follow_redirects=False).headers[
        "location"
    ]
    code = asked(place)["code"]
    known = outside.who_gave(WX, code)
    outside.bind(way=WX, identity=known, actor=cast.zhang)
    for bad in (code, "preview", "no-code", ""):
        refused = through(client, code=bad)
        assert refused.status_code == 422 and "已过期或已用过" in text_of(refused), bad
    assert not is_in(client)
    for bad in ("demo-0123456789abcdef-0123456789abcdeg", "no-code"):
        assert through(client, DINGTALK, bad).status_code == 422


# --- binding -------------------------------------------------------------------------------------------------------
@pytest.mark.req("SEC-08")
def test_only_who_has_just_proven_himself_binds(cast: Cast) -> None:
    client = cast.client("zhang")
    state = wants_to_bind(client, WX)
    old(client)
    for answer in (client.post(WAYS, {"bind": "weixin"}), comes_back(client, state)):
        assert answer["Location"].startswith("/step-up/?next="), "also on the way back"
    assert not OutsideIdentity.objects.exists()
    session = client.session
    session[PROVED] = clock.process_now().isoformat()
    session.save()
    assert comes_back(client, state)["Location"] == WAYS and OutsideIdentity.objects.count() == 1
    assert client.post(WAYS, {"bind": "dingtalk"}).status_code == 302
    assert cast.client("clerk").post(WAYS, {"bind": "weixin"}).status_code == 404, "staff have no WeChat here"
    with pytest.raises(NotAllowed):
        outside.bind(way=WX, identity=ME, actor=cast.clerk)


def test_one_identity_is_of_one_account(cast: Cast) -> None:
    has(cast, "li")
    client = cast.client("zhang")
    refused = comes_back(client, wants_to_bind(client, WX))
    assert refused.status_code == 409 and "已经绑定了另一个账号" in text_of(refused)
    assert OutsideIdentity.objects.get().user_id == cast.users["li"].pk
    has(cast, "li")  # his already: nothing happens
    assert Event.objects.filter(name="accounts.outside_bound").count() == 1
    has(cast, "li", OTHER)  # another WeChat takes the place of the one before
    assert list(outside.live_of(cast.users["li"].pk).values_list("way", flat=True)) == [WX]
    assert through(Client()).status_code == 422 and through(Client(), code=OTHER).status_code == 302


def test_two_accounts_at_the_same_moment(cast: Cast) -> None:
    found = at_once(lambda: has(cast, "zhang"), lambda: has(cast, "li"))
    assert sorted(type(one).__name__ for one in found) == ["Conflict", "NoneType"]
    assert any(isinstance(one, Conflict) for one in found) and OutsideIdentity.objects.count() == 1


@pytest.mark.req("SEC-07")
def test_given_up_it_opens_nothing_and_every_other_sign_in_ends(
    cast: Cast, run_outbox: Callable[..., int]
) -> None:
    has(cast, "zhang")
    owner, elsewhere = old(cast.client("zhang")), Client()
    through(elsewhere)
    assert is_in(elsewhere)
    assert owner.post(WAYS, {"end": "weixin"})["Location"] == WAYS, (
        "whoever lost a phone needs no code for it"
    )
    assert is_in(owner) and not is_in(elsewhere)
    assert through(Client()).status_code == 422
    assert owner.post(WAYS, {"end": "weixin"}).status_code == 404
    run_outbox()
    assert Message.objects.filter(kind="outside_ended", user=cast.users["zhang"]).exists()
    ended = Event.objects.get(name="accounts.outside_ended")
    assert ended.payload == {"user": cast.users["zhang"].pk, "way": "weixin", "why": "owner"}


# --- what ends it --------------------------------------------------------------------------------------------------
@pytest.mark.req("SEC-25")
def test_a_lost_phone_takes_it_along_and_a_change_by_its_owner_does_not(cast: Cast) -> None:
    has(cast, "zhang")
    phones.change_own(user_id=cast.users["zhang"].pk, phone="13911112222", actor=cast.zhang)
    assert through(Client()).status_code == 302, "the owner had both phones in his hand"
    row = phones.begin_at_counter(user_id=cast.users["zhang"].pk, phone="13911113333", actor=cast.clerk)
    assert through(Client()).status_code == 302, "until it counts"
    with clock.at(row.takes_effect_at):
        assert through(Client()).status_code == 422, "also before the job has come by"
    assert Event.objects.get(name="accounts.outside_ended").payload["why"] == "phone"
    has(cast, "li", OTHER)
    phones.change_own(user_id=cast.users["chen"].pk, phone=cast.users["li"].phone, actor=cast.chen)
    assert through(Client(), code=OTHER).status_code == 422, "the number is another's now"


def test_a_closed_account_has_none_and_its_owner_takes_the_list_home(cast: Cast) -> None:
    has(cast, "zhang")
    sections = {section.title: section.rows for section in sections_of(cast.users["zhang"], cast.zhang)}
    assert [row[0] for row in sections["微信、钉钉登录"]] == ["微信"]
    row = closings.ask_closing(actor=cast.zhang)
    assert any(str(line.what) == "微信、钉钉登录" for line in closings.plan_of(cast.users["zhang"]).goes)
    closings.propose(public_id=row.public_id, actor=cast.admin)
    closings.decide(public_id=row.public_id, move="agree", actor=cast.supervisor)
    assert not OutsideIdentity.objects.exists() and through(Client()).status_code == 422
    assert Event.objects.get(name="portal.account_closed").payload["gone"]["outside"] == 1


# --- staff ---------------------------------------------------------------------------------------------------------
@pytest.mark.req("SEC-04", "SEC-08")
def test_dingtalk_replaces_the_password_of_staff_and_never_the_second_step(
    cast: Cast, run_outbox: Callable[..., int]
) -> None:
    clerk = cast.posts["clerk"].user
    factor, owner = new_app(clerk), cast.client("clerk")
    assert comes_back(owner, wants_to_bind(owner, DING), DESK_DINGTALK, STAFF)["Location"] == WAYS
    assert "解除绑定" in text_of(owner.get(WAYS))
    run_outbox()
    assert [row.channel for row in Message.objects.filter(user=clerk, kind="outside_bound")] == [
        Channel.INBOX
    ]
    client = Client()
    assert through(client, DESK_DINGTALK, STAFF, next="/desk/filings/")["Location"] == SECOND
    assert client.get("/desk/filings/")["Location"].startswith("/staff/login/"), (
        "DingTalk alone opens nothing"
    )
    assert client.post(SECOND, {"code": "000000"}).status_code == 422
    assert client.post(SECOND, {"code": next_code(factor)})["Location"] == "/desk/filings/"
    assert is_in(client, "/desk/filings/")
    event = Event.objects.filter(name="accounts.signed_in", actor_id=clerk.pk).latest("id")
    assert event.payload == {"factor": "totp", "way": "dingtalk"}
    asks = client.post("/staff/factors/", {"do": "codes"})
    assert asks["Location"].startswith("/step-up/"), "before important acts the password is asked for"
    half = Client()
    through(half, DESK_DINGTALK, STAFF)
    owner.post(WAYS, {"end": "dingtalk"})
    factor.refresh_from_db()
    assert half.post(SECOND, {"code": next_code(factor)})["Location"] == "/staff/login/", (
        "given up in between"
    )


@pytest.mark.req("SEC-04")
def test_without_a_second_step_dingtalk_leads_nowhere(cast: Cast, vendors: Any) -> None:
    """After a reset somebody sets up an app with the password, not with what lies on a lost phone."""
    has(cast, "clerk", STAFF, DING)
    assert not live_factors(cast.posts["clerk"].user.pk).exists()
    assert through(Client(), DESK_DINGTALK, STAFF).status_code == 422
    vendors.STAFF_SECOND_FACTOR = False  # as in the demo
    client = Client()
    assert through(client, DESK_DINGTALK, STAFF)["Location"] == "/desk/" and is_in(client, "/desk/filings/")


@pytest.mark.req("SEC-04")
@pytest.mark.parametrize("why", ["factor", "password"])
def test_a_reset_by_two_takes_it_along(cast: Cast, why: str) -> None:
    clerk = cast.posts["clerk"].user
    has(cast, "clerk", STAFF, DING)
    if why == "factor":
        asked_for = resets.propose_reset(
            username="clerk", reason="手机丢了，当面核对了工作证", actor=cast.admin
        )
        resets.decide_reset(public_id=asked_for.public_id, move="agree", actor=cast.actors["admin2"])
    else:
        staff.forget_password(user=clerk, court_id=cast.court.pk, actor=cast.admin)
    assert not outside.live_of(clerk.pk).exists()
    assert Event.objects.get(name="accounts.outside_ended").payload["why"] == why


@pytest.mark.req("SEC-04")
def test_staff_come_in_on_their_host_and_from_their_networks_only(cast: Cast, vendors: Any) -> None:
    new_app(cast.posts["clerk"].user)
    has(cast, "clerk", STAFF, DING)
    vendors.STAFF_HOST, vendors.ALLOWED_HOSTS = "staff.court.test", ["*"]
    vendors.STAFF_DOOR_NETWORKS = ["10.1.0.0/16"]
    inside = {"HTTP_HOST": "staff.court.test", "REMOTE_ADDR": "10.1.2.3"}
    for away in ({"REMOTE_ADDR": "10.1.2.3"}, inside | {"REMOTE_ADDR": "10.2.0.1"}):
        assert Client(**away).post(DESK_DINGTALK, {"do": "go"}).status_code == 404
        assert Client(**away).post(f"{DESK_DINGTALK}?authCode=x", {"do": "back"}).status_code == 404
    client = Client(**inside)
    answer = client.post(DESK_DINGTALK, {"do": "go"})
    assert asked(answer["Location"])["redirect_uri"] == f"http://staff.court.test{DESK_DINGTALK}"
    state = asked(answer["Location"])["state"]
    assert comes_back(client, state, DESK_DINGTALK, STAFF)["Location"] == SECOND


def test_binding_works_though_no_other_site_brings_the_cookie_of_staff_along(
    cast: Cast, live: Live, vendors: Any, browser: Browser
) -> None:
    """The vendor is another site here: what it leads to comes without the Strict cookie, and does nothing by itself."""
    vendor = live.url.replace("127.0.0.1", "localhost")
    vendors.DINGTALK_ASK_URL = f"{vendor}/demo/dingtalk"
    policy = vendors.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    vendors.CONTENT_SECURITY_POLICY = {
        "DIRECTIVES": policy | {"form-action": [*policy["form-action"], vendor]}
    }
    name, key = vendors.SESSION_COOKIE_NAME, cast.client("clerk").session.session_key
    context = browser.new_context(locale="zh-CN", base_url=live.url)
    try:
        context.set_default_timeout(15_000)
        context.add_cookies([{"name": name, "value": str(key), "url": live.url, "sameSite": "Strict"}])
        page = context.new_page()
        page.goto(WAYS)
        page.get_by_role("button", name="绑定钉钉").click()
        expect(page.get_by_role("button", name="继续")).to_be_visible()
        # the real vendor shows a page of its own, on which the person says yes; what is clicked there comes from another site
        yes = f'<a href="{page.url.replace("&", "&amp;")}">同意</a>'
        page.route(f"{vendor}/yes", lambda route: route.fulfill(content_type="text/html", body=yes))
        page.goto(f"{vendor}/yes")
        page.get_by_role("link").click()
        button = page.get_by_role("button", name="继续")
        expect(button).to_be_visible()
        expect(page.get_by_role("button", name="退出", exact=True)).to_have_count(0)
        assert not OutsideIdentity.objects.exists()
        button.click()
        expect(page.get_by_text("钉钉已绑定")).to_be_visible()
    finally:
        context.close()
    assert OutsideIdentity.objects.get().user_id == cast.posts["clerk"].user_id


# --- where there is none, and when nobody answers --------------------------------------------------------------------
def test_an_installation_without_them_has_no_button_and_no_address(cast: Cast, vendors: Any) -> None:
    has(cast, "zhang")
    vendors.WEIXIN_SIGN_IN, vendors.DINGTALK_SIGN_IN = False, "none"
    for page in ("/login/", "/staff/login/"):
        assert "微信" not in text_of(Client().get(page)) and "钉钉" not in text_of(Client().get(page))
    owner = cast.client("zhang")
    assert WAYS not in text_of(owner.get("/sessions/"))
    for door in (WEIXIN, DINGTALK, DESK_DINGTALK):
        assert [Client().get(door).status_code, Client().post(door, {"do": "go"}).status_code] == [404, 404]
        assert Client().post(f"{door}?code=x&authCode=x&state=x", {"do": "back"}).status_code == 404
    assert owner.get(WAYS).status_code == 404 and owner.post(WAYS, {"end": "weixin"}).status_code == 404
    vendors.DINGTALK_SIGN_IN = "staff"
    assert Client().get(DINGTALK).status_code == 404 and Client().get(DESK_DINGTALK).status_code == 200


def test_no_kiosk_sends_anybody_there(cast: Cast) -> None:
    hall = marked(cast)
    assert "用钉钉登录" not in text_of(hall.get("/login/"))
    assert [hall.get(door).status_code for door in (WEIXIN, DINGTALK)] == [404, 404]


@pytest.fixture
def rude(vendors: Any) -> Iterator[Rude]:
    """A vendor that does not behave."""
    server = Rude()
    vendors.OUTSIDE_CONNECT_SECONDS, vendors.OUTSIDE_READ_SECONDS = 0.2, 0.3
    yield server
    server.stop()


@pytest.mark.req("REL-59")
@pytest.mark.parametrize(("door", "name"), [(WEIXIN, "微信"), (DINGTALK, "钉钉")])
def test_while_nobody_answers_there_is_the_ordinary_way_and_nothing_hangs(
    cast: Cast, vendors: Any, rude: Rude, door: str, name: str
) -> None:
    has(cast, "zhang", "u-zhang" if door == DINGTALK else ME, DING if door == DINGTALK else WX)
    waiting = [(visitor, goes(visitor, door)) for visitor in (Client() for _one in range(6))]
    vendors.WEIXIN_URL = vendors.DINGTALK_API_URL = rude.url
    for manner, (visitor, state) in zip(
        ("hang", "reset", "error", "bad json", "unsigned"), waiting, strict=False
    ):
        rude.manner = manner
        answer = comes_back(visitor, state, door, "u-zhang" if door == DINGTALK else ME)
        page = text_of(answer)
        assert answer.status_code == 503 and f"{name}现在没有回应" in page and "用手机号登录" in page, manner
    assert rude.calls == 5
    visitor, state = waiting[5]
    assert comes_back(visitor, state, door).status_code == 503 and rude.calls == 5, "left alone after five"
    owner = cast.client("zhang")
    refused = comes_back(owner, wants_to_bind(owner, WX if door == WEIXIN else DING), door)
    assert refused.status_code == 503 and "没有绑定" in text_of(refused)
