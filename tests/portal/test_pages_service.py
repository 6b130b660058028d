"""送达方式和地址: what a party reads and confirms, and what becomes of its papers then."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from cases.models import AccessBasis, CaseLink, LinkKind, Party, ServiceChoice, Side
from cases.papers import addressee_of, common_data
from cases.service_wording import CURRENT
from cases.services import case_stream, grant_access
from common import clock
from common.actor import system
from documents.models import Delivery, DeliveryMethod
from documents.selectors import copies_for
from documents.services import issue
from notifications.models import Message
from portal.demo.cast import LI
from tests.support.court import accepted
from tests.support.scans import Told, Visitor, printed_path

HOME = "某市某区某路9号3单元502"
COURT = system("tests")


def address_of(told: Told) -> str:
    return f"/my/cases/{told.case.public_id}/service/"


def text_of(answer: HttpResponse) -> str:
    return answer.content.decode()


def form_of(told: Told, client: Client, **changes: Any) -> dict[str, Any]:
    """The form as the page gives it, filled in."""
    page = text_of(client.get(address_of(told)))
    hidden = dict(re.findall(r'name="(form_key|seen)" value="([^"]*)"', page))
    return hidden | {"electronic": "no", "postal_address": HOME, "confirmed": "on"} | changes


def test_the_page_says_what_is_chosen_and_what_follows_before_the_tick(told: Told) -> None:
    page = text_of(told.cast.client("zhang").get(address_of(told)))
    assert "送到这个平台的收件箱" in page and "还没有确认" in page
    tick = page.index('name="confirmed"')
    for line in (*CURRENT.electronic, *CURRENT.paper, *CURRENT.address):
        assert str(line) in page[:tick], line
    assert "法院不会因为您选纸质就慢办" in page
    assert address_of(told) in text_of(told.cast.client("zhang").get(f"/my/cases/{told.case.public_id}/"))


@pytest.mark.req("REL-23")
def test_withdrawn_on_the_page_the_next_paper_lies_at_the_print_desk(told: Told, run_outbox: Any) -> None:
    zhang = told.cast.client("zhang")
    answer = zhang.post(
        address_of(told), form_of(told, zhang, confidential="on", postal_phone="0311-12345678")
    )
    assert answer.status_code == 302
    page = text_of(zhang.get(answer["Location"]))
    for words in ("寄纸质文书", HOME, "031112345678", "已请法院保密", "要寄纸质文书", "同意电子送达"):
        assert words in page, words
    before = copies_for([told.plaintiff.public_id])
    issue_again(told)
    run_outbox()
    new = copies_for([told.plaintiff.public_id])[0]
    assert new not in before
    assert (new.delivery.method, new.delivery.state) == (DeliveryMethod.POST, "waiting")
    assert new.addressee_address == HOME
    desk = text_of(told.cast.client("clerk").get("/desk/print/"))
    assert new.serial in desk and HOME in desk
    assert all(copy.delivery.method == DeliveryMethod.INBOX for copy in before), (
        "what was served stays served"
    )
    message = Message.objects.filter(kind="service_chosen").first()
    assert message is not None and HOME not in message.body


def issue_again(told: Told) -> None:
    """One more paper of the case for 张."""
    told.plaintiff.refresh_from_db()
    issue(
        template="acceptance_notice",
        subject_kind="cases.case",
        subject_public_id=told.case.public_id,
        court_id=told.case.court_id,
        title="受理案件通知书",
        data=common_data(told.case),
        addressees=[addressee_of(told.plaintiff)],
        stream=case_stream(told.case),
        actor=COURT,
        dedupe_key=uuid.uuid4().hex,
    )


def test_sent_twice_it_is_one_choice_and_an_old_form_is_told_so(told: Told) -> None:
    zhang = told.cast.client("zhang")
    old, form = form_of(told, zhang), form_of(told, zhang)
    assert [zhang.post(address_of(told), form).status_code for _ in range(2)] == [302, 302]
    assert ServiceChoice.objects.filter(party=told.plaintiff).count() == 2
    late = zhang.post(address_of(told), old | {"electronic": "yes", "postal_address": "某市另一条路2号"})
    assert late.status_code == 422
    page = text_of(late)
    assert "刚刚被改过" in page and "某市另一条路2号" in page and 'name="seen" value="2"' in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"electronic": ""}, "请选择文书怎么送给您"),
        ({"postal_address": "  "}, "请填写收件地址"),
        ({"confirmed": ""}, "请先确认地址，再提交"),
        ({"postal_phone": "12"}, "手机号应为11位数字"),
        ({"postal_address": "路" * 301}, "内容过长"),
        ({"postal_address": "路" + "\u0301" * 40}, "过多叠加符号"),
        ({"electronic": "maybe"}, "请从列出的选项里选"),
        ({"seen": "x"}, "刚刚被改过"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(told: Told, changes: dict[str, str], words: str) -> None:
    zhang = told.cast.client("zhang")
    answer = zhang.post(address_of(told), form_of(told, zhang, postal_phone="13800000001") | changes)
    page = text_of(answer)
    assert answer.status_code == 422 and words in page
    assert ("13800000001" in page) != ("postal_phone" in changes)
    assert ServiceChoice.objects.filter(party=told.plaintiff).count() == 1


def test_the_other_side_and_the_court_find_no_such_page_and_a_scan_signs_in_first(told: Told) -> None:
    for name in ("chen", "wang", "li", "clerk", "judge", "head", "supervisor"):
        assert told.cast.client(name).get(address_of(told)).status_code == 404, name
    visitor = Visitor()
    visitor.scans(printed_path(told.copy(told.defendant)), LI)
    assert visitor.client.get(f"/my/cases/{told.case.public_id}/files/").status_code == 200
    assert visitor.client.get(address_of(told))["Location"].startswith("/login/")


def test_a_confidential_address_is_on_no_page_of_the_other_side(told: Told) -> None:
    grant_access(party=told.defendant, user=told.cast.users["li"], basis=AccessBasis.REAL_NAME, actor=COURT)
    zhang, li = told.cast.client("zhang"), told.cast.client("li")
    form = form_of(told, zhang, confidential="on", postal_phone="13911112222")
    assert zhang.post(address_of(told), form).status_code == 302
    for part in ("", "files/", "people/", "timeline/", "service/"):
        page = text_of(li.get(f"/my/cases/{told.case.public_id}/{part}"))
        assert HOME not in page and "13911112222" not in page and "要寄纸质文书" not in page, part


def test_the_court_reads_address_phone_and_that_they_are_confidential(told: Told) -> None:
    zhang = told.cast.client("zhang")
    form = form_of(told, zhang, confidential="on", postal_phone="13911112222")
    assert zhang.post(address_of(told), form).status_code == 302
    for name in ("judge", "caseclerk", "clerk"):
        page = text_of(told.cast.client(name).get(f"/desk/cases/{told.case.public_id}/"))
        for words in (HOME, "13911112222", "请法院保密", "没有同意电子送达", "没有确认收件地址"):
            assert words in page, (name, words)


def test_a_representative_chooses_for_each_of_his_people(told: Told) -> None:
    """One page a party; another party of the case is none of them."""
    basis = AccessBasis.REPRESENTATION
    grant_access(party=told.plaintiff, user=told.cast.users["wang"], basis=basis, actor=COURT)
    wang = told.cast.client("wang")
    page = text_of(wang.get(address_of(told)))
    assert f"（{told.plaintiff.name}）" in page
    assert wang.get(address_of(told) + f"?party={told.defendant.public_id}").status_code == 404
    assert wang.get(address_of(told) + "?party=x").status_code == 404
    assert wang.post(address_of(told), form_of(told, wang)).status_code == 302
    assert ServiceChoice.objects.latest("id").chosen_by == told.cast.users["wang"]


def test_the_address_of_the_case_before_is_offered_and_said(told: Told) -> None:
    zhang = told.cast.client("zhang")
    assert "先填了案卷里登记的地址" in text_of(zhang.get(address_of(told)))
    assert zhang.post(address_of(told), form_of(told, zhang)).status_code == 302
    later = accepted(told.cast, principal=20000)
    CaseLink.objects.create(earlier=told.case, later=later, kind=LinkKind.ENFORCEMENT, created_at=clock.now())
    page = text_of(zhang.get(f"/my/cases/{later.public_id}/service/"))
    assert f'value="{HOME}"' in page and f"您在{told.case.number}案里确认过这个地址" in page
    assert "还没有确认" in page, "offered, not confirmed"
    assert not ServiceChoice.objects.filter(party__case=later).exclude(postal_address="").exists()
    assert later.parties.get(side=Side.PLAINTIFF).service_choices.count() == 1
    assert Delivery.objects.filter(copy__addressee_address=HOME).count() == 0


def spoken(told: Told, party: Party) -> str:
    return f"/desk/cases/{told.case.public_id}/service/{party.public_id}/"


def spoken_form(client: Client, address: str, **changes: Any) -> dict[str, Any]:
    hidden = dict(re.findall(r'name="(form_key|seen)" value="([^"]*)"', text_of(client.get(address))))
    filled = {"source": "谈话笔录", "electronic": "no", "postal_address": HOME, "confirmed": "on"}
    return hidden | filled | changes


@pytest.mark.req("REL-23")
def test_said_at_the_counter_what_waits_goes_to_the_new_address(told: Told, run_outbox: Any) -> None:
    """Li has no account: the clerk writes down where his papers go; the one at the print desk goes there too, and mail that
    comes back from an address of his own counts (专递规定11)."""
    li = told.case.parties.get(side=Side.DEFENDANT)
    clerk = told.cast.client("clerk")
    waiting = Delivery.objects.get(copy__addressee_public_id=li.public_id, state="waiting")
    address = spoken(told, li)
    assert address in text_of(clerk.get(f"/desk/cases/{told.case.public_id}/"))
    answer = clerk.post(address, spoken_form(clerk, address, postal_phone="13900000009", confidential="on"))
    assert answer.status_code == 302
    choice = ServiceChoice.objects.latest("id")
    assert (choice.party, choice.chosen_by, choice.source) == (li, None, "谈话笔录")
    assert choice.recorded_by == told.cast.posts["clerk"]
    waiting.refresh_from_db()
    assert (waiting.goes_to, waiting.address_origin, waiting.phone) == (HOME, "own", "13900000009")
    desk = text_of(clerk.get(f"/desk/print/{waiting.public_id}/"))
    assert HOME in desk and "13900000009" in desk and "当事人请法院保密" in desk
    page = text_of(clerk.get(address))
    assert "法院记录：谈话笔录" in page and "李某" in page


def test_a_consent_needs_somebody_the_inbox_reaches(told: Told) -> None:
    li = told.case.parties.get(side=Side.DEFENDANT)
    clerk = told.cast.client("clerk")
    address = spoken(told, li)
    answer = clerk.post(address, spoken_form(clerk, address, electronic="yes", source="短笔录"))
    page = text_of(answer)
    assert answer.status_code == 422 and "收件箱送不到" in page and "短笔录" in page
    mine = spoken(told, told.plaintiff)
    assert clerk.post(mine, spoken_form(clerk, mine, electronic="yes")).status_code == 302
    assert ServiceChoice.objects.latest("id").chosen_by == told.cast.users["zhang"]
    stale = clerk.post(mine, spoken_form(clerk, mine, seen="1", form_key="another"))
    assert stale.status_code == 409 or "刚刚被改过" in text_of(stale)


@pytest.mark.req("REL-23")
def test_withdrawn_while_the_paper_waits_for_its_seal_it_does_not_reach_the_inbox(
    told: Told, run_outbox: Any
) -> None:
    """The seal may be away for hours: what the party chose meanwhile counts (在线诉讼规则29)."""
    issue_again(told)
    new = Delivery.objects.filter(copy__addressee_public_id=told.plaintiff.public_id).latest("id")
    assert (new.method, new.state) == ("inbox", "waiting")
    zhang = told.cast.client("zhang")
    zhang.post(address_of(told), form_of(told, zhang))
    run_outbox()
    new.refresh_from_db()
    assert (new.method, new.state, new.goes_to) == ("post", "waiting", HOME)
    assert new.copy.state == "issued"
    assert [fact.rule for fact in new.facts.exclude(rule="")] == ["e-refused"]
