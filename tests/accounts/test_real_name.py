"""Real names: what the register confirms, refuses, does not know or cannot say now (SEC-09)."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import RealNameCheck, User
from accounts.services import real_names, sign_in_by_phone
from accounts.tasks import check_real_names
from common import clock
from common.errors import GatewayUnavailable
from common.gateways import proofs, registers
from common.gateways.registers import Answer
from eventlog.models import Event
from notifications.models import Message
from portal.demo import cast as people
from standins import registers as standin
from tests.filing.pages import refused, text_of
from tests.support.court import Cast
from tests.support.rude import Rude
from tests.support.servers import Live

PHONE, PAGE, DESK = "13900000001", "/my/real-name/", "/desk/identities/"
CHEN = people.Person(PHONE, "陈某某", "13010219850314005", "女", "")
CARD = {"name": CHEN.name, "id_kind": "id_card", "id_number": CHEN.id_number}
PASSPORT = {"name": "李·某", "id_kind": "passport", "id_number": "P1234567"}
SENTENCE = "核对不上，请检查姓名和证件号码"
NOBODY = "http://127.0.0.1:9/register"


@pytest.fixture
def person(cast: Cast) -> Client:
    """Somebody who has signed in by phone for the first time."""
    client = Client()
    client.force_login(sign_in_by_phone(phone=PHONE))
    return client


def account() -> User:
    return User.objects.by_phone(PHONE).get()


def waits() -> RealNameCheck:
    return RealNameCheck.objects.get(state__in=("waiting", "counter"))


def names_of(user: User) -> list[str]:
    return list(Event.objects.filter(subject_id=user.pk, subject_kind="accounts.user").order_by("id").values_list("name", flat=True))  # fmt: skip


def told() -> list[str]:
    """Kinds of messages in the inbox, in their order."""
    return list(Message.objects.filter(user_id=account().pk, channel="inbox").order_by("id").values_list("kind", flat=True))  # fmt: skip


@pytest.mark.req("SEC-09")
def test_what_the_register_confirms_is_the_real_name(live: Live, person: Client) -> None:
    response = person.post(PAGE, CARD | {"next": "/my/notices/"})
    assert response["Location"] == "/my/notices/"
    user = account()
    assert (user.real_name_level, user.name, user.id_number) == ("real_name", CHEN.name, CHEN.id_number)
    assert not RealNameCheck.objects.exists()
    verified = Event.objects.get(name="accounts.verified", subject_id=user.pk)
    assert verified.payload == {"basis": "register"}


@pytest.mark.req("SEC-09")
@pytest.mark.parametrize("number", [*standin.OF_OTHERS, standin.UNKNOWN_NUMBER])
def test_whoever_has_the_number_the_sentence_is_the_same(live: Live, person: Client, number: str) -> None:
    response = person.post(PAGE, CARD | {"id_number": number})
    refused(response, SENTENCE)
    page = text_of(response)
    assert f'value="{CHEN.name}"' in page and number in page, "what was typed is kept"
    user = account()
    assert (user.name, user.id_number, user.real_name_level) == ("", "", "phone")
    assert names_of(user)[-1] == "accounts.real_name_refused" and not RealNameCheck.objects.exists()
    right = {"name": standin.OF_OTHERS.get(number, "某"), "id_number": number}
    assert person.post(PAGE, CARD | right).status_code == (302 if number in standin.OF_OTHERS else 422)


@pytest.mark.req("SEC-09", "SEC-05")
def test_tries_are_counted_for_the_account_and_for_the_address(
    live: Live, person: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = CARD | {"id_number": standin.UNKNOWN_NUMBER}
    answers = [person.post(PAGE, wrong).status_code for _try in range(real_names.TRIES_OF_ACCOUNT)]
    assert set(answers) == {422}
    response = person.post(PAGE, CARD)
    assert response.status_code == 429 and int(response["Retry-After"]) > 0
    assert CHEN.name in text_of(response)
    monkeypatch.setattr(real_names, "TRIES_OF_ADDRESS", real_names.TRIES_OF_ACCOUNT)
    another = Client()
    another.force_login(sign_in_by_phone(phone="13900000002"))
    assert another.post(PAGE, CARD).status_code == 429


@pytest.mark.req("SEC-09")
def test_without_the_register_one_goes_on_and_is_told_when_it_answers(
    live: Live, person: Client, settings: Any, run_outbox: Any
) -> None:
    working, settings.IDENTITY_URL = settings.IDENTITY_URL, NOBODY
    response = person.post(PAGE, CARD | {"next": "/my/notices/"})
    assert response["Location"] == f"{PAGE}?next=%2Fmy%2Fnotices%2F"
    page = text_of(person.get(response["Location"]))
    assert "不用重填" in page and "立案、查找案件" in page and "陈**" in page and CHEN.id_number not in page
    assert person.get("/my/").status_code == 200 and account().real_name_level == "phone"
    settings.IDENTITY_URL = working
    check_real_names()
    assert waits().tries == 0, "not due yet"
    with clock.at(clock.now() + timedelta(minutes=2)):
        check_real_names()
        check_real_names()
        run_outbox()
    user = account()
    assert (user.real_name_level, user.id_number) == ("real_name", CHEN.id_number)
    kept = RealNameCheck.objects.get()
    assert (kept.state, kept.name, kept.id_number) == ("confirmed", "", "")
    assert names_of(user).count("accounts.verified") == 1
    assert told() == ["real_name_verified"]


@pytest.mark.req("SEC-09")
def test_the_job_refuses_and_says_so(live: Live, person: Client, settings: Any, run_outbox: Any) -> None:
    working, settings.IDENTITY_URL = settings.IDENTITY_URL, NOBODY
    person.post(PAGE, CARD | {"id_number": standin.UNKNOWN_NUMBER})
    settings.IDENTITY_URL = working
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert real_names.ask_again() == 1
        run_outbox()
    assert told() == ["real_name_refused"] and account().real_name_level == "phone"
    assert not RealNameCheck.objects.exclude(name="").exists()
    assert "您的姓名和证件" in text_of(person.get(PAGE))


def test_a_register_that_is_busy_is_asked_ever_more_seldom(live: Live, person: Client) -> None:
    person.post(PAGE, CARD | {"id_number": standin.BUSY_NUMBER})
    pauses = []
    for _round in range(8):
        due = waits().next_at
        with clock.at(due + timedelta(seconds=1)):
            assert real_names.ask_again() == 0
            pauses.append(waits().next_at - clock.now())
    assert pauses == sorted(pauses) and pauses[-1] == timedelta(hours=1)


def test_a_later_answer_takes_the_place_of_an_earlier_one(live: Live, person: Client) -> None:
    person.post(PAGE, CARD | {"id_number": standin.BUSY_NUMBER})
    first = waits()
    person.post(PAGE, PASSPORT)
    first.refresh_from_db()
    assert (first.state, first.id_number) == ("withdrawn", "") and waits().id_kind == "passport"
    with pytest.raises(IntegrityError), transaction.atomic():
        RealNameCheck.objects.filter(pk=first.pk).update(state="waiting", decided_at=None)
    person.post(PAGE, CARD)
    assert account().real_name_level == "real_name"
    assert not RealNameCheck.objects.filter(state__in=("waiting", "counter")).exists()


@pytest.mark.req("SEC-09", "B-04")
def test_a_paper_that_no_register_knows_is_seen_at_the_counter(
    live: Live, cast: Cast, person: Client, run_outbox: Any
) -> None:
    assert person.post(PAGE, PASSPORT)["Location"] == PAGE
    assert "带证件原件" in text_of(person.get(PAGE))
    clerk = cast.client("clerk")
    shown = PASSPORT | {"phone": PHONE, "seen": "on"}
    for wrong in (
        {"phone": "13900000002"},
        {"name": "李某"},
        {"id_number": "P1234568"},
        {"id_kind": "hk_macau_permit", "id_number": "H12345678"},
    ):
        refused(clerk.post(DESK, shown | wrong), "没有找到等着核对的人")
    refused(clerk.post(DESK, shown | {"seen": ""}), "看过证件原件和本人")
    assert account().real_name_level == "phone"
    assert clerk.post(DESK, shown | {"id_number": " p1234567 "})["Location"] == DESK
    user = account()
    assert (user.real_name_level, user.name, user.id_number) == ("real_name", "李·某", "P1234567")
    verified = Event.objects.get(name="accounts.verified", subject_id=user.pk)
    assert (verified.payload, verified.actor_post_id) == ({"basis": "counter"}, cast.posts["clerk"].pk)
    run_outbox()
    assert told() == ["real_name_verified"]
    refused(clerk.post(DESK, shown), "没有找到等着核对的人")


def test_the_job_sends_to_the_counter_whom_the_register_does_not_know(
    live: Live, person: Client, settings: Any, run_outbox: Any
) -> None:
    working, settings.IDENTITY_URL = settings.IDENTITY_URL, NOBODY
    person.post(PAGE, PASSPORT)
    settings.IDENTITY_URL = working
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert real_names.ask_again() == 1
        assert real_names.ask_again() == 0
        run_outbox()
    assert waits().state == "counter" and told() == ["real_name_counter"]


# --- the call itself ------------------------------------------------------------------------------------------------
def test_the_register_answers_only_who_proves_himself(live: Live, settings: Any) -> None:
    """The stand-in takes what is ours whole, and nothing of it changed; we take an answer with its proof only."""
    body = b'{"kind": "id_card", "name": "x", "number": "1"}'
    parts = {
        "app": settings.IDENTITY_APP,
        "moment": str(int(clock.process_now().timestamp())),
        "nonce": "once",
    }
    proof = proofs.request_proof(
        settings.IDENTITY_SECRET, method="POST", path="/demo/register/people", body=body, **parts
    )
    right = {
        proofs.APP: parts["app"], proofs.TIME: parts["moment"], proofs.NONCE: "once", proofs.PROOF: proof,
    }  # fmt: skip

    def asked(content: bytes = body, **changes: str) -> int:
        headers = right | {name.replace("_", "-"): value for name, value in changes.items()}
        path, kind = "/demo/register/people", "application/json"
        return Client().post(path, content, content_type=kind, headers=headers).status_code

    assert asked() == 200
    wrong = {"X_App": "somebody", "X_Time": "1", "X_Nonce": "twice", "X_Proof": "f" * 64}
    assert {asked(**{name: value}) for name, value in wrong.items()} == {401}
    assert asked(body.replace(b"x", b"y")) == 401 and asked(X_Time="") == 401
    assert registers.person("id_card", CHEN.name, CHEN.id_number) == Answer.MATCH
    with pytest.MonkeyPatch.context() as patch, pytest.raises(GatewayUnavailable):
        patch.setattr(proofs, "answer_proof", lambda *_args, **_parts: secrets.token_hex(32))
        registers.person("id_card", CHEN.name, CHEN.id_number)


@pytest.fixture
def rude(settings: Any) -> Iterator[Rude]:
    """The register's address leads to it."""
    server = Rude()
    settings.IDENTITY_URL = server.url
    settings.OUTSIDE_CONNECT_SECONDS, settings.OUTSIDE_READ_SECONDS = 0.2, 0.3
    yield server
    server.stop()


@pytest.mark.req("REL-59")
@pytest.mark.parametrize("manner", Rude.manners)
def test_whatever_is_no_answer_is_told_as_none(rude: Rude, manner: str) -> None:
    rude.manner = manner
    with pytest.raises(GatewayUnavailable):
        registers.person("id_card", CHEN.name, CHEN.id_number)


@pytest.mark.req("REL-59")
def test_a_register_that_is_away_ends_the_run(cast: Cast, person: Client, settings: Any) -> None:
    settings.IDENTITY_URL = NOBODY
    person.post(PAGE, CARD)
    another = Client()
    another.force_login(sign_in_by_phone(phone="13900000002"))
    another.post(PAGE, CARD | {"name": "周某"})
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert real_names.ask_again() == 0
        assert sorted(RealNameCheck.objects.values_list("tries", flat=True)) == [0, 1]
