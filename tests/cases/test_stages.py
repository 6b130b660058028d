"""The case goes on by what happens in other apps: fee paid, complaint delivered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from cases.models import AccessBasis, Case, DeadlineState, Side, Stage
from cases.services import Wish, choose_service, grant_access
from common import clock
from documents.models import Delivery, DeliveryMethod
from documents.services import ask_for_paper, record_outcome, record_sent
from payments.services import receive_notice
from tests.payments.callbacks import callback, order_for
from tests.support.court import Cast, accepted


def _pay(case: Case) -> None:
    message = callback(order_for(case))
    receive_notice(code="sandbox", headers=message.headers, body=message.body)


def _post(case: Case, cast: Cast, run_outbox: Callable[..., int], *, delivered: bool) -> None:
    delivery = Delivery.objects.get(
        copy__paper__template="response_notice", copy__paper__subject_public_id=case.public_id
    )
    sent = record_sent(
        delivery_public_id=delivery.public_id,
        version=delivery.version,
        method=DeliveryMethod.POST,
        sent_on=clock.today(),
        tracking_no="XA00000000013",
        actor=cast.clerk,
    )
    run_outbox()
    if delivered:
        record_outcome(
            delivery_public_id=delivery.public_id,
            version=sent.version,
            outcome="self",
            happened_on=clock.today(),
            actor=cast.clerk,
        )
        run_outbox()


@pytest.mark.parametrize("paid_first", [True, False])
def test_paid_and_served_in_any_order(
    cast: Cast, run_outbox: Callable[..., int], *, paid_first: bool
) -> None:
    case = accepted(cast)
    run_outbox()
    if paid_first:
        _pay(case)
        run_outbox()
    _post(case, cast, run_outbox, delivered=True)
    if not paid_first:
        _pay(case)
        run_outbox()
    case.refresh_from_db()
    assert case.stage == Stage.SERVED


def test_a_second_copy_on_paper_holds_the_five_days_up_for_nobody(
    cast: Cast, run_outbox: Callable[..., int]
) -> None:
    """One defendant has the complaint in the inbox and wants it on paper too; the other one's has left by post."""
    case = accepted(cast)
    li = case.parties.get(side=Side.DEFENDANT)
    case.parties.create(side=Side.DEFENDANT, order=2, kind=li.kind, name="周某", address="某市某区某路2号")
    grant_access(party=li, user=cast.users["li"], basis=AccessBasis.REAL_NAME, actor=cast.clerk)
    wish = Wish(electronic=True, address="某市某区某路1号")
    choose_service(party_id=li.pk, wish=wish, seen=0, actor=cast.li)
    run_outbox()
    notices = Delivery.objects.filter(copy__paper__template="response_notice").select_related("copy")
    mine, other = notices.get(method=DeliveryMethod.INBOX), notices.get(method=DeliveryMethod.POST)
    ask_for_paper(copy_public_id=mine.copy.public_id, address=wish.address, actor=cast.li)
    run_outbox()
    assert case.deadlines.get(rule_id="D11").state == DeadlineState.RUNNING
    record_sent(
        delivery_public_id=other.public_id,
        version=other.version,
        method=DeliveryMethod.POST,
        sent_on=clock.today(),
        tracking_no="XA00000000013",
        actor=cast.clerk,
    )
    run_outbox()
    assert notices.filter(state="waiting").count() == 1
    assert case.deadlines.get(rule_id="D11").state == DeadlineState.DONE
    assert case.deadlines.filter(rule_id="D12").count() == 1, (
        "the inbox counts, the paper begins nothing anew"
    )


def test_sending_keeps_the_five_days_and_delivery_starts_the_defence(
    cast: Cast, run_outbox: Callable[..., int]
) -> None:
    case = accepted(cast)
    run_outbox()
    assert case.deadlines.get(rule_id="D11").state == DeadlineState.RUNNING
    _post(case, cast, run_outbox, delivered=False)
    assert case.deadlines.get(rule_id="D11").state == DeadlineState.DONE
    assert not case.deadlines.filter(rule_id="D12").exists()


def test_defence_period_counts_from_the_delivery(cast: Cast, run_outbox: Callable[..., int]) -> None:
    case = accepted(cast)
    run_outbox()
    _post(case, cast, run_outbox, delivered=True)
    defence = case.deadlines.get(rule_id="D12")
    assert defence.party == case.parties.get(side=Side.DEFENDANT)
    assert defence.starts_on == clock.today()
    assert defence.due_on >= clock.today() + timedelta(days=15)
