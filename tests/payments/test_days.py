"""Day sheets, closed days, reports and files; the home page of finance."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from common import clock
from common.errors import Conflict, NotAllowed
from payments.gateways import DayBill
from payments.models import DayClose, Difference, Statement
from payments.services.counter import enter_payment
from payments.services.recon import close_day, days_to_close, import_bank_list, sheet_of
from payments.services.recon.run import take_statement
from tests.concurrency.together import at_once
from tests.filing.pages import text_of
from tests.payments.desks import bank_list, bill_of, credit, finance, odd_money, paid
from tests.support.court import Cast, accepted


def night(day: date, minutes: int = 6) -> Any:
    """The clock stands so long after the end of a day."""
    moment = datetime.combine(day + timedelta(days=1), time(), tzinfo=clock.BEIJING)
    return clock.at(moment + timedelta(minutes=minutes))


@pytest.fixture
def day(cast: Cast) -> date:
    """A day with an online payment, cash, a transfer nobody knows, and the gateway's bill."""
    paid(cast)
    bill = bill_of(accepted(cast))
    enter_payment(bill_id=bill.pk, method="cash", voucher="1", amount=bill.amount, actor=cast.finance1)
    import_bank_list(content=bank_list(credit("1", "1,234.50")), actor=cast.finance1)
    today = clock.today()
    take_statement("sandbox", DayBill(today, "x", []))
    return today


def test_the_sheet_tells_what_came_and_where_it_lies(cast: Cast, day: date) -> None:
    sheet = sheet_of(cast.court.pk, day)
    assert [(row.gateway, row.way, row.purpose, row.count, row.sum) for row in sheet.came] == [
        ("bank", "", "suspense", 1, Decimal("1234.50")),
        ("counter", "cash", "fee", 1, Decimal("695.00")),
        ("sandbox", "", "fee", 1, Decimal("695.00")),
    ]
    assert (sheet.count, sheet.total) == (3, Decimal("2624.50"))
    closing = {row.account: row.closing for row in sheet.balances}
    assert closing == {
        "clearing": Decimal("695.00"),
        "cash": Decimal("695.00"),
        "bank": Decimal("1234.50"),
        "fees": Decimal("1390.00"),
        "suspense": Decimal("1234.50"),
        "payable": Decimal("0.00"),
    }
    assert sheet_of(cast.other_court.pk, day).came == []


def test_a_day_is_closed_once_and_the_next_begins_where_it_ended(cast: Cast, day: date) -> None:
    client, address = finance(cast), f"/desk/days/{day}/"
    assert "还没有过完" in text_of(client.get(address))
    assert "还没有过完" in text_of(client.post(address, follow=True))
    with night(day, 4), pytest.raises(Conflict):
        close_day(day=day, actor=cast.finance1)
    with night(day):
        assert days_to_close(cast.court.pk) == [day]
        closed = close_day(day=day, actor=cast.finance1)
        assert close_day(day=day, actor=cast.finance2).pk == closed.pk
        assert closed.balances["fees"] == "1390.00"
        assert sum(Decimal(row["sum"]) for row in closed.totals) == Decimal("2624.50")
        assert days_to_close(cast.court.pk) == []
        paid(cast, "TX2")
        tomorrow = sheet_of(cast.court.pk, day + timedelta(days=1))
        moved = {row.account: (row.opening, row.closing) for row in tomorrow.balances}
        assert moved["fees"] == (Decimal("1390.00"), Decimal("2085.00"))
    assert "数字不再变动" in text_of(client.get(address))
    assert str(day) in text_of(client.get("/desk/days/"))


def test_what_is_in_the_way_is_said(cast: Cast, day: date) -> None:
    with night(day):
        row = Difference.objects.create(
            court=cast.court, gateway="sandbox", day=day, kind="fee", reference="x", found_at=clock.now()
        )
        with pytest.raises(Conflict, match="1条对账差异"):
            close_day(day=day, actor=cast.finance1)
        row.court = None
        row.save(update_fields=["court"])
        with pytest.raises(Conflict, match="1条对账差异"):
            close_day(day=day, actor=cast.finance1)
        for name in ("clerk", "judge", "zhang", "admin"):
            with pytest.raises(NotAllowed):
                close_day(day=day, actor=cast.actors[name])
        paid(cast, "TX2")
    with (
        night(day + timedelta(days=1)),
        pytest.raises(Conflict, match=f"{day}还没有日结.*没有取得对账单：演示收银台"),
    ):
        close_day(day=day + timedelta(days=1), actor=cast.finance1)
    assert not DayClose.objects.exists()


def test_two_officers_close_a_day_once(cast: Cast, day: date) -> None:
    def close(name: str) -> int:
        with night(day):
            return close_day(day=day, actor=cast.actors[name]).pk

    first, second = at_once(lambda: close("finance1"), lambda: close("finance2"))
    assert first == second and DayClose.objects.count() == 1


def cells(response: Any) -> list[list[str]]:
    raw = b"".join(response.streaming_content)
    if raw.startswith(b"PK"):
        sheet = openpyxl.load_workbook(io.BytesIO(raw)).active
        return [[str(cell) for cell in row if cell] for row in sheet.iter_rows(values_only=True)]
    return [[cell for cell in row if cell] for row in csv.reader(io.StringIO(raw.decode("utf-8-sig")))]


def test_sheet_and_month_as_files_say_the_same(cast: Cast, day: date) -> None:
    client = finance(cast)
    address = f"/desk/days/{day}/"
    rows = cells(client.get(f"{address}csv/"))
    assert ["法院窗口 现金", "诉讼费", "1", "695.00"] in rows and ["收款合计", "3", "2624.50"] in rows
    assert cells(client.get(f"{address}xlsx/")) == rows
    assert client.get(f"{address}pdf/").status_code == 404
    month = f"{day:%Y-%m}"
    rows = cells(client.get(f"/desk/days/month/{month}/csv/"))
    assert rows[0][:4] == ["日期", "银行转账", "法院窗口", "演示收银台"]
    assert rows[1] == [str(day), "1234.50", "695.00", "695.00", "1234.50", "0.00", "0.00", "0.00"]
    assert cells(client.get(f"/desk/days/month/{month}/xlsx/")) == rows
    page = text_of(client.get("/desk/days/month/"))
    assert address in page and "2085.00" not in page
    assert "这个月没有收款" in text_of(client.get("/desk/days/month/?month=2020-02"))
    assert client.get("/desk/days/month/?month=2020-13").status_code == 422
    assert client.get("/desk/days/month/2020-13/csv/").status_code == 404
    assert len(cells(client.get("/desk/days/month/2020-02/csv/"))) == 1
    assert client.get("/desk/days/2020-02-30/").status_code == 404


def test_moved_money_stands_on_the_sheet(cast: Cast, day: date) -> None:
    from payments.models import Suspense
    from payments.services.suspense import book_transfer

    suspense = Suspense.objects.get()
    book_transfer(suspense_id=suspense.pk, out_of="clearing", note="清算", actor=cast.finance1)
    moved = sheet_of(cast.court.pk, day).moved
    assert [(row.kind, row.account, row.sum) for row in moved] == [
        ("transfer", "clearing", Decimal("1234.50"))
    ]
    assert "本院资金划转" in text_of(finance(cast).get(f"/desk/days/{day}/"))
    assert ["本院资金划转", "网关待清算", "1", "1234.50"] in cells(
        finance(cast).get(f"/desk/days/{day}/csv/")
    )


def test_the_home_page_counts_what_waits_and_finds_money(cast: Cast, day: date) -> None:
    case = accepted(cast)
    suspense = odd_money(cast, case)
    client = finance(cast)
    page = text_of(client.get("/desk/finance/"))
    assert "共¥1,334.50" in page and f"/desk/suspense/{suspense.public_id}/" in page
    for words in (bill_of(case).number, "TXodd", case.number, "张某"):
        assert "TXodd" in text_of(client.get("/desk/finance/", {"q": words})), words
    assert "没有找到收款" in text_of(client.get("/desk/finance/", {"q": "%"}))
    assert client.get("/desk/days/", {"day": str(day)}).url == f"/desk/days/{day}/"  # type: ignore[attr-defined]
    assert Statement.objects.filter(court=None).count() == 1


def test_an_empty_court_has_words_for_it(cast: Cast) -> None:
    client = finance(cast)
    for address, words in {
        "finance": "还没有收款",
        "suspense": "没有待处理的款",
        "reviews": "没有待核对的通知",
        "recon": "还没有对账单",
        "days": "还没有日结过",
        f"days/{clock.today()}": "这一天没有收款",
        f"recon/bank/{clock.today()}": "没有差异",
    }.items():
        assert words in text_of(client.get(f"/desk/{address}/")), address
