"""Before acts that a thief of a session must not do, its owner proves himself once more (SEC-08)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from accounts.middleware import PROVED
from accounts.models import ApiToken, RateCounter
from accounts.services.factors import live_factors
from accounts.step_up import FRESH_FOR
from common import clock
from eventlog.models import Event
from portal.demo.cast import PASSWORD
from standins.models import SentText
from tests.accounts.test_pages_sign_in import KNOWN, code_of, other
from tests.filing.pages import text_of
from tests.support.court import Cast
from tests.support.servers import Live
from tests.support.sign_in import new_app, next_code

pytestmark = pytest.mark.req("SEC-08")
TOKEN = {"name": "办案软件", "days": "30", "scopes": "cases", "form_key": "one-key"}
DOOR = "/step-up/?next=/resend/%3Fconfirmed%3D1"


def old(client: Client) -> Client:
    """Signed in longer ago than counts."""
    session = client.session
    session[PROVED] = (clock.process_now() - FRESH_FOR - timedelta(seconds=1)).isoformat()
    session.save()
    return client


def test_a_person_confirms_with_a_code_and_sends_what_was_typed(cast: Cast, live: Live) -> None:
    client = old(cast.client("zhang"))
    assert client.post("/my/tokens/", TOKEN)["Location"] == DOOR
    assert not ApiToken.objects.exists() and not SentText.objects.exists()
    page = text_of(client.get(DOOR))
    assert "138****0001" in page and KNOWN not in page
    asked = {"next": "/resend/?confirmed=1"}
    assert (
        "填写短信" in text_of(client.post("/step-up/", asked | {"do": "send"})) or SentText.objects.exists()
    )
    text = SentText.objects.get(to=KNOWN).text
    assert "确认办理重要事项" in text and "http" not in text
    wrong = client.post("/step-up/", asked | {"code": other(code_of(KNOWN))})
    assert wrong.status_code == 422
    before = client.session.session_key
    right = client.post("/step-up/", asked | {"code": code_of(KNOWN)})
    assert right["Location"] == "/resend/?confirmed=1" and client.session.session_key != before
    page = text_of(client.get(right["Location"]))
    assert "已确认是您本人" in page and "办案软件" in page
    assert client.post("/my/tokens/", TOKEN)["Location"] == "/my/tokens/"
    assert ApiToken.objects.count() == 1
    assert Event.objects.filter(name="accounts.stepped_up", actor_id=cast.users["zhang"].pk).count() == 1


def test_a_fresh_sign_in_is_not_asked(cast: Cast) -> None:
    assert cast.client("zhang").post("/my/tokens/", TOKEN)["Location"] == "/my/tokens/"


def test_a_code_of_a_sign_in_confirms_nothing(cast: Cast, live: Live) -> None:
    """A code is good for what its text names."""
    client = old(cast.client("zhang"))
    Client().post("/login/", {"phone": KNOWN})
    stolen = code_of(KNOWN)
    RateCounter.objects.all().delete()
    client.post("/step-up/", {"do": "send"})
    assert client.post("/step-up/", {"code": stolen if stolen != code_of(KNOWN) else "x"}).status_code == 422


def test_a_code_that_was_used_in_another_tab_is_refused_with_a_sentence(cast: Cast, live: Live) -> None:
    client = cast.client("zhang")
    refused = client.post("/step-up/", {"code": "123456"})
    assert refused.status_code == 422 and "验证码不对或已过期" in text_of(refused)


def test_staff_confirm_with_password_and_code(cast: Cast) -> None:
    clerk = cast.posts["clerk"].user
    factor, client = new_app(clerk), old(cast.client("clerk"))
    assert client.post("/staff/factors/", {"do": "codes"})["Location"] == DOOR
    good = {"password": PASSWORD, "code": next_code(factor)}
    for values in (good | {"password": "wrong"}, good | {"code": "000000"}, {"password": PASSWORD}, {}):
        assert client.post("/step-up/", values).status_code == 422
    assert live_factors(clerk.pk).get().counter == factor.counter, "a wrong password uses up no code"
    assert client.post("/step-up/", good | {"next": "/staff/factors/"})["Location"] == "/staff/factors/"
    assert client.post("/staff/factors/", {"do": "codes"})["Location"] == "/staff/factors/"


def test_ten_wrong_proofs_then_a_pause(cast: Cast) -> None:
    factor, client = new_app(cast.posts["clerk"].user), old(cast.client("clerk"))
    wrong = {"password": "wrong", "code": "123456"}
    assert [client.post("/step-up/", wrong).status_code for _try in range(11)] == [422] * 10 + [429]
    assert client.post("/step-up/", {"password": PASSWORD, "code": next_code(factor)}).status_code == 429


def test_the_page_leads_to_paths_of_this_site_only(cast: Cast, settings: object) -> None:
    factor, client = new_app(cast.posts["clerk"].user), cast.client("clerk")
    sent = {"password": PASSWORD, "code": next_code(factor), "next": "https://evil.example/"}
    assert client.post("/step-up/", sent)["Location"] == "/desk/"
