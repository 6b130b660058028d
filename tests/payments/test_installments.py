"""缓交 in parts: the bill is replaced by two to six others, equal to the fen, each with its last day."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from cases.models import Case, Stage
from common import clock
from common.errors import InvalidInput
from payments import services
from payments.models import Bill, BillReason
from payments.services.reliefs import split
from tests.filing.pages import client_of, refused, text_of
from tests.payments.closings import case_over, claim, end, open_bills, paid, pay, sums
from tests.support.court import Cast


@pytest.fixture
def case(cast: Cast) -> Case:
    return case_over(cast, 60000)


def asked(cast: Cast, bill: Bill, kind: str = "defer") -> int:
    ground = services.grounds_for(kind)[0]
    relief = services.ask_relief(bill_id=bill.pk, kind=kind, ground=ground, words="失业", actor=cast.zhang)
    return relief.pk


def granted(cast: Cast, case: Case, parts: int | None, days: int = 90) -> None:
    answer = services.Answer(
        granted=True,
        reasons="属实",
        defer_until=clock.today() + timedelta(days=days),
        installments=parts,
    )
    relief = asked(cast, open_bills(case)[0])
    services.decide_relief(relief_id=relief, answer=answer, actor=cast.judge)


@pytest.mark.parametrize(
    ("amount", "parts", "each"),
    [
        ("1300.00", 3, ["433.33", "433.33", "433.34"]),
        ("25.00", 6, ["4.16", "4.16", "4.16", "4.16", "4.16", "4.20"]),
        ("0.05", 2, ["0.02", "0.03"]),
    ],
)
def test_parts_come_to_the_sum(amount: str, parts: int, each: list[str]) -> None:
    found = split(Decimal(amount), parts)
    assert [str(part) for part in found] == each
    assert sum(found) == Decimal(amount)


def test_the_bill_becomes_three_and_the_case_goes_on(cast: Cast, case: Case) -> None:
    granted(cast, case, 3)
    bills = open_bills(case)
    assert [(bill.part, bill.amount) for bill in bills] == [
        (1, Decimal("433.33")),
        (2, Decimal("433.33")),
        (3, Decimal("433.34")),
    ]
    today = clock.today()
    assert [(bill.due_on - today).days for bill in bills] == [30, 60, 90]
    assert {bill.reason for bill in bills} == {BillReason.FIRST}
    case.refresh_from_db()
    assert case.stage == Stage.PAID
    for bill in bills:
        pay(bill)
    assert sums(case) == [] and sum(sums(case, "paid")) == Decimal(1300)
    end(cast, case, "judged", fee_borne=Decimal(1300), effective_on=today)
    assert sums(case) == []


def test_through_the_page_of_the_judge_and_on_the_old_bill(cast: Cast, case: Case) -> None:
    bill = open_bills(case)[0]
    asked(cast, bill)
    desk = f"/desk/reliefs/{bill.reliefs.get().public_id}/"
    judge = client_of(
        cast.users["judge"] if "judge" in cast.users else case.staff.get(role="judge").post.user
    )
    until = (clock.today() + timedelta(days=60)).isoformat()
    answer = {"granted": "yes", "reasons": "属实", "defer_until": until}
    refused(judge.post(desk, answer | {"installments": "9"}), "请从列出的选项里选")
    assert judge.post(desk, answer | {"installments": "2"}).status_code == 302
    page = text_of(cast.client("zhang").get(f"/my/bills/{bill.public_id}/"))
    assert all(f"/my/bills/{one.public_id}/" in page for one in open_bills(case))
    first = text_of(cast.client("zhang").get(f"/my/bills/{open_bills(case)[0].public_id}/"))
    assert "分2期交，第1期" in first


@pytest.mark.parametrize(
    ("parts", "days", "named"), [(1, 60, "installments"), (7, 60, "installments"), (4, 3, "defer_until")]
)
def test_what_cannot_be_split_is_refused(cast: Cast, case: Case, parts: int, days: int, named: str) -> None:
    with pytest.raises(InvalidInput) as error:
        granted(cast, case, parts, days)
    assert named in error.value.fields


def test_a_part_is_not_split_again_only_deferred(cast: Cast, case: Case) -> None:
    granted(cast, case, 2)
    first = open_bills(case)[0]
    assert services.kinds_for(first) == ["defer"]
    with pytest.raises(InvalidInput):
        granted(cast, case, 2)
    relief = first.reliefs.get()
    later = clock.today() + timedelta(days=80)
    answer = services.Answer(granted=True, reasons="属实", defer_until=later)
    services.decide_relief(relief_id=relief.pk, answer=answer, actor=cast.judge)
    assert sorted((bill.part, bill.amount, bill.due_on) for bill in open_bills(case))[0] == (
        1,
        Decimal(650),
        later,
    )


def test_a_bigger_claim_is_billed_beside_the_parts_and_a_smaller_one_replaces_them(
    cast: Cast, case: Case
) -> None:
    granted(cast, case, 2)
    claim(cast, case, "160000")
    assert sums(case) == [Decimal(650), Decimal(650), Decimal(2200)]
    pay(open_bills(case)[0])
    claim(cast, case, "100000")
    assert sums(case) == [Decimal(1650)]
    paid(case)
    assert sum(sums(case, "paid")) == Decimal(2300)
