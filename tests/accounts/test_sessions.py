"""Sessions end: when nobody clicks, after the longest time, with the account and with the password (SEC-07)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, connection
from django.http import HttpResponse
from django.test import Client

from accounts.middleware import PUBLIC_IDLE, PUBLIC_LONGEST, STAFF_IDLE, STAFF_LONGEST, TOUCH_EVERY
from accounts.models import RateCounter, RealNameLevel, User
from accounts.services import sign_in_by_phone
from accounts.unsent import UNSENT
from common import clock
from filing.models import Filing
from tests.accounts.test_pages_sign_in import KNOWN, ask, code_of
from tests.concurrency.together import at_once
from tests.filing.pages import seen_on
from tests.support.court import Cast, draft
from tests.support.servers import Live
from tests.support.sign_in import sign_in_staff

pytestmark = pytest.mark.req("SEC-07")
SECOND = timedelta(seconds=1)


@pytest.fixture
def zhang(cast: Cast, live: Live) -> Client:
    client = Client()
    ask(client, KNOWN)
    client.post("/login/code/", {"code": code_of(KNOWN)})
    return client


@pytest.fixture
def clerk(cast: Cast) -> Client:
    client = Client()
    sign_in_staff(client, "clerk")
    return client


def set_back(client: Client, **by: timedelta) -> None:
    """As if the session had begun, or was last seen, so much earlier."""
    session = client.session
    for name, span in by.items():
        session[name] = (datetime.fromisoformat(session[name]) - span).isoformat()
    session.save()


@pytest.mark.parametrize(
    ("who", "page", "idle", "longest"),
    [("zhang", "/my/", PUBLIC_IDLE, PUBLIC_LONGEST), ("clerk", "/desk/filings/", STAFF_IDLE, STAFF_LONGEST)],
)
def test_idle_and_longest_time(
    zhang: Client, clerk: Client, who: str, page: str, idle: timedelta, longest: timedelta
) -> None:
    client = {"zhang": zhang, "clerk": clerk}[who]
    set_back(client, seen_at=idle - 30 * SECOND)
    assert client.get(page).status_code == 200
    seen = datetime.fromisoformat(client.session["seen_at"])
    assert clock.process_now() - seen < timedelta(minutes=1), "a click counts as being there"
    set_back(client, seen_at=idle + SECOND)
    assert client.get(page).status_code == 302
    assert client.get(page).status_code == 302, "the session is gone, not only hidden"


def test_the_longest_time_counts_whatever_is_clicked(clerk: Client) -> None:
    set_back(clerk, started_at=STAFF_LONGEST - 60 * SECOND)
    assert clerk.get("/desk/filings/").status_code == 200
    set_back(clerk, started_at=120 * SECOND)
    assert clerk.get("/desk/filings/").status_code == 302


@pytest.mark.parametrize(("who", "page"), [("zhang", "/my/"), ("clerk", "/desk/filings/")])
def test_a_deactivated_account_is_out_at_once(
    cast: Cast, zhang: Client, clerk: Client, who: str, page: str
) -> None:
    client = {"zhang": zhang, "clerk": clerk}[who]
    assert client.get(page).status_code == 200
    user = cast.users.get(who) or cast.posts[who].user
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get(page).status_code == 302


def test_a_deactivated_person_is_told_with_the_right_code_only(cast: Cast, live: Live) -> None:
    User.objects.by_phone(KNOWN).update(is_active=False)
    client = Client()
    ask(client, KNOWN)
    answer = client.post("/login/code/", {"code": code_of(KNOWN)})
    assert answer.status_code == 422 and "已停用" in answer.content.decode()
    assert client.get("/my/").status_code == 302


@pytest.mark.parametrize("ends", ["signs out", "gets a new id"])
def test_what_was_asked_for_before_the_session_ended_elsewhere_is_answered(cast: Cast, ends: str) -> None:
    """Two tabs of one browser: in one a page is saved, in the other its owner signs out, or proves himself, before the answer. It said
    that nothing had been done, which was not true."""
    filing, client, other = draft(cast), cast.client("zhang"), Client()
    address = ADDRESS.format(filing.public_id)
    seen = seen_on(client.get(address).content.decode(), address)
    set_back(client, seen_at=TOUCH_EVERY + SECOND)
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    other.cookies[settings.SESSION_COOKIE_NAME] = before

    def meanwhile(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith('UPDATE "filing_filing"'):
            at_once(lambda: other.post("/logout/") if ends == "signs out" else other.session.cycle_key())
        return execute(sql, *rest)

    with connection.execute_wrapper(meanwhile):
        answer = client.post(address, TYPED | {"seen": seen})
    assert answer.status_code == 302 and str(filing.public_id) in answer["Location"]
    assert "写了很久的经过" in str(Filing.objects.get(pk=filing.pk).answers)
    assert settings.SESSION_COOKIE_NAME not in answer.cookies
    assert client.get("/my/").status_code == 302, "the session of before is worth nothing"


def test_a_new_password_ends_every_session(clerk: Client, cast: Cast) -> None:
    User.objects.filter(pk=cast.posts["clerk"].user_id).update(password=make_password("another-pass-2026"))
    assert clerk.get("/desk/filings/").status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "index"), [("张某", ""), ("", "f" * 64), ("", "")])
def test_the_database_keeps_a_real_name_with_its_number(name: str, index: str) -> None:
    """A checked identity is name and number: with an empty number it would fit every party without one."""
    user = sign_in_by_phone(phone="13900000001")
    with pytest.raises(IntegrityError):
        User.objects.filter(pk=user.pk).update(
            name=name, id_number_index=index, real_name_level=RealNameLevel.REAL_NAME
        )


ADDRESS = "/my/filings/{}/facts/contract/"
TYPED = {"contract_facts": "写了很久的经过", "lender": "张某", "borrower": "李某"}


def late_form(cast: Cast, client: Client) -> tuple[Filing, str]:
    """A page of the form sent after the session stood idle too long, and where the visitor is sent."""
    filing = draft(cast)
    sent_to = ADDRESS.format(filing.public_id)
    seen = seen_on(client.get(sent_to).content.decode(), sent_to)
    set_back(client, seen_at=PUBLIC_IDLE + SECOND)
    answer = client.post(sent_to, TYPED | {"seen": seen})
    return filing, answer["Location"]


def sign_in_again(client: Client, address: str, phone: str) -> HttpResponse:
    RateCounter.objects.all().delete()  # one code a minute: the first sign-in is long ago
    client.post(address, {"phone": phone, "next": "/resend/"})
    return client.post("/login/code/", {"code": code_of(phone)}, follow=True)


def test_what_was_typed_for_too_long_is_sent_after_signing_in_again(
    zhang: Client, cast: Cast, live: Live
) -> None:
    filing, address = late_form(cast, zhang)
    assert address == "/login/?next=/resend/"
    assert filing.answers == Filing.objects.get(pk=filing.pk).answers
    page = sign_in_again(zhang, address, KNOWN)
    assert page.request["PATH_INFO"] == "/resend/" and "写了很久的经过" in page.content.decode()
    sent_to = ADDRESS.format(filing.public_id)
    seen = {"seen": seen_on(page.content.decode(), sent_to)}
    assert zhang.post(sent_to, TYPED | seen).status_code == 302
    assert Filing.objects.get(pk=filing.pk).answers["contract_facts"] == "写了很久的经过"
    assert zhang.post("/resend/").status_code == 302
    assert "没有等着提交的内容" in zhang.get("/resend/").content.decode()


def test_somebody_else_who_signs_in_does_not_see_it(zhang: Client, cast: Cast, live: Live) -> None:
    _filing, address = late_form(cast, zhang)
    page = sign_in_again(zhang, address, "13800000002")
    assert page.request["PATH_INFO"] == "/resend/" and "写了很久的经过" not in page.content.decode()


def test_a_visitor_who_never_signed_in_leaves_nothing(cast: Cast) -> None:
    client = Client()
    address = ADDRESS.format(draft(cast).public_id)
    assert client.post(address, TYPED)["Location"] == f"/login/?next={address}"
    assert UNSENT not in client.session


def test_a_new_password_is_not_kept(zhang: Client, cast: Cast) -> None:
    set_back(zhang, seen_at=PUBLIC_IDLE + SECOND)
    typed = {"password": "a-long-new-one", "again": "a-long-new-one"}
    assert zhang.post("/password/", typed)["Location"].startswith("/login/")
    assert UNSENT not in zhang.session


def test_it_is_kept_encrypted(zhang: Client, cast: Cast, live: Live) -> None:
    late_form(cast, zhang)
    assert "写了很久的经过" not in str(dict(zhang.session)) and UNSENT in zhang.session
