"""What a case owes after each change and at its end, to the fen; nothing is billed twice in any order of changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import permutations

import pytest

from cases.models import Case, Side, Stage
from cases.services import record_effect
from common import clock
from common.errors import InvalidInput
from courts.calendar import deadline
from documents.models import Copy
from payments import services
from payments.fees import QuoteInput, quote
from payments.models import Bill, BillReason, BillStatus, OrderState, Relief
from payments.services import Answer
from payments.words import otherwise
from tests.payments.callbacks import callback, order_for
from tests.payments.closings import case_over, claim, end, open_bills, opened, paid, pay, sums, to_track
from tests.support.court import Cast, everybody


def yuan(*amounts: str | int) -> list[Decimal]:
    return [Decimal(amount) for amount in amounts]


def relieved(cast: Cast, case: Case, kind: str, **answer: object) -> None:
    """The payer of the one open bill is granted what he asks."""
    bill = open_bills(case)[0]
    ground = services.grounds_for(kind)[0]
    relief = services.ask_relief(bill_id=bill.pk, kind=kind, ground=ground, words="失业", actor=cast.zhang)
    services.decide_relief(
        relief_id=relief.pk, answer=Answer(granted=True, reasons="属实", **answer), actor=cast.judge
    )


def exempted(cast: Cast, case: Case) -> None:
    relieved(cast, case, "exempt")


def halved(cast: Cast, case: Case) -> None:
    relieved(cast, case, "reduce", reduce_pct=Decimal(50))


def deferred(cast: Cast, case: Case) -> None:
    relieved(cast, case, "defer", defer_until=clock.today() + timedelta(days=60))


def afterwards(case: Case) -> dict[str, Decimal]:
    """What is billed at the end, by side."""
    rows = Bill.objects.filter(case=case, reason=BillReason.AFTERWARDS)
    return {bill.party.side: bill.amount for bill in rows.select_related("party")}


# -- procedure ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "first", "rest"),
    [(60000, "650.00", "650.00"), (33333, "316.66", "316.67"), (8000, "25.00", "25.00")],
)
def test_to_the_ordinary_procedure_the_other_half_is_due_in_seven_days(
    cast: Cast, amount: int, first: str, rest: str
) -> None:
    """Half to the fen and the rest of the whole fee: together what the regulation asks (解释199)."""
    case = paid(case_over(cast, amount, "summary"))
    assert sums(case, BillStatus.PAID) == yuan(first)
    to_track(cast, case, "ordinary")
    bill = open_bills(case)[0]
    assert (bill.amount, bill.reason) == (Decimal(rest), BillReason.TOP_UP)
    asked = QuoteInput(
        "simplified_to_ordinary", item="property", amount=Decimal(amount), prepaid=Decimal(first)
    )
    assert bill.amount == quote(asked).fee
    assert bill.due_on == deadline("D10", clock.today(), court=cast.court).due
    assert bill.source == case.track_changes.latest("id").public_id
    assert "解释" in bill.steps[-1]["article"] and bill.steps[-1]["amount"] == rest
    pay(bill)
    assert sum(sums(case, BillStatus.PAID)) == quote(QuoteInput(item="property", amount=Decimal(amount))).fee


@pytest.mark.parametrize(
    ("told", "last"),
    [
        ("2026-09-20T10:00+08:00", "2026-09-28"),  # 27 September lies in the mid-autumn days
        ("2026-09-24T23:59+08:00", "2026-10-08"),  # 1 to 7 October: the first day after
        ("2026-10-03T00:01+08:00", "2026-10-10"),  # a Saturday that is worked
    ],
)
def test_the_seven_days_end_after_the_holidays(transactional_db: None, told: str, last: str) -> None:
    with clock.at(datetime.fromisoformat(told)):
        cast = everybody()
        case = paid(case_over(cast, 60000, "summary"))
        to_track(cast, case, "ordinary")
        assert open_bills(case)[0].due_on.isoformat() == last


def test_an_unpaid_half_becomes_one_bill_over_the_whole(cast: Cast) -> None:
    case = case_over(cast, 60000, "summary")
    to_track(cast, case, "ordinary")
    assert (sums(case), sums(case, BillStatus.VOID)) == (yuan(1300), yuan(650))
    assert open_bills(case)[0].reason == BillReason.FIRST
    to_track(cast, case, "summary")
    assert sums(case) == yuan(650)


def test_what_somebody_is_paying_stays_and_the_rest_is_billed_beside_it(cast: Cast) -> None:
    case = case_over(cast, 60000, "summary")
    order = order_for(case)
    to_track(cast, case, "ordinary")
    assert sums(case) == yuan(650, 650)
    message = callback(order)
    assert services.receive_notice(code="sandbox", headers=message.headers, body=message.body) == "paid"
    to_track(cast, case, "small_claim")
    assert sums(case) == []


def test_a_smaller_fee_takes_the_place_of_what_is_being_paid(cast: Cast) -> None:
    """Money for the void bill is nobody's fee: it goes back by itself."""
    case = case_over(cast, 60000)
    order = order_for(case, bill=open_bills(case)[0])
    to_track(cast, case, "summary")
    assert sums(case) == yuan(650)
    message = callback(order)
    assert services.receive_notice(code="sandbox", headers=message.headers, body=message.body) == "suspense"


# -- claim --------------------------------------------------------------------------------------------------------


def test_a_bigger_claim_is_topped_up_and_a_smaller_one_takes_the_open_rest_back(cast: Cast) -> None:
    case = paid(case_over(cast, 60000))
    claim(cast, case, "160000")
    bill = open_bills(case)[0]
    asked = QuoteInput("increase_claim", item="property", old=Decimal(60000), new=Decimal(160000))
    assert bill.amount == quote(asked).fee == Decimal(2200)
    assert bill.due_on == deadline("D07", clock.today(), court=cast.court).due
    assert bill.steps[-1]["article"] == quote(asked).steps[-1].article
    claim(cast, case, "100000.01")
    assert sums(case) == yuan(1000)
    claim(cast, case, "60000")
    assert sums(case) == []
    assert sums(case, BillStatus.PAID) == yuan(1300)


def test_after_the_investigation_a_smaller_claim_keeps_its_fee(cast: Cast) -> None:
    case = case_over(cast, 160000)
    assert sums(case) == yuan(3500)
    claim(cast, case, "60000", before_end=False)
    assert sums(case) == yuan(3500)
    claim(cast, case, "70000", before_end=False)
    assert sums(case) == yuan(3500), "still below what the fee is counted by"
    claim(cast, case, "200000", before_end=False)
    assert sums(case) == yuan(4300)


@pytest.mark.parametrize("order", list(permutations(["track", "claim", "pay"])))
def test_in_any_order_the_bills_come_to_the_fee(cast: Cast, order: tuple[str, ...]) -> None:
    case = case_over(cast, 60000, "summary")
    steps = {
        "track": lambda: to_track(cast, case, "ordinary"),
        "claim": lambda: claim(cast, case, "160000"),
        "pay": lambda: paid(case),
    }
    for step in order:
        steps[step]()
    assert sum(sums(case, BillStatus.OPEN, BillStatus.PAID)) == Decimal(3500)


def test_while_the_judge_decides_about_a_bill_the_rest_is_billed_beside_it(cast: Cast) -> None:
    case = case_over(cast, 60000)
    bill = open_bills(case)[0]
    relief = services.ask_relief(
        bill_id=bill.pk,
        kind="reduce",
        ground=services.grounds_for("reduce")[0],
        words="失业",
        actor=cast.zhang,
    )
    claim(cast, case, "160000")
    assert sums(case) == yuan(1300, 2200)
    answer = Answer(granted=True, reasons="属实", reduce_pct=Decimal(50))
    services.decide_relief(relief_id=relief.pk, answer=answer, actor=cast.judge)
    assert sums(case) == yuan(2200), "half of 3500 is less than what is billed beside it"
    claim(cast, case, "60000")
    assert sums(case) == yuan(650)


def test_relief_holds_for_what_comes_later(cast: Cast) -> None:
    case = case_over(cast, 60000, "summary")
    halved(cast, case)
    paid(case)
    to_track(cast, case, "ordinary")
    assert sums(case) == yuan(325)
    other = case_over(cast, 50000, "summary")
    exempted(cast, other)
    to_track(cast, other, "ordinary")
    assert sums(other) == []


def test_relief_for_a_top_up_lets_off_that_part_for_good(cast: Cast) -> None:
    case = paid(case_over(cast, 60000))
    claim(cast, case, "160000")
    halved(cast, case)
    assert sums(case) == yuan(1100)
    assert "减交50%" in open_bills(case)[0].steps[-1]["text"]
    paid(case)
    claim(cast, case, "200000")
    assert sums(case) == yuan(800)
    exempted(cast, case)
    claim(cast, case, "210000")
    assert sums(case) == yuan(150)


def test_a_deferred_top_up_keeps_its_sum(cast: Cast) -> None:
    case = paid(case_over(cast, 60000))
    claim(cast, case, "160000")
    deferred(cast, case)
    assert sums(case) == yuan(2200)
    assert open_bills(case)[0].due_on == clock.today() + timedelta(days=60)


def test_what_is_not_prepaid_is_not_topped_up(cast: Cast) -> None:
    case = opened(cast, "CIVIL_LABOUR", "追索劳动报酬纠纷", "5000")
    claim(cast, case, "9000")
    assert not Bill.objects.filter(case=case).exists()


# -- the end ------------------------------------------------------------------------------------------------------


def test_who_lost_is_billed_what_the_prepayer_does_not_bear(
    cast: Cast, run_outbox: Callable[..., int]
) -> None:
    case = paid(case_over(cast, 60000))
    closing = end(cast, case, "judged", fee_borne=Decimal("300.05"))
    assert afterwards(case) == {}, "a judgment that may be appealed asks for nothing"
    record_effect(closing_id=closing.pk, effective_on=clock.today(), actor=cast.judge)
    assert afterwards(case) == {"defendant": Decimal("999.95")}
    bill = Bill.objects.get(reason=BillReason.AFTERWARDS)
    assert (bill.source, bill.party.name) == (closing.public_id, "李某")
    assert "强制执行" in otherwise(bill)
    run_outbox()
    notice = Copy.objects.filter(paper__template="fee_notice").latest("id")
    assert notice.addressee_public_id == bill.party.public_id


@pytest.mark.parametrize(
    ("relief", "borne", "expected"),
    [
        (None, "1300", {"plaintiff": "1300.00"}),
        (deferred, "300", {"defendant": "1000.00", "plaintiff": "300.00"}),
        (deferred, "0", {"defendant": "1300.00"}),
        (exempted, "300", {"defendant": "1000.00"}),
        (halved, "1300", {"plaintiff": "650.00"}),
        (halved, "0", {"defendant": "1300.00"}),
    ],
)
def test_what_nobody_has_paid_is_billed_to_those_who_bear_it(
    cast: Cast, relief: Callable[..., None] | None, borne: str, expected: dict[str, str]
) -> None:
    """Relief of one side does not help the other (办法50), and its own part stays relieved."""
    case = case_over(cast, 60000)
    if relief:
        relief(cast, case)
    end(cast, case, "judged", fee_borne=Decimal(borne), effective_on=clock.today())
    assert afterwards(case) == {side: Decimal(sum_) for side, sum_ in expected.items()}
    assert not Bill.objects.filter(case=case, status="open").exclude(reason="afterwards").exists()


@pytest.mark.parametrize(
    ("track", "borne", "expected"),
    [
        ("ordinary", None, {}),
        ("ordinary", "650", {}),
        ("ordinary", "0", {"defendant": Decimal(650)}),
        ("summary", "200", {"defendant": Decimal(450)}),
    ],
)
def test_a_mediated_case_pays_half_once(
    cast: Cast, track: str, borne: str | None, expected: dict[str, Decimal]
) -> None:
    case = paid(case_over(cast, 60000, track))
    end(cast, case, "mediated", fee_borne=None if borne is None else Decimal(borne))
    assert afterwards(case) == expected


@pytest.mark.parametrize(("outcome", "most"), [("judged", "1300"), ("mediated", "650")])
def test_nobody_bears_more_than_the_fee(cast: Cast, outcome: str, most: str) -> None:
    case = paid(case_over(cast, 60000))
    with pytest.raises(InvalidInput) as refused:
        end(cast, case, outcome, fee_borne=Decimal(most) + Decimal("0.01"))
    assert "fee_borne" in refused.value.fields
    case.refresh_from_db()
    assert case.stage != Stage.CLOSED
    end(cast, case, outcome, fee_borne=Decimal(most))


@pytest.mark.parametrize(
    ("procedure", "obtained", "fee"),
    [
        ("EXEC_FIRST", "500000", "7400.00"),
        ("EXEC_RESUME", "10000.01", "50.00"),
        ("BANKRUPTCY", "1000000", "6900.00"),
        ("EXEC_FIRST", "0", None),
    ],
)
def test_the_fee_of_an_enforcement_comes_out_of_what_it_brought(
    cast: Cast, procedure: str, obtained: str, fee: str | None
) -> None:
    case = opened(cast, procedure, "民间借贷纠纷", "600000", type_code="执")
    end(cast, case, "unexecuted", obtained=Decimal(obtained))
    assert afterwards(case) == ({} if fee is None else {"defendant": Decimal(fee)})
    if fee:
        assert open_bills(case)[0].label == "申请费"


@pytest.mark.parametrize(
    ("cause", "amount", "borne", "expected"),
    [
        ("追索劳动报酬纠纷", "5000", "0", {"defendant": "10.00"}),
        ("追索劳动报酬纠纷", "5000", "4", {"defendant": "6.00", "plaintiff": "4.00"}),
        ("民间借贷纠纷", "60000", "300", {"defendant": "1000.00", "plaintiff": "300.00"}),
        ("民间借贷纠纷", None, "0", {"defendant": "50.00"}),
    ],
)
def test_a_suit_without_prepayment_is_paid_by_those_who_bear_it(
    cast: Cast, cause: str, amount: str | None, borne: str, expected: dict[str, str]
) -> None:
    """追索劳动报酬 (20); 代表人诉讼 (解释194)."""
    case = opened(cast, "CIVIL_FIRST", cause, amount)
    Case.objects.filter(pk=case.pk).update(track="ordinary")
    end(cast, case, "judged", fee_borne=Decimal(borne), effective_on=clock.today())
    assert afterwards(case) == {side: Decimal(sum_) for side, sum_ in expected.items()}


def test_a_procedure_without_a_fee_has_none_at_its_end(cast: Cast) -> None:
    case = opened(cast, "RETRIAL", "民间借贷纠纷", "60000", type_code="民申")
    with pytest.raises(InvalidInput):
        end(cast, case, "judged", fee_borne=Decimal("0.01"))
    end(cast, case, "judged", fee_borne=Decimal(0), effective_on=clock.today())
    assert afterwards(case) == {}


def test_without_another_side_nobody_is_billed(cast: Cast) -> None:
    case = opened(cast, "EXEC_FIRST", "民间借贷纠纷", "60000", type_code="执")
    case.parties.filter(side=Side.DEFENDANT).delete()
    end(cast, case, "executed", obtained=Decimal(60000))
    assert afterwards(case) == {}


@pytest.mark.parametrize("outcome", ["withdrawn", "dismissed", "terminated", "criminal", "deemed_withdrawn"])
def test_what_was_not_paid_when_a_case_ends_is_void_with_what_was_asked_about_it(
    cast: Cast, outcome: str
) -> None:
    case = case_over(cast, 60000)
    bill = open_bills(case)[0]
    services.ask_relief(
        bill_id=bill.pk,
        kind="exempt",
        ground=services.grounds_for("exempt")[0],
        words="x",
        actor=cast.zhang,
    )
    end(cast, case, outcome)
    assert sums(case) == [] and afterwards(case) == {}
    assert Relief.objects.get().state == "withdrawn"


def test_an_order_under_way_when_the_case_ends_brings_money_that_goes_back(cast: Cast) -> None:
    case = case_over(cast, 60000)
    order = order_for(case, bill=open_bills(case)[0], state=OrderState.PENDING)
    end(cast, case, "terminated")
    message = callback(order)
    assert services.receive_notice(code="sandbox", headers=message.headers, body=message.body) == "suspense"
