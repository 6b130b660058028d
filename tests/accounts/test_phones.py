"""Another phone for an account: by its owner with both phones, at the counter after a day (SEC-08, SEC-25, docs/adr/0028)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client

from accounts.models import AccountPhoneChange, IdKind, RateCounter, User
from accounts.services import passwords, phones, sign_in_by_phone
from accounts.services.sessions import end_sign_ins
from accounts.services.tokens import issue_token
from cases.models import Case, Party, Side
from common import clock, crypto
from common.errors import InvalidInput, NotAllowed, NotVisible
from common.text import mask_phone
from eventlog.models import Event
from eventlog.relay import run_due
from notifications import address_services
from notifications.feed_services import make_feed
from notifications.hook_services import add_endpoint
from notifications.models import Channel
from portal.demo.cast import LI, ZHANG
from standins.models import SentText
from tests.accounts.test_pages_sign_in import code_of, other
from tests.filing.pages import text_of
from tests.support.court import Cast
from tests.support.servers import Live

NEW = "13911112222"
OWN, DESK = "/my/phone/", "/desk/phones/"
PAPER = {"name": ZHANG.name, "id_kind": "id_card", "id_number": ZHANG.id_number, "phone": NEW}


def changed(client: Client, phone: str = NEW, address: str = OWN, **first: str) -> HttpResponse:
    """Both steps: the number, then the code that came to it."""
    RateCounter.objects.all().delete()  # one code a minute
    sent = client.post(address, {"do": "send", "phone": phone} | first)
    assert sent.status_code == 302, text_of(sent)
    return client.post(address, {"do": "code", "code": code_of(phone)})


def texts(phone: str) -> list[str]:
    while run_due():
        pass
    return list(SentText.objects.filter(to=phone).order_by("id").values_list("text", flat=True))


def phone_of(user: User) -> str:
    return User.objects.get(pk=user.pk).phone


def at_counter(cast: Cast) -> AccountPhoneChange:
    assert changed(cast.client("clerk"), address=DESK, **PAPER)["Location"] == DESK
    return AccountPhoneChange.objects.get(state="waiting")


@pytest.mark.req("SEC-08", "SEC-25")
def test_the_owner_changes_it_with_both_phones(cast: Cast, case: Case, live: Live) -> None:
    user, client, elsewhere = cast.users["zhang"], cast.client("zhang"), cast.client("zhang")
    wrong = client.post(OWN, {"do": "send", "phone": NEW}) and client.post(
        OWN, {"do": "code", "code": other(code_of(NEW))}
    )
    assert wrong.status_code == 422 and phone_of(user) == ZHANG.phone
    assert changed(client)["Location"] == OWN
    assert phone_of(user) == NEW
    assert client.get("/my/").status_code == 200 and elsewhere.get("/my/").status_code == 302
    assert Party.objects.get(case=case, side=Side.PLAINTIFF).phone == NEW, "codes of papers go there now"
    assert "已经换了" in texts(ZHANG.phone)[-1] and "已经换了" in texts(NEW)[-1]
    assert not any(word in texts(NEW)[-1] for word in (ZHANG.name, NEW, ZHANG.phone, "http"))
    event = Event.objects.get(name="accounts.phone_changed")
    assert NEW not in str(event.payload) and event.stream == f"person:{user.public_id}"
    stranger = sign_in_by_phone(phone=ZHANG.phone)
    assert stranger.pk != user.pk, "whoever gets the old number next finds an empty account"


@pytest.mark.req("SEC-06")
def test_a_number_that_another_account_has_looks_like_any_other_until_its_code_is_read(
    cast: Cast, live: Live
) -> None:
    li, client, hers = cast.users["li"], cast.client("zhang"), cast.client("li")
    pages = []
    for number in (NEW, LI.phone):
        RateCounter.objects.all().delete()
        sent = client.post(OWN, {"do": "send", "phone": number}, follow=True)
        body = re.sub(r'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"', "", sent.content.decode())
        pages.append((sent.status_code, body.replace(mask_phone(number), "")))
    assert pages[0] == pages[1]
    assert hers.get("/my/").status_code == 200
    assert client.post(OWN, {"do": "code", "code": code_of(LI.phone)})["Location"] == OWN
    li.refresh_from_db()
    assert (li.phone, li.name) == ("", LI.name), "she keeps her account, and it has no phone"
    assert hers.get("/my/").status_code == 302
    assert phone_of(cast.users["zhang"]) == LI.phone
    assert Event.objects.filter(name="accounts.phone_lost", stream=f"person:{li.public_id}").exists()
    assert phones.person_at_counter(
        name=LI.name, id_kind="id_card", id_number=LI.id_number, actor=cast.clerk  # type: ignore[arg-type]
    ) == li, "the counter finds it"  # fmt: skip


@pytest.mark.req("SEC-08")
def test_a_lost_phone_at_the_counter_counts_after_a_day(cast: Cast, live: Live) -> None:
    user, client = cast.users["zhang"], cast.client("zhang")
    row = at_counter(cast)
    assert row.takes_effect_at - row.asked_at == phones.WAIT
    assert row.stop_code in texts(ZHANG.phone)[-1] and row.stop_code not in " ".join(texts(NEW))
    assert "24小时后生效" in texts(NEW)[-1]
    with clock.at(row.takes_effect_at - timedelta(seconds=1)):
        assert phones.finish_due() == 0
    assert phone_of(user) == ZHANG.phone and "有人在窗口申请" in text_of(client.get(OWN))
    with clock.at(row.takes_effect_at):
        visitor = Client()
        RateCounter.objects.all().delete()
        visitor.post("/login/", {"phone": NEW})
        assert visitor.post("/login/code/", {"code": code_of(NEW)}).status_code == 302
        assert phones.finish_due() == 0, "signing in has made it count"
        assert "已经换了" in texts(ZHANG.phone)[-1]
    assert phone_of(user) == NEW and client.get("/my/").status_code == 302
    assert User.objects.filter(name=ZHANG.name).count() == 1


@pytest.mark.req("SEC-08", "SEC-25")
def test_what_whoever_had_the_phone_may_have_made_ends_with_it(cast: Cast) -> None:
    """Password, tokens, feeds, webhooks and addresses of notices; a change by the owner, who had both phones, leaves them."""
    lives = made_with_the_phone(cast, "zhang")
    user = cast.users["zhang"]
    phones.change_own(user_id=user.pk, phone="13911113333", actor=cast.zhang)
    assert lives() == (200, 200, "waiting", "live", True)
    row = phones.begin_at_counter(user_id=user.pk, phone=NEW, actor=cast.clerk)
    assert lives() == (200, 200, "waiting", "live", True), "until it counts"
    with clock.at(row.takes_effect_at):
        assert phones.finish_due() == 1
    assert lives() == (401, 404, "off", "ended", False)
    names = Event.objects.filter(stream=f"person:{user.public_id}").values_list("name", flat=True)
    assert {
        "accounts.password_ended", "accounts.token_revoked", "notifications.feed_revoked", "notifications.webhook_ended", "notifications.address_ended"
    } <= set(names)  # fmt: skip


@pytest.mark.req("SEC-25")
def test_it_ends_as_well_when_the_number_is_anothers(cast: Cast) -> None:
    lives = made_with_the_phone(cast, "li")
    assert lives() == (200, 200, "waiting", "live", True)
    phones.change_own(user_id=cast.users["zhang"].pk, phone=LI.phone, actor=cast.zhang)
    assert lives() == (401, 404, "off", "ended", False)


def made_with_the_phone(cast: Cast, who: str) -> Callable[[], tuple[int, int, str, str, bool]]:
    """What an account can make that works without its phone; called, it says what each of them is good for now."""
    actor = cast.actors[who]
    _token, secret = issue_token(
        user_id=cast.users[who].pk, name="软件", days=30, scopes=["cases"], actor=actor
    )
    _feed, address = make_feed(kind="calendar", actor=actor)
    hook = add_endpoint(url="http://127.0.0.1:9/hook", topics=["cases"], actor=actor)
    mail = address_services.keep(channel=Channel.MAIL, address="a@example.org", actor=actor)
    passwords.change_own(user_id=cast.users[who].pk, password="bamboo-lantern-47", actor=actor)

    def lives() -> tuple[int, int, str, str, bool]:
        hook.refresh_from_db()
        mail.refresh_from_db()
        cases = Client().get("/api/v1/cases", headers={"Authorization": f"Bearer {secret}"})
        return (
            cases.status_code,
            Client().get(f"/feeds/{address}/calendar.ics").status_code,
            hook.state,
            mail.state,
            User.objects.get(pk=cast.users[who].pk).has_usable_password(),
        )

    return lives


def test_the_old_number_opens_nothing_after_the_day_either(cast: Cast, live: Live) -> None:
    row = at_counter(cast)
    with clock.at(row.takes_effect_at):
        visitor = Client()
        RateCounter.objects.all().delete()
        visitor.post("/login/", {"phone": ZHANG.phone})
        visitor.post("/login/code/", {"code": code_of(ZHANG.phone)})
    assert int(visitor.session["_auth_user_id"]) != cast.users["zhang"].pk


@pytest.mark.parametrize("way", ["session", "code"])
def test_the_owner_stops_it(cast: Cast, live: Live, way: str) -> None:
    row = at_counter(cast)
    clerk = cast.client("clerk2")
    if way == "session":
        assert cast.client("li").post(OWN, {"do": "stop"}).status_code == 404
        assert cast.client("zhang").post(OWN, {"do": "stop"})["Location"] == OWN
    else:
        assert clerk.post(DESK, {"do": "stop", "stop-code": "0"}).status_code == 422
        assert clerk.post(DESK, {"do": "stop", "stop-code": row.stop_code})["Location"] == DESK
    assert "已经停止" in texts(ZHANG.phone)[-1]
    with clock.at(row.takes_effect_at):
        assert phones.finish_due() == 0
    assert phone_of(cast.users["zhang"]) == ZHANG.phone
    assert clerk.post(DESK, {"do": "stop", "stop-code": row.stop_code}).status_code == 422


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": "张"}, "没有姓名和证件号码都一致"),
        ({"id_number": LI.id_number}, "没有姓名和证件号码都一致"),
        ({"id_kind": "passport"}, ""),
        ({"phone": ZHANG.phone}, "就是现在用的"),
    ],
)
def test_the_paper_must_fit_exactly(cast: Cast, values: dict[str, str], words: str) -> None:
    answer = cast.client("clerk").post(DESK, {"do": "send"} | PAPER | values)
    assert answer.status_code == 422 and words in text_of(answer)
    assert not SentText.objects.exists() and not AccountPhoneChange.objects.exists()


@pytest.mark.req("SEC-08")
@pytest.mark.parametrize("door", [DESK, "/desk/assist/"])
def test_of_several_accounts_the_old_number_says_which(cast: Cast, live: Live, door: str) -> None:
    """None of them is taken in silence: not the oldest, not by a wrong number."""
    second = sign_in_by_phone(phone="13911115555")
    User.objects.filter(pk=second.pk).update(
        real_name_level="real_name", name=ZHANG.name, id_kind="id_card",
        id_number_index=cast.users["zhang"].id_number_index,
    )  # fmt: skip
    clerk = cast.client("clerk")
    more: dict[str, Any] = (
        {"do": "send"} if door == DESK else {"scopes": ["filing"], "hours": "1", "way": "code"}
    )
    for typed, words in (("", "不止一个实名账号"), ("13911116666", "找不到他的账号")):
        answer = clerk.post(door, PAPER | more | {"login_phone": typed})
        assert answer.status_code == 422 and words in text_of(answer)
    assert clerk.post(door, PAPER | more | {"login_phone": second.phone}).status_code == 302
    if door == DESK:
        clerk.post(door, {"do": "code", "code": code_of(NEW)})
        assert AccountPhoneChange.objects.get().user == second
    else:
        assert SentText.objects.get().to == second.phone


def test_an_account_whose_number_is_anothers_is_found_beside_a_newer_one(cast: Cast) -> None:
    zhang, li = cast.users["zhang"], cast.users["li"]
    phones.change_own(user_id=zhang.pk, phone=LI.phone, actor=cast.zhang)
    newer = sign_in_by_phone(phone="13911115555")
    User.objects.filter(pk=newer.pk).update(
        real_name_level="real_name", name=LI.name, id_kind="id_card", id_number_index=li.id_number_index
    )
    for typed, found in ((LI.phone, li), (newer.phone, newer)):
        assert found == phones.person_at_counter(
            name=LI.name, id_kind=IdKind.ID_CARD, id_number=LI.id_number, login_phone=typed, actor=cast.clerk
        )


def test_one_waits_at_a_time_and_the_owners_own_change_comes_first(cast: Cast, live: Live) -> None:
    at_counter(cast)
    again = changed(cast.client("clerk2"), address=DESK, **PAPER | {"phone": "13911113333"})
    assert again.status_code == 422 and "等待生效" in text_of(again)
    changed(cast.client("zhang"), phone="13911114444")
    assert list(AccountPhoneChange.objects.order_by("id").values_list("state", flat=True)) == [
        "stopped",
        "done",
    ]


def test_who_may_not(cast: Cast) -> None:
    user = cast.users["zhang"]
    with pytest.raises(NotAllowed):
        phones.change_own(user_id=user.pk, phone=NEW, actor=cast.li)
    with pytest.raises(NotAllowed):
        phones.begin_at_counter(user_id=user.pk, phone=NEW, actor=cast.judge)
    with pytest.raises(NotVisible):
        phones.stop_own(user_id=user.pk, actor=cast.zhang)
    with pytest.raises(InvalidInput):
        phones.change_own(user_id=user.pk, phone=ZHANG.phone, actor=cast.zhang)
    assert cast.client("zhang").post(OWN, {"do": "code", "code": "123456"}).status_code == 404


@pytest.mark.django_db
def test_the_database_holds_a_counter_to_its_wait() -> None:
    user, now = sign_in_by_phone(phone="13900000001"), clock.now()
    end_sign_ins(user_id=user.pk)
    row = {
        "user": user,
        "way": "counter",
        "new_phone": NEW,
        "new_phone_index": crypto.blind_index("phone", NEW),
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountPhoneChange.objects.create(**row, asked_at=now, takes_effect_at=now, asked_by=user, court_id=1)


@pytest.mark.req("SEC-08")
def test_no_payee_account_for_a_day(cast: Cast) -> None:
    user = cast.users["zhang"]
    assert not phones.changed_lately(user.pk)
    phones.change_own(user_id=user.pk, phone=NEW, actor=cast.zhang)
    assert phones.changed_lately(user.pk)
    with clock.at(clock.now() + phones.NO_PAYEE):
        assert not phones.changed_lately(user.pk)
