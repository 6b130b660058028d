"""A judge deems a case withdrawn in the moment in which the payer begins to pay: one of them is told to wait (F-14).
Without the locks both get past their check: the case is over and money is on its way for a void bill."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import QuerySet

from cases.models import Case, Stage
from common import clock
from common.actor import system
from common.errors import Conflict
from payments import services
from payments.gateways import Way
from payments.models import Bill, Order, Overdue
from payments.selectors import live_order_of
from payments.services import orders, overdue
from tests.concurrency.together import Gate, at_once
from tests.payments.closings import case_over, open_bills
from tests.support.court import Cast

WAY = Way("sandbox", "page", "收银台")


def race(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> tuple[Case, Bill, list[Any]]:
    """Both at once, each held for a moment between its check and its act."""
    case = case_over(cast, 60000)
    bill = open_bills(case)[0]
    Bill.objects.filter(pk=bill.pk).update(due_on=clock.today() - timedelta(days=1))
    services.propose_overdue(system("test"))
    late, gate = Overdue.objects.get(bill=bill), Gate(2)
    close, create = overdue.close_case, Order.objects.create

    def meet_then_close(**values: Any) -> Any:
        gate.pass_through()
        return close(**values)

    def meet_then_create(**values: Any) -> Any:
        gate.pass_through()
        return create(**values)

    monkeypatch.setattr(overdue, "close_case", meet_then_close)
    monkeypatch.setattr(Order.objects, "create", meet_then_create)
    results = at_once(
        lambda: services.deem_withdrawn(overdue_id=late.pk, reasons="逾期未交", actor=cast.judge),
        lambda: orders.order_for(bill_id=bill.pk, actor=cast.zhang, way=WAY),
    )
    case.refresh_from_db()
    bill.refresh_from_db()
    return case, bill, results


def test_one_of_them_waits(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    case, bill, results = race(cast, monkeypatch)
    assert sum(isinstance(result, Conflict) for result in results) == 1, results
    assert (case.stage == Stage.CLOSED) != bool(live_order_of(bill))


def test_control_without_locks_both_go_on(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **kwargs: self)
    case, bill, _results = race(cast, monkeypatch)
    assert case.stage == Stage.CLOSED and live_order_of(bill)
