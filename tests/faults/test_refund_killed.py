"""The process dies around a refund (F-08) or after a list for the bank (F-09): one number, never more back than was paid,
and nothing is sent a second time by the machine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from common import clock
from common.errors import Conflict
from payments.models import BankListRow, Journal, PartState, Refund, RefundPart, RefundState
from payments.refund_selectors import rows_of_list
from payments.services import refunds
from payments.tasks import poll_refunds, send_refunds
from standins.models import CashierRefund
from tests.faults.crash import run_and_die
from tests.payments.refunds import approved, ready, to_bank
from tests.support.court import Cast
from tests.support.servers import Live

SEND = """
from payments.gateways.sandbox import SandboxGateway
from payments.services.refunds import sending
refund = SandboxGateway.refund
{guard}
sending.send_refund({refund})
die()
"""
BEFORE_THE_CALL = "SandboxGateway.refund = die"
AFTER_THE_CALL = "SandboxGateway.refund = lambda self, request: (refund(self, request), die())"
NUMBER_KEPT_ONLY_AFTERWARDS = """
import secrets
from payments.gateways import RefundRequest
from payments.models import RefundPart
part = RefundPart.objects.select_related("payment__order").get(refund_id={refund})
refund(SandboxGateway(), RefundRequest("LOST" + secrets.token_hex(4), part.payment.order.out_no, "", part.amount,
    part.payment.amount, "x"))
die()
"""
POLL = """
from common import clock
from datetime import timedelta
from payments.services.refunds import sending
sending.{step} = die
with clock.at(clock.now() + timedelta(seconds=11)):
    sending.poll_parts()
"""
LIST = """
from common.actor import Actor, Kind, Role
from payments.services.refunds import bank
{guard}
actor = Actor(kind=Kind.STAFF, role=Role.FINANCE, user_id={user}, post_id={post}, court_id={court})
bank.make_bank_list(actor=actor)
die()
"""


def finish() -> None:
    """The sweep and the poll of the next minutes, as the restarted worker does them."""
    for moment in (120, 400):
        with clock.at(clock.now() + timedelta(seconds=moment)):
            send_refunds()
            poll_refunds()


def the_end(refund: Refund) -> None:
    """One refund there, under our one number, one posting, everybody told the truth."""
    part, there = refund.parts.get(), CashierRefund.objects.get()
    assert (part.state, part.out_no) == (PartState.DONE, there.refund_no)
    assert Refund.objects.get(pk=refund.pk).state == RefundState.DONE
    assert Journal.objects.filter(kind="refund_paid").count() == 1


@pytest.mark.req("REL-05", "REL-13", "F-08")
def test_killed_before_the_gateway_hears_of_it(cast: Cast, live: Live) -> None:
    refund = ready(cast, live)
    run_and_die(SEND.format(guard=BEFORE_THE_CALL, refund=refund.pk))
    assert (refund.parts.get().state, CashierRefund.objects.count()) == (PartState.SENT, 0)
    finish()
    the_end(refund)


@pytest.mark.req("REL-05", "REL-13", "F-08")
def test_killed_after_the_gateway_took_it(cast: Cast, live: Live) -> None:
    refund = ready(cast, live)
    run_and_die(SEND.format(guard=AFTER_THE_CALL, refund=refund.pk))
    assert (refund.parts.get().state, CashierRefund.objects.count()) == (PartState.SENT, 1)
    finish()
    the_end(refund)


@pytest.mark.req("REL-05", "REL-13", "F-08")
@pytest.mark.parametrize("step", ["post_refund_paid", "_finish_refund"])
def test_killed_while_the_answer_is_written_down(cast: Cast, live: Live, step: str) -> None:
    refund = ready(cast, live)
    refunds.send_refund(refund.pk)
    run_and_die(POLL.format(step=step))
    assert refund.parts.get().state == PartState.SENT
    assert not Journal.objects.filter(kind="refund_paid").exists()
    finish()
    the_end(refund)


def test_control_a_number_that_is_not_kept_pays_twice(cast: Cast, live: Live) -> None:
    """Half of the fee is under way there and nobody here knows; the retry gives the other half away too."""
    refund = ready(cast, live)
    run_and_die(SEND.format(guard=NUMBER_KEPT_ONLY_AFTERWARDS.format(refund=refund.pk), refund=refund.pk))
    finish()
    assert CashierRefund.objects.count() == 2


def make_list_and_die(cast: Cast, guard: str) -> Refund:
    refund = approved(cast, to_bank(cast))
    actor = cast.finance1
    run_and_die(LIST.format(guard=guard, user=actor.user_id, post=actor.post_id, court=actor.court_id))
    return refund


@pytest.mark.req("REL-05", "F-09")
def test_a_list_that_may_be_at_the_bank_is_not_made_again(cast: Cast, run_outbox: Callable[..., int]) -> None:
    """F-09: fixed and sent in one act; whoever did not see the answer finds the same list, no machine sends it again."""
    refund = make_list_and_die(cast, "")
    assert refund.parts.get().state == PartState.SENT
    finish()
    run_outbox()
    with pytest.raises(Conflict):
        refunds.make_bank_list(actor=cast.finance2)
    row = BankListRow.objects.select_related("list").get()
    assert [one.part_id for one in rows_of_list(row.list)] == [refund.parts.get().pk]
    refunds.record_bank_result(part_id=row.part_id, voucher="V1", actor=cast.finance2)
    assert Refund.objects.get(pk=refund.pk).state == RefundState.DONE


@pytest.mark.req("REL-05")
def test_killed_before_the_list_is_fixed_nothing_was_sent(cast: Cast) -> None:
    refund = make_list_and_die(cast, "bank.BankListRow.objects.bulk_create = die")
    assert refund.parts.get().state == PartState.WAITING
    refunds.make_bank_list(actor=cast.finance2)
    assert BankListRow.objects.count() == 1


def test_control_parts_marked_after_the_list_are_paid_twice(cast: Cast) -> None:
    guard = """
take = bank._take
def take_without_marking(refund, actor):
    rows = take(refund, actor)
    RefundPart = type(rows[0])
    RefundPart.objects.filter(pk__in=[row.pk for row in rows]).update(state="waiting", sent_at=None)
    return rows
bank._take = take_without_marking
"""
    refund: Any = make_list_and_die(cast, guard)
    refunds.make_bank_list(actor=cast.finance2)
    assert BankListRow.objects.filter(part__in=RefundPart.objects.filter(refund=refund)).count() == 2
