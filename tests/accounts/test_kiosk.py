"""A device in a hall forgets who was there a minute after the last click (SEC-07)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import Page, expect

from accounts import kiosk
from accounts.unsent import UNSENT
from eventlog.models import Event
from tests.filing.pages import text_of
from tests.support.court import Cast, draft

pytestmark = pytest.mark.req("SEC-07")


def marked(cast: Cast) -> Client:
    """A device that a clerk has marked; he is out."""
    client = cast.client("clerk")
    answer = client.post("/desk/kiosk/", {"name": "一楼2号机"})
    assert answer["Location"] == "/" and client.get("/desk/kiosk/").status_code == 302
    assert answer.cookies[kiosk.COOKIE]["max-age"] > 30_000_000 and answer.cookies[kiosk.COOKIE]["httponly"]
    return client


def signed_in(cast: Cast, name: str) -> Client:
    client = marked(cast)
    client.force_login(cast.users[name] if name in cast.users else cast.posts[name].user)
    return client


def set_back(client: Client, by: timedelta) -> None:
    session = client.session
    session["seen_at"] = (datetime.fromisoformat(session["seen_at"]) - by).isoformat()
    session.save()


def is_wiped(answer: HttpResponse) -> bool:
    return (
        answer.headers.get("Clear-Site-Data") == '"cache", "storage"' and answer.cookies["prefs"].value == ""
    )


@pytest.mark.parametrize(("name", "page"), [("zhang", "/my/"), ("clerk", "/desk/filings/")])
def test_a_minute_without_a_click_ends_everything(cast: Cast, name: str, page: str) -> None:
    client = signed_in(cast, name)
    shown = client.get(page)
    assert 'content="61;url=/kiosk/over/"' in shown.content.decode() and "js/kiosk" in shown.content.decode()
    set_back(client, kiosk.IDLE - timedelta(seconds=10))
    assert client.get(page).status_code == 200
    set_back(client, kiosk.IDLE - timedelta(seconds=10))
    assert client.get(page).status_code == 200, "each click begins anew"
    set_back(client, kiosk.IDLE)
    answer = client.get(page)
    assert answer["Location"] == kiosk.OVER and is_wiped(answer)
    assert client.get(page).status_code == 302
    assert "已经退出" in text_of(client.get(kiosk.OVER))
    assert kiosk.COOKIE in client.cookies, "it stays a kiosk"


def test_what_was_typed_is_not_kept_for_the_next(cast: Cast) -> None:
    client, filing = signed_in(cast, "zhang"), draft(cast)
    client.get("/my/")
    set_back(client, kiosk.IDLE)
    typed = client.post(
        f"/my/filings/{filing.public_id}/facts/contract/", {"contract_facts": "写了很久的经过"}
    )
    assert typed["Location"] == kiosk.OVER and UNSENT not in client.session


def test_half_a_sign_in_is_forgotten_too(cast: Cast) -> None:
    client = marked(cast)
    client.cookies.pop(settings.SESSION_COOKIE_NAME)  # empty since the clerk is out
    session = client.session
    session["sign_in"] = {"challenge": "x", "phone": "y", "next": "/my/"}
    session.save()
    client.get("/")
    set_back(client, kiosk.IDLE)
    assert client.get("/login/code/")["Location"] == kiosk.OVER and "sign_in" not in client.session


def test_signing_out_wipes(cast: Cast) -> None:
    assert is_wiped(signed_in(cast, "zhang").post("/logout/"))


def test_other_browsers_know_nothing_of_it(cast: Cast) -> None:
    client = cast.client("zhang")
    for forged in ("", "2", "x:y:z"):
        client.cookies[kiosk.COOKIE] = forged
        assert "js/kiosk" not in client.get("/my/").content.decode()
        set_back(client, kiosk.IDLE) if "seen_at" in client.session else None
    assert client.get("/my/").status_code == 200
    assert "Clear-Site-Data" not in client.post("/logout/").headers


def test_a_clerk_makes_it_an_ordinary_browser_again(cast: Cast) -> None:
    client = signed_in(cast, "clerk")
    assert "现在是自助机" in text_of(client.get("/desk/kiosk/"))
    assert client.post("/desk/kiosk/", {"do": "end"})["Location"] == "/desk/kiosk/"
    assert "现在是自助机" not in text_of(client.get("/desk/kiosk/"))
    assert Event.objects.filter(name="accounts.kiosk_marked").count() == 1


def test_it_asks_after_forty_seconds_and_ends_after_sixty(page: Page) -> None:
    """The script on the browser's own clock, which the test moves."""
    page.clock.install()
    page.goto("/help/")
    page.wait_for_load_state()
    page.evaluate(
        "document.body.dataset.kiosk = '还在吗？20秒后退出'; document.body.dataset.kioskStay = '还在，继续'"
    )
    page.add_script_tag(url="/static/js/kiosk.js")
    page.clock.run_for(39_000)
    expect(page.get_by_text("还在吗？20秒后退出")).to_have_count(0)
    page.clock.run_for(2_000)
    page.get_by_role("button", name="还在，继续").click()
    expect(page.get_by_text("还在吗？20秒后退出")).to_have_count(0)
    page.clock.run_for(41_000)
    expect(page.get_by_text("还在吗？20秒后退出")).to_be_visible()
    page.clock.run_for(20_000)
    page.wait_for_url("**/kiosk/over/")
    expect(page.get_by_role("heading", name="已经退出")).to_be_visible()
