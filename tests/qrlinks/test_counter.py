"""People without the phone on file: a counter of any court identifies them; other phones and ended authority hold at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from cases.models import AccessBasis, Party, PartyAccess, PhoneChange, PhoneOrigin, Representative
from cases.services import change_phone, end_authority, grant_access
from common import clock
from common.actor import Actor
from common.errors import InvalidInput, InvalidTransition, NotAllowed, NotVisible
from documents.models import Copy
from eventlog.models import Event
from notifications.models import Channel, Message
from portal.demo.cast import LI, ZHANG, Person
from qrlinks import services
from qrlinks.models import CounterPass, OffReason, Visit, VisitWay
from tests.support.scans import Told, Visitor, codes_sent, printed_path

DESK = "/desk/codes/pass/"


def laid_down(copy: Copy, person: Person, **changes: str) -> services.Shown:
    """Paper and identity card of a person on the counter."""
    return replace(services.Shown(copy.serial, copy.check_code, person.name, person.id_number), **changes)


def form(copy: Copy, person: Person) -> dict[str, str]:
    return vars(laid_down(copy, person)) | {"seen": "on"}


def enters(code: str, address: str = "10.50.0.1") -> Client:
    client = Client(REMOTE_ADDR=address)
    client.post("/scan/pass/", {"code": code})
    return client


def is_in(client: Client, told: Told) -> bool:
    return client.get(f"/my/cases/{told.case.public_id}/").status_code == 200


@pytest.mark.req("SEC-22")
def test_a_person_without_a_phone_gets_in_by_a_counter_of_any_court(told: Told) -> None:
    copy = told.copy(told.defendant)
    Party.objects.filter(pk=told.defendant.pk).update(phone="", phone_index="", phone_origin="")
    clerk = told.cast.client("clerk-b")
    answer = clerk.post(DESK, form(copy, LI))
    page = answer.content.decode()
    for secret in (told.case.number, told.case.cause.name, copy.paper.title, "张某", "赵明"):
        assert secret not in page, "the counter of another court learns nothing of the case"
    code = page.partition('id="pass-code">')[2][:10]
    assert answer["Cache-Control"] == "no-store" and code not in clerk.get(DESK).content.decode()
    assert not CounterPass.objects.filter(code_hash__contains=code).exists()
    spaced = f" {code[:5].lower()}-{code[5:]} "
    visitor = enters(spaced)
    assert is_in(visitor, told)
    home = visitor.get(f"/my/cases/{told.case.public_id}/").content.decode()
    assert "扫码查看：李某" in home and copy.check_code in home
    visit = Visit.objects.get()
    assert (visit.party, visit.copy, visit.way) == (told.defendant, copy, VisitWay.COUNTER)
    assert not is_in(enters(code, "10.50.0.2"), told), "once"
    streams = set(Event.objects.filter(name__startswith="qrlinks.pass").values_list("stream", flat=True))
    assert streams == {f"access:某1234:{clock.today().isoformat()}"}


@pytest.mark.req("SEC-06", "SEC-22")
def test_what_does_not_fit_gets_one_sentence(told: Told) -> None:
    own, foreign = told.copy(told.defendant), told.copy(told.plaintiff)
    clerk = told.cast.clerk
    sentences = set()
    for shown in (
        laid_down(own, LI, name="李四"),
        laid_down(own, LI, id_number=ZHANG.id_number),
        laid_down(own, LI, check_code="ABCDEF"),
        laid_down(own, LI, serial="某1234-2026-999999-1"),
        laid_down(own, LI, id_number=""),
    ):
        with pytest.raises(InvalidInput) as refused:
            services.identify(shown=shown, actor=clerk)
        sentences.add(refused.value.message)
    services.switch_copy_off(copy_public_id=own.public_id, reason=OffReason.LOST, actor=clerk)
    with pytest.raises(InvalidInput) as refused:
        services.identify(shown=laid_down(own, LI), actor=clerk)
    assert sentences | {refused.value.message} == sentences and len(sentences) == 1
    # identified in person, another copy of the case will do (DESIGN §9)
    assert services.identify(shown=laid_down(foreign, LI), actor=clerk).code
    for nobody in (told.cast.judge, told.cast.head, told.cast.finance1, told.cast.zhang):
        with pytest.raises(NotAllowed):
            services.identify(shown=laid_down(foreign, LI), actor=nobody)


def test_a_pass_dies_with_time_with_a_newer_one_and_with_its_paper(told: Told) -> None:
    copy, clerk = told.copy(told.defendant), told.cast.clerk
    old = services.identify(shown=laid_down(copy, LI), actor=clerk)
    new = services.identify(shown=laid_down(copy, LI), actor=clerk)
    assert not is_in(enters(old.code), told)
    with clock.at(new.until + timedelta(seconds=1)):
        assert services.enter_with_pass(text=new.code, address="10.50.1.1") is None
    third = services.identify(shown=laid_down(copy, LI), actor=clerk)
    services.switch_copy_off(copy_public_id=copy.public_id, reason=OffReason.LOST, actor=clerk)
    assert services.enter_with_pass(text=third.code, address="10.50.1.2") is None


@pytest.mark.req("SEC-23")
def test_typing_passes_is_limited_and_wrong_ones_are_explained(told: Told) -> None:
    client = Client(REMOTE_ADDR="10.50.2.1")
    answers = [client.post("/scan/pass/", {"code": "ABCDEFGHJK"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert "用过了或者已过期" in answers[0].content.decode()
    assert client.post("/scan/pass/", {"code": "短"}).status_code == 422
    clerk = told.cast.client("clerk")
    unseen = form(told.copy(told.defendant), LI) | {"seen": ""}
    page = clerk.post(DESK, unseen).content.decode()
    assert "请先核对本人和证件原件" in page and not CounterPass.objects.exists()


@pytest.mark.req("SEC-25")
def test_another_phone_on_file_ends_scans_by_the_old_one(told: Told) -> None:
    path = printed_path(told.copy(told.defendant))
    visitor, waiting = Visitor(), Visitor()
    visitor.scans(path, LI)
    with clock.at(clock.now() + timedelta(minutes=2)):
        waiting.claims(path, LI)
    old_code = codes_sent(LI.phone)[0]
    by_counter = enters(
        services.identify(shown=laid_down(told.copy(told.defendant), LI), actor=told.cast.clerk).code
    )
    clerk = told.cast.client("clerk")
    address = f"/desk/codes/cases/{told.case.public_id}/phones/{told.defendant.public_id}/"
    assert clerk.post(address, {"phone": "123"}).status_code == 422
    page = clerk.get(f"/desk/codes/cases/{told.case.public_id}/").content.decode()
    form = page[page.index(f'action="{address}"') :]
    seen = re.search(r'name="seen" value="([^"]*)"', form)
    assert seen and clerk.post(address, {"phone": "139 1111 2222"}).status_code == 412, "REL-34"
    assert clerk.post(address, {"phone": "139 1111 2222", "seen": seen[1]}).status_code == 302
    assert visitor.client.get(f"/my/cases/{told.case.public_id}/")["Location"] == "/scan/?ended=1"
    assert is_in(by_counter, told), "who was identified in person stays"
    with clock.at(clock.now() + timedelta(minutes=3)):
        assert waiting.enters(old_code).status_code == 422, "a code under way to the old phone opens nothing"
    told.defendant.refresh_from_db()
    assert (told.defendant.phone, told.defendant.phone_origin) == ("13911112222", PhoneOrigin.COURT)
    with clock.at(clock.now() + timedelta(minutes=5)):
        Visitor().claims(printed_path(told.copy(told.plaintiff)), LI)
    assert len(codes_sent("13911112222")) == 1, "confirmed by the court: any copy of the case will do"
    with pytest.raises(InvalidInput):
        change_phone(party_public_id=told.defendant.public_id, phone="13911112222", actor=told.cast.clerk)
    for nobody in (told.cast.clerk_b, told.cast.zhang, told.cast.head):
        with pytest.raises(NotVisible):
            change_phone(party_public_id=told.defendant.public_id, phone="13911113333", actor=nobody)


def texts_of(kind: str) -> dict[str, str]:
    """Texts of one kind by phone."""
    rows = Message.objects.filter(kind=kind, channel=Channel.SMS)
    return {row.phone: row.body for row in rows}


@pytest.mark.parametrize("proven", [False, True])
def test_another_phone_is_told_to_the_old_one(
    told: Told, proven: bool, run_outbox: Callable[..., int]
) -> None:
    """A number that the other side named and nobody ever proved hears nothing of the case (DESIGN §9)."""
    if proven:
        Visitor().scans(printed_path(told.copy(told.defendant)), LI)
    change_phone(party_public_id=told.defendant.public_id, phone="13911112222", actor=told.cast.clerk)
    run_outbox()
    texts = texts_of("phone_changed")
    assert set(texts) == {"13911112222", LI.phone} if proven else {"13911112222"}
    for text in texts.values():
        assert "手机号刚刚在窗口换了" in text and "请马上拨电话" in text
        assert not any(word in text for word in ("李某", told.case.number, "13911112222", LI.phone))
    assert PhoneChange.objects.get().old_phone == LI.phone
    event = Event.objects.get(name="cases.phone_changed")
    assert LI.phone not in str(event.payload) and "13911112222" not in str(event.payload)


def test_the_account_and_the_old_number_hear_once_each(told: Told, run_outbox: Callable[..., int]) -> None:
    """张 is bound: his account's phone is the old one, so one text; changed again, the number in between is told too."""
    change_phone(party_public_id=told.plaintiff.public_id, phone="13911112222", actor=told.cast.clerk)
    run_outbox()
    assert set(texts_of("phone_changed")) == {ZHANG.phone}
    inbox = Message.objects.filter(kind="phone_changed", channel=Channel.INBOX)
    assert [row.user_id for row in inbox] == [told.cast.users["zhang"].pk]
    with clock.at(clock.now() + timedelta(minutes=11)):
        change_phone(party_public_id=told.plaintiff.public_id, phone="13911113333", actor=told.cast.clerk)
        run_outbox()
    assert set(texts_of("phone_changed")) == {ZHANG.phone, "13911112222"}


@pytest.fixture
def lawyer(told: Told) -> Representative:
    """王 acts for 李 with an account."""
    access = grant_access(
        party=told.defendant,
        user=told.cast.users["wang"],
        basis=AccessBasis.REPRESENTATION,
        actor=told.cast.clerk,
    )
    return Representative.objects.create(
        party=told.defendant, name="王律师", kind="lawyer", access=access, starts_at=access.starts_at
    )


@pytest.mark.req("SEC-25")
def test_ended_authority_shuts_the_case_at_once(told: Told, lawyer: Representative) -> None:
    client, clerk = Client(), Client()
    client.force_login(told.cast.users["wang"])
    clerk.force_login(told.cast.posts["caseclerk"].user)
    home = f"/my/cases/{told.case.public_id}/"
    assert client.get(home).status_code == 200
    desk = f"/desk/codes/cases/{told.case.public_id}/"
    assert "结束代理权限" in clerk.get(desk).content.decode()
    assert clerk.post(f"{desk}agents/{lawyer.public_id}/end/").status_code == 302
    assert client.get(home).status_code == 404
    copy = told.copy(told.defendant)
    assert client.get(f"/papers/{copy.public_id}/").status_code == 404
    assert PartyAccess.objects.get(pk=lawyer.access_id).ends_at is not None
    with pytest.raises(InvalidTransition):
        end_authority(representative_public_id=lawyer.public_id, actor=told.cast.clerk)


def test_authority_is_ended_by_the_cases_own_people_only(told: Told, lawyer: Representative) -> None:
    nobodies: tuple[Actor, ...] = (told.cast.clerk_b, told.cast.judge_b, told.cast.zhang, told.cast.head)
    for nobody in nobodies:
        with pytest.raises(NotVisible):
            end_authority(representative_public_id=lawyer.public_id, actor=nobody)
