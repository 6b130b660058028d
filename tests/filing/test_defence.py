"""答辩状: from the defendant's case page to the receipt, and who reads it then."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.test import Client

from cases.models import AccessBasis, Case, CaseDeadline, DeadlineState, Party, Side
from cases.services import all_defendants_served, grant_access, start_defence_period
from common import clock
from common.actor import system
from eventlog.receipts import is_genuine
from eventlog.selectors import receipt_of
from filing import events, services
from filing.elements import schema
from filing.models import Filing, FilingStatus
from filing.selectors import draft_of
from portal.demo import cast as people
from portal.demo.several import person_values
from tests.concurrency.together import at_once
from tests.filing.answers import posted
from tests.filing.pages import change, home, text_of
from tests.filing.test_forms_walk import fill_in
from tests.filing.test_pages_draft import photo
from tests.support.court import Cast, accepted, claimed, draft

COURT = system("test")


def sued(cast: Cast, *, delivered_days_ago: int = 3) -> tuple[Case, Party]:
    """A case whose complaint reached 李某, who has proved who he is."""
    case = accepted(cast)
    party = case.parties.get(side=Side.DEFENDANT)
    grant_access(party=party, user=cast.users["li"], basis=AccessBasis.REAL_NAME, actor=COURT)
    day = clock.today() - timedelta(days=delivered_days_ago)
    start_defence_period(party=party, delivered_on=day, source_event=uuid.uuid4(), actor=COURT)
    return case, party


def way_in(case: Case) -> str:
    return f"/my/cases/{case.public_id}/defence/"


def written(client: Client, case: Case) -> Filing:
    """李某's defence with every page answered, not sent yet."""
    answer = client.post(way_in(case))
    assert answer.status_code == 302
    filing = Filing.objects.get(origin_case=case)
    assert answer["Location"] == home(filing)
    fill_in(client, filing)
    for slot, _files in draft_of(Filing.objects.get(pk=filing.pk)).slots():
        if slot.required:
            assert (
                client.post(home(filing, "evidence/"), {"slot": slot.key, "files": photo()}).status_code
                == 302
            )
    assert client.post(home(filing, "delivery/"), {"e_delivery": "yes"}).status_code == 302
    return Filing.objects.get(pk=filing.pk)


def send(client: Client, filing: Filing) -> str:
    sent = {"agree": "on", "signed_name": "李某", "form_key": str(uuid.uuid4())}
    answer = client.post(home(filing, "check/"), sent)
    assert answer.status_code == 302, text_of(answer)
    return str(answer["Location"])


def test_a_defence_goes_from_the_case_page_to_a_receipt_and_both_sides_read_it(cast: Cast) -> None:
    case, party = sued(cast)
    client = cast.client("li")
    page = text_of(client.get(f"/my/cases/{case.public_id}/"))
    assert "写答辩状" in page and way_in(case) in page
    assert "最晚" in text_of(client.get(way_in(case)))
    filing = written(client, case)
    first = schema.load(filing.form).pages["claims_1"]
    disputed = posted(first, {}) | {"claim_1": "有", "claim_1_why": "本金我去年已经还清了"}
    assert change(client, home(filing, "claims/claims_1/"), disputed).status_code == 302
    tasks = text_of(client.get(home(filing)))
    assert "答辩状" in tasks and "第三人" not in tasks
    receipt_page = text_of(client.get(send(client, filing)))
    filing.refresh_from_db()
    assert filing.status == FilingStatus.RECEIVED and filing.decided_at is not None
    assert filing.number in receipt_page and case.number in receipt_page
    receipt = receipt_of(filing, events.RECEIVED)
    assert receipt is not None and is_genuine(receipt.text, receipt.signature)
    states = dict(case.deadlines.filter(rule_id__in=["D12", "D13"]).values_list("rule_id", "state"))
    assert states == {"D12": DeadlineState.DONE, "D13": DeadlineState.RUNNING}
    party.refresh_from_db()
    assert party.e_delivery_since is not None
    theirs = text_of(cast.client("zhang").get(f"/my/cases/{case.public_id}/files/"))
    assert "本金我去年已经还清了" in theirs
    assert cast.users["li"].id_number not in theirs and "13800000002" not in theirs
    assert "提交答辩状" in text_of(cast.client("zhang").get(f"/my/cases/{case.public_id}/timeline/"))
    judge = cast.client("judge")
    desk = text_of(judge.get(f"/desk/cases/{case.public_id}/"))
    assert "李某的答辩状" in desk and "本金我去年已经还清了" in desk and "已发送原告" in desk
    assert judge.post(f"/desk/cases/{case.public_id}/defence-passed-on/").status_code == 302
    assert case.deadlines.get(rule_id="D13").state == DeadlineState.DONE


def test_each_question_shows_what_the_other_side_wrote(cast: Cast) -> None:
    case, _party = sued(cast)
    client = cast.client("li")
    client.post(way_in(case))
    filing = Filing.objects.get(origin_case=case)
    page = text_of(client.get(home(filing, "claims/claims_1/")))
    assert "对方写的是：" in page and "还欠的本金：¥60,000.00" in page
    assert "对方没有写这一项，可以不选" in text_of(client.get(home(filing, "facts/facts_3/")))


def test_the_people_are_filled_in_and_the_other_sides_numbers_are_not_given_away(cast: Cast) -> None:
    _case, party = sued(cast)
    filing = services.start_defence(party=party, actor=cast.li)
    me, other = filing.parties.get(side=Side.PLAINTIFF), filing.parties.get(side=Side.DEFENDANT)
    assert (me.name, me.id_number, me.phone) == ("李某", cast.users["li"].id_number, cast.users["li"].phone)
    assert (other.name, other.id_number, other.phone, other.address) == ("张某", "", "", "")
    assert schema.load(filing.form).roles["plaintiff"] == "答辩人"


def test_one_party_writes_one_defence_however_often_it_is_begun(cast: Cast) -> None:
    case, party = sued(cast)
    clients = [cast.client("li") for _number in range(4)]
    places = at_once(*(partial(one.post, way_in(case)) for one in clients))
    assert (
        len({answer["Location"] for answer in places}) == 1
        and Filing.objects.filter(origin_case=case).count() == 1
    )
    grant_access(party=party, user=cast.users["chen"], basis=AccessBasis.REPRESENTATION, actor=COURT)
    refused = cast.client("chen").post(way_in(case))
    assert refused.status_code == 409 and "已由其他人填写" in text_of(refused)


def test_after_sending_the_same_click_shows_the_receipt(cast: Cast) -> None:
    case, _party = sued(cast)
    client = cast.client("li")
    filing = written(client, case)
    place = send(client, filing)
    assert client.post(way_in(case))["Location"] == place
    assert client.get(home(filing))["Location"] == place
    page = schema.load(filing.form).tasks[0].pages[0]
    answer = client.post(home(filing, f"claims/{page.key}/"), posted(page, {}))
    assert answer.status_code == 403


def test_a_late_defence_is_taken_and_said_to_be_late(cast: Cast) -> None:
    case, _party = sued(cast, delivered_days_ago=40)
    client = cast.client("li")
    assert "答辩的日期已经过了，仍然可以提交" in text_of(client.get(way_in(case)))
    send(client, written(client, case))
    assert Filing.objects.get(origin_case=case).status == FilingStatus.RECEIVED


def test_who_answers_before_the_delivery_is_on_record_is_not_asked_again(cast: Cast) -> None:
    case = accepted(cast)
    party = case.parties.get(side=Side.DEFENDANT)
    grant_access(party=party, user=cast.users["li"], basis=AccessBasis.REAL_NAME, actor=COURT)
    client = cast.client("li")
    send(client, written(client, case))
    assert not all_defendants_served(case)
    start_defence_period(party=party, delivered_on=clock.today(), source_event=uuid.uuid4(), actor=COURT)
    assert case.deadlines.get(rule_id="D12").state == DeadlineState.DONE
    assert all_defendants_served(case)
    assert "现在轮到您" not in text_of(client.get(f"/my/cases/{case.public_id}/"))


def test_a_lawyer_of_two_defendants_reads_and_writes_for_both(
    cast: Cast, run_outbox: Callable[..., int]
) -> None:
    filing = draft(cast)
    other = person_values(people.OTHERS[1])
    services.save_party(filing_id=filing.pk, side=Side.DEFENDANT, values=other, actor=cast.zhang)
    services.submit_filing(filing_id=filing.pk, actor=cast.zhang)
    held = claimed(cast, filing)
    case = services.accept_filing(filing_id=filing.pk, fence=held.fence, actor=cast.clerk)
    run_outbox()
    both = list(case.parties.filter(side=Side.DEFENDANT).order_by("order"))
    for party in both:
        start_defence_period(party=party, delivered_on=clock.today(), source_event=uuid.uuid4(), actor=COURT)
        grant_access(party=party, user=cast.users["wang"], basis=AccessBasis.REPRESENTATION, actor=COURT)
    client = cast.client("wang")
    front = text_of(client.get(f"/my/cases/{case.public_id}/"))
    assert all(f"{party.name}的期限" in front for party in both)
    page = text_of(client.get(f"/my/cases/{case.public_id}/files/"))
    assert page.count("应诉通知书") >= 2
    for party in both:
        way = f"{way_in(case)}?party={party.public_id}"
        assert way in page and party.name in text_of(client.get(way))
        assert client.post(way).status_code == 302
    written_for = Filing.objects.filter(origin_case=case).values_list("precheck__party", flat=True)
    assert set(written_for) == {str(party.public_id) for party in both}
    assert client.get(f"{way_in(case)}?party={uuid.uuid4()}").status_code == 404


def test_an_incomplete_defence_is_not_sent(cast: Cast) -> None:
    case, _party = sued(cast)
    client = cast.client("li")
    client.post(way_in(case))
    filing = Filing.objects.get(origin_case=case)
    sent = {"agree": "on", "signed_name": "李某", "form_key": str(uuid.uuid4())}
    answer = client.post(home(filing, "check/"), sent)
    assert answer.status_code == 422
    assert Filing.objects.get(pk=filing.pk).status == FilingStatus.DRAFT
    assert not CaseDeadline.objects.filter(case=case, rule_id="D13").exists()


@pytest.mark.parametrize("name", ["zhang", "wang", "chen"])
def test_nobody_else_can_begin_one(cast: Cast, name: str) -> None:
    case, _party = sued(cast)
    assert cast.client(name).post(way_in(case)).status_code == 404
    assert not Filing.objects.filter(origin_case=case).exists()


@pytest.mark.parametrize("key", [key for key in schema.form_keys() if schema.load(key).defence])
def test_the_defence_to_each_form_asks_about_every_claim_and_fact(cast: Cast, key: str) -> None:
    complaint, defence = schema.load(key), schema.load(f"{key}.defence")
    elements = {item.element for item in complaint.fields()}
    for part in ("诉讼请求", "事实与理由"):
        numbers = {one.partition("/")[2] for one in elements if one.startswith(f"{part}/")}
        answered = {
            item.element.partition("/")[2]
            for item in defence.fields()
            if item.element.startswith(f"对{part}")
        }
        assert answered <= numbers and len(numbers - answered) <= 4, (key, numbers - answered)
    assert defence.title == "民事答辩状" and "第三人" not in [task.title for task in defence.tasks]
