"""Refunds at the same moment: never more back than was paid (F-29), a part leaves once, a list is made once, one approval."""

from __future__ import annotations

import itertools
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import QuerySet, Sum

from common import clock
from common.errors import Conflict, InvalidTransition
from payments.gateways import RefundResult
from payments.gateways.sandbox import SandboxGateway
from payments.models import (
    REFUND_PART_FLOW,
    BankList,
    BankListRow,
    Bill,
    Journal,
    Refund,
    RefundPart,
    RefundReason,
)
from payments.services import refunds
from payments.services.refunds import bank, propose, sending
from tests.concurrency.together import Gate, at_once
from tests.payments.refunds import FULL, approved, confirmed, paid, to_bank
from tests.payments.test_refund_decisions import third
from tests.support.court import Cast

TENTH = FULL / 10


def twenty_tenths(cast: Cast) -> list[Any]:
    """Twenty causes at once, each for a tenth of what was paid."""
    bill = Bill.objects.select_related("case__court", "party").get(case=paid(cast))

    def one() -> Refund | None:
        return refunds.propose_refund(
            bill=bill,
            reason=RefundReason.WON,
            amount=TENTH,
            steps=[],
            source=uuid.uuid4(),
            actor=cast.judge,
            due_from=clock.today(),
        )

    return at_once(*[one] * 20)


def planned() -> Decimal:
    total: Decimal = RefundPart.objects.aggregate(sum=Sum("amount"))["sum"]
    return total


@pytest.mark.req("REL-03", "F-29")
def test_twenty_at_once_give_back_no_more_than_was_paid(cast: Cast) -> None:
    results = twenty_tenths(cast)
    assert sum(isinstance(result, Refund) for result in results) == 10
    assert results.count(None) == 10
    assert planned() == FULL


@pytest.mark.req("REL-03")
def test_without_our_lock_the_database_still_refuses(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(20)
    monkeypatch.setattr(propose, "lock_money_of", lambda bill: gate.pass_through())
    twenty_tenths(cast)
    assert planned() <= FULL


def test_control_without_lock_and_trigger_too_much_goes_back(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, owner_connection: Any
) -> None:
    gate, original, numbers = Gate(20), propose.going_back, itertools.count(1)
    monkeypatch.setattr(propose, "lock_money_of", lambda bill: None)
    monkeypatch.setattr(propose, "next_number", lambda *values: next(numbers))

    def look_together(payments: Any) -> dict[int, Decimal]:
        taken = original(payments)
        gate.pass_through()
        return taken

    monkeypatch.setattr(propose, "going_back", look_together)
    trigger = "TRIGGER payments_parts_within_payment"
    with owner_connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE payments_refundpart DISABLE {trigger}")
        try:
            twenty_tenths(cast)
        finally:
            cursor.execute(f"ALTER TABLE payments_refundpart ENABLE {trigger}")
    assert planned() > FULL


@pytest.mark.parametrize(("locked", "calls"), [(True, 1), (False, 2)])
def test_two_workers_send_a_part_once(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, locked: bool, calls: int
) -> None:
    """The second row of the table is the control: without the lock both see a part that waits."""
    refund = approved(cast, confirmed(cast))
    gate, original, asked = Gate(2), sending.can_go_back, []

    def meet(*values: Any) -> bool:
        gate.pass_through()
        return original(*values)

    def count(self: SandboxGateway, request: Any) -> RefundResult:
        asked.append(request.refund_no)
        return RefundResult("pending")

    monkeypatch.setattr(sending, "can_go_back", meet)
    monkeypatch.setattr(SandboxGateway, "refund", count)
    if not locked:
        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **kwargs: self)
    at_once(lambda: refunds.send_refund(refund.pk), lambda: refunds.send_refund(refund.pk))
    assert len(asked) == calls


@pytest.mark.req("REL-14")
def test_two_approvals_at_once_post_once(cast: Cast) -> None:
    refund, other = confirmed(cast), third(cast)
    refunds.check_refund(refund_id=refund.pk, actor=cast.finance1)
    results = at_once(
        lambda: refunds.approve_refund(refund_id=refund.pk, actor=cast.finance2),
        lambda: refunds.approve_refund(refund_id=refund.pk, actor=other),
    )
    assert sum(isinstance(result, InvalidTransition) for result in results) == 1
    assert Journal.objects.filter(kind="refund_due").count() == 1


def test_two_officers_make_one_list(cast: Cast) -> None:
    approved(cast, to_bank(cast))
    results = at_once(*[lambda: refunds.make_bank_list(actor=cast.finance1)] * 2)
    assert sum(isinstance(result, Conflict) for result in results) == 1
    assert (BankList.objects.count(), BankListRow.objects.count()) == (1, 1)


def test_control_without_the_lock_two_lists_pay_twice(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    refund = approved(cast, to_bank(cast))
    gate = Gate(2)

    move = REFUND_PART_FLOW.move

    def meet(part: RefundPart, name: str) -> None:
        gate.pass_through()
        move(part, name)

    rows = Refund.objects.select_related("case", "court", "account")
    monkeypatch.setattr(bank, "locked_refund", lambda refund_id: rows.get(pk=refund_id))
    monkeypatch.setattr(REFUND_PART_FLOW, "move", meet)
    at_once(*[lambda: refunds.make_bank_list(actor=cast.finance1)] * 2)
    assert BankListRow.objects.filter(part__refund=refund).count() == 2
