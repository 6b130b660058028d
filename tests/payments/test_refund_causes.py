"""What gives money back and how much, to the fen (诉讼费用交纳办法15, 16, 21, 25-28, 53; 解释199, 206, 207)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from cases.models import Case, Outcome, Track
from cases.services import change_claim, change_track, record_effect
from common import clock
from common.errors import Conflict
from courts.calendar import deadline
from courts.services import change_setting
from eventlog.models import Event
from eventlog.services import act
from payments.models import (
    Bill,
    BillReason,
    Overdue,
    OverdueState,
    Payment,
    Refund,
    RefundReason,
    RefundState,
    Suspense,
    SuspenseState,
)
from payments.services import Answer, ask_relief, decide_relief, grounds_for, issue_bill, receive_notice
from payments.services.refunds import ask_refund, explain_asked, give_back_suspense, propose_refund
from payments.services.refunds.propose import plan_parts
from tests.payments.callbacks import callback, order_for
from tests.payments.refunds import FULL, ORDINARY, closed, paid, paid_twice, pay
from tests.support.court import Cast, accepted

D = Decimal


def sums(case: Case) -> list[tuple[str, Decimal]]:
    return list(Refund.objects.filter(case=case).order_by("id").values_list("reason", "amount"))


def test_the_fee_is_the_one_of_the_regulation(cast: Cast) -> None:
    case = paid(cast)
    assert (case.track, Bill.objects.get(case=case).amount) == (Track.ORDINARY, FULL)


@pytest.mark.parametrize(
    ("outcome", "borne", "expected"),
    [
        (Outcome.WITHDRAWN, None, [("withdrawn", D("11414.40"))]),
        (Outcome.MEDIATED, None, [("mediated", D("11414.40"))]),
        (Outcome.MEDIATED, D("5000.00"), [("mediated", D("17828.80"))]),
        (Outcome.MEDIATED, D("11414.40"), [("mediated", D("11414.40"))]),
        (Outcome.JUDGED, D("0.00"), [("won", FULL)]),
        (Outcome.JUDGED, D("2828.80"), [("won", D("20000.00"))]),
        (Outcome.JUDGED, FULL, []),
        (Outcome.DISMISSED, None, [("dismissed", FULL)]),
        (Outcome.CRIMINAL, None, [("dismissed", FULL)]),
        (Outcome.TERMINATED, None, []),
        (Outcome.DEEMED_WITHDRAWN, None, []),
    ],
)
def test_what_the_end_of_a_case_gives_back(
    cast: Cast, outcome: str, borne: Decimal | None, expected: list[tuple[str, Decimal]]
) -> None:
    case = closed(cast, paid(cast), outcome, effective_on=clock.today(), fee_borne=borne)
    assert sums(case) == expected


def test_a_fee_halved_for_its_procedure_is_not_halved_again(cast: Cast) -> None:
    """解释206: 60,000 with 3,600 interest in the summary procedure was charged 695 and keeps it."""
    case = closed(cast, paid(cast, principal=60000))
    assert (case.track, Bill.objects.get(case=case).amount, sums(case)) == (Track.SUMMARY, D("695.00"), [])


def test_a_summary_case_won_gives_back_what_was_paid(cast: Cast) -> None:
    case = closed(
        cast, paid(cast, principal=60000), Outcome.JUDGED, effective_on=clock.today(), fee_borne=D("100.00")
    )
    assert sums(case) == [("won", D("595.00"))]


def test_deemed_withdrawn_halves_where_the_court_says_so(cast: Cast) -> None:
    change_setting(court_id=cast.court.pk, key="deemed_withdrawn_fee", value="half", actor=cast.admin)
    case = closed(cast, paid(cast), Outcome.DEEMED_WITHDRAWN)
    assert sums(case) == [("withdrawn", D("11414.40"))]


def test_nothing_paid_nothing_back(cast: Cast) -> None:
    assert sums(closed(cast, accepted(cast, principal=ORDINARY))) == []


def test_the_fifteen_days_count_from_the_effect(cast: Cast) -> None:
    """A judgment waits for its effect: nothing comes before, then the clock of art. 53 runs from that day."""
    case = closed(cast, paid(cast), Outcome.JUDGED, fee_borne=D("0.00"))
    assert sums(case) == []
    record_effect(closing_id=case.closing.pk, effective_on=clock.today(), actor=cast.judge)
    refund = Refund.objects.get(case=case)
    assert refund.due_on == deadline("D66", clock.today(), court=cast.court).due
    assert (refund.state, refund.source) == (RefundState.PROPOSED, case.closing.public_id)
    assert refund.number.startswith("TF某1234-")


def test_each_sum_says_why(cast: Cast) -> None:
    refund = Refund.objects.get(case=closed(cast, paid(cast)))
    assert refund.steps[-1]["amount"] == "11414.40"
    assert "减半" in "".join(step["text"] for step in refund.steps)
    assert any("15" in step["article"] for step in refund.steps)
    event = Event.objects.get(name="payments.refund_proposed")
    assert (event.payload["amount"], event.payload["due_on"]) == ("11414.40", refund.due_on.isoformat())


def test_to_the_summary_procedure_half_comes_back_and_a_withdrawal_then_nothing(cast: Cast) -> None:
    case = paid(cast)
    change_track(case_id=case.pk, track=Track.SUMMARY, reasons="双方同意", actor=cast.judge)
    assert sums(case) == [("simplified", D("11414.40"))]
    closed(cast, case)
    assert sums(case) == [("simplified", D("11414.40"))]


def test_between_two_simplified_procedures_nothing_comes_back(cast: Cast) -> None:
    case = paid(cast, principal=60000)
    change_track(case_id=case.pk, track=Track.SMALL_CLAIM, reasons="双方同意", actor=cast.judge)
    assert sums(case) == []


@pytest.mark.parametrize(
    ("principal", "old", "new", "back"),
    [(ORDINARY, "2003600", "1000000", D("9028.80")), (60000, "63600", "10000", D("670.00"))],
)
def test_a_smaller_claim_in_time_gives_the_difference_back(
    cast: Cast, principal: int, old: str, new: str, back: Decimal
) -> None:
    case = paid(cast, principal=principal)
    assert case.amount == D(old)
    change_claim(case_id=case.pk, amount=D(new), before_end=True, reasons="减少", actor=cast.judge)
    assert sums(case) == [("claim_reduced", back)]


def test_a_smaller_claim_gives_nothing_back_while_less_was_paid_than_is_due(cast: Cast) -> None:
    """Only the first of three instalments is paid when the claim shrinks: it is less than the fee that stays."""
    case = accepted(cast, principal=ORDINARY)
    bill = Bill.objects.get(case=case)
    Bill.objects.filter(pk=bill.pk).update(amount=D("7609.60"))
    pay(case)
    change_claim(case_id=case.pk, amount=D("1000000"), before_end=True, reasons="减少", actor=cast.judge)
    assert sums(case) == []


def test_a_smaller_claim_too_late_gives_nothing_and_still_counts_in_full(cast: Cast) -> None:
    """The fee stays that of the old claim (办法35): a withdrawal afterwards gives half of it back."""
    case = paid(cast)
    change_claim(case_id=case.pk, amount=D("1000000"), before_end=False, reasons="减少", actor=cast.judge)
    assert sums(case) == []
    closed(cast, case)
    assert sums(case) == [("withdrawn", D("11414.40"))]


def test_after_a_smaller_claim_half_of_the_smaller_fee_stays(cast: Cast) -> None:
    """13,800 is the fee of a million: 9,028.80 and 6,900 come back, 6,900 stays."""
    case = paid(cast)
    change_claim(case_id=case.pk, amount=D("1000000"), before_end=True, reasons="减少", actor=cast.judge)
    closed(cast, case)
    assert sums(case) == [("claim_reduced", D("9028.80")), ("withdrawn", D("6900.00"))]


def test_a_reduced_fee_is_halved_as_reduced(cast: Cast) -> None:
    """减交 40 percent: 13,697.28 was paid, half of it stays."""
    case = accepted(cast, principal=ORDINARY)
    asked = ask_relief(
        bill_id=Bill.objects.get(case=case).pk,
        kind="reduce",
        ground=grounds_for("reduce")[0],
        words="收入低",
        actor=cast.zhang,
    )
    answer = Answer(granted=True, reasons="符合条件", reduce_pct=D("40"))
    decide_relief(relief_id=asked.pk, answer=answer, actor=cast.judge)
    pay(case)
    assert sums(closed(cast, case)) == [("withdrawn", D("6848.64"))]


def test_where_the_court_changed_its_base_fee_half_of_what_is_kept_stays(cast: Cast) -> None:
    """A divorce is charged a base fee that each court sets itself; the rules no longer give what was paid."""
    change_setting(court_id=cast.court.pk, key="fee_base.divorce", value="300.00", actor=cast.admin)
    case = accepted(cast, principal=ORDINARY)
    Bill.objects.filter(case=case).update(status="void")
    case.amount = None
    case.save(update_fields=["amount"])
    issue_bill(case=case, item="divorce", actor=cast.judge)
    pay(case)
    change_setting(court_id=cast.court.pk, key="fee_base.divorce", value="200.00", actor=cast.admin)
    assert sums(closed(cast, case)) == [("withdrawn", D("150.00"))]


def divorce(cast: Cast, principal: int) -> Case:
    """A divorce about property, charged 300 and half a percent above 200,000; the court then lowers its base fee."""
    change_setting(court_id=cast.court.pk, key="fee_base.divorce", value="300.00", actor=cast.admin)
    case = accepted(cast, principal=principal)
    Bill.objects.filter(case=case).update(status="void")
    issue_bill(case=case, item="divorce", actor=cast.judge)
    pay(case)
    change_setting(court_id=cast.court.pk, key="fee_base.divorce", value="200.00", actor=cast.admin)
    return case


def test_a_new_base_fee_does_not_change_the_difference(cast: Cast) -> None:
    case = divorce(cast, ORDINARY)
    change_claim(case_id=case.pk, amount=D("1000000"), before_end=True, reasons="减少", actor=cast.judge)
    assert sums(case) == [("claim_reduced", D("5018.00"))]


def test_a_new_base_fee_halves_nothing_a_second_time(cast: Cast) -> None:
    assert sums(closed(cast, divorce(cast, 60000))) == []


def test_to_the_summary_procedure_before_anything_was_paid(cast: Cast) -> None:
    case = accepted(cast, principal=ORDINARY)
    change_track(case_id=case.pk, track=Track.SUMMARY, reasons="双方同意", actor=cast.judge)
    assert sums(case) == []


def test_a_base_fee_that_still_holds_is_halved_by_the_rules(cast: Cast) -> None:
    change_setting(court_id=cast.court.pk, key="fee_base.divorce", value="300.00", actor=cast.admin)
    case = accepted(cast, principal=ORDINARY)
    Bill.objects.filter(case=case).update(status="void")
    case.amount = None
    case.save(update_fields=["amount"])
    issue_bill(case=case, item="divorce", actor=cast.judge)
    pay(case)
    assert sums(closed(cast, case)) == [("withdrawn", D("150.00"))]


def test_an_application_fee_is_not_halved(cast: Cast) -> None:
    case = accepted(cast, principal=ORDINARY)
    Bill.objects.filter(case=case).update(item="payment_order")
    pay(case)
    assert sums(closed(cast, case)) == []


def test_a_topped_up_fee_is_given_back_over_both_payments_newest_first(cast: Cast) -> None:
    case = paid_twice(cast)
    later = Payment.objects.filter(order__bill__case=case).latest("paid_at")
    closed(cast, case, Outcome.JUDGED, effective_on=clock.today(), fee_borne=D("390.00"))
    refund = Refund.objects.get(case=case)
    parts = list(refund.parts.order_by("id").values_list("payment_id", "amount"))
    assert (refund.amount, parts[0]) == (D("1000.00"), (later.pk, D("695.00")))
    assert sum(amount for _payment, amount in parts) == D("1000.00")
    rest = ask_refund(bill_id=refund.bill_id or 0, amount=D("100.00"), words="多算了", actor=cast.zhang)
    asked = {"amount": D("100.00"), "words": "多算了", "article": "", "actor": cast.finance1}
    explain_asked(refund_id=rest.pk, **asked)  # type: ignore[arg-type]
    assert rest.parts.get().payment_id != later.pk


def test_a_plan_over_more_than_there_is_fails(cast: Cast) -> None:
    bill = Bill.objects.get(case=paid(cast))
    refund = ask_refund(bill_id=bill.pk, amount=D("10.00"), words="多算了", actor=cast.zhang)
    refund.amount = FULL + 1
    with pytest.raises(Conflict), act():
        plan_parts(refund, list(Payment.objects.all()))


def test_a_top_up_left_unpaid_gives_half_of_what_came_in_back(cast: Cast) -> None:
    """解释199: 695 was paid of 1,390; treated as withdrawn, 347.50 comes back."""
    case = paid(cast, principal=60000)
    change = change_track(case_id=case.pk, track=Track.ORDINARY, reasons="复杂", actor=cast.judge)
    bill = Bill.objects.get(case=case, reason=BillReason.TOP_UP, source=change.public_id)
    Overdue.objects.create(
        court=bill.court,
        bill=bill,
        state=OverdueState.DEEMED_WITHDRAWN,
        proposed_at=clock.now(),
        decided_at=clock.now(),
        decided_by_id=cast.judge.post_id,
        reasons="逾期",
    )
    assert sums(closed(cast, case, Outcome.DEEMED_WITHDRAWN)) == [("withdrawn", D("347.50"))]


def test_the_same_cause_twice_is_one_refund_and_never_more_than_was_paid(cast: Cast) -> None:
    case = paid(cast)
    bill = Bill.objects.get(case=case)
    source = case.public_id
    asked: dict[str, Any] = {
        "bill": bill,
        "reason": RefundReason.WON,
        "amount": FULL + 1000,
        "steps": [],
        "source": source,
        "actor": cast.judge,
        "due_from": date(2026, 3, 2),
    }
    first, again = propose_refund(**asked), propose_refund(**asked)
    assert first is not None and first == again and first.amount == FULL
    assert propose_refund(**asked | {"reason": RefundReason.DISMISSED}) is None


@pytest.mark.req("REL-09")
def test_money_after_the_order_was_closed_goes_back_without_anybody_asking(cast: Cast) -> None:
    case = accepted(cast)
    order = order_for(case, state="closed")
    message = callback(order)
    assert receive_notice(code="sandbox", headers=message.headers, body=message.body) == "suspense"
    refund, suspense = Refund.objects.get(), Suspense.objects.get()
    assert (refund.reason, refund.state, refund.route) == ("overpaid", "confirmed", "original")
    assert (refund.amount, refund.source) == (order.amount, suspense.public_id)
    assert suspense.state == SuspenseState.RETURNING


@pytest.mark.req("REL-11")
def test_paid_twice_the_second_goes_back_whole(cast: Cast) -> None:
    case = accepted(cast)
    first, second = order_for(case, state="closed"), order_for(case)
    for number, order in enumerate((second, first)):
        message = callback(order, event_no=f"E{number}", transaction_no=f"T{number}")
        receive_notice(code="sandbox", headers=message.headers, body=message.body)
    assert sums(case) == [("overpaid", D("695.00"))]


@pytest.mark.parametrize("paid_at", [None, datetime(2025, 1, 1, tzinfo=clock.BEIJING)])
def test_money_that_may_be_a_fee_waits_for_finance(cast: Cast, paid_at: datetime | None) -> None:
    """Another amount is looked at first; given back by an officer, an old payment needs an account."""
    case = accepted(cast)
    changes = {"paid_at": paid_at.isoformat()} if paid_at else {}
    message = callback(order_for(case), amount=D("700.00"), **changes)
    receive_notice(code="sandbox", headers=message.headers, body=message.body)
    assert sums(case) == []
    suspense = Suspense.objects.get()
    refund = give_back_suspense(suspense_id=suspense.pk, actor=cast.finance1, words="金额不对")
    assert refund == give_back_suspense(suspense_id=suspense.pk, actor=cast.finance1)
    assert refund.state == ("proposed" if paid_at else "confirmed")
    assert refund.parts.get().route == ("bank" if paid_at else "original")
    assert refund.proposed_by_id == cast.finance1.post_id
