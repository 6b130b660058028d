"""Who acts for a party: named, taken up, confirmed, withdrawn, run out; the next request knows (SEC-09, SEC-17, F-30)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from cases.models import AccessBasis, Matter, PartyAccess, Representative
from cases.policies import parties_to_withdraw
from cases.selectors import representatives_of
from cases.services import Appointment, give_authority, grant_access
from cases.services.licences import check_licences
from common import clock
from common.errors import InvalidTransition, NotVisible
from eventlog.models import Event
from notifications.models import Message
from payments.refund_policies import may_take_money
from portal.demo.cast import WANG, ZHANG
from standins import registers as standin
from tests.filing.pages import refused, text_of
from tests.support.scans import Told
from tests.support.servers import Live

CLIENTS = "/my/clients/"
ASKED = {
    "name": WANG.name,
    "phone": WANG.phone,
    "kind": "lawyer",
    "firm": "某某律师事务所",
    "power": "general",
}


def agents_page(told: Told) -> str:
    return f"/my/cases/{told.case.public_id}/agents/"


def desk_page(told: Told) -> str:
    return f"/desk/cases/{told.case.public_id}/agents/"


def only() -> Representative:
    return Representative.objects.get()


def presses(client: Client, page: str, do: str, row: Representative | None = None) -> int:
    """A button beside one agent; the status of the answer."""
    return client.post(page, {"do": do, "agent": str((row or only()).public_id)}).status_code


def named(told: Told, **changes: Any) -> Representative:
    """张 has asked 王 on his page."""
    response = told.cast.client("zhang").post(agents_page(told), ASKED | changes)
    assert response.status_code == 302, text_of(response)
    return Representative.objects.latest("id")


@pytest.fixture
def acting(told: Told) -> Representative:
    """王 acts for 张, asked and taken up online."""
    named(told)
    assert presses(told.cast.client("wang"), CLIENTS, "take") == 302
    return only()


def doors(told: Told) -> list[str]:
    """What an agent opens: the case and its pages."""
    home = f"/my/cases/{told.case.public_id}/"
    return [home, *(f"{home}{name}/" for name in ("timeline", "files", "people", "money", "service"))]


def opened(client: Client, told: Told) -> set[int]:
    return {client.get(path).status_code for path in doors(told)}


# --- named and taken up ------------------------------------------------------------------------------------------
@pytest.mark.req("SEC-09")
def test_an_agent_acts_from_the_moment_he_takes_it_up(told: Told, run_outbox: Any) -> None:
    wang, row = told.cast.client("wang"), named(told)
    assert opened(wang, told) == {404} and representatives_of(told.case) == {}
    assert (row.basis, row.access, row.confirmed_at is not None) == ("party", None, True)
    page = text_of(wang.get(CLIENTS))
    assert "张某请您代理" in page and "一般授权" in page
    assert presses(wang, CLIENTS, "take") == 302
    assert opened(wang, told) == {200}
    assert PartyAccess.objects.get(user=told.cast.users["wang"]).basis == AccessBasis.REPRESENTATION
    assert [one.name for one in representatives_of(told.case)[told.plaintiff.pk]] == [WANG.name]
    assert "替原告张某" in text_of(wang.get(CLIENTS))
    assert presses(wang, CLIENTS, "take") == 404, "nothing is offered twice"
    run_outbox()
    kinds = Message.objects.filter(kind__startswith="authority").values_list("kind", "user_id")
    users, posts = told.cast.users, told.cast.posts
    assert {("authority_given", users["wang"].pk), ("authority_taken", users["zhang"].pk)} <= set(kinds)
    assert ("authority_of_case", posts["judge"].user_id) in set(kinds)
    names = Event.objects.filter(stream__startswith="case:", name__startswith="cases.a").order_by("id")
    assert [event.name for event in names][-3:] == [
        "cases.authority_given", "cases.access_granted", "cases.authority_taken",
    ]  # fmt: skip


@pytest.mark.req("SEC-09")
def test_it_is_taken_up_by_phone_and_checked_name_only(told: Told) -> None:
    row = named(told, name="王某")
    for name in ("wang", "li", "chen", "zhang"):
        client = told.cast.client(name)
        assert "请您代理" not in text_of(client.get(CLIENTS))
        assert {presses(client, CLIENTS, do, row) for do in ("take", "decline", "resign")} == {404}
    told.cast.users["wang"].real_name_level = "phone"
    told.cast.users["wang"].name = "王某"
    told.cast.users["wang"].save(update_fields=["real_name_level", "name"])
    wang = told.cast.client("wang")
    assert "先实名" in text_of(wang.get(CLIENTS)) and presses(wang, CLIENTS, "take") == 404


@pytest.mark.req("SEC-09", "B-86")
def test_nobody_acts_for_both_sides(told: Told) -> None:
    grant_access(
        party=told.defendant,
        user=told.cast.users["wang"],
        basis=AccessBasis.REPRESENTATION,
        actor=told.cast.clerk,
    )
    named(told)
    wang = told.cast.client("wang")
    assert presses(wang, CLIENTS, "take") == 302
    assert "已经是另一方当事人" in text_of(wang.get(CLIENTS)) and only().access is None


@pytest.mark.req("SEC-09", "B-84")
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"last_day": "2020-01-31"}, "不应早于今天"),
        ({"last_day": "2026-02-30"}, "这一天不存在"),
        ({"phone": ZHANG.phone}, "当事人自己的手机号"),
        ({"phone": "12"}, "11位数字"),
        ({"power": "special"}, "至少选一项"),
        ({"matters": ["admit"]}, "请改选特别授权"),
        ({"power": "special", "matters": ["everything"]}, "请从列出的选项里选"),
        ({"kind": "judge"}, "请从列出的选项里选"),
    ],
)
def test_what_cannot_be_a_power_is_refused(told: Told, changes: dict[str, Any], words: str) -> None:
    refused(told.cast.client("zhang").post(agents_page(told), ASKED | changes), words)
    assert not Representative.objects.exists()


def test_two_at_most_and_nobody_twice(told: Told) -> None:
    named(told)
    zhang = told.cast.client("zhang")
    refused(zhang.post(agents_page(told), ASKED), "用这个手机号的代理人")
    named(told, name="周某", phone="13911112222", kind="relative")
    refused(zhang.post(agents_page(told), ASKED | {"phone": "13911113333"}), "最多委托两位")
    assert presses(zhang, agents_page(told), "withdraw", Representative.objects.earliest("id")) == 302
    assert zhang.post(agents_page(told), ASKED | {"phone": "13911113333"}).status_code == 302


@pytest.mark.req("SEC-09", "SEC-11")
def test_nobody_names_or_withdraws_for_others(told: Told, acting: Representative) -> None:
    grant_access(
        party=told.defendant, user=told.cast.users["li"], basis=AccessBasis.REAL_NAME, actor=told.cast.clerk
    )
    for name in ("wang", "chen", "clerk", "judge"):
        client = told.cast.client(name)
        assert client.get(agents_page(told)).status_code == 404
        assert client.post(agents_page(told), ASKED).status_code == 404
        assert presses(client, agents_page(told), "withdraw", acting) == 404
    li = told.cast.client("li")
    assert presses(li, agents_page(told), "withdraw", acting) == 404, "the other side has agents of its own"
    assert WANG.name not in text_of(li.get(agents_page(told)))
    with pytest.raises(NotVisible):
        give_authority(
            party_id=told.plaintiff.pk,
            agent=Appointment("周某", "relative", "13911112222", "general"),
            actor=told.cast.li,
        )
    for name in ("clerk-b", "judge-b", "head", "zhang", "wang"):
        assert told.cast.client(name).get(desk_page(told)).status_code == 404


# --- what the power covers ---------------------------------------------------------------------------------------
@pytest.mark.req("SEC-09")
def test_only_what_a_special_power_names(told: Told, acting: Representative) -> None:
    wang = told.cast.wang

    def covers() -> tuple[bool, bool]:
        return bool(parties_to_withdraw(wang, told.case)), may_take_money(wang, told.plaintiff)

    assert covers() == (False, False), "一般授权"
    found = {}
    for matter in Matter.values:
        Representative.objects.update(power="special", matters=[matter])
        found[matter] = covers()
    assert {name for name, (withdraws, _money) in found.items() if withdraws} == {"admit"}
    assert {name for name, (_withdraws, money) in found.items() if money} == {"money"}
    Representative.objects.update(matters=[])
    assert covers() == (True, True), "the application's own form names all of them"
    acting.refresh_from_db()
    assert presses(told.cast.client("zhang"), agents_page(told), "withdraw") == 302
    assert covers() == (False, False)


# --- the end -----------------------------------------------------------------------------------------------------
@pytest.mark.req("SEC-07")
@pytest.mark.req("SEC-09", "SEC-17", "F-30")
@pytest.mark.parametrize(
    ("who", "do", "how"),
    [("zhang", "withdraw", "withdrawn"), ("wang", "resign", "resigned"), ("caseclerk", "end", "court")],
)
def test_whoever_ends_it_the_next_request_knows(
    told: Told, acting: Representative, run_outbox: Any, who: str, do: str, how: str
) -> None:
    wang = told.cast.client("wang")
    paper = f"/papers/{told.copy(told.plaintiff).public_id}/"
    link = wang.get(paper)["Location"]
    assert wang.get(link).status_code == 200 and opened(wang, told) == {200}
    page = {"withdraw": agents_page(told), "resign": CLIENTS, "end": desk_page(told)}[do]
    assert presses(told.cast.client(who), page, do) == 302
    assert opened(wang, told) == {404}
    assert {wang.get(path).status_code for path in (link, paper)} == {404}
    said = {"topic": "other", "text": "还在吗", "form_key": "key-of-this-form"}
    assert wang.post(f"/my/cases/{told.case.public_id}/messages/new/", said).status_code == 404
    assert only().ended_how == how and representatives_of(told.case) == {}
    assert wang.get(f"/receipts/{told.case.public_id}/").status_code == 404
    run_outbox()
    ended = Event.objects.get(name="cases.authority_ended")
    assert (ended.stream, ended.payload["how"]) == (f"case:{told.case.public_id}", how)
    kinds = set(Message.objects.filter(event_id=ended.pk).values_list("kind", "user_id"))
    users, posts = told.cast.users, told.cast.posts
    assert kinds >= {
        ("authority_ended", users["wang"].pk),
        ("authority_over", users["zhang"].pk),
        ("authority_of_case", posts["judge"].user_id),
    }
    timeline = text_of(told.cast.client("zhang").get(f"/my/cases/{told.case.public_id}/timeline/"))
    assert "代理人的权限已结束" in timeline


def test_over_is_over(told: Told, acting: Representative) -> None:
    zhang = told.cast.client("zhang")
    assert presses(zhang, agents_page(told), "withdraw") == 302
    presses(zhang, agents_page(told), "withdraw")
    page = text_of(zhang.get(agents_page(told)))
    assert "权限已经结束" in page and "当事人撤回委托" in page
    assert presses(told.cast.client("wang"), CLIENTS, "resign") == 404
    with pytest.raises(InvalidTransition):
        from cases.services import end_authority

        end_authority(representative_public_id=acting.public_id, actor=told.cast.clerk)


def test_an_offer_that_is_declined_is_gone(told: Told) -> None:
    named(told)
    wang = told.cast.client("wang")
    assert presses(wang, CLIENTS, "decline") == 302
    assert "请您代理" not in text_of(wang.get(CLIENTS))
    assert "代理人没有接受" in text_of(told.cast.client("zhang").get(agents_page(told)))


@pytest.mark.req("SEC-07")
@pytest.mark.req("SEC-09", "F-30")
def test_a_power_runs_out_with_its_last_day(told: Told) -> None:
    last_day = clock.today() + timedelta(days=3)
    named(told, last_day=last_day.isoformat())
    wang = told.cast.client("wang")
    assert presses(wang, CLIENTS, "take") == 302
    end = clock.start_of_day(last_day + timedelta(days=1))
    home = f"/my/cases/{told.case.public_id}/"
    with clock.at(end - timedelta(seconds=1)):
        client = told.cast.client("wang")
        assert client.get(home).status_code == 200
    with clock.at(end):
        client = told.cast.client("wang")
        assert client.get(home).status_code == 404
        assert representatives_of(told.case) == {}
        assert "委托到期" in text_of(told.cast.client("zhang").get(agents_page(told)))


# --- the court ---------------------------------------------------------------------------------------------------
@pytest.mark.req("SEC-09")
def test_the_court_records_what_it_has_seen_and_the_party_confirms(told: Told) -> None:
    clerk, zhang = told.cast.client("clerk"), told.cast.client("zhang")
    sent = ASKED | {"party": str(told.plaintiff.public_id), "basis": "paper"}
    assert clerk.post(desk_page(told), sent).status_code == 302
    row = only()
    assert (row.basis, row.recorded_by, row.confirmed_at) == ("paper", told.cast.posts["clerk"], None)
    assert f"{told.cast.posts['clerk'].user.name}登记" in text_of(clerk.get(desk_page(told)))
    assert "是我的代理人" in text_of(zhang.get(agents_page(told)))
    assert presses(zhang, agents_page(told), "confirm") == 302
    row.refresh_from_db()
    first = row.confirmed_at
    assert first is not None and presses(zhang, agents_page(told), "confirm") == 302
    row.refresh_from_db()
    assert row.confirmed_at == first
    assert Event.objects.filter(name="cases.authority_confirmed").count() == 1
    refused(clerk.post(desk_page(told), sent | {"basis": ""}), "请选依据")


@pytest.mark.req("SEC-09")
@pytest.mark.parametrize(
    ("licence", "state", "words"),
    [
        ("11301201012345678", "valid", "执业证有效"),
        (next(iter(standin.LICENCES)), "expired", "执业证已失效"),
        (standin.NO_LICENCE, "unknown", "查不到这个执业证"),
        (standin.OF_ANOTHER, "other", "执业证是别人的"),
    ],
)
def test_the_clerk_sees_what_the_register_says_of_a_licence(
    live: Live, told: Told, licence: str, state: str, words: str
) -> None:
    sent = ASKED | {"party": str(told.plaintiff.public_id), "basis": "paper", "licence": licence}
    told.cast.client("clerk").post(desk_page(told), sent)
    assert check_licences() == 1 and check_licences() == 0
    row = only()
    assert row.licence_state == state and row.licence_checked_at is not None
    assert words in text_of(told.cast.client("clerk").get(desk_page(told)))
    assert (row.licence_until is not None) == (state in ("valid", "expired"))
    Representative.objects.update(licence_checked_at=clock.now() - timedelta(days=200))
    assert check_licences() == 1, "asked again after half a year"


def test_without_the_register_of_lawyers_nothing_is_said(told: Told, settings: Any) -> None:
    settings.IDENTITY_URL = "http://127.0.0.1:9/register"
    sent = ASKED | {"party": str(told.plaintiff.public_id), "basis": "paper", "licence": "11301201012345678"}
    told.cast.client("clerk").post(desk_page(told), sent)
    assert check_licences() == 0 and only().licence_state == ""
    assert "还没有核对" in text_of(told.cast.client("clerk").get(desk_page(told)))
