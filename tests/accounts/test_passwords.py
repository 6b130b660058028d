"""Passwords of the public beside the code, changes by their owners, the pauses after wrong ones (SEC-01, SEC-05, SEC-06)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.middleware import PROVED
from accounts.models import User
from accounts.services.guessing import ACCOUNT, LONGEST_PAUSE, WINDOW_SECONDS
from accounts.services.limits import count
from common import clock
from eventlog.models import Event
from portal.demo.cast import PASSWORD, ZHANG
from tests.filing.pages import text_of
from tests.support.court import Cast

WORDS = "河里的鱼 8 条"
HOME, ELSEWHERE = "10.0.0.7", "203.0.113.9"


def sign_in(
    password: str, phone: str = ZHANG.phone, address: str = HOME, client: Client | None = None
) -> HttpResponse:
    return (client or Client()).post(
        "/login/password/", {"phone": phone, "password": password}, REMOTE_ADDR=address
    )


def change(client: Client, password: str, again: str | None = None) -> HttpResponse:
    return client.post("/password/", {"password": password, "again": again or password})


@pytest.fixture
def zhang(cast: Cast) -> Client:
    """张, freshly signed in by code, with a password of his own."""
    client = cast.client("zhang")
    assert change(client, WORDS)["Location"] == "/my/"
    return client


@pytest.mark.req("SEC-01", "SEC-07")
def test_a_password_beside_the_code_and_the_end_of_every_other_sign_in(cast: Cast) -> None:
    client, elsewhere = cast.client("zhang"), cast.client("zhang")
    assert sign_in(WORDS).status_code == 422
    before = client.session.session_key
    assert change(client, WORDS)["Location"] == "/my/"
    assert client.get("/my/").status_code == 200 and client.session.session_key != before
    assert elsewhere.get("/my/").status_code == 302
    with clock.at(clock.now() + timedelta(seconds=2)):
        later = Client()
        assert sign_in(WORDS, client=later)["Location"] == "/my/"
        assert later.get("/my/").status_code == 200
    names = Event.objects.filter(stream=f"person:{cast.users['zhang'].public_id}").order_by("id")
    assert list(names.values_list("name", flat=True))[-2:] == ["accounts.password_set", "accounts.signed_in"]


@pytest.mark.req("SEC-01", "SEC-08")
def test_a_change_needs_a_fresh_proof_which_a_password_is_not(cast: Cast, zhang: Client) -> None:
    client = Client()
    sign_in(WORDS, client=client)
    for answer in (client.get("/password/"), change(client, "另外一个密码 9")):
        assert answer.status_code == 302 and answer["Location"].startswith("/step-up/?next=")
    assert sign_in(WORDS).status_code == 302, "nothing has changed"


@pytest.mark.req("SEC-01")
@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("七个字的密码呀", "至少要8个字符"),
        ("12345678", "很容易被猜到"),
        ("iloveyou", "很容易被猜到"),
        ("13800000001", "很容易被猜到"),
        ("张某13800000001", "很容易被猜到"),
        ("码上通诉讼服务法院", "很容易被猜到"),
        ("aaaaaaaaaaaa", "很容易被猜到"),
        ("长" * 129, "最多128个字符"),
    ],
)
def test_what_everybody_would_guess_is_refused(cast: Cast, password: str, words: str) -> None:
    answer = change(cast.client("zhang"), password)
    assert answer.status_code == 422 and words in text_of(answer)
    assert not User.objects.get(pk=cast.users["zhang"].pk).has_usable_password()


@pytest.mark.req("SEC-01")
@pytest.mark.parametrize("password", [" a 1 b 2 ", "🐟🐠🐡🦈🐙🐚🦀🦐", "河里的鱼游得很快" * 16])
def test_any_characters_up_to_128(cast: Cast, password: str) -> None:
    page = text_of(cast.client("zhang").get("/password/"))
    assert "可以粘贴" in page
    assert change(cast.client("zhang"), password).status_code == 302
    assert sign_in(password).status_code == 302
    assert sign_in(password.strip() + "x").status_code == 422


def test_two_that_differ_and_the_same_again(zhang: Client) -> None:
    assert "两次填的不一样" in text_of(change(zhang, WORDS, "别的密码 12"))
    assert "和现在的一样" in text_of(change(zhang, WORDS))


def test_a_password_is_given_up(cast: Cast, zhang: Client) -> None:
    assert zhang.post("/password/", {"do": "end"})["Location"] == "/password/"
    assert "设置登录密码" in text_of(zhang.get("/password/"))
    assert sign_in(WORDS).status_code == 422
    assert cast.client("clerk").post("/password/", {"do": "end"}).status_code == 403


@pytest.mark.req("SEC-06")
def test_known_and_unknown_numbers_get_the_same_answer(cast: Cast, zhang: Client) -> None:
    """With a password, without one, without an account."""
    User.objects.by_phone("13800000011").update(is_active=False)

    def bare(phone: str) -> tuple[int, str]:
        answer = sign_in("wrong word 1", phone=phone)
        body = re.sub(
            r'nonce="[^"]*"|(name="csrfmiddlewaretoken" value=)"[^"]*"', "", answer.content.decode()
        )
        return answer.status_code, body.replace(phone, "")

    answers = {bare(phone) for phone in (ZHANG.phone, "13800000002", "13800000011", "13999999999")}
    assert len(answers) == 1 and {status for status, _body in answers} == {422}


@pytest.mark.req("SEC-05")
def test_after_each_wrong_one_the_next_waits_longer_up_to_a_minute(cast: Cast, zhang: Client) -> None:
    moment = clock.now()
    for wait in (1, 2, 4, 8, 16, 32, LONGEST_PAUSE, LONGEST_PAUSE):
        with clock.at(moment):
            assert sign_in("wrong word 1", address=ELSEWHERE).status_code == 422
            refused = sign_in(WORDS, address=ELSEWHERE)
            assert (refused.status_code, refused["Retry-After"]) == (429, str(wait))
            assert f"请在{wait}秒后再试" in text_of(refused)
        moment += timedelta(seconds=wait)
    with clock.at(moment):
        assert sign_in(WORDS).status_code == 302, "his own network waits for nothing"
        assert sign_in(WORDS, address=ELSEWHERE).status_code == 302
        assert sign_in("wrong word 1", address=ELSEWHERE).status_code == 422, "a right one begins anew"
    with clock.at(moment + timedelta(seconds=1)):
        assert sign_in(WORDS, address=ELSEWHERE).status_code == 302


@pytest.mark.req("SEC-05", "SEC-06")
def test_numbers_without_an_account_wait_the_same(cast: Cast) -> None:
    with clock.at(clock.now()):
        answers = [sign_in("wrong word 1", phone="13999999999") for _try in range(2)]
    assert [answer.status_code for answer in answers] == [422, 429]


@pytest.mark.req("SEC-05")
def test_a_stranger_does_not_shut_the_owner_out_of_his_own_network(cast: Cast, zhang: Client) -> None:
    assert sign_in(WORDS).status_code == 302
    for _try in range(ACCOUNT):
        count(f"public-account:{ZHANG.phone}", WINDOW_SECONDS)
    assert sign_in(WORDS, address=ELSEWHERE).status_code == 429
    assert sign_in(WORDS).status_code == 302


@pytest.mark.req("SEC-01")
def test_staff_change_their_own_and_must_where_the_policy_says_so(cast: Cast, settings: Any) -> None:
    client, user = cast.client("judge"), cast.posts["judge"].user
    assert "至少要12个字符" in text_of(change(client, "海边的石头 8"))
    settings.STAFF_PASSWORD_DAYS = 90
    assert client.get("/bench/").status_code == 200
    User.objects.filter(pk=user.pk).update(password_set_at=clock.now() - timedelta(days=91))
    assert client.get("/bench/")["Location"] == "/password/"
    assert "换一个" in text_of(client.get("/password/"))
    assert change(client, PASSWORD).status_code == 422, "the same again is no change"
    assert change(client, "海边的石头会唱歌 2026")["Location"] == "/desk/"
    assert client.get("/bench/").status_code == 200
    zhang = cast.client("zhang")
    User.objects.filter(pk=cast.users["zhang"].pk).update(created_at=clock.now() - timedelta(days=900))
    assert zhang.get("/my/").status_code == 200, "the public's never have to"


def test_an_old_sign_in_asks_first(cast: Cast) -> None:
    client = cast.client("zhang")
    session = client.session
    session[PROVED] = (clock.process_now() - timedelta(minutes=6)).isoformat()
    session.save()
    assert client.get("/password/")["Location"] == "/step-up/?next=/password/"
