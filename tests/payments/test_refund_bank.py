"""Refunds by bank transfer: a list fixed once, its answer written down by hand, another account when it came back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from accounts.services.phones import change_own
from common import clock
from common.errors import Conflict, InvalidInput, InvalidTransition, NotAllowed
from common.tables import csv_lines
from documents.models import Paper
from eventlog.models import Event
from payments.models import (
    Account,
    BankList,
    Bill,
    Order,
    OrderState,
    PartState,
    Refund,
    RefundState,
    Suspense,
    SuspenseState,
)
from payments.refund_selectors import list_cells
from payments.selectors import balance
from payments.services import refunds
from payments.tasks import send_refunds
from tests.payments.refunds import (
    account,
    approved,
    in_two_parts,
    ready,
    to_bank,
    withdrawn,
)
from tests.payments.test_refund_decisions import third
from tests.payments.test_refund_sending import HALF, later, part_of, states
from tests.support.court import Cast
from tests.support.servers import Live


def on_list(cast: Cast) -> tuple[Refund, BankList]:
    refund = approved(cast, to_bank(cast))
    return refund, refunds.make_bank_list(actor=cast.finance1)


def test_a_list_for_the_bank_is_fixed_once(cast: Cast) -> None:
    refund, made = on_list(cast)
    assert states(refund) == (RefundState.SENDING, PartState.SENT)
    rows = list(list_cells(made))
    part = part_of(refund)
    assert rows[1][:6] == [
        made.number,
        part.out_no,
        "张某",
        "某某银行示例支行",
        "6222000000001234",
        str(HALF),
    ]
    with pytest.raises(Conflict):
        refunds.make_bank_list(actor=cast.finance2)
    assert send_refunds() == 0


@pytest.mark.req("B-21")
def test_a_name_that_looks_like_a_formula_computes_nothing(cast: Cast) -> None:
    """Bad input 21."""
    refund = approved(cast, to_bank(cast))
    assert refund.account is not None
    refund.account.bank = '=HYPERLINK("http://x.example")'
    refund.account.save(update_fields=["bank"])
    made = refunds.make_bank_list(actor=cast.finance1)
    assert "'=HYPERLINK" in "".join(csv_lines(list_cells(made)))


def test_the_voucher_ends_it_once(cast: Cast, run_outbox: Any) -> None:
    refund, _made = on_list(cast)
    part = part_of(refund)
    refunds.record_bank_result(part_id=part.pk, voucher="V100", actor=cast.finance2)
    refunds.record_bank_result(part_id=part.pk, voucher="V100", actor=cast.finance2)
    run_outbox()
    assert states(refund) == (RefundState.DONE, PartState.DONE)
    assert Paper.objects.filter(template="refund_notice").count() == 1
    with pytest.raises(InvalidTransition):
        refunds.record_bank_result(part_id=part.pk, failure="账号不存在", actor=cast.finance2)


def test_one_voucher_never_stands_for_two_transfers(cast: Cast) -> None:
    first, _made = on_list(cast)
    second, _other = on_list(cast)
    refunds.record_bank_result(part_id=part_of(first).pk, voucher="V100", actor=cast.finance2)
    with pytest.raises(InvalidInput):
        refunds.record_bank_result(part_id=part_of(second).pk, voucher="V100", actor=cast.finance2)


@pytest.mark.parametrize("result", [{}, {"voucher": "V1", "failure": "退票"}])
def test_the_result_is_one_of_two(cast: Cast, result: dict[str, str]) -> None:
    refund, _made = on_list(cast)
    with pytest.raises(InvalidInput):
        refunds.record_bank_result(part_id=part_of(refund).pk, actor=cast.finance2, **result)
    with pytest.raises(NotAllowed):
        refunds.record_bank_result(part_id=part_of(refund).pk, voucher="V1", actor=cast.judge)


def test_rejected_by_the_bank_and_repeated_on_the_next_list(cast: Cast, run_outbox: Any) -> None:
    refund, first = on_list(cast)
    number = part_of(refund).out_no
    refunds.record_bank_result(part_id=part_of(refund).pk, failure="账户冻结", actor=cast.finance2)
    run_outbox()
    assert states(refund) == (RefundState.FAILED, PartState.FAILED)
    with pytest.raises(Conflict):
        refunds.make_bank_list(actor=cast.finance1)
    refunds.repeat_refund(refund_id=refund.pk, actor=cast.finance1)
    second = refunds.make_bank_list(actor=cast.finance1)
    assert second != first and part_of(refund).out_no == number
    refunds.record_bank_result(part_id=part_of(refund).pk, voucher="V2", actor=cast.finance2)
    assert states(refund) == (RefundState.DONE, PartState.DONE)


def test_rejected_by_the_bank_and_sent_to_another_account(cast: Cast) -> None:
    refund, _made = on_list(cast)
    refunds.record_bank_result(part_id=part_of(refund).pk, failure="户名不符", actor=cast.finance2)
    new = account(number="6222 0000 0000 7777")
    refunds.reroute_refund(refund_id=refund.pk, account=new, actor=cast.zhang)
    refunds.check_refund(refund_id=refund.pk, actor=cast.finance1)
    with later(hours=25):
        refunds.approve_refund(refund_id=refund.pk, actor=cast.finance2)
        made = refunds.make_bank_list(actor=cast.finance1)
    assert list(list_cells(made))[1][4] == "6222000000007777"


def test_one_part_arrives_and_the_other_goes_to_another_account(cast: Cast) -> None:
    refund = in_two_parts(cast)
    first, second = refund.parts.order_by("id")
    refunds.record_bank_result(part_id=first.pk, voucher="V1", actor=cast.finance2)
    assert Refund.objects.get(pk=refund.pk).state == RefundState.SENDING
    refunds.record_bank_result(part_id=second.pk, failure="退票", actor=cast.finance2)
    new = account(number="6222 0000 0000 7777")
    refunds.reroute_refund(refund_id=refund.pk, account=new, actor=cast.zhang)
    with later(hours=25):
        approved(cast, refund)
        refunds.make_bank_list(actor=cast.finance1)
    last = refund.parts.get(state=PartState.SENT)
    assert last.amount == second.amount
    refunds.record_bank_result(part_id=last.pk, voucher="V2", actor=cast.finance2)
    refund.refresh_from_db()
    assert (refund.state, refund.parts.filter(state=PartState.DONE).count()) == (RefundState.DONE, 2)
    assert balance(cast.court.pk, Account.PAYABLE) == 0
    assert set(Order.objects.values_list("state", flat=True)) == {OrderState.REFUNDED}


def test_two_failures_are_told_once_and_what_arrives_after_all_sets_it_going(cast: Cast) -> None:
    refund = in_two_parts(cast)
    first, second = refund.parts.order_by("id")
    for part in (first, second):
        refunds.record_bank_result(part_id=part.pk, failure="退票", actor=cast.finance2)
    assert Event.objects.filter(name="payments.refund_failed").count() == 1
    refunds.record_bank_result(part_id=first.pk, voucher="V1", actor=cast.finance2)
    assert Refund.objects.get(pk=refund.pk).state == RefundState.FAILED
    refunds.repeat_refund(refund_id=refund.pk, actor=cast.finance1)
    refunds.make_bank_list(actor=cast.finance1)
    refunds.record_bank_result(part_id=second.pk, voucher="V2", actor=cast.finance2)
    assert Refund.objects.get(pk=refund.pk).state == RefundState.DONE


def test_the_failed_one_arrives_while_the_other_is_under_way(cast: Cast) -> None:
    refund = in_two_parts(cast)
    first, second = refund.parts.order_by("id")
    refunds.record_bank_result(part_id=first.pk, failure="退票", actor=cast.finance2)
    assert Refund.objects.get(pk=refund.pk).state == RefundState.FAILED
    refunds.record_bank_result(part_id=first.pk, voucher="V1", actor=cast.finance2)
    assert Refund.objects.get(pk=refund.pk).state == RefundState.SENDING
    refunds.record_bank_result(part_id=second.pk, voucher="V2", actor=cast.finance2)
    assert Refund.objects.get(pk=refund.pk).state == RefundState.DONE


def test_a_gateways_part_takes_no_voucher(cast: Cast, live: Live) -> None:
    refund = ready(cast, live)
    with pytest.raises(NotAllowed):
        refunds.record_bank_result(part_id=part_of(refund).pk, voucher="V1", actor=cast.finance1)


def test_nobody_else_makes_a_list(cast: Cast) -> None:
    approved(cast, to_bank(cast))
    with pytest.raises(NotAllowed):
        refunds.make_bank_list(actor=cast.clerk)


def test_a_transfer_nobody_knew_goes_back_to_where_it_came_from(cast: Cast, run_outbox: Any) -> None:
    """Money in the bank list that names no bill: finance writes down the account it came from, two others decide."""
    from eventlog.services import act
    from payments.services.arrivals import suspend_unmatched

    with act():
        suspend_unmatched(
            court=cast.court,
            gateway="bank",
            transaction_no="B1",
            amount=Decimal("88.00"),
            paid_at=clock.now(),
            actor=cast.finance1,
        )
    suspense = Suspense.objects.get()
    refund = refunds.give_back_suspense(suspense_id=suspense.pk, actor=cast.finance1, words="对不上")
    assert (refund.party, refund.case, refund.state) == (None, None, RefundState.PROPOSED)
    new = account(holder="某某商店")
    refunds.confirm_refund(refund_id=refund.pk, route="bank", account=new, actor=cast.finance1)
    assert refund.number and Bill.objects.count() == 0
    refunds.check_refund(refund_id=refund.pk, actor=cast.finance2)
    with pytest.raises(NotAllowed):
        refunds.approve_refund(refund_id=refund.pk, actor=cast.finance2)
    refunds.approve_refund(refund_id=refund.pk, actor=third(cast))
    refunds.make_bank_list(actor=cast.finance1)
    refunds.record_bank_result(part_id=part_of(refund).pk, voucher="V1", actor=cast.finance2)
    run_outbox()
    assert states(refund) == (RefundState.DONE, PartState.DONE)
    assert (Suspense.objects.get().state, Paper.objects.count()) == (SuspenseState.RETURNED, 0)


@pytest.mark.req("SEC-08")
def test_who_changed_the_phone_a_moment_ago_names_no_account(cast: Cast) -> None:
    """A thief of a number is not to take money with it; the way it was paid stays open."""
    refund = withdrawn(cast)
    change_own(user_id=cast.users["zhang"].pk, phone="13911112222", actor=cast.zhang)
    with pytest.raises(InvalidInput, match="24小时"):
        refunds.confirm_refund(refund_id=refund.pk, route="bank", account=account(), actor=cast.zhang)
    assert refunds.confirm_refund(refund_id=refund.pk, route="original", actor=cast.zhang).route == "original"
