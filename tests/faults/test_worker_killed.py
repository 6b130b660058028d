"""The worker dies between “paid” and its effects: nothing is lost (F-11). Without the lease it would be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from cases.models import Case, Stage
from common import clock
from eventlog.models import Outbox, OutboxState
from eventlog.relay import run_due
from notifications.models import Message
from payments.services import receive_notice
from portal.timetable import JOBS
from tests.faults.crash import run_and_die
from tests.payments.callbacks import callback, order_for
from tests.support.court import Cast, accepted

SWEPT_WITHIN = timedelta(seconds=60) - timedelta(seconds=float(JOBS["outbox"].every))  # type: ignore[arg-type]
"""The last round of the sweep that still begins within a minute (REL-20)."""
KILLED_IN_HANDLER = """
from cases import services
services.record_fee_paid = die
from eventlog.relay import run_due
run_due()
"""

MARKED_BEFORE_THE_WORK = """
from cases import services
services.record_fee_paid = die
from eventlog import relay
claim, finish = relay._claim, relay._finish
def claim_and_mark():
    row = claim()
    if row is not None:
        finish(row)
    return row
relay._claim = claim_and_mark
relay._finish = lambda row: True
relay.run_due()
"""


def _pay(cast: Cast, run_outbox: Callable[..., int]) -> Case:
    case = accepted(cast)
    run_outbox()
    message = callback(order_for(case))
    receive_notice(code="sandbox", headers=message.headers, body=message.body)
    return case


@pytest.mark.req("REL-20", "F-11")
def test_effects_come_after_the_restart_once(cast: Cast, run_outbox: Callable[..., int]) -> None:
    case = _pay(cast, run_outbox)
    run_and_die(KILLED_IN_HANDLER)
    case.refresh_from_db()
    assert case.stage == Stage.ACCEPTED
    with clock.at(clock.now() + timedelta(seconds=30)):
        run_due()
    case.refresh_from_db()
    assert case.stage == Stage.ACCEPTED, "whoever has the row may still be at work"
    with clock.at(clock.now() + SWEPT_WITHIN):
        run_due()
        run_due()
    case.refresh_from_db()
    assert case.stage == Stage.PAID
    assert Message.objects.filter(kind="bill_paid", channel="inbox").count() == 1
    assert not Outbox.objects.exclude(state=OutboxState.DONE).exists()


def test_control_a_row_marked_before_the_work_is_lost(cast: Cast, run_outbox: Callable[..., int]) -> None:
    case = _pay(cast, run_outbox)
    run_and_die(MARKED_BEFORE_THE_WORK)
    with clock.at(clock.now() + timedelta(minutes=3)):
        run_due()
    case.refresh_from_db()
    assert case.stage == Stage.ACCEPTED
