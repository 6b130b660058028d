"""Pages around the end of a case: withdrawal, closing, effect, change of procedure and amount, late bills."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from cases.models import AccessBasis, Case, Outcome, Representative, Side, Stage, Track
from cases.services import ask_withdrawal, close_case, grant_access
from common import clock
from common.actor import system
from notifications.models import Message
from payments import services
from payments.models import Bill, Overdue
from tests.filing.pages import client_of, refused, text_of
from tests.payments.closings import case_over, claim, open_bills, opened, paid, sums, to_track
from tests.support.court import Cast


@pytest.fixture
def case(cast: Cast) -> Case:
    return case_over(cast, 60000)


def judge_of(case: Case) -> Client:
    return client_of(case.staff.get(role="judge").post.user)


def zhang(cast: Cast) -> Client:
    return cast.client("zhang")


def my(case: Case, rest: str = "") -> str:
    return f"/my/cases/{case.public_id}/{rest}"


def desk(case: Case, rest: str = "") -> str:
    return f"/desk/cases/{case.public_id}/{rest}"


def test_who_sued_reads_what_becomes_of_the_fee_sends_and_the_judge_allows_it(
    cast: Cast, case: Case, run_outbox: Callable[..., int]
) -> None:
    paid(case)
    mine = zhang(cast)
    assert my(case, "withdraw/") in text_of(mine.get(my(case)))
    page = text_of(mine.get(my(case, "withdraw/")))
    assert "已交受理费¥1,300.00" in page and "另一半¥650.00" in page
    refused(mine.post(my(case, "withdraw/"), {"words": ""}), "请填写为什么撤诉")
    check = mine.post(my(case, "withdraw/"), {"words": "对方已经还钱"})
    assert check.status_code == 200 and "请核对" in text_of(check)
    assert not case.withdrawals.exists(), "read once more before it is sent"
    sure = {"words": "对方已经还钱", "sure": "yes"}
    assert mine.post(my(case, "withdraw/"), sure).status_code == 302
    assert mine.post(my(case, "withdraw/"), sure).status_code == 200
    row = case.withdrawals.get()
    waiting = text_of(mine.get(my(case, "withdraw/")))
    assert "等法官裁定" in waiting and "撤回申请" in waiting
    run_outbox()
    assert Message.objects.filter(kind="withdrawal_asked").exists()
    judge, address = judge_of(case), f"/desk/withdrawals/{row.public_id}/"
    assert address in text_of(judge.get(desk(case)))
    assert address in text_of(judge.get("/bench/"))
    shown = text_of(judge.get(address))
    assert "对方已经还钱" in shown and "¥650.00" in shown
    refused(judge.post(address, {"granted": "yes"}), "请填写理由")
    assert judge.post(address, {"granted": "yes", "reasons": "不损害他人"}).status_code == 302
    case.refresh_from_db()
    assert case.stage == Stage.CLOSED
    run_outbox()
    assert Message.objects.filter(kind="withdrawal_decided").exists()
    assert Message.objects.filter(kind="case_closed").exists()
    assert "不损害他人" in text_of(judge.get(address))
    assert "作出裁定" not in text_of(judge.get(address))
    after = text_of(mine.get(my(case, "withdraw/")))
    assert "案件已经结案" in after and "准许撤诉" in after
    assert "怎样结案的" in text_of(mine.get(my(case)))
    story = text_of(mine.get(my(case, "timeline/")))
    assert "申请撤诉" in story and "准许撤诉" in story


def test_taken_back_the_case_goes_on(cast: Cast, case: Case) -> None:
    mine = zhang(cast)
    ask_withdrawal(case_id=case.pk, words="已经谈好", actor=cast.zhang)
    assert mine.post(my(case, "withdraw/back/")).status_code == 302
    assert mine.post(my(case, "withdraw/back/")).status_code == 302
    assert case.withdrawals.get().state == "taken_back"
    assert "还没有交" in text_of(mine.get(my(case, "withdraw/")))


def test_in_a_simplified_procedure_nothing_more_comes_back_and_it_is_said(cast: Cast) -> None:
    case = paid(case_over(cast, 60000, "summary"))
    assert "不再退" in text_of(zhang(cast).get(my(case, "withdraw/")))


def test_the_other_side_finds_no_such_page_and_an_agent_without_power_reads_why(
    cast: Cast, case: Case
) -> None:
    grant_access(
        party=case.parties.get(side=Side.DEFENDANT),
        user=cast.users["li"],
        basis=AccessBasis.REAL_NAME,
        actor=cast.clerk,
    )
    li = cast.client("li")
    assert "withdraw/" not in text_of(li.get(my(case)))
    assert li.get(my(case, "withdraw/")).status_code == 404
    access = grant_access(
        party=case.parties.get(side=Side.PLAINTIFF),
        user=cast.users["wang"],
        basis=AccessBasis.REPRESENTATION,
        actor=cast.clerk,
    )
    Representative.objects.create(
        party=access.party,
        access=access,
        name="王律师",
        kind="lawyer",
        power="general",
        starts_at=clock.now(),
    )
    wang = cast.client("wang")
    assert "特别授权" in text_of(wang.get(my(case, "withdraw/")))
    assert wang.post(my(case, "withdraw/"), {"words": "x", "sure": "yes"}).status_code == 200
    assert not case.withdrawals.exists()


def test_a_judgment_with_its_shares_and_later_its_effect(cast: Cast, case: Case) -> None:
    paid(case)
    judge = judge_of(case)
    assert desk(case, "close/") in text_of(judge.get(desk(case)))
    kinds = text_of(judge.get(desk(case, "close/")))
    assert "?outcome=judged" in kinds and "?outcome=executed" not in kinds
    form = desk(case, "close/") + "?outcome=judged"
    page = text_of(judge.get(form))
    assert "本案受理费 ¥1,300.00" in page and "已预交 ¥1,300.00" in page
    today = clock.today().isoformat()
    given = {"decided_on": today, "fee_borne": "300", "words": "被告偿还借款"}
    refused(judge.post(form, given | {"fee_borne": ""}), "请填写原告方负担的受理费")
    check = judge.post(form, given)
    assert check.status_code == 200 and "¥300.00" in text_of(check)
    case.refresh_from_db()
    assert case.stage != Stage.CLOSED
    refused(
        judge.post(form, given | {"fee_borne": "1300.01", "sure": "yes"}), "不应超过本案的受理费¥1,300.00"
    )
    assert judge.post(form, given | {"sure": "yes"}).status_code == 302
    case.refresh_from_db()
    assert case.closing.outcome == Outcome.JUDGED
    assert judge.get(form).status_code == 302
    effect = desk(case, "effect/")
    assert effect in text_of(judge.get(desk(case)))
    late = (clock.today() + timedelta(days=3)).isoformat()
    refused(judge.post(effect, {"effective_on": late}), "生效日期不应晚于今天")
    early = (clock.today() - timedelta(days=3)).isoformat()
    refused(judge.post(effect, {"effective_on": early}), "生效日期应在裁判日到今天之间")
    assert "十五日" in text_of(judge.get(effect))
    assert judge.post(effect, {"effective_on": today}).status_code == 302
    assert sums(case) == [Decimal(1000)]
    assert judge.get(effect).status_code == 302
    assert effect not in text_of(judge.get(desk(case)))


def test_a_mediation_says_nothing_about_shares_unless_agreed(cast: Cast, case: Case) -> None:
    paid(case)
    judge, form = judge_of(case), desk(case, "close/") + "?outcome=mediated"
    assert "¥650.00" in text_of(judge.get(form))
    given = {"decided_on": clock.today().isoformat(), "words": "双方自愿", "sure": "yes"}
    assert judge.post(form, given).status_code == 302
    case.refresh_from_db()
    assert (case.closing.fee_borne, case.closing.effective_on) == (None, clock.today())


def test_an_enforcement_asks_what_was_obtained(cast: Cast) -> None:
    case = opened(cast, "EXEC_FIRST", "民间借贷纠纷", "60000", type_code="执")
    judge = judge_of(case)
    form = desk(case, "close/") + "?outcome=executed"
    assert "不收案件受理费" in text_of(judge.get(form))
    given = {"decided_on": clock.today().isoformat(), "obtained": "60000", "words": "执行完毕"}
    assert judge.post(form, given | {"sure": "yes"}).status_code == 302
    assert sums(case) == [Decimal(800)]


def seen_on(browser: Client, address: str) -> str:
    """What the form of this page says that it shows (REL-34)."""
    page = browser.get(address).content.decode()
    return re.search(r'name="seen"[^>]*value="([^"]*)"', page)[1]  # type: ignore[index]


def test_another_procedure_and_another_amount(cast: Cast, case: Case) -> None:
    paid(case)
    judge = judge_of(case)
    refused(judge.post(desk(case, "track/"), {"reasons": "x"}), "请选择转到哪种程序")
    track = {"track": "summary", "reasons": "同意", "seen": seen_on(judge, desk(case, "track/"))}
    assert judge.post(desk(case, "track/"), track).status_code == 302
    case.refresh_from_db()
    assert case.track == Track.SUMMARY
    seen = {"seen": seen_on(judge, desk(case, "claim/"))}
    same = {"amount": "60000", "before_end": "yes", "reasons": "x"}
    refused(judge.post(desk(case, "claim/"), same | seen), "和现在的不同")
    given = {"amount": "70000", "before_end": "no", "reasons": "增加违约金"} | seen
    assert judge.post(desk(case, "claim/"), given).status_code == 302
    case.refresh_from_db()
    assert case.amount == Decimal(70000) and not case.claim_changes.get().before_end
    story = text_of(judge.get(desk(case)))
    assert "普通程序 → 简易程序" in text_of(zhang(cast).get(my(case, "timeline/")))
    assert "变更诉讼请求金额" in story
    Case.objects.filter(pk=case.pk).update(track=Track.OTHER, amount=None)
    assert judge.get(desk(case, "track/")).status_code == 302
    assert judge.get(desk(case, "claim/")).status_code == 302


def test_only_the_judge_of_the_case_finds_these_pages(cast: Cast, case: Case) -> None:
    for rest in ("close/", "effect/", "track/", "claim/"):
        assert cast.client("clerk").get(desk(case, rest)).status_code == 403
        assert cast.client("caseclerk").get(desk(case, rest)).status_code == 403
        assert cast.client("judge-b").get(desk(case, rest)).status_code == 404
        assert zhang(cast).get(desk(case, rest)).status_code == 403
    assert "close/" not in text_of(cast.client("clerk").get(desk(case)))


def late_bill(case: Case) -> Overdue:
    Bill.objects.filter(case=case, status="open").update(due_on=clock.today() - timedelta(days=1))
    assert services.propose_overdue(system("test")) == 1
    return Overdue.objects.latest("id")


def test_a_late_bill_is_decided_on_the_desk(cast: Cast, case: Case, run_outbox: Callable[..., int]) -> None:
    overdue = late_bill(case)
    run_outbox()
    assert Message.objects.filter(kind="bill_overdue").exists()
    judge, address = judge_of(case), f"/desk/overdue/{overdue.public_id}/"
    assert address in text_of(judge.get("/bench/")) and address in text_of(judge.get(desk(case)))
    refused(judge.post(address, {"reasons": "x"}), "请选择怎样处理")
    refused(judge.post(address, {"decision": "keep", "reasons": "住院"}), "请填写今天以后的日期")
    until = (clock.today() + timedelta(days=9)).isoformat()
    assert judge.post(address, {"decision": "keep", "due_on": until, "reasons": "住院"}).status_code == 302
    assert "住院" in text_of(judge.get(address)) and "作出决定" not in text_of(judge.get(address))
    assert open_bills(case)[0].due_on.isoformat() == until
    run_outbox()
    assert Message.objects.filter(kind="overdue_decided").exists()
    assert "给予新的期限" in text_of(zhang(cast).get(my(case, "timeline/")))
    address = f"/desk/overdue/{late_bill(case).public_id}/"
    assert judge.post(address, {"decision": "end", "reasons": "仍未交"}).status_code == 302
    case.refresh_from_db()
    assert case.closing.outcome == Outcome.DEEMED_WITHDRAWN


def test_a_late_top_up_says_what_can_follow(cast: Cast, case: Case) -> None:
    paid(case)
    claim(cast, case, "160000")
    judge = judge_of(case)
    address = f"/desk/overdue/{late_bill(case).public_id}/"
    page = text_of(judge.get(address))
    assert desk(case, "claim/") in page and "按撤诉处理，结案" not in page
    refused(judge.post(address, {"decision": "end", "reasons": "x"}), "请从列出的选项里选")
    other = paid(case_over(cast, 50000, "summary"))
    to_track(cast, other, "ordinary")
    assert "一百九十九" in text_of(judge_of(other).get(f"/desk/overdue/{late_bill(other).public_id}/"))


def test_a_case_that_ended_in_another_way_shows_it_to_both_sides(cast: Cast, case: Case) -> None:
    close_case(
        case_id=case.pk,
        outcome=Outcome.TERMINATED,
        decided_on=clock.today(),
        words="原告死亡，没有继承人",
        actor=cast.judge,
    )
    page = text_of(zhang(cast).get(my(case)))
    assert "终结诉讼" in page and "没有继承人" in page
    assert my(case, "withdraw/") in page
    assert "案件已经结案" in text_of(zhang(cast).get(my(case, "withdraw/")))
