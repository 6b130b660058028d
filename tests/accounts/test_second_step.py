"""The second step of a staff sign-in: what works, once; what does not; who sees which page (SEC-04)."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.test import Client
from freezegun import freeze_time
from playwright.sync_api import Browser

from accounts.middleware import FACTOR
from accounts.models import RecoveryCode, SecondFactor, User
from accounts.services.factors import live_factors, make_recovery_codes, prove_by_code
from accounts.services.people import staff_themselves
from common import clock
from common.errors import TooManyRequests
from eventlog.models import Event
from portal.demo.cast import PASSWORD
from tests.accounts.test_pages_sign_in import ask
from tests.concurrency.together import at_once
from tests.filing.pages import text_of
from tests.support.court import Cast
from tests.support.servers import Live
from tests.support.sign_in import new_app, next_code, sign_in_staff

pytestmark = pytest.mark.req("SEC-04")
FIRST = {"username": "clerk", "password": PASSWORD}
SECOND = "/staff/login/second/"


@pytest.fixture
def clerk(cast: Cast) -> User:
    return cast.posts["clerk"].user


def half(client: Client) -> Client:
    """The password was right."""
    assert client.post("/staff/login/", FIRST | {"next": "/desk/filings/"})["Location"] == SECOND
    return client


def is_out(client: Client) -> bool:
    return client.get("/desk/filings/")["Location"].startswith("/staff/login/")


# --- the first sign-in ----------------------------------------------------------------------------------------------
def test_first_sign_in_sets_up_an_app_and_shows_recovery_codes_once(clerk: User) -> None:
    client = half(Client())
    assert client.get(SECOND)["Location"] == "/staff/factors/app/"
    assert is_out(client), "the password alone opens nothing"
    page = text_of(client.get("/staff/factors/app/"))
    secret = "".join(re.findall(r"data-secret>([A-Z2-7 ]+)<", page)[0].split())
    sealed = re.findall(r'name="sealed" value="([^"]+)"', page)[0]
    assert "<svg" in page and secret not in sealed
    sent = {"sealed": sealed, "label": "我的手机"}
    wrong = client.post("/staff/factors/app/", sent | {"code": "000000"})
    assert wrong.status_code == 422 and secret in text_of(wrong).replace(" ", "")
    assert not SecondFactor.objects.exists() and is_out(client)
    before = client.session.session_key
    right = client.post("/staff/factors/app/", sent | {"code": pyotp.TOTP(secret).now()})
    assert right["Location"] == "/staff/factors/" and client.session.session_key != before
    shown = text_of(client.get("/staff/factors/"))
    codes = re.findall(r'translate="no">([2-9a-z]{5}-[2-9a-z]{5})<', shown)
    assert len(set(codes)) == 10
    assert codes[0] not in text_of(client.get("/staff/factors/")), "shown once"
    stored = str(list(RecoveryCode.objects.values())) + str(list(SecondFactor.objects.values_list("handle")))
    assert codes[0] not in stored and secret not in stored
    assert client.get("/desk/filings/").status_code == 200
    assert [event.payload["factor"] for event in Event.objects.filter(name="accounts.signed_in")][-1:] == [
        "totp"
    ]


def test_nobody_sets_up_an_app_for_an_account_that_has_one(clerk: User) -> None:
    """The password alone must not be enough to replace the second step."""
    new_app(clerk)
    client = half(Client())
    assert client.get("/staff/factors/app/")["Location"] == SECOND
    assert client.post("/staff/factors/app/", {"label": "x", "code": "1"})["Location"] == SECOND


def test_the_secret_of_another_persons_form_is_not_taken(cast: Cast) -> None:
    page = text_of(cast.client("judge").get("/staff/factors/app/"))
    secret = "".join(re.findall(r"data-secret>([A-Z2-7 ]+)<", page)[0].split())
    sealed = re.findall(r'name="sealed" value="([^"]+)"', page)[0]
    sent = {"sealed": sealed, "label": "x", "code": pyotp.TOTP(secret).now()}
    assert cast.client("clerk").post("/staff/factors/app/", sent).status_code == 422
    assert not SecondFactor.objects.exists()


# --- codes ----------------------------------------------------------------------------------------------------------
def test_a_code_counts_once_and_leads_to_the_page_that_was_wanted(clerk: User) -> None:
    code, client = next_code(new_app(clerk)), half(Client())
    assert client.post(SECOND, {"code": f" {code[:3]} {code[3:]} "})["Location"] == "/desk/filings/"
    assert client.session[FACTOR] == "totp"
    again = half(Client())
    refused = again.post(SECOND, {"code": code})
    assert refused.status_code == 422 and "已经用过" in text_of(refused) and is_out(again)


def test_codes_of_long_ago_and_of_somebody_else_do_not_count(cast: Cast, clerk: User) -> None:
    factor, other = new_app(clerk), new_app(cast.posts["judge"].user)
    with freeze_time(clock.process_now() + timedelta(hours=1)):
        for code in (next_code(factor), pyotp.TOTP(other.secret).now(), "", "12345", "٠١٢٣٤٥", "x" * 500):
            client = half(Client())
            assert client.post(SECOND, {"code": code}).status_code == 422
            assert is_out(client)


def test_one_code_sent_twice_at_once_counts_once(clerk: User) -> None:
    code = next_code(new_app(clerk))
    actor = staff_themselves(clerk)

    def prove() -> str | None:
        return prove_by_code(user_id=clerk.pk, code=code, actor=actor)

    found = at_once(prove, prove)
    assert sorted(map(str, found)) == ["None", "totp"]


def test_a_recovery_code_counts_once_and_new_ones_void_the_old(clerk: User) -> None:
    new_app(clerk)
    actor = staff_themselves(clerk)
    codes = make_recovery_codes(user_id=clerk.pk, actor=actor)
    client = half(Client())
    assert client.post(SECOND, {"code": codes[0].upper()})["Location"] == "/desk/filings/"
    assert "还有 9 个" in text_of(client.get("/staff/factors/"))
    assert half(Client()).post(SECOND, {"code": codes[0]}).status_code == 422
    client.post("/staff/factors/", {"do": "codes"})
    assert half(Client()).post(SECOND, {"code": codes[1]}).status_code == 422
    assert Event.objects.filter(name="accounts.recovery_used").count() == 1


def test_ten_wrong_codes_then_a_pause_for_the_right_one_too(clerk: User) -> None:
    factor = new_app(clerk)
    actor = staff_themselves(clerk)
    for _try in range(10):
        assert prove_by_code(user_id=clerk.pk, code="000000x", actor=actor) is None
    with pytest.raises(TooManyRequests):
        prove_by_code(user_id=clerk.pk, code=next_code(factor), actor=actor)
    client = half(Client())
    refused = client.post(SECOND, {"code": next_code(factor)})
    assert refused.status_code == 429 and "15分钟" in text_of(refused) and is_out(client)


# --- half a sign-in -------------------------------------------------------------------------------------------------
def test_half_a_sign_in_ends_with_time_password_and_account(clerk: User) -> None:
    factor = new_app(clerk)
    client = half(Client())
    with freeze_time(clock.process_now() + timedelta(minutes=11)):
        assert client.post(SECOND, {"code": pyotp.TOTP(factor.secret).now()})["Location"] == "/staff/login/"
    client = half(Client())
    clerk.set_password("another-password-2026")
    clerk.save()
    assert client.post(SECOND, {"code": next_code(factor)})["Location"] == "/staff/login/"
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert client.get(SECOND)["Location"] == "/staff/login/"


def test_a_session_without_the_second_step_is_none(cast: Cast) -> None:
    """A session from before the step was asked for."""
    client = cast.client("clerk")
    session = client.session
    session[FACTOR] = ""
    session.save()
    assert is_out(client)


def test_where_no_step_is_asked_for_the_password_is_enough(cast: Cast, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False
    client = Client()
    assert client.post("/staff/login/", FIRST)["Location"] == "/desk/"
    assert client.get("/desk/filings/").status_code == 200


def test_a_text_message_is_no_second_step(clerk: User, live: Live) -> None:
    """The public sign-in with the phone of a member of staff opens no staff page."""
    client = Client()
    ask(client, "13900000077")
    assert client.get("/desk/filings/").status_code == 302
    assert client.get("/staff/factors/").status_code == 302


# --- one's own ways -------------------------------------------------------------------------------------------------
def test_the_last_way_stays_and_another_persons_does_not_exist(cast: Cast, clerk: User) -> None:
    client = Client()
    sign_in_staff(client, "clerk")
    (mine,) = live_factors(clerk.pk)
    client.post("/staff/factors/", {"factor": str(mine.public_id)})
    assert live_factors(clerk.pk).count() == 1
    foreign = new_app(cast.posts["judge"].user)
    assert client.post("/staff/factors/", {"factor": str(foreign.public_id)}).status_code == 404
    assert client.post("/staff/factors/", {"factor": "x"}).status_code == 404
    page = text_of(client.get("/staff/factors/app/"))
    secret = "".join(re.findall(r"data-secret>([A-Z2-7 ]+)<", page)[0].split())
    sealed = re.findall(r'name="sealed" value="([^"]+)"', page)[0]
    sent = {"sealed": sealed, "label": "新手机", "code": pyotp.TOTP(secret).now()}
    assert client.post("/staff/factors/app/", sent).status_code == 302
    assert client.post("/staff/factors/app/", sent).status_code == 422, "the same secret is not added twice"
    assert client.post("/staff/factors/", {"factor": str(mine.public_id)}).status_code == 302
    assert [factor.label for factor in live_factors(clerk.pk)] == ["新手机"]


# --- where staff come in --------------------------------------------------------------------------------------------
STAFF_PAGES = ("/staff/login/", SECOND, "/desk/filings/", "/bench/", "/oversight/", "/manage/outbox/")


@pytest.mark.parametrize("page", STAFF_PAGES)
def test_staff_pages_are_on_the_staff_host_and_network_only(cast: Cast, settings: Any, page: str) -> None:
    client = cast.client("admin")
    settings.STAFF_HOST, settings.ALLOWED_HOSTS = "staff.court.test", ["*"]
    assert client.get(page).status_code == 404
    assert client.get(page, headers={"host": "staff.court.test"}).status_code in (200, 302, 403)
    settings.STAFF_DOOR_NETWORKS = ["10.1.0.0/16"]
    inside = {"headers": {"host": "staff.court.test"}, "REMOTE_ADDR": "10.1.2.3"}
    assert client.get(page, **inside).status_code in (200, 302, 403)
    assert client.get(page, **inside | {"REMOTE_ADDR": "10.2.2.3"}).status_code == 404
    assert client.get(page, **inside | {"REMOTE_ADDR": "nowhere"}).status_code == 404
    assert client.get("/", REMOTE_ADDR="8.8.8.8").status_code == 200


def test_a_staff_session_is_nobody_on_the_public_host(cast: Cast, settings: Any) -> None:
    client = cast.client("clerk")
    settings.STAFF_DOOR_NETWORKS = ["10.1.0.0/16"]
    assert client.get("/resend/", REMOTE_ADDR="10.1.2.3").status_code == 200
    assert client.get("/resend/", REMOTE_ADDR="10.2.2.3").status_code == 302


# --- security keys --------------------------------------------------------------------------------------------------
def test_a_security_key_is_added_and_signs_in(cast: Cast, live: Live, browser: Browser) -> None:
    """In Chromium with an authenticator of its own making, over the pages."""
    address = live.url.replace("127.0.0.1", "localhost")
    context = browser.new_context(base_url=address)
    page = context.new_page()
    link = context.new_cdp_session(page)
    link.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True}
    link.send(
        "WebAuthn.addVirtualAuthenticator", {"options": options | {"automaticPresenceSimulation": True}}
    )
    code = next_code(new_app(cast.posts["clerk"].user))

    def password() -> None:
        page.goto("/staff/login/")
        page.fill("[name=username]", "clerk")
        page.fill("[name=password]", PASSWORD)
        page.click("main form button[type=submit]")

    password()
    page.fill("[name=code]", code)
    page.click("main form button[type=submit]")
    page.goto("/staff/factors/key/")
    page.fill("[name=label]", "蓝色密钥")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/staff/factors/")
    assert "蓝色密钥" in page.inner_text("main")
    context.clear_cookies()
    password()
    sent: list[Any] = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    page.click("[data-factor] button")
    page.wait_for_url("**/desk/filings/")
    posted = sent[0].post_data_json
    context.clear_cookies()
    password()
    page.request.post(
        SECOND,
        form=posted | {"csrfmiddlewaretoken": page.locator("[name=csrfmiddlewaretoken]").first.input_value()},
    )
    page.goto("/desk/filings/")
    assert page.url.startswith(f"{address}/staff/login/"), "an answer of the key counts once"
    context.close()
    assert json.loads(posted["answer"])["type"] == "public-key"
    assert [
        event.payload["factor"] for event in Event.objects.filter(name="accounts.signed_in").order_by("id")
    ] == [
        "totp",
        "webauthn",
    ]
