"""The bank list: read as banks write it, taken once, what names a bill pays it (bad input 79)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from common import clock
from common.errors import InvalidInput, NotAllowed
from payments.bank_list import MOST_BYTES, read_bank_list
from payments.models import (
    Account,
    BillStatus,
    Difference,
    DifferenceState,
    Order,
    Payment,
    Statement,
    StatementRow,
    Suspense,
    SuspenseReason,
)
from payments.selectors import balance
from payments.services.recon import import_bank_list
from tests.concurrency.together import at_once
from tests.filing.pages import refused, text_of
from tests.payments.callbacks import order_for
from tests.payments.desks import HEAD, bank_list, bill_of, credit, debit, finance, upload
from tests.support.court import Cast, accepted


@pytest.fixture(autouse=True)
def database(transactional_db: None) -> None:
    """Reading asks for the day."""


def test_habits_of_banks_are_read() -> None:
    lines = [
        ",,,,,",
        '2026-03-02 10:15:22,\'0001,"1,250.00",0.00,张某,诉讼费',
        "20260302,0002,,625.5,李某",
        '2026/3/2,="0003",８０．００,-,,',
        "2026年3月2日,0003,80,,,摘要不同也是同一笔",
        '合计,,"1,330.00",625.50,,',
    ]
    text = "户名：某某法院诉讼费专户\n账号,1234\n" + bank_list(*lines).decode()
    for content in (
        text.encode(),
        ("\ufeff" + text).encode(),
        text.encode("gbk"),
        text.replace("\n", "\r\n").encode(),
    ):
        found = read_bank_list(content)
        assert [(line.serial, line.is_credit, line.amount) for line in found.lines] == [
            ("0001", True, Decimal("1250.00")),
            ("0002", False, Decimal("625.50")),
            ("0003", True, Decimal("80.00")),
        ]
        assert (found.doubled, found.lines[0].payer, found.lines[1].summary) == ([8], "张某", "")
        assert f"{found.lines[0].happened_at:%H:%M:%S}" == "10:15:22"
    short = read_bank_list("记账日期,凭证号,贷方发生额\n2026-03-02,1,5\n".encode())
    assert (short.lines[0].amount, short.lines[0].summary, short.lines[0].payer) == (Decimal("5.00"), "", "")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "找不到表头"),
        (HEAD.encode(), "文件里没有流水"),
        (b"\xff\xff\xff", "读不出文件里的文字"),
        (b"PK\x03\x04\x00\x00", "这不是CSV文件"),
        (("a\n" * 30 + HEAD).encode(), "找不到表头"),
        ((HEAD + '\n"2026-03-02,1,5').encode(), "格式不完整"),
        (b"x" * (MOST_BYTES + 1), "超过2MB"),
        (bank_list("2026-02-30,1,5,,,"), "第2行：这一天不存在"),
        (bank_list("2026-03-02 25:00,1,5,,,"), "交易时间应像"),
        (bank_list("2190-03-02,1,5,,,"), "不应晚于今天"),
        (bank_list("2026-03-02,,5,,,"), "流水号应是"),
        (bank_list("2026-03-02,1,五元,,,"), "请用数字填写金额"),
        (bank_list("2026-03-02,1,1.005,,,"), "小数点后两位"),
        (bank_list("2026-03-02,1,-5,,,"), "金额不应是负数"),
        (bank_list("2026-03-02,1,5,5,,"), "收入和支出应填一个"),
        (bank_list("2026-03-02,1,,,,"), "收入和支出应填一个"),
        (bank_list("2026-03-02,1"), "收入和支出应填一个"),
        (bank_list("2026-03-02,1,5,,,", "2026-03-02,1,6,,,"), "第3行：流水号和第2行相同，内容不同"),
        (bank_list(*[f"2026-03-02,{n},x,,," for n in range(12)]), "一共12行有问题"),
        (bank_list(*[f"2026-03-02,{n},5,,," for n in range(5001)]), "超过5000行"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(content: bytes, sentence: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_bank_list(content)
    assert sentence in refusal.value.fields["file"]


@pytest.mark.req("REL-16")
def test_a_list_pays_bills_keeps_the_rest_and_is_taken_once(cast: Cast) -> None:
    bill, other = bill_of(accepted(cast)), bill_of(accepted(cast))
    file = bank_list(
        credit("1", bill.amount, f"诉讼费 {bill.number}"),
        credit("2", other.amount - 1, other.number),
        credit("3", bill.amount, bill.number),
        credit("4", 30, "=HYPERLINK(1)", payer="=cmd"),
        credit("4", 30, "=HYPERLINK(1)", payer="=cmd"),
        debit("5", 20),
    )
    client = finance(cast)
    page = client.post("/desk/recon/bank/", upload(file), follow=True)
    assert "共6行：1笔已抵账单，3笔转入待处理款，1笔支出，0行以前导入过，1行重复" in text_of(page)
    bill.refresh_from_db()
    other.refresh_from_db()
    assert (bill.status, other.status) == (BillStatus.PAID, BillStatus.OPEN)
    reasons = list(Suspense.objects.order_by("payment__transaction_no").values_list("reason", flat=True))
    assert reasons == [SuspenseReason.UNMATCHED, SuspenseReason.SETTLED, SuspenseReason.UNMATCHED]
    total = bill.amount * 2 + other.amount - 1 + 30
    assert balance(cast.court.pk, Account.BANK) == -total
    before = (Payment.objects.count(), StatementRow.objects.count(), Statement.objects.count())
    assert "6行以前导入过" not in text_of(client.post("/desk/recon/bank/", upload(file), follow=True))
    import_bank_list(content=file + b"\n", actor=cast.finance2)
    assert (Payment.objects.count(), StatementRow.objects.count(), Statement.objects.count()) == before
    difference = Difference.objects.get()
    assert (difference.kind, difference.reference, difference.theirs) == ("missing_here", "某1234-5", 20)
    assert StatementRow.objects.get(transaction_no="某1234-4").payer == "=cmd"


def test_a_list_of_several_days_is_a_statement_for_each(cast: Cast) -> None:
    yesterday = clock.today() - timedelta(days=1)
    file = bank_list(credit("1", 5), f"{yesterday} 23:59:59,2,6,,,")
    done = import_bank_list(content=file, actor=cast.finance1)
    assert done.days == [yesterday, clock.today()]
    assert set(Statement.objects.values_list("day", flat=True)) == set(done.days)


def test_the_page_says_what_is_wrong_and_gives_a_sample(cast: Cast) -> None:
    client = finance(cast)
    refused(client.post("/desk/recon/bank/", {}), "请先选文件")
    refused(client.post("/desk/recon/bank/", upload(b"1")), "找不到表头")
    refused(client.post("/desk/recon/bank/", upload(b"")), "文件是空的")
    assert Payment.objects.count() == 0
    assert "下载样表" in text_of(client.get("/desk/recon/bank/"))
    sample = b"".join(client.get("/desk/recon/bank/sample/").streaming_content)  # type: ignore[attr-defined]
    assert [line.is_credit for line in read_bank_list(sample).lines] == [True, False]


def test_only_finance_brings_in_a_list(cast: Cast) -> None:
    for name in ("clerk", "judge", "zhang", "admin"):
        with pytest.raises(NotAllowed):
            import_bank_list(content=bank_list(credit("1", 5)), actor=cast.actors[name])


def test_a_bill_with_a_silent_online_order_is_left_to_the_officer(cast: Cast) -> None:
    case = accepted(cast)
    order_for(case)
    bill = bill_of(case)
    import_bank_list(content=bank_list(credit("1", bill.amount, bill.number)), actor=cast.finance1)
    assert (Suspense.objects.get().reason, Order.objects.count()) == (SuspenseReason.UNMATCHED, 1)


def test_two_imports_at_once_take_each_line_once(cast: Cast) -> None:
    bill = bill_of(accepted(cast))
    file = bank_list(credit("1", bill.amount, bill.number), credit("2", 8))
    results = at_once(
        lambda: import_bank_list(content=file, actor=cast.finance1),
        lambda: import_bank_list(content=file, actor=cast.finance2),
    )
    assert sorted((done.paid, done.suspended, done.known) for done in results) == [(0, 0, 2), (1, 1, 0)]
    assert (Payment.objects.count(), StatementRow.objects.count()) == (2, 2)


def test_a_debit_that_finance_explained_stays_explained(cast: Cast) -> None:
    import_bank_list(content=bank_list(debit("5", 20)), actor=cast.finance1)
    found = Difference.objects.get()
    address = f"/desk/recon/differences/{found.public_id}/"
    client = finance(cast)
    assert address in text_of(client.get(f"/desk/recon/bank/{clock.today()}/"))
    refused(client.post(address, {}), "请填写处理说明")
    assert client.post(address, {"note": "银行手续费"}).status_code == 302
    import_bank_list(content=bank_list(debit("6", 1)), actor=cast.finance1)
    found.refresh_from_db()
    assert (found.state, found.note) == (DifferenceState.RESOLVED, "银行手续费")
    assert Difference.objects.filter(state=DifferenceState.OPEN).count() == 1
