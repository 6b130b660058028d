"""What seldom happens at the finance desks: somebody was quicker, somebody else's page, a list that agrees later."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta

import pytest

from common import clock
from common.errors import Conflict
from payments.gateways import DayBill
from payments.models import BillStatus, DayClose, Difference, DifferenceState, Payment
from payments.services import counter
from payments.services.recon import import_bank_list, reconcile_days_left, resolve_difference, run_day
from payments.services.recon.compare import compare_day
from payments.services.recon.run import take_statement
from tests.filing.pages import text_of
from tests.payments.callbacks import order_for
from tests.payments.desks import bank_list, bill_of, debit, finance, odd_money, paid
from tests.payments.test_recon import DAY, line
from tests.support.court import Cast, accepted


def test_pages_of_others_and_of_nothing(cast: Cast) -> None:
    client = finance(cast)
    for desk in ("suspense", "reviews", "recon/differences", "counter"):
        assert client.get(f"/desk/{desk}/{uuid.uuid4()}/").status_code == 404, desk
    for name in ("clerk", "judge", "admin"):
        assert cast.client(name).get("/desk/finance/").status_code == 403


def test_a_form_that_is_no_longer_offered_changes_nothing(cast: Cast) -> None:
    suspense = odd_money(cast, accepted(cast))
    address = f"/desk/suspense/{suspense.public_id}/"
    page = finance(cast).post(address, {"way": "transfer", "out_of": "cash", "note": "x"}, follow=True)
    assert "已经不能这样处理" in text_of(page)
    suspense.refresh_from_db()
    assert suspense.state == "open"


def test_an_order_begun_at_the_last_moment_stops_the_window(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is opened after the gateway was asked to close and before the bill is locked."""
    bill = bill_of(accepted(cast))
    monkeypatch.setattr(counter, "close_online_order", lambda bill: order_for(bill.case))
    with pytest.raises(Conflict, match="正在网上支付"):
        counter.enter_payment(
            bill_id=bill.pk, method="cash", voucher="1", amount=bill.amount, actor=cast.finance1
        )
    bill.refresh_from_db()
    assert (bill.status, Payment.objects.count()) == (BillStatus.OPEN, 0)


def test_what_was_resolved_stays_so_when_it_agrees_later(cast: Cast) -> None:
    take_statement("sandbox", DayBill(DAY, "x", [line("refund", "C", "refunded")]))
    compare_day(code="sandbox", day=DAY)
    row = Difference.objects.get()
    resolve_difference(difference_id=row.pk, note="对方次日冲正", actor=cast.finance1)
    take_statement("sandbox", DayBill(DAY, "y", [line("refund", "D", "failed")]))
    compare_day(code="sandbox", day=DAY)
    row.refresh_from_db()
    assert row.state == DifferenceState.RESOLVED


def test_bank_days_are_compared_again_with_the_others(cast: Cast) -> None:
    yesterday = clock.today() - timedelta(days=1)
    row = debit("7", 35).replace(str(clock.today()), str(yesterday))
    import_bank_list(content=bank_list(row), actor=cast.finance1)
    outcome = run_day(day=yesterday, only="bank")[0]
    assert (outcome.gateway, outcome.lines, outcome.differences) == ("bank", 1, 1)
    assert ("bank", yesterday) in {(one.gateway, one.day) for one in reconcile_days_left()}


def test_a_day_is_closed_on_its_page(cast: Cast) -> None:
    paid(cast)
    day = clock.today()
    take_statement("sandbox", DayBill(day, "x", []))
    midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=clock.BEIJING)
    with clock.at(midnight + timedelta(minutes=6)):
        page = finance(cast).post(f"/desk/days/{day}/", follow=True)
    assert "已日结" in text_of(page) and DayClose.objects.get().day == day


def test_a_missing_bill_is_named_with_the_place_to_fetch_it(cast: Cast) -> None:
    paid(cast)
    day = clock.today()
    midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=clock.BEIJING)
    with clock.at(midnight + timedelta(minutes=6)):
        page = text_of(finance(cast).get(f"/desk/days/{day}/"))
    assert "还没有取得对账单：演示收银台" in page and f"/desk/recon/sandbox/{day}/" in page
