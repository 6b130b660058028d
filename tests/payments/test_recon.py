"""Reconciliation with a gateway's bill: the six differences and no others, over and over again (REL-16)."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import QuerySet

from common import clock
from common.errors import InvalidInput, InvalidTransition, NotAllowed
from payments.gateways import DayBill, StatementLine
from payments.models import (
    Bill,
    Difference,
    DifferenceKind,
    DifferenceState,
    Order,
    OrderState,
    PartState,
    Payment,
    RefundPart,
    Statement,
    StatementRow,
)
from payments.services.recon import reconcile_days_left, resolve_difference, run_day
from payments.services.recon.compare import compare_day
from payments.services.recon.run import take_statement
from payments.tasks import reconcile
from standins.models import CashierOrder
from tests.concurrency.together import at_once
from tests.filing.pages import text_of
from tests.payments.desks import finance
from tests.payments.month import Month, Seeded, build
from tests.support.court import Cast, accepted

GATEWAYS = ["sandbox"]


@pytest.fixture
def month(cast: Cast, settings: Any) -> Month:
    """Three days of money at one gateway."""
    settings.PAYMENT_FEE_RATES = {"sandbox": Decimal("0.006")}
    return build(cast, accepted(cast), payments=24, refunds=6, gateways=GATEWAYS, days=3)


def found(**which: Any) -> set[Seeded]:
    rows = Difference.objects.filter(state=DifferenceState.OPEN, **which)
    return set(rows.values_list("gateway", "day", "kind", "reference"))


def run_all(month: Month) -> None:
    for number in range(month.days):
        run_day(day=month.day(number))


@pytest.mark.req("REL-16")
def test_a_seeded_bill_yields_exactly_the_six(live: Any, month: Month) -> None:
    run_all(month)
    assert found() == month.seeded
    assert {kind for _code, _day, kind, _reference in month.seeded} == set(DifferenceKind.values)
    kept = list(Difference.objects.order_by("id").values())
    run_all(month)
    assert list(Difference.objects.order_by("id").values()) == kept
    assert Statement.objects.filter(gateway="sandbox").count() == month.days


def test_what_both_sides_say_stands_in_the_row(live: Any, cast: Cast, month: Month) -> None:
    run_all(month)
    rows = {row.kind: row for row in Difference.objects.select_related("payment", "part")}
    assert rows["amount"].theirs - rows["amount"].ours == Decimal("0.01")
    assert rows["fee"].theirs - rows["fee"].ours == Decimal("0.07")
    assert rows["duplicate"].theirs == 2 * rows["duplicate"].ours
    assert (rows["missing_there"].theirs, rows["missing_here"].ours) == (None, None)
    assert rows["status"].part is not None and rows["missing_here"].payment is None
    courts = {kind: row.court_id for kind, row in rows.items()}
    assert courts.pop("missing_here") is None and set(courts.values()) == {cast.court.pk}


def test_a_difference_goes_comes_back_and_stays_resolved(live: Any, cast: Cast, month: Month) -> None:
    run_all(month)
    part = RefundPart.objects.get(state=PartState.SENT)
    RefundPart.objects.filter(pk=part.pk).update(state=PartState.DONE, finished_at=part.sent_at)
    status, fee = (Difference.objects.get(kind=kind) for kind in ("status", "fee"))
    resolve_difference(difference_id=fee.pk, note="已与对方核对，下月补回", actor=cast.finance1)
    run_all(month)
    status.refresh_from_db()
    fee.refresh_from_db()
    assert (status.state, fee.state) == (DifferenceState.GONE, DifferenceState.RESOLVED)
    with pytest.raises(InvalidTransition):
        resolve_difference(difference_id=fee.pk, note="再说一次", actor=cast.finance2)
    RefundPart.objects.filter(pk=part.pk).update(state=PartState.SENT, finished_at=None)
    run_all(month)
    status.refresh_from_db()
    assert status.state == DifferenceState.OPEN
    for name in ("clerk", "judge", "zhang"):
        with pytest.raises(NotAllowed):
            resolve_difference(difference_id=status.pk, note="看过", actor=cast.actors[name])


def test_money_of_a_known_order_that_is_not_paid_here_is_a_difference_of_status(
    live: Any, cast: Cast, month: Month
) -> None:
    lost = CashierOrder.objects.get(transaction_no="TMlost")
    Order.objects.create(
        court=cast.court,
        bill=Bill.objects.get(status="open"),
        gateway="sandbox",
        out_no=lost.out_no,
        amount=5,
        state=OrderState.CLOSED,
        created_at=clock.now(),
    )
    run_all(month)
    row = Difference.objects.get(reference="TMlost")
    assert (row.kind, row.court_id) == ("status", cast.court.pk)


DAY = date(2026, 3, 2)


def line(kind: str, number: str, status: str, amount: int = 5) -> StatementLine:
    at = datetime.combine(DAY, time(12), tzinfo=clock.BEIJING)
    return StatementLine(kind, number, number, Decimal(amount), Decimal(0), status, at)


def test_states_and_doubles_of_refunds_and_of_payments_nobody_has(cast: Cast) -> None:
    """Lines that failed there and are unknown here agree; what is refunded there and unknown here does not."""
    lines = [
        line("payment", "A", "failed"),
        line("refund", "B", "failed"),
        line("refund", "C", "refunded"),
    ] * 2
    take_statement("sandbox", DayBill(DAY, "x", lines))
    compare_day(code="sandbox", day=DAY)
    assert {(kind, reference) for _code, _day, kind, reference in found()} == {
        ("duplicate", "A"),
        ("duplicate", "B"),
        ("missing_here", "C"),
        ("duplicate", "C"),
    }


def test_without_a_bill_nothing_is_compared(cast: Cast) -> None:
    assert compare_day(code="sandbox", day=DAY) == []
    assert not Difference.objects.exists()


def test_a_newer_bill_of_the_day_takes_the_place_of_the_old_one(cast: Cast) -> None:
    take_statement("sandbox", DayBill(DAY, "x", [line("refund", "C", "refunded")]))
    compare_day(code="sandbox", day=DAY)
    assert len(found()) == 1
    take_statement("sandbox", DayBill(DAY, "y", [line("refund", "D", "failed")]))
    compare_day(code="sandbox", day=DAY)
    assert found() == set()
    same = take_statement("sandbox", DayBill(DAY, "y", []))
    assert (same.rows.count(), Statement.objects.count()) == (1, 2)


def test_two_runs_at_once_keep_one_bill_and_one_row_each(cast: Cast) -> None:
    bill = DayBill(DAY, "x", [line("refund", "C", "refunded")])

    def run() -> int:
        take_statement("sandbox", bill)
        return len(compare_day(code="sandbox", day=DAY))

    assert at_once(run, run, run) == [1, 1, 1]
    assert (Statement.objects.count(), StatementRow.objects.count(), Difference.objects.count()) == (1, 1, 1)


def test_a_killed_run_leaves_nothing_half(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows fail after the statement was written: neither is kept, and the next run takes both."""
    bill = DayBill(DAY, "x", [line("refund", "C", "refunded")])
    with monkeypatch.context() as broken:
        broken.setattr(QuerySet, "bulk_create", lambda *args, **options: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            take_statement("sandbox", bill)
    assert not Statement.objects.exists()
    take_statement("sandbox", bill)
    assert StatementRow.objects.count() == 1


def test_the_command_says_what_it_found(live: Any, month: Month) -> None:
    out = io.StringIO()
    call_command("recon", "run", "--date", month.day(0).isoformat(), stdout=out)
    assert "sandbox" in out.getvalue() and "differences" in out.getvalue()
    call_command("recon", "run", "--date", month.day(0).isoformat(), "--gateway", "sandbox", stdout=out)
    today, past = clock.today().isoformat(), month.day(0).isoformat()
    for wrong in (["--date", today], ["--date", past, "--gateway", "paypal"], ["--date", "heute"]):
        with pytest.raises(CommandError):
            call_command("recon", "run", *wrong, stdout=out)


def test_without_an_answer_the_day_is_asked_for_again(cast: Cast, settings: Any) -> None:
    yesterday = clock.today() - timedelta(days=1)
    settings.CASHIER_URL = "http://127.0.0.1:9/cashier"
    outcome = run_day(day=yesterday)[0]
    assert (outcome.available, Statement.objects.count()) == (False, 0)
    with pytest.raises(CommandError, match="no bill"):
        call_command("recon", "run", "--date", yesterday.isoformat(), stdout=io.StringIO())
    page = finance(cast).post(f"/desk/recon/sandbox/{yesterday}/", follow=True)
    assert "还没有给出这一天的对账单" in text_of(page)


def test_every_hour_takes_what_is_missing_and_looks_again_at_what_differs(live: Any, month: Month) -> None:
    assert reconcile() == 21
    assert found() == month.seeded
    part = RefundPart.objects.get(state=PartState.SENT)
    RefundPart.objects.filter(pk=part.pk).update(state=PartState.DONE, finished_at=part.sent_at)
    outcomes = reconcile_days_left()
    assert {outcome.day for outcome in outcomes} == {day for _code, day, _kind, _reference in month.seeded}
    assert not Difference.objects.filter(kind="status", state=DifferenceState.OPEN).exists()


def test_only_a_day_that_is_over_is_reconciled(cast: Cast) -> None:
    with pytest.raises(InvalidInput):
        run_day(day=clock.today())
    page = finance(cast).post(f"/desk/recon/sandbox/{clock.today()}/", follow=True)
    assert "只能对已经结束的日子对账" in text_of(page)
    assert finance(cast).get("/desk/recon/sandbox/2026-02-30/").status_code == 404


def test_the_desk_shows_days_and_differences(live: Any, cast: Cast, month: Month) -> None:
    run_all(month)
    client = finance(cast)
    page = text_of(client.get("/desk/recon/"))
    day = next(day for _code, day, kind, _reference in month.seeded if kind == "missing_here")
    assert f"/desk/recon/sandbox/{day}/" in page
    shown = text_of(client.get(f"/desk/recon/sandbox/{day}/"))
    assert "TMlost" in shown and "对方有，本院没有" in shown
    row = Difference.objects.get(kind="missing_here")
    assert "TMlost" in text_of(client.get(f"/desk/recon/differences/{row.public_id}/"))
    fee = Difference.objects.get(kind="fee")
    assert "约定的手续费" in text_of(client.get(f"/desk/recon/differences/{fee.public_id}/"))
    assert "已重新对账" in text_of(client.post(f"/desk/recon/sandbox/{day}/", follow=True))
    assert Payment.objects.count() == 24
