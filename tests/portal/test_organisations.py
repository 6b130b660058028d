"""Organisations: the head proves himself, asks others, gives them cases, and ends what they may do at once (SEC-09, SEC-17)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import MemberRole, Organisation, OrganisationMember, User
from accounts.services import phones
from accounts.services.organisations import take_membership
from cases.models import Party, PartyAccess, Representative
from cases.policies import can_appoint, parties_to_withdraw
from common import clock, crypto
from common.errors import NotVisible
from eventlog.models import Event
from portal.demo.cast import LI, WANG
from portal.demo.several import COMPANY
from tests.filing.pages import refused, text_of
from tests.support.court import Cast
from tests.support.scans import Told
from tests.support.servers import Live

MINE = "/my/organisations/"
FIRM = {"name": COMPANY["name"], "credit_code": COMPANY["id_number"]}
HANDLER = {"name": WANG.name, "phone": WANG.phone, "role": "handler"}


def home() -> str:
    return f"{MINE}{Organisation.objects.get().public_id}/"


def member(user: User) -> OrganisationMember:
    return OrganisationMember.objects.get(phone_index=user.phone_index, ended_by=None)


def presses(client: Client, page: str, do: str, who: OrganisationMember, **more: str) -> int:
    return client.post(page, {"do": do, "member": str(who.public_id)} | more).status_code


@pytest.fixture
def head(told: Told) -> Client:
    """陈, head of the company by the register, which is the plaintiff of the case; no account is bound to it yet."""
    PartyAccess.objects.filter(party=told.plaintiff).delete()
    index = crypto.blind_index("id_number", COMPANY["id_number"])
    Party.objects.filter(pk=told.plaintiff.pk).update(
        kind="legal", name=COMPANY["name"], id_number_index=index
    )
    told.plaintiff.refresh_from_db()
    client = told.cast.client("chen")
    assert client.post(MINE, FIRM)["Location"] == MINE
    return client


@pytest.fixture
def handler(told: Told, head: Client) -> Client:
    """王, who was asked and took it up."""
    assert head.post(home(), HANDLER).status_code == 302
    client = told.cast.client("wang")
    assert "请您替单位办理" in text_of(client.get(MINE))
    assert presses(client, MINE, "take", member(told.cast.users["wang"])) == 302
    return client


def case_page(told: Told) -> str:
    return f"/my/cases/{told.case.public_id}/"


def of(told: Told) -> dict[str, str]:
    return {"of": str(told.plaintiff.public_id)}


@pytest.mark.req("SEC-09")
def test_only_the_head_by_name_and_number_makes_the_account(cast: Cast, live: Live) -> None:
    for name in ("zhang", "li"):
        refused(cast.client(name).post(MINE, FIRM), "核对不上")
    refused(cast.client("chen").post(MINE, FIRM | {"name": "某某商贸有限责任公司"}), "核对不上")
    refused(cast.client("chen").post(MINE, FIRM | {"credit_code": "91350100M000100Y44"}), "逐位核对")
    assert not Organisation.objects.exists()
    chen = cast.client("chen")
    assert {chen.post(MINE, FIRM)["Location"] for _twice in range(2)} == {MINE}
    only = OrganisationMember.objects.get()
    assert (only.role, only.user, only.starts_at is not None) == ("head", cast.users["chen"], True)
    assert list(Event.objects.filter(name__startswith="accounts.org").values_list("name", flat=True)) == [
        "accounts.organisation_registered"
    ]


def test_without_the_register_nothing_is_made_and_nothing_is_lost(cast: Cast, settings: Any) -> None:
    settings.IDENTITY_URL = "http://127.0.0.1:9/register"
    response = cast.client("chen").post(MINE, FIRM)
    refused(response, "现在没有回应")
    assert FIRM["name"] in text_of(response) and not Organisation.objects.exists()


@pytest.mark.req("SEC-09")
def test_a_new_head_takes_the_place_of_the_one_before(cast: Cast, live: Live) -> None:
    firm = {"name": "某某建材有限公司", "credit_code": "91350100M000100Y43"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("standins.registers.HEADS", {})
        for name in ("zhang", "li"):
            assert cast.client(name).post(MINE, firm)["Location"] == MINE
    assert cast.client("zhang").get(home()).status_code == 404
    assert cast.client("li").get(home()).status_code == 200
    assert OrganisationMember.objects.filter(role="head", ended_by=None).count() == 1


@pytest.mark.req("SEC-09")
def test_people_work_in_the_cases_they_are_given(told: Told, head: Client, handler: Client) -> None:
    assert handler.get(case_page(told)).status_code == 404 and head.get(case_page(told)).status_code == 404
    assert told.case.number in text_of(head.get(home()))
    users = told.cast.users
    assert presses(head, home(), "assign", member(users["wang"]), **of(told)) == 302
    page = handler.get(case_page(told))
    assert page.status_code == 200 and f"正在代 {COMPANY['name']} 办理" in text_of(page)
    assert parties_to_withdraw(told.cast.wang, told.case) == [], "一般授权"
    assert not can_appoint(told.cast.wang, told.plaintiff)
    assert presses(head, home(), "assign", member(users["chen"]), **of(told)) == 302
    assert head.get(case_page(told)).status_code == 200 and can_appoint(told.cast.chen, told.plaintiff)
    assert parties_to_withdraw(told.cast.chen, told.case) == [told.plaintiff]
    presses(head, home(), "assign", member(users["wang"]), **of(told))
    assert "已经在办这个案件" in text_of(head.get(home()))
    assert Representative.objects.filter(party=told.plaintiff).count() == 2


@pytest.mark.req("SEC-07")
@pytest.mark.req("SEC-09", "SEC-17", "F-30")
@pytest.mark.parametrize("do", ["release", "end", "leave", "new head"])
def test_the_end_is_known_to_the_next_request(told: Told, head: Client, handler: Client, do: str) -> None:
    users = told.cast.users
    wang = member(users["wang"])
    assert presses(head, home(), "assign", wang, **of(told)) == 302
    assert presses(head, home(), "assign", member(users["chen"]), **of(told)) == 302
    gone = head if do == "new head" else handler
    assert gone.get(case_page(told)).status_code == 200
    if do == "new head":
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("standins.registers.HEADS", {})
            assert told.cast.client("li").post(MINE, FIRM)["Location"] == MINE
    elif do == "leave":
        assert presses(handler, MINE, "leave", wang) == 302
    else:
        assert presses(head, home(), do, wang, **of(told)) == 302
    assert gone.get(case_page(told)).status_code == 404
    assert gone.get(f"/papers/{told.copy(told.plaintiff).public_id}/").status_code == 404
    assert Event.objects.filter(name="cases.authority_ended").count() == 1
    other = handler if do == "new head" else head
    assert other.get(case_page(told)).status_code == 200


@pytest.mark.req("SEC-07")
def test_a_membership_runs_out_with_its_last_day(told: Told, head: Client) -> None:
    last_day = clock.today() + timedelta(days=2)
    head.post(home(), HANDLER | {"last_day": last_day.isoformat()})
    wang = told.cast.users["wang"]
    presses(told.cast.client("wang"), MINE, "take", member(wang))
    presses(head, home(), "assign", member(wang), **of(told))
    end = clock.start_of_day(last_day + timedelta(days=1))
    for moment, status in ((end - timedelta(seconds=1), 200), (end, 404)):
        with clock.at(moment):
            assert told.cast.client("wang").get(case_page(told)).status_code == status
    with clock.at(end + timedelta(minutes=1)):
        again = told.cast.client("chen").post(home(), HANDLER)
        assert again.status_code == 302, "asked anew after it has run out"


@pytest.mark.req("SEC-09", "SEC-11")
def test_nobody_keeps_what_is_not_his(told: Told, head: Client, handler: Client) -> None:
    wang, page = member(told.cast.users["wang"]), home()
    for name in ("wang", "li", "clerk"):
        client = told.cast.client(name)
        assert client.get(page).status_code == 404 and client.post(page, HANDLER).status_code == 404
        assert presses(client, page, "end", wang) == 404
        assert presses(client, page, "assign", wang, **of(told)) == 404
    assert presses(told.cast.client("li"), MINE, "leave", wang) == 404
    assert presses(head, page, "assign", wang, of=str(told.defendant.public_id)) == 404
    assert presses(head, page, "assign", wang, of="x") == 404
    assert presses(head, page, "end", member(told.cast.users["chen"])) == 404, "a head is followed by a head"
    with pytest.raises(NotVisible):
        take_membership(public_id=wang.public_id, actor=told.cast.li)


@pytest.mark.req("SEC-09")
def test_administrators_keep_handlers_and_the_head_keeps_administrators(told: Told, head: Client) -> None:
    assert head.post(home(), HANDLER | {"role": "admin"}).status_code == 302
    admin = told.cast.client("wang")
    presses(admin, MINE, "take", member(told.cast.users["wang"]))
    refused(
        admin.post(home(), {"name": LI.name, "phone": LI.phone, "role": "admin"}), "管理员由法定代表人邀请"
    )
    refused(admin.post(home(), {"name": LI.name, "phone": LI.phone, "role": "head"}), "请从列出的选项里选")
    assert admin.post(home(), {"name": LI.name, "phone": LI.phone, "role": "handler"}).status_code == 302
    refused(admin.post(home(), {"name": LI.name, "phone": LI.phone, "role": "handler"}), "已经邀请过")
    assert presses(admin, home(), "end", member(told.cast.users["li"])) == 302
    row = OrganisationMember.objects.get(role=MemberRole.ADMIN)
    assert presses(head, home(), "end", row) == 302
    assert admin.get(home()).status_code == 404


@pytest.mark.req("SEC-09", "B-86")
def test_nobody_works_on_both_sides(told: Told, head: Client, handler: Client) -> None:
    PartyAccess.objects.create(
        party=told.defendant, user=told.cast.users["wang"], basis="counter", starts_at=clock.now()
    )
    presses(head, home(), "assign", member(told.cast.users["wang"]), **of(told))
    assert "已经是另一方当事人" in text_of(head.get(home())) and not Representative.objects.exists()


@pytest.mark.req("SEC-17")
@pytest.mark.parametrize("do", ["release", "end", "leave", "new head"])
def test_a_new_name_of_the_organisation_keeps_nobody_in_its_cases(
    told: Told, head: Client, handler: Client, do: str
) -> None:
    """The credit code is the same; the case has the organisation under its earlier name."""
    users, new = told.cast.users, {**FIRM, "name": "某某新商贸有限公司"}
    wang = member(users["wang"])
    for who in ("wang", "chen"):
        assert presses(head, home(), "assign", member(users[who]), **of(told)) == 302
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("standins.registers.HEADS", {})
        assert told.cast.client("li" if do == "new head" else "chen").post(MINE, new)["Location"] == MINE
    assert Organisation.objects.get().name == new["name"]
    keeper = told.cast.client("li") if do == "new head" else head
    page = text_of(keeper.get(home()))
    assert told.case.number in page and f"{WANG.name}在办" in page and "单位原来的名称" in page
    assert (
        presses(
            keeper, home(), "assign", member(users["li"] if do == "new head" else users["chen"]), **of(told)
        )
        == 404
    )
    if do == "leave":
        assert presses(handler, MINE, "leave", wang) == 302
    elif do != "new head":
        assert presses(head, home(), do, wang, **of(told)) == 302
    gone, stays = (head, handler) if do == "new head" else (handler, head)
    assert gone.get(case_page(told)).status_code == 404 and stays.get(case_page(told)).status_code == 200
    kind = "legal_rep" if do == "new head" else "employee"
    ended = Representative.objects.get(kind=kind)
    assert ended.ends_at is not None and ended.access is not None and ended.access.ends_at is not None


@pytest.mark.req("SEC-09")
def test_an_administrator_under_an_older_phone_becomes_the_head(told: Told, head: Client) -> None:
    head.post(home(), HANDLER | {"role": "admin"})
    wang, users = told.cast.client("wang"), told.cast.users
    assert presses(wang, MINE, "take", member(users["wang"])) == 302
    phones.change_own(user_id=users["wang"].pk, phone="13911112222", actor=told.cast.wang)
    users["wang"].refresh_from_db()
    wang = Client()
    wang.force_login(users["wang"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("standins.registers.HEADS", {})
        assert wang.post(MINE, FIRM)["Location"] == MINE
    rows = OrganisationMember.objects.filter(user=users["wang"], ended_by=None)
    assert [row.role for row in rows] == ["head"]
    invited = wang.post(home(), {"name": LI.name, "phone": LI.phone, "role": "admin"})
    assert invited.status_code == 302, text_of(invited)


def test_an_equal_name_is_nobody(told: Told, head: Client) -> None:
    Party.objects.filter(pk=told.plaintiff.pk).update(id_number_index="another")
    page = text_of(head.get(home()))
    assert told.case.number not in page and "没有找到" in page
    assert presses(head, home(), "assign", member(told.cast.users["chen"]), **of(told)) == 404
