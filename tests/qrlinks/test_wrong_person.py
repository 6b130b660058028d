"""DESIGN §9: who holds the wrong copy or invented the phone gets no further than the verification pages.

Copies are issued ones; their codes are read from the picture of the page.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from accounts.models import RealNameLevel, User
from accounts.services import sign_in_by_phone, verify_real_name
from accounts.services.people import person_actor
from cases.models import Party, PartyAccess, PhoneOrigin
from common.actor import Role
from portal.demo.cast import LI, ZHANG, Person
from qrlinks.models import Verification, VerificationState, Visit
from standins.models import SentText
from tests.support.court import Cast, accepted
from tests.support.scans import Told, Visitor, codes_sent, printed_path

INVENTED = "13911112222"


def stays_outside(visitor: Visitor, case_path: str) -> None:
    """No code opens anything, no page of the case answers."""
    for guess in ("000000", "123456", "999999"):
        answer = visitor.enters(guess)
        assert answer.status_code == 422
        assert "验证码不对或已过期" in answer.content.decode()
    assert visitor.client.get(case_path)["Location"].startswith("/login/")
    assert "scan_pass" not in visitor.client.session
    assert not Visit.objects.exists()


def page_of(told: Told) -> str:
    return f"/my/cases/{told.case.public_id}/"


@pytest.mark.req("SEC-22")
def test_plaintiff_with_own_copy_is_not_the_defendant(told: Told) -> None:
    assert told.defendant.phone_origin == PhoneOrigin.OTHER_SIDE
    visitor = Visitor()
    answer = visitor.claims(printed_path(told.copy(told.plaintiff)), LI)
    assert (answer.status_code, answer["Location"]) == (302, "/scan/code/")
    assert not SentText.objects.filter(text__contains="核对身份").exists()
    stays_outside(visitor, page_of(told))


@pytest.mark.req("SEC-22")
def test_invented_phone_gets_no_code_with_the_plaintiffs_copy(told: Told, run_outbox) -> None:  # type: ignore[no-untyped-def]
    case = accepted(told.cast, other=replace(LI, phone=INVENTED))
    run_outbox()
    mine = Party.objects.get(case=case, side="plaintiff")
    visitor = Visitor()
    visitor.claims(printed_path(told.copy(mine)), LI)
    assert not SentText.objects.filter(to=INVENTED).exists()
    stays_outside(visitor, f"/my/cases/{case.public_id}/")


def test_holder_of_the_addressed_copy_gets_in(told: Told) -> None:
    visitor = Visitor()
    answer = visitor.scans(printed_path(told.copy(told.defendant)), LI)
    assert answer["Location"] == page_of(told)
    page = visitor.client.get(page_of(told)).content.decode()
    assert "您是被告" in page and "扫码查看：李某" in page


def test_own_phone_gets_a_code_with_any_copy_of_the_case(told: Told) -> None:
    visitor = Visitor()
    answer = visitor.scans(printed_path(told.copy(told.defendant)), ZHANG)
    assert answer["Location"] == page_of(told)
    assert "您是原告" in visitor.client.get(page_of(told)).content.decode()


def test_right_name_with_wrong_number_and_the_other_way_round(told: Told) -> None:
    path = printed_path(told.copy(told.defendant))
    for person, name in (
        (LI, ZHANG.name),
        (ZHANG, LI.name),
        (replace(LI, seventeen="13010219880820009"), ""),
    ):
        visitor = Visitor()
        visitor.claims(path, person, name=name)
        stays_outside(visitor, page_of(told))
    assert not SentText.objects.filter(text__contains="核对身份").exists()


def test_person_of_another_case_is_nobody_here(told: Told, run_outbox) -> None:  # type: ignore[no-untyped-def]
    """王 is a party elsewhere; her facts open nothing with a copy of this case."""
    from portal.demo.cast import WANG

    accepted(told.cast, other=WANG)
    run_outbox()
    visitor = Visitor()
    visitor.claims(printed_path(told.copy(told.defendant)), WANG)
    assert codes_sent(WANG.phone) == []
    stays_outside(visitor, page_of(told))


def claim_identity(phone: str, person: Person) -> tuple[User, Client]:
    """An account of a phone whose owner says that he is this person."""
    user = sign_in_by_phone(phone=phone)
    actor = person_actor(user, Role.LITIGANT)
    user = verify_real_name(
        user_id=user.pk, name=person.name, id_kind="id_card", id_number=person.id_number, actor=actor
    )  # type: ignore[arg-type]
    client = Client()
    client.force_login(user)
    return user, client


@pytest.mark.req("SEC-09")
@pytest.mark.parametrize("phone", [INVENTED, "13933334444"])
def test_claimed_identity_with_an_invented_phone_finds_no_case(told: Told, run_outbox, phone: str) -> None:  # type: ignore[no-untyped-def]
    """The plaintiff's second card: named for the defendant (INVENTED) or not, the account finds nothing."""
    User.objects.filter(pk=told.cast.users["li"].pk).update(
        id_number_index="", real_name_level=RealNameLevel.PHONE
    )
    case = accepted(told.cast, other=replace(LI, phone=INVENTED))
    run_outbox()
    user, client = claim_identity(phone, LI)
    answer = client.post("/my/find/", follow=True)
    assert "查过了" in answer.content.decode()
    assert not PartyAccess.objects.filter(user=user).exists()
    assert client.get(f"/my/cases/{case.public_id}/").status_code == 404


def test_account_finds_the_case_after_its_phone_passed_a_scan(told: Told) -> None:
    client = told.cast.client("li")
    client.post("/my/find/")
    assert client.get(page_of(told)).status_code == 404
    Visitor().scans(printed_path(told.copy(told.defendant)), LI)
    assert Verification.objects.get(party=told.defendant).state == VerificationState.PASSED
    client.post("/my/find/")
    assert "您是被告" in client.get(page_of(told)).content.decode()
    assert PartyAccess.objects.get(party=told.defendant).user == told.cast.users["li"]


def test_equal_names_are_never_enough(told: Told, cast: Cast) -> None:
    namesake = replace(LI, seventeen="13010219880820008", phone="13955556666")
    user, client = claim_identity(namesake.phone, namesake)
    Visitor().scans(printed_path(told.copy(told.defendant)), LI)
    client.post("/my/find/")
    assert not PartyAccess.objects.filter(user=user).exists()
