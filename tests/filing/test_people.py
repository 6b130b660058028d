"""Parties as they are: agents, companies, guardians, groups, somebody who cannot be found; who is bound after acceptance."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cases.models import AccessBasis, Case, CaseLink, LinkKind, Party, PartyAccess, Representative, Side
from common import clock, identity
from common.errors import InvalidInput, NotAllowed
from feedback.models import Topic
from feedback.services import ask
from filing import services
from filing.models import Capacity, Filing, FilingParty
from filing.selectors import draft_of
from filing.snapshot import sent_draft_of
from payments.models import Bill
from payments.policies import can_pay
from portal.demo import cast as people
from portal.demo.cast import Person
from portal.demo.loan import photo
from portal.demo.several import company_sale, person_values, wage_group
from tests.filing.pages import PLAINTIFF, change, client_of, home, refused, take_out, text_of
from tests.support.court import Cast, claimed, draft


def child(born: str, serial: int = 1) -> str:
    """Identity number of somebody born on this day (YYYYMMDD)."""
    return Person("", "", f"130102{born}{serial:03d}", "", "").id_number


def worker(number: int) -> Person:
    """One of many invented workers."""
    return Person(
        f"139{number:08d}", f"工友{number}某", f"13010219800101{number:03d}", "男", f"某市工棚{number}号"
    )


def accept(cast: Cast, filing: Filing, by: str = "clerk") -> Case:
    services.submit_filing(filing_id=filing.pk, actor=actor_of(cast, filing))
    held = claimed(cast, filing, by)
    return services.accept_filing(filing_id=filing.pk, fence=held.fence, actor=cast.actors[by])


def actor_of(cast: Cast, filing: Filing) -> Any:
    name = next(name for name, user in cast.users.items() if user.pk == filing.applicant_id)
    return cast.actors[name]


# --- a company with its lawyer -------------------------------------------------------------------------------------
def test_a_lawyer_files_for_a_company_and_then_acts_for_it(cast: Cast) -> None:
    """He reads the case, asks the judge and can pay; the page says for whom and by what power (民诉法61, 62)."""
    filing = company_sale(court=cast.court, user=cast.users["wang"], lawyer=people.WANG, today=clock.today())
    case = accept(cast, filing)
    party = case.parties.get(side=Side.PLAINTIFF)
    access = PartyAccess.objects.get(party=party)
    assert (access.user, access.basis) == (cast.users["wang"], AccessBasis.REPRESENTATION)
    representative = Representative.objects.get(party=party)
    assert (representative.kind, representative.power) == ("lawyer", "special")
    assert representative.access == access
    client = cast.client("wang")
    assert client.get(f"/my/cases/{case.public_id}/").status_code == 200
    page = text_of(client.get(f"/my/cases/{case.public_id}/people/"))
    assert "您代理" in page and "王律师（律师，某某律师事务所，特别授权）" in page
    bill = Bill.objects.get(case=case)
    assert bill.amount == Decimal("1410.00") and can_pay(cast.wang, bill)
    assert client.get(f"/my/bills/{bill.public_id}/").status_code == 200
    ask(case_id=case.pk, party_id=party.pk, topic=Topic.PROGRESS, text="什么时候开庭？", actor=cast.wang)
    assert "王律师（律师" in text_of(
        client_of(case.staff.get(role="judge").post.user).get(f"/desk/cases/{case.public_id}/")
    )
    assert not can_pay(cast.zhang, bill)


def test_authority_papers_hang_on_who_acts(cast: Cast) -> None:
    filing = company_sale(court=cast.court, user=cast.users["wang"], lawyer=people.WANG, today=clock.today())
    needed = {slot.key for slot, _files in draft_of(filing).slots() if slot.required}
    assert {"LICENSE", "REP_CERT", "POA", "LAWYER_LETTER", "LAWYER_LICENSE"} <= needed
    assert "ID_CARD" not in needed
    services.save_capacity(filing_id=filing.pk, capacity=Capacity.ORGANISATION, actor=cast.wang)
    needed = {
        slot.key for slot, _files in draft_of(Filing.objects.get(pk=filing.pk)).slots() if slot.required
    }
    assert {"POA", "AGENT_ID", "EMPLOY"} <= needed and "LAWYER_LETTER" not in needed
    with pytest.raises(InvalidInput):
        services.submit_filing(filing_id=filing.pk, actor=cast.wang)


def test_everything_about_people_is_sealed_and_read_back(cast: Cast) -> None:
    filing = company_sale(court=cast.court, user=cast.users["wang"], lawyer=people.WANG, today=clock.today())
    services.submit_filing(filing_id=filing.pk, actor=cast.wang)
    Filing.objects.filter(pk=filing.pk).update(status="withdrawn", capacity="self")
    filing.agents.all().delete()
    sent = sent_draft_of(Filing.objects.get(pk=filing.pk))
    assert sent.filing.capacity == Capacity.AGENT
    assert [(agent.name, agent.power, agent.is_applicant) for agent in sent.agents] == [
        ("王律师", "special", True)
    ]


def test_the_agent_pages_ask_what_his_kind_needs(cast: Cast) -> None:
    filing, client = draft(cast), cast.client("zhang")
    new = home(filing, "agents/new/")
    both = {"name": "王律师", "phone": "13800000003", "power": "general"}
    refused(client.post(new, both | {"kind": "lawyer"}), "请填写单位", "请填写执业证号")
    refused(client.post(new, both | {"kind": "lawyer", "firm": "某所", "licence": "123"}), "17位数字")
    refused(client.post(new, both | {"kind": "relative", "relation": "儿子"}), "请填写身份证号")
    relative = both | {"kind": "relative", "name": "张小某", "relation": "儿子"}
    for number in (people.OTHERS[0].id_number, people.OTHERS[1].id_number):
        assert client.post(new, relative | {"id_number": number}).status_code == 302
    refused(client.post(new, relative | {"id_number": people.OTHERS[2].id_number}), "最多可以请两位代理人")
    page = text_of(client.get(home(filing, "check/")))
    assert "张小某" in page and "近亲属" in page
    agent = filing.agents.first()
    gone = home(filing, f"agents/{agent.public_id}/remove/")
    assert take_out(client, home(filing, "agents/"), gone).status_code == 302
    assert filing.agents.count() == 1


def test_the_account_is_filled_in_only_where_it_is_itself(cast: Cast) -> None:
    client = cast.client("wang")
    for capacity, inside, outside in (
        ("self", "me/new/", ""),
        ("agent", "agents/new/", "me/new/"),
        ("organisation", "", "me/new/"),
    ):
        start = {
            "what": "private_lending",
            "who": "natural",
            "amount": "1",
            "due": "recent",
            "court": "某1234",
        }
        answer = client.post("/my/filings/new/", start | {"form_key": capacity, "capacity": capacity})
        if inside:
            assert f'value="{people.WANG.name}"' in text_of(client.get(answer["Location"] + inside))
        if outside:
            assert f'value="{people.WANG.name}"' not in text_of(client.get(answer["Location"] + outside))


# --- guardians and children ------------------------------------------------------------------------------------------
GUARDIAN = {
    "guarded": "yes",
    "guardian_name": "张某",
    "guardian_relation": "父亲",
    "guardian_id_number": people.ZHANG.id_number,
    "guardian_phone": "13800000001",
}


@pytest.mark.req("R-77")
def test_a_child_files_through_its_guardian_who_is_bound(cast: Cast) -> None:
    filing, client = draft(cast), cast.client("zhang")
    party = filing.parties.get(side=Side.PLAINTIFF)
    born = clock.today() - timedelta(days=365 * 10)
    kid = PLAINTIFF | {"name": "张小某", "id_number": child(f"{born:%Y%m%d}")}
    address = home(filing, f"me/{party.public_id}/")
    refused(client.post(address, kid), "未满18岁的，由监护人代他打官司")
    refused(
        client.post(address, kid | GUARDIAN | {"guardian_id_number": kid["id_number"]}), "监护人不能是他本人"
    )
    refused(client.post(address, kid | GUARDIAN | {"guardian_relation": ""}), "请填写监护人和他是什么关系")
    assert change(client, address, kid | GUARDIAN).status_code == 302
    assert change(client, home(filing, "capacity/"), {"capacity": "guardian"}).status_code == 302
    needed = {
        slot.key for slot, _files in draft_of(Filing.objects.get(pk=filing.pk)).slots() if slot.required
    }
    assert "GUARDIAN" in needed
    upload = photo(["户口簿"], "户口簿.jpg")
    services.add_material(filing_id=filing.pk, slot="GUARDIAN", upload=upload, actor=cast.zhang)
    case = accept(cast, filing)
    party = case.parties.get(side=Side.PLAINTIFF)
    assert PartyAccess.objects.get(party=party).basis == AccessBasis.REPRESENTATION
    assert Representative.objects.get(party=party).kind == "guardian"


@pytest.mark.req("R-77", "B-87")
def test_an_account_below_fourteen_cannot_file(cast: Cast) -> None:
    born = clock.today() - timedelta(days=365 * 12)
    kid = Person("13900000088", "小明", f"130102{born:%Y%m%d}001", "男", "")
    user = people.enrol(kid)
    with pytest.raises(NotAllowed, match="未满14岁"):
        wage_group(court=cast.court, user=user, people=[kid], today=clock.today())
    assert not Filing.objects.exists()


# --- the other side ---------------------------------------------------------------------------------------------------
def test_somebody_who_cannot_be_found_is_served_by_publication(cast: Cast) -> None:
    """No summary procedure then (解释257); the page says what follows and that it takes longer."""
    filing, client = draft(cast), cast.client("zhang")
    other = filing.parties.get(side=Side.DEFENDANT)
    page = text_of(client.get(home(filing, f"other/{other.public_id}/")))
    assert "公告满30天才算送到" in page
    gone = {"kind": "natural", "name": "李某", "address": "某省某市旧街1号", "address_unknown": "on"}
    assert change(client, home(filing, f"other/{other.public_id}/"), gone).status_code == 302
    case = accept(cast, filing)
    assert case.track == "ordinary" and any("公告送达" in reason for reason in case.track_reasons)


@pytest.mark.req("B-86")
def test_nobody_stands_on_two_sides_or_twice_on_one(cast: Cast) -> None:
    """Bad input 86: the same number on both sides is refused, so is naming somebody twice; equal names are not enough."""
    filing, client = draft(cast), cast.client("zhang")
    same = {"kind": "natural", "name": "张三某", "id_kind": "id_card", "id_number": people.ZHANG.id_number}
    refused(client.post(home(filing, "other/new/"), same), "同一个人不能既起诉又被告")
    again = PLAINTIFF | {"id_number": people.ZHANG.id_number}
    refused(client.post(home(filing, "me/new/"), again), "已经填过了")
    named = {"kind": "natural", "name": "张某"}
    assert client.post(home(filing, "other/new/"), named).status_code == 302
    refused(client.post(home(filing, "other/new/"), named), "已经填过了")


# --- groups -----------------------------------------------------------------------------------------------------------
def test_nineteen_workers_become_nineteen_linked_cases(cast: Cast) -> None:
    """One submission, contiguous numbers, own amount each, no fee beforehand for wages, one judge for the series."""
    workers = [people.ZHANG, *(worker(number) for number in range(2, 20))]
    filing = wage_group(court=cast.court, user=cast.users["zhang"], people=workers, today=clock.today())
    first = accept(cast, filing)
    cases = list(Case.objects.filter(filing_public_id=filing.public_id).order_by("filing_part"))
    assert len(cases) == 19 and cases[0] == first
    assert [case.sequence for case in cases] == list(range(first.sequence, first.sequence + 19))
    assert [case.amount for case in cases] == [Decimal(12000 + 1500 * number) for number in range(19)]
    links = CaseLink.objects.filter(kind=LinkKind.SAME_SUBMISSION)
    assert set(links.values_list("earlier_id", flat=True)) == {first.pk} and links.count() == 18
    for case, person in zip(cases, workers, strict=True):
        assert [party.name for party in case.parties.filter(side=Side.PLAINTIFF)] == [person.name]
        assert case.parties.filter(side=Side.DEFENDANT).count() == 1
    assert not Bill.objects.exists() and {case.stage for case in cases} == {"paid"}
    assert len(set(Case.objects.values_list("staff__post_id", flat=True))) <= 2
    assert PartyAccess.objects.get().party.case == first
    page = text_of(cast.client("zhang").get(f"/my/cases/{first.public_id}/timeline/"))
    assert "不用先交费" in page


def test_a_group_tried_together_elects_deputies(cast: Cast) -> None:
    """Ten and more elect two to five (解释75-78); the deputy's account stands for all of them."""
    workers = [people.ZHANG, *(worker(number) for number in range(2, 12))]
    filing = wage_group(
        court=cast.court, user=cast.users["zhang"], people=workers, today=clock.today(), separate=False
    )
    client = cast.client("zhang")
    assert "请推选2到5位代表人" in text_of(client.get(home(filing, "me/")))
    ids = [str(party.public_id) for party in filing.parties.filter(side=Side.PLAINTIFF)]
    refused(client.post(home(filing, "group/"), {"together": "one", "deputies": ids[:1]}), "2到5人")
    refused(client.post(home(filing, "group/"), {"together": "one", "deputies": ids[:6]}), "2到5人")
    assert change(client, home(filing, "group/"), {"together": "one", "deputies": ids[:2]}).status_code == 302
    case = accept(cast, filing)
    assert case.parties.filter(side=Side.PLAINTIFF).count() == 11 and case.track == "ordinary"
    mine = PartyAccess.objects.filter(user=cast.users["zhang"])
    assert mine.count() == 11
    assert mine.filter(basis=AccessBasis.OWN_FILING).count() == 1
    assert Representative.objects.filter(kind="deputy").count() == 10


def test_each_case_of_a_group_needs_its_own_amount(cast: Cast) -> None:
    filing = wage_group(
        court=cast.court, user=cast.users["zhang"], people=[people.ZHANG, worker(2)], today=clock.today()
    )
    FilingParty.objects.filter(filing=filing, name="工友2某").update(claim_amount=None)
    with pytest.raises(InvalidInput):
        services.submit_filing(filing_id=filing.pk, actor=cast.zhang)
    assert "请填写工友2某本人要的金额" in text_of(cast.client("zhang").get(home(filing, "check/")))


def test_single_amounts_add_up_to_what_is_claimed_in_all(cast: Cast) -> None:
    filing = wage_group(
        court=cast.court, user=cast.users["zhang"], people=[people.ZHANG, worker(2)], today=clock.today()
    )
    FilingParty.objects.filter(filing=filing, name="工友2某").update(claim_amount=1)
    page = text_of(cast.client("zhang").get(home(filing, "me/")))
    assert "每人的金额加起来是¥12,001.00，和标的总额¥25,500.00不一样" in page


def test_who_acts_for_himself_but_is_not_named_is_told(cast: Cast) -> None:
    """A lawyer who files as 本人 would see no case later."""
    filing, client = draft(cast), cast.client("zhang")
    party = filing.parties.get(side=Side.PLAINTIFF)
    other = PLAINTIFF | {"name": "陈某", "id_number": people.OTHERS[0].id_number}
    assert "这里没有您本人" not in text_of(client.get(home(filing, "me/")))
    assert change(client, home(filing, f"me/{party.public_id}/"), other).status_code == 302
    assert "这里没有您本人" in text_of(client.get(home(filing, "me/")))
    services.save_capacity(filing_id=filing.pk, capacity=Capacity.AGENT, actor=cast.zhang)
    assert "这里没有您本人" not in text_of(client.get(home(filing, "me/")))


LINES = """姓名，身份证号，电话，住址，要什么，金额
{one}，{one_number}，13900000002，某市工棚2号，三个月工资，12,000
{two}	{two_number}	１３９００００００03	某市工棚3号，东间	三个月工资	13500元
"""


def listed(**changes: str) -> str:
    one, two = worker(2), worker(3)
    words = {
        "one": one.name,
        "one_number": one.id_number,
        "two": two.name,
        "two_number": two.id_number,
    } | changes
    return LINES.format(**words).replace("12,000", "12000")


def test_people_are_added_from_a_pasted_list_or_a_table(cast: Cast) -> None:
    filing, client = draft(cast), cast.client("zhang")
    address = home(filing, "me/list/")
    assert client.post(address, {"lines": listed()}).status_code == 302
    added = filing.parties.filter(side=Side.PLAINTIFF).order_by("order")[1:]
    assert [(p.name, p.phone, p.claim_amount) for p in added] == [
        ("工友2某", "13900000002", Decimal("12000.00")),
        ("工友3某", "13900000003", Decimal("13500.00")),
    ]
    four = worker(4)
    row = f"{four.name},{four.id_number},13900000004,某市工棚4号,工资,9000"
    table = SimpleUploadedFile("名单.csv", row.encode("gb18030"), "text/csv")
    assert client.post(address, {"table": table}).status_code == 302
    assert filing.parties.filter(side=Side.PLAINTIFF).count() == 4


def test_an_identity_card_whose_digits_would_also_do_for_a_credit_code_is_a_persons(cast: Cast) -> None:
    """One in 31 has such a number; 工友9某 is one of them."""
    nine = worker(9)
    assert identity.check_uscc(nine.id_number).valid
    filing, client = draft(cast), cast.client("zhang")
    row = f"{nine.name}，{nine.id_number}，13900000009，某市工棚9号，工资，9000"
    assert client.post(home(filing, "me/list/"), {"lines": row}).status_code == 302
    assert filing.parties.get(name=nine.name).kind == "natural"


WRONG = worker(2).id_number[:-1] + ("1" if worker(2).id_number[-1] != "1" else "2")


@pytest.mark.parametrize(
    ("lines", "sentences"),
    [
        (listed(one_number=WRONG), ["第2行（工友2某）", "最后一位"]),
        (listed(two_number=worker(2).id_number), ["第3行（工友3某）：和前面的一行重复"]),
        (listed(one_number=people.ZHANG.id_number), ["张某已经填过了"]),
        (listed(one_number=people.LI.id_number), ["同一个人不能既起诉又被告"]),
        ("王某，，，", ["第1行（王某）", "请填写证件号码", "请填写联系电话", "请填写住所地"]),
        ("   \n", ["没有读到人"]),
        ("a,b,c,d,e,f,g,h", ["多了几列"]),
        ("<script>,{{7*7}},=1+1,'; DROP,x,NaN", ["第1行"]),
    ],
)
def test_a_faulty_list_adds_nobody_and_names_every_line(cast: Cast, lines: str, sentences: list[str]) -> None:
    filing, client = draft(cast), cast.client("zhang")
    response = client.post(home(filing, "me/list/"), {"lines": lines})
    refused(response, *sentences)
    assert filing.parties.filter(side=Side.PLAINTIFF).count() == 1
    if lines.startswith("姓名"):
        assert "13900000002" in text_of(response)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04\x00\x00", "另存为CSV"),
        (b"", "空的"),
        (b"\xff\xfe\xff", "读不出"),
        (b"a," * 600_000, "1MB"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_what_to_do(cast: Cast, content: bytes, sentence: str) -> None:
    filing, client = draft(cast), cast.client("zhang")
    table = SimpleUploadedFile("名单.xlsx", content, "text/csv")
    refused(client.post(home(filing, "me/list/"), {"table": table}), sentence)


def test_more_than_fifty_are_too_many(cast: Cast) -> None:
    filing = draft(cast)
    rows = [person_values(worker(number)) for number in range(100, 150)]
    with pytest.raises(InvalidInput, match="50人"):
        services.add_people(filing_id=filing.pk, side=Side.PLAINTIFF, rows=rows, actor=cast.zhang)
    assert Party.objects.count() == 0 and filing.parties.filter(side=Side.PLAINTIFF).count() == 1
