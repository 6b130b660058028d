"""Approved refunds on their way out: our number first, accepted is not done, unknown is asked about, failed is repeated or
goes to the bank (REL-05, REL-13)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cases.models import Outcome
from common import clock
from common.errors import Conflict, GatewayUnavailable, InvalidTransition
from documents.models import Paper
from eventlog.models import Event
from notifications.models import Message
from payments.gateways import RefundResult
from payments.models import (
    Account,
    Order,
    OrderState,
    PartState,
    Payment,
    Refund,
    RefundPart,
    RefundReason,
    RefundState,
    Route,
    Suspense,
    SuspenseState,
)
from payments.selectors import balance
from payments.services import refunds
from payments.services.refunds import sending
from payments.services.refunds.money import MOST_PARTS
from payments.tasks import poll_refunds, send_refunds
from standins.models import CashierRefund
from tests.payments.refunds import (
    FULL,
    account,
    approved,
    at_cashier,
    closed,
    press,
    ready,
    refund_mode,
)
from tests.support.court import Cast, accepted
from tests.support.servers import Live

HALF = Decimal("11414.40")


def part_of(refund: Refund) -> RefundPart:
    return refund.parts.exclude(state=PartState.DROPPED).get()


def states(refund: Refund) -> tuple[str, str]:
    return Refund.objects.get(pk=refund.pk).state, part_of(refund).state


def later(**span: float) -> Any:
    return clock.at(clock.now() + timedelta(**span))


# -- through the gateway ---------------------------------------------------------------------------------------------


@pytest.mark.req("REL-13")
def test_accepted_is_not_done_and_done_is_told(
    cast: Cast, live: Live, run_outbox: Callable[..., int]
) -> None:
    refund = ready(cast, live)
    run_outbox()
    assert states(refund) == (RefundState.SENDING, PartState.SENT)
    with later(seconds=11):
        assert poll_refunds() == 1
    with later(seconds=12):
        run_outbox()
    assert states(refund) == (RefundState.DONE, PartState.DONE)
    part, there = part_of(refund), CashierRefund.objects.get()
    assert (part.out_no, part.gateway_no) == (there.refund_no, there.gateway_no)
    assert balance(cast.court.pk, Account.PAYABLE) == 0
    assert balance(cast.court.pk, Account.CLEARING) == HALF - FULL
    assert Order.objects.get().state == OrderState.PART_REFUNDED
    kinds = set(Message.objects.filter(channel="inbox").values_list("kind", flat=True))
    assert {"refund_proposed", "refund_approved", "refund_completed"} <= kinds
    paper = Paper.objects.get(template="refund_notice")
    assert paper.data["amount_capitals"] == "人民币壹万壹仟肆佰壹拾肆元肆角"
    assert paper.data["parts"][0]["number"] == there.gateway_no


def test_all_of_a_payment_back_ends_its_order(cast: Cast, live: Live, run_outbox: Any) -> None:
    case = closed(
        cast, at_cashier(cast, live), Outcome.JUDGED, effective_on=clock.today(), fee_borne=Decimal(0)
    )
    refund = Refund.objects.get(case=case)
    refunds.confirm_refund(refund_id=refund.pk, route="original", actor=cast.zhang)
    approved(cast, refund)
    run_outbox()
    with later(seconds=11):
        poll_refunds()
    assert (states(refund)[0], Order.objects.get().state) == (RefundState.DONE, OrderState.REFUNDED)


def test_money_of_a_closed_order_comes_back_and_leaves_suspense(
    cast: Cast, live: Live, run_outbox: Any
) -> None:
    order = late_money(cast, live)
    refund = approved(cast, Refund.objects.get())
    run_outbox()
    with later(seconds=11):
        poll_refunds()
    order.refresh_from_db()
    assert (states(refund)[0], order.state) == (RefundState.DONE, OrderState.CLOSED)
    suspense = Suspense.objects.get()
    assert suspense.state == SuspenseState.RETURNED and suspense.resolved_at is not None
    assert balance(cast.court.pk, Account.SUSPENSE) == balance(cast.court.pk, Account.PAYABLE) == 0


def late_money(cast: Cast, live: Live) -> Order:
    from payments.gateways import Request
    from payments.gateways.sandbox import SandboxGateway
    from tests.payments.callbacks import order_for

    order = order_for(accepted(cast), state="closed")
    SandboxGateway().create(Request(order.out_no, order.amount, "诉讼费", f"{live.url}/"))
    press(order, "pay")
    return order


@pytest.mark.req("REL-12", "REL-13", "B-78")
def test_no_answer_leaves_it_unknown_and_the_number_stays(
    cast: Cast, live: Live, settings: Any, run_outbox: Any
) -> None:
    refund = ready(cast, live)
    number, address = part_of(refund).out_no, settings.CASHIER_URL
    settings.CASHIER_URL = "http://127.0.0.1:9/nobody"
    run_outbox()
    assert states(refund) == (RefundState.SENDING, PartState.UNKNOWN)
    with later(seconds=11):
        assert poll_refunds() == 0
    settings.CASHIER_URL = address
    with later(seconds=31):
        poll_refunds()
    assert CashierRefund.objects.get().refund_no == number
    assert states(refund) == (RefundState.SENDING, PartState.SENT)
    with later(minutes=2):
        poll_refunds()
    assert states(refund) == (RefundState.DONE, PartState.DONE)


def test_the_gateway_is_asked_by_the_schedule(cast: Cast, live: Live, run_outbox: Any) -> None:
    refund = ready(cast, live)
    refund_mode("hold")
    run_outbox()
    sent_at = part_of(refund).sent_at
    assert sent_at is not None
    asked = []
    for seconds in (5, 11, 12, 31, 61, 301, 901, 905, 4501):
        with clock.at(sent_at + timedelta(seconds=seconds)):
            asked.append(poll_refunds())
    assert asked == [0, 1, 0, 1, 1, 1, 1, 0, 1]


@pytest.mark.req("REL-13")
def test_failed_goes_again_under_the_same_number(cast: Cast, live: Live, run_outbox: Any) -> None:
    refund = ready(cast, live)
    refund_mode("fail")
    run_outbox()
    with later(seconds=11):
        poll_refunds()
    with later(seconds=12):
        run_outbox()
    assert states(refund) == (RefundState.FAILED, PartState.FAILED)
    assert Message.objects.filter(kind="refund_failed", channel="inbox").count() == 1
    assert send_refunds() == 0
    refund_mode("")
    refunds.repeat_refund(refund_id=refund.pk, actor=cast.finance1)
    with later(minutes=2):
        assert send_refunds() == 1
        assert send_refunds() == 0
    with later(minutes=3):
        poll_refunds()
    assert states(refund) == (RefundState.DONE, PartState.DONE)
    there = CashierRefund.objects.get()
    assert (there.refund_no, there.tries) == (part_of(refund).out_no, 2)
    with pytest.raises(InvalidTransition):
        refunds.repeat_refund(refund_id=refund.pk, actor=cast.finance1)


@pytest.mark.req("REL-13", "REL-14")
def test_failed_goes_to_the_bank_after_two_people_looked_again(
    cast: Cast, live: Live, run_outbox: Any
) -> None:
    refund = ready(cast, live)
    refund_mode("fail")
    run_outbox()
    with later(seconds=11):
        poll_refunds()
    refunds.ask_again(refund.pk)
    refund = refunds.reroute_refund(refund_id=refund.pk, account=account(), actor=cast.zhang)
    assert (refund.state, refund.checked_by, refund.approved_by) == (RefundState.CONFIRMED, None, None)
    assert list(refund.parts.order_by("id").values_list("state", "route")) == [
        (PartState.DROPPED, Route.ORIGINAL),
        (PartState.WAITING, Route.BANK),
    ]
    assert not refunds.can_use_own_way(refund)
    approved(cast, refund)
    assert balance(cast.court.pk, Account.PAYABLE) == HALF
    refunds.make_bank_list(actor=cast.finance1)
    refunds.record_bank_result(part_id=part_of(refund).pk, voucher="V1", actor=cast.finance2)
    assert states(refund) == (RefundState.DONE, PartState.DONE)
    assert balance(cast.court.pk, Account.PAYABLE) == 0


def test_what_arrived_after_all_is_not_paid_a_second_time(cast: Cast, live: Live, run_outbox: Any) -> None:
    """The gateway calls it failed, then pays: asked before another way is taken, it says so."""
    refund = ready(cast, live)
    refund_mode("fail")
    run_outbox()
    with later(seconds=11):
        poll_refunds()
    CashierRefund.objects.update(state="done", failure="")
    refunds.ask_again(refund.pk)
    assert states(refund) == (RefundState.DONE, PartState.DONE)
    with pytest.raises(InvalidTransition):
        refunds.reroute_refund(refund_id=refund.pk, account=account(), actor=cast.zhang)


def test_without_an_answer_no_other_way_is_taken(
    cast: Cast, live: Live, settings: Any, run_outbox: Any
) -> None:
    refund = ready(cast, live)
    refund_mode("fail")
    run_outbox()
    with later(seconds=11):
        poll_refunds()
    settings.CASHIER_URL = "http://127.0.0.1:9/nobody"
    with pytest.raises(GatewayUnavailable):
        refunds.ask_again(refund.pk)


@pytest.mark.req("REL-13", "B-81")
def test_a_payment_older_than_a_year_when_it_is_sent_fails_and_waits_for_an_account(
    cast: Cast, live: Live, run_outbox: Any
) -> None:
    """Bad input 81: confirmed in time, sent on day 366."""
    refund = ready(cast, live)
    with later(days=366):
        assert refunds.send_refund(refund.pk) == 0
        assert states(refund) == (RefundState.FAILED, PartState.WAITING)
        with pytest.raises(Conflict):
            refunds.repeat_refund(refund_id=refund.pk, actor=cast.finance1)
        refunds.reroute_refund(refund_id=refund.pk, account=account(), actor=cast.zhang)
    assert CashierRefund.objects.count() == 0


def other_cause(refund: Refund, amount: str, cast: Cast) -> Refund:
    """A second refund out of the same payment."""
    assert refund.bill is not None and refund.case is not None
    made = refunds.propose_refund(
        bill=refund.bill,
        reason=RefundReason.WON,
        amount=Decimal(amount),
        steps=[],
        source=refund.case.public_id,
        actor=cast.judge,
        due_from=clock.today(),
    )
    assert made is not None
    refunds.confirm_refund(refund_id=made.pk, route="original", actor=cast.zhang)
    return approved(cast, made)


@pytest.mark.req("REL-13")
def test_two_parts_of_one_payment_keep_a_minute_between_them(cast: Cast, live: Live) -> None:
    refund = ready(cast, live)
    second = other_cause(refund, "100.00", cast)
    assert send_refunds() == 1
    with later(seconds=59):
        assert send_refunds() == 0
    with later(seconds=61):
        assert send_refunds() == 1
    with later(minutes=5):
        poll_refunds()
    assert (states(refund)[0], states(second)[0]) == (RefundState.DONE, RefundState.DONE)
    assert Order.objects.get().state == OrderState.PART_REFUNDED


@pytest.mark.req("REL-13")
def test_the_fifty_first_part_goes_to_the_bank(cast: Cast, live: Live) -> None:
    refund = ready(cast, live)
    payment = Payment.objects.get()
    old = datetime(2026, 1, 1, tzinfo=clock.BEIJING)
    RefundPart.objects.bulk_create(
        RefundPart(
            refund=refund,
            payment=payment,
            out_no=f"OLD{number}",
            route=Route.ORIGINAL,
            amount=Decimal("0.01"),
            state=PartState.DROPPED,
            created_at=old,
            sent_at=old,
        )
        for number in range(MOST_PARTS)
    )
    assert not refunds.can_go_back(payment, clock.now())
    assert refunds.send_refund(refund.pk) == 0
    assert Refund.objects.get(pk=refund.pk).state == RefundState.FAILED


def test_no_gateway_no_way_back(cast: Cast, live: Live, settings: Any) -> None:
    refund = ready(cast, live)
    settings.PAYMENT_GATEWAYS = []
    assert refunds.send_refund(refund.pk) == 0
    assert states(refund) == (RefundState.FAILED, PartState.WAITING)


def test_nothing_leaves_before_it_is_approved(cast: Cast, live: Live, owner_connection: Any) -> None:
    refund = Refund.objects.get(case=closed(cast, at_cashier(cast, live)))
    refunds.confirm_refund(refund_id=refund.pk, route="original", actor=cast.zhang)
    assert refunds.send_refund(refund.pk) == 0
    assert CashierRefund.objects.count() == 0


@pytest.mark.req("REL-07", "REL-08")
def test_news_of_a_refund_counts_once_and_contradictions_are_held(
    cast: Cast, live: Live, run_outbox: Any
) -> None:
    refund = ready(cast, live)
    run_outbox()
    number = part_of(refund).out_no
    assert sending.record_refund_answer("R0", RefundResult("done")) == "unknown"
    wrong = RefundResult("done", "G1", HALF + Decimal("0.01"))
    assert sending.record_refund_answer(number, wrong) == "impossible"
    assert sending.record_refund_answer(number, RefundResult("pending")) == "noted"
    assert sending.record_refund_answer(number, RefundResult("done", "G1", HALF)) == "done"
    assert sending.record_refund_answer(number, RefundResult("done", "G1", HALF)) == "repeated"
    assert sending.record_refund_answer(number, RefundResult("failed")) == "impossible"
    assert sending.record_refund_answer(number, RefundResult("pending")) == "noted"
    assert states(refund) == (RefundState.DONE, PartState.DONE)
    assert Event.objects.filter(name="payments.refund_completed").count() == 1


def test_a_failure_is_told_once_and_money_of_a_dropped_part_is_held(
    cast: Cast, live: Live, run_outbox: Any
) -> None:
    refund = ready(cast, live)
    run_outbox()
    number = part_of(refund).out_no
    assert sending.record_refund_answer(number, RefundResult("failed")) == "failed"
    assert part_of(refund).failure
    assert sending.record_refund_answer(number, RefundResult("failed")) == "repeated"
    refunds.reroute_refund(refund_id=refund.pk, account=account(), actor=cast.zhang)
    assert sending.record_refund_answer(number, RefundResult("done", "G9", HALF)) == "impossible"


@pytest.mark.req("REL-13")
def test_the_gateways_notice_ends_it(cast: Cast, live: Live, run_outbox: Any) -> None:
    refund = ready(cast, live)
    run_outbox()
    press(Order.objects.get(), "refunds")
    assert states(refund) == (RefundState.DONE, PartState.DONE)


def test_a_silent_gateway_is_asked_once_a_round(
    cast: Cast, live: Live, settings: Any, run_outbox: Any
) -> None:
    for _number in range(2):
        ready_again(cast, live)
    settings.CASHIER_URL = "http://127.0.0.1:9/nobody"
    run_outbox()
    assert set(RefundPart.objects.values_list("state", flat=True)) == {PartState.UNKNOWN}
    with later(seconds=11):
        assert poll_refunds() == 0
    assert sorted(RefundPart.objects.values_list("queries", flat=True)) == [0, 1]


def ready_again(cast: Cast, live: Live) -> Refund:
    """One more case of the kind of ``ready``."""
    case = closed(cast, at_cashier(cast, live))
    refund = Refund.objects.get(case=case)
    refunds.confirm_refund(refund_id=refund.pk, route="original", actor=cast.zhang)
    return approved(cast, refund)
