"""Sign-ins: the owner's list, the end of one and of all, new ids, the stricter cookie of staff (SEC-07)."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import AccountSession, User
from accounts.services.sessions import browser_words
from common import crypto
from tests.accounts.test_pages_sign_in import KNOWN, ask, code_of
from tests.filing.pages import text_of
from tests.support.court import Cast
from tests.support.servers import Live
from tests.support.sign_in import sign_in_staff

pytestmark = pytest.mark.req("SEC-07")
PAGE = "/sessions/"
PHONE = (
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126 Mobile Safari/537.36 MicroMessenger/8.0"
)


def signed_in(browser: str = "") -> Client:
    client = Client(headers={"user-agent": browser})
    sign_in_staff(client, "clerk")
    return client


def is_in(client: Client) -> bool:
    return client.get("/desk/filings/").status_code == 200


def test_the_list_shows_each_device_and_ends_one(cast: Cast) -> None:
    here, there = signed_in(), signed_in(PHONE)
    page = text_of(here.get(PAGE))
    assert "安卓手机 微信" in page and "（就是这台）" in page and page.count('value="one"') == 1
    row = AccountSession.objects.get(browser="安卓手机 微信")
    assert here.post(PAGE, {"sign_in": str(row.public_id)})["Location"] == PAGE
    assert is_in(here) and not is_in(there)
    assert "安卓手机" not in text_of(here.get(PAGE))


def test_end_all_leaves_this_one_with_a_new_id(cast: Cast) -> None:
    here, there = signed_in(), signed_in()
    before = here.session.session_key
    here.post(PAGE, {"do": "all"})
    assert is_in(here) and not is_in(there) and here.session.session_key != before


def test_somebody_elses_sign_in_does_not_exist(cast: Cast) -> None:
    there = signed_in()
    row = AccountSession.objects.get()
    judge = cast.client("judge")
    assert judge.post(PAGE, {"sign_in": str(row.public_id)}).status_code == 404
    assert judge.post(PAGE, {"sign_in": "x"}).status_code == 404
    assert is_in(there)


def test_a_new_id_stays_on_the_list_and_can_be_ended(cast: Cast) -> None:
    """Going on in another post gives the session another id."""
    here, there = signed_in(), signed_in(PHONE)
    there.post("/role/", {"post": str(cast.posts["clerk"].pk)})
    row = AccountSession.objects.get(browser="安卓手机 微信")
    assert row.session_key == there.session.session_key
    here.post(PAGE, {"sign_in": str(row.public_id)})
    assert not is_in(there)


def test_signing_out_takes_it_off_the_list(cast: Cast) -> None:
    here, there = signed_in(), signed_in(PHONE)
    there.post("/logout/")
    assert "安卓手机" not in text_of(here.get(PAGE))


def test_another_phone_ends_every_session(cast: Cast) -> None:
    client = cast.client("zhang")
    assert client.get("/my/").status_code == 200
    User.objects.filter(pk=cast.users["zhang"].pk).update(
        phone="13900000099", phone_index=crypto.blind_index("phone", "13900000099")
    )
    assert client.get("/my/").status_code == 302


def test_cookies_of_staff_are_strict_and_of_others_lax(cast: Cast, live: Live) -> None:
    staff, person = signed_in(), Client()
    ask(person, KNOWN)
    person.post("/login/code/", {"code": code_of(KNOWN)})
    assert (staff.cookies["session"]["samesite"], person.cookies["session"]["samesite"]) == ("Strict", "Lax")
    assert staff.cookies["session"]["httponly"]
    assert len(staff.cookies["session"].value) >= 26, "128 bits in letters and digits"


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (PHONE, "安卓手机 微信"),
        ("Mozilla/5.0 (Windows NT 10.0) Firefox/128.0", "Windows Firefox"),
        ("", ""),
        ("x" * 9000, ""),
    ],
)
def test_browsers_in_words(header: str, words: str) -> None:
    assert browser_words(header) == words
