"""Tables of claims: template, upload, checking in the worker, one confirmation, applications with receipts."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from cases.models import Side
from common import clock
from eventlog.models import Event, Outbox, Receipt
from eventlog.receipts import is_genuine
from filing.batch.columns import columns_of
from filing.batch.rows import RowReader
from filing.elements import schema
from filing.elements.forms import PageForm
from filing.models import Batch, BatchState, Channel, Filing, FilingStatus
from filing.services.batch import batch_stream, due_batches
from filing.tasks import run_batches
from notifications.models import Message
from portal.demo.loan import FORM, answers, photo
from tests.faults.crash import run_and_die
from tests.filing.answers import posted
from tests.filing.pages import refused, text_of
from tests.support.court import Cast

UNKNOWN = "application/octet-stream"
NEW = f"/my/batches/new/{FORM}/"
COMPANY = {
    "kind": "legal",
    "name": "某某市示例银行股份有限公司",
    "id_number": "91350100M000100Y43",
    "legal_representative": "陈某某",
    "phone": "13800000001",
    "address": "某省某市示例区金融街1号",
}


def heading() -> list[str]:
    return [column.heading for column in columns_of(FORM)]


def row(number: int, *, amount: int = 60000, **changed: str) -> list[str]:
    """A good row of the loan table; ``changed`` replaces cells by question key."""
    pages = answers(
        principal=amount,
        interest=0,
        lent_on=clock.today() - timedelta(days=500),
        lender="示例银行",
        borrower=f"李某{number}",
    )
    given = {key: value for page in pages.values() for key, value in page.items()} | changed
    person = {"kind": "个人", "name": f"李某{number}", "phone": ""}
    cells = []
    for column in columns_of(FORM):
        if column.place == "reference":
            cells.append(f"HT-{number:05d}")
        elif column.place == "answers":
            value = given.get(column.key, "")
            cells.append("、".join(value) if isinstance(value, list) else str(value))
        else:
            cells.append(person.get(column.key, "") if column.place == "defendant.0" else "")
    return cells


def table(
    rows: list[list[str]], *, encoding: str = "utf-8-sig", name: str = "claims.csv"
) -> SimpleUploadedFile:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return SimpleUploadedFile(name, out.getvalue().encode(encoding), content_type="text/csv")


def workbook(rows: list[list[Any]], change: Callable[[Any], None] = lambda sheet: None) -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for cells in rows:
        sheet.append(cells)
    change(sheet)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("claims.xlsx", out.getvalue(), content_type=UNKNOWN)


def upload(client: Client, file: SimpleUploadedFile, key: str = "one-key") -> HttpResponse:
    data = {"court": "某1234", "capacity": "organisation", "file": file, "form_key": key}
    answer: HttpResponse = client.post(NEW, data)
    return answer


def work_off() -> None:
    while due_batches():
        run_batches()


def csv_of(response: Any) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def prepared(client: Client, address: str, cast: Cast) -> None:
    """Plaintiff and common papers."""
    assert client.post(f"{address}me/", COMPANY).status_code == 302
    from filing.batch.drafts import paper_slots

    for slot, needed in paper_slots(Batch.objects.latest("id")):
        if not needed:
            continue
        sent = client.post(f"{address}papers/", {"slot": slot.key, "files": photo([slot.key], "a.jpg")})
        assert sent.status_code == 302, text_of(sent)


STATEMENT = {"e_delivery": "yes", "agree": "on", "signed_name": "张某"}


def confirmed(client: Client, address: str) -> None:
    assert client.post(f"{address}send/", STATEMENT).status_code == 302


def test_three_hundred_claims_with_twenty_faulty_ones_go_from_table_to_receipt(
    cast: Cast, run_outbox: Callable[..., int]
) -> None:
    client = cast.client("zhang")
    rows = [row(number, **({"principal": "很多"} if number % 15 == 0 else {})) for number in range(1, 301)]
    address = upload(client, table([heading(), *rows]))["Location"]
    assert "正在逐行检查" in text_of(client.get(address))
    work_off()
    page = text_of(client.get(address))
    assert "要改的行" in page and "本金" in page
    batch = Batch.objects.get()
    assert (batch.state, batch.good_rows, batch.bad_rows) == (BatchState.CHECKED, 280, 20)
    faulty = csv_of(client.get(f"{address}problems/csv/"))
    assert len(faulty) == 21 and faulty[0][0] == "行号" and faulty[0][-1] == "问题"
    assert "：" in faulty[1][-1] and faulty[1][0] == "16"
    prepared(client, address, cast)
    second = {"slot": batch.materials.latest("id").slot, "files": photo(["第二页"], "b.jpg")}
    assert client.post(f"{address}papers/", second).status_code == 302
    confirmed(client, address)
    work_off()
    batch.refresh_from_db()
    assert (batch.state, Filing.objects.count()) == (BatchState.DONE, 280)
    results = csv_of(client.get(f"{address}results/csv/"))
    assert len(results) == 281 and results[1][1] == "HT-00001"
    assert len({line[2] for line in results[1:]}) == 280
    filing = Filing.objects.get(number=results[1][2])
    assert (filing.status, filing.channel) == (FilingStatus.SUBMITTED, Channel.BATCH)
    assert filing.due_on and filing.parties.get(side=Side.PLAINTIFF).name == COMPANY["name"]
    papers = [list(one.materials.values_list("slot", "file", "added_at")) for one in (filing, batch)]
    assert papers[0] == papers[1] and len(papers[0]) > 1
    receipt = Receipt.objects.get(
        event_id=Event.objects.get(subject_id=filing.pk, name="filing.submitted").pk
    )
    assert is_genuine(receipt.text, receipt.signature) and filing.number in receipt.text
    assert Outbox.objects.count() < 10, "one message for the table, nothing to do for each row"
    run_outbox()
    kinds = list(Message.objects.filter(channel="inbox").values_list("kind", flat=True))
    assert sorted(kinds) == ["batch_checked", "batch_finished"]
    assert client.get(f"/my/filings/{filing.public_id}/").status_code == 200


def test_the_file_of_faulty_rows_can_be_mended_and_sent_in_again(cast: Cast) -> None:
    client = cast.client("zhang")
    address = upload(client, table([heading(), row(1), row(2, principal="=1+1")]))["Location"]
    work_off()
    book = openpyxl.load_workbook(
        io.BytesIO(b"".join(client.get(f"{address}problems/xlsx/").streaming_content))
    )
    lines = [[cell or "" for cell in line] for line in book.worksheets[0].iter_rows(values_only=True)]
    assert len(lines) == 2
    lines[1][lines[0].index(next(c.heading for c in columns_of(FORM) if c.key == "principal"))] = "60000"
    again = upload(client, workbook(lines), key="another-key")["Location"]
    work_off()
    batch = Batch.objects.get(public_id=again.strip("/").split("/")[-1])
    assert (batch.good_rows, batch.bad_rows) == (1, 0), [r.problems for r in batch.rows.all()]


def test_the_template_itself_is_read_and_its_guide_is_no_claim(cast: Cast) -> None:
    client = cast.client("zhang")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(f"{NEW}xlsx/").streaming_content)))
    assert [cell.value for cell in book.worksheets[0][1]] == heading()
    refused(upload(client, workbook([heading(), ["填写说明：…", "必填"]])), "表里没有要提交的内容")
    template = csv_of(client.get(f"{NEW}csv/"))
    assert upload(client, table([*template, row(1)])).status_code == 302


def test_ten_clicks_make_one_batch_and_keep_one_file(cast: Cast) -> None:
    client = cast.client("zhang")
    rows = [heading(), row(1)]
    places = {upload(client, table(rows))["Location"] for _click in range(10)}
    from documents.models import StoredFile

    assert len(places) == 1 and Batch.objects.count() == 1
    assert StoredFile.objects.filter(owner_kind="filing.batch").count() == 1


def test_the_same_table_again_is_the_same_batch_until_it_is_cancelled(cast: Cast) -> None:
    client = cast.client("zhang")
    rows = [heading(), row(1)]
    first = upload(client, table(rows), "monday")["Location"]
    again = upload(client, table(rows), "tuesday")["Location"]
    assert again == first and Batch.objects.count() == 1
    assert "已经收到" in text_of(client.get(again))
    assert upload(cast.client("li"), table(rows), "monday")["Location"] != first
    work_off()
    assert client.post(f"{first}cancel/").status_code == 302
    assert upload(client, table(rows), "wednesday")["Location"] != first


BAD_TABLES: dict[str, tuple[Callable[[], SimpleUploadedFile], str]] = {
    "formula": (
        lambda: workbook([heading(), row(1)], lambda sheet: sheet.__setitem__("B2", "=A1&A2")),
        "表里有公式",
    ),
    "merged": (
        lambda: workbook([heading(), row(1)], lambda sheet: sheet.merge_cells("A2:B2")),
        "合并的单元格",
    ),
    "other table": (lambda: table([["姓名", "电话"], ["李某", "1"]]), "这不是这种诉状的表"),
    "unknown column": (lambda: table([[*heading(), "利率备注"], [*row(1), ""]]), "“利率备注”不在模板里"),
    "column missing": (lambda: table([heading()[:2] + heading()[3:], row(1)]), "缺少“"),
    "empty": (lambda: SimpleUploadedFile("a.csv", b""), "文件是空的"),
    "only a heading": (lambda: table([heading()]), "表里没有要提交的内容"),
    "too many": (lambda: table([heading(), *([row(1)[:3]] * 10_001)]), "一次最多10000行"),
    "no table": (
        lambda: SimpleUploadedFile("a.xlsx", photo(["x"], "x.jpg").read(), content_type=UNKNOWN),
        "里面其实是",
    ),
    "word": (lambda: SimpleUploadedFile("a.docx", b"PK"), "这里可以上传XLSX、CSV"),
    "broken": (
        lambda: SimpleUploadedFile("a.xlsx", b"PK\x03\x04" + b"\x00" * 60, content_type=UNKNOWN),
        "打不开",
    ),
    "half a quote": (lambda: SimpleUploadedFile("a.csv", '序号,"被告'.encode()), "这个CSV读不出来"),
}


@pytest.mark.parametrize("name", BAD_TABLES)
def test_a_table_that_cannot_be_used_is_refused_at_once_with_what_to_do(cast: Cast, name: str) -> None:
    make, sentence = BAD_TABLES[name]
    answer = upload(cast.client("zhang"), make())
    refused(answer, sentence)
    assert not Batch.objects.exists()


def test_spreadsheets_of_every_habit_are_read(cast: Cast) -> None:
    """GB18030, UTF-8 without mark, tabs, dates and numbers of XLSX; a number spoilt by a spreadsheet is named."""
    client = cast.client("zhang")
    for place, encoding in enumerate(("gb18030", "utf-8", "utf-16")):
        assert upload(client, table([heading(), row(1)], encoding=encoding), f"k{place}").status_code == 302
    cells: list[Any] = list(row(1))
    columns = columns_of(FORM)
    where = {
        column.key: place
        for place, column in enumerate(columns)
        if column.place in ("answers", "defendant.0")
    }
    cells[where["principal"]] = 60000
    cells[where["principal_as_of"]] = clock.today() - timedelta(days=100)
    spoilt = list(row(2))
    spoilt[where["id_kind"]], spoilt[where["id_number"]] = "居民身份证", 130102198808200020
    upload(client, workbook([heading(), cells, spoilt]), "k9")
    work_off()
    assert list(Batch.objects.order_by("id").values_list("good_rows", flat=True)) == [1, 1, 1, 1]
    faulty = Batch.objects.latest("id").rows.exclude(problems={}).get()
    assert "科学计数" in json.dumps(faulty.problems, ensure_ascii=False)


KILLED_IN_SECOND_CHUNK = """
from filing.services import batch
batch.CHUNK = 20
original, done = batch._write_checked, []
def write(*arguments):
    done.append(1)
    if len(done) == 3:
        die()
    return original(*arguments)
batch._write_checked = write
from filing.services.batch_sending import work
work(budget_seconds=60)
"""
KILLED_WHILE_SENDING = """
from filing.services import batch_sending
batch_sending.CHUNK = 20
original, done = batch_sending.record_sent, []
def record(*arguments, **named):
    done.append(1)
    if len(done) == 50:
        die()
    return original(*arguments, **named)
batch_sending.record_sent = record
batch_sending.work(budget_seconds=60)
"""


@pytest.mark.req("REL-40")
def test_a_killed_worker_loses_no_row_and_sends_none_twice(cast: Cast) -> None:
    client = cast.client("zhang")
    address = upload(client, table([heading(), *(row(number) for number in range(1, 101))]))["Location"]
    run_and_die(KILLED_IN_SECOND_CHUNK)
    batch = Batch.objects.get()
    assert (batch.next_row, batch.rows.count(), batch.state) == (40, 40, BatchState.READING)
    work_off()
    batch.refresh_from_db()
    assert (batch.good_rows, batch.rows.count()) == (100, 100)
    prepared(client, address, cast)
    confirmed(client, address)
    run_and_die(KILLED_WHILE_SENDING)
    assert Filing.objects.count() == 40
    work_off()
    numbers = sorted(Filing.objects.values_list("number", flat=True))
    assert len(numbers) == 100 and numbers[-1].endswith("-0100"), "no gap, nothing twice"
    assert batch.rows.filter(filing__isnull=False).count() == 100
    assert Event.objects.filter(name="filing.submitted").count() == 100


def test_what_all_rows_share_is_asked_before_the_signature(cast: Cast) -> None:
    client = cast.client("zhang")
    address = upload(client, table([heading(), row(1)]))["Location"]
    work_off()
    page = text_of(client.get(f"{address}send/"))
    assert "请填写原告的信息" in page and "请上传“" in page
    refused(client.post(f"{address}send/", STATEMENT), "请填写原告的信息")
    prepared(client, address, cast)
    refused(client.post(f"{address}send/", STATEMENT | {"signed_name": "李某"}), "签名和您的实名不一致")
    assert Batch.objects.get().state == BatchState.CHECKED
    assert client.post(f"{address}cancel/").status_code == 302
    assert client.post(f"{address}send/", STATEMENT).status_code == 302 and not Filing.objects.exists()
    names = Event.objects.filter(stream=batch_stream(Batch.objects.get())).values_list("name", flat=True)
    assert sorted(names) == ["filing.batch_cancelled", "filing.batch_checked", "filing.batch_started"]


def test_nobody_else_sees_a_batch_and_its_table_is_for_its_owner_only(cast: Cast) -> None:
    client = cast.client("zhang")
    address = upload(client, table([heading(), row(1)]))["Location"]
    work_off()
    prepared(client, address, cast)
    confirmed(client, address)
    work_off()
    batch = Batch.objects.get()
    paper = batch.materials.first()
    clerk, li = cast.client("clerk"), cast.client("li")
    assert status(li, address) == 404 and status(clerk, address) == 404
    assert status(clerk, f"/files/{batch.file.public_id}/") == 404
    assert status(client, f"/files/{batch.file.public_id}/") == 302
    assert status(clerk, f"/files/{paper.file.public_id}/") == 302
    assert status(cast.client("clerk-b"), f"/files/{paper.file.public_id}/") == 404


def status(client: Client, address: str) -> int:
    answer = client.get(address)
    answer.close()
    return answer.status_code


@pytest.mark.parametrize("form", ["property_service", "financial_loan", "labour", "sale"])
def test_every_form_with_tables_of_its_own_fits_into_one_row(form: str, db: None) -> None:
    """Answers as the pages take them, written into cells, are read without a problem; no heading stands twice."""
    found = schema.load(form)
    given: dict[str, str] = {}
    kept: dict[str, object] = {}
    for page in found.pages.values():
        sent = posted(page, kept, rows=2)
        given |= {
            key: "、".join(value) if isinstance(value, list) else str(value) for key, value in sent.items()
        }
        form_page = PageForm(found, page, kept, sent)
        assert form_page.is_valid(), form_page.errors
        kept |= form_page.values()
    columns = columns_of(form)
    assert len({column.heading for column in columns}) == len(columns)
    cells = []
    for column in columns:
        question, _dot, rest = column.key.partition(".")
        number, _dot, name = rest.partition(".")
        key = f"{question}-{int(number) - 1}-{name}" if column.place == "rows" else column.key
        known = given.get(key, "") if column.place in ("rows", "answers") else ""
        cells.append(
            {"defendant.0.name": "李某", "defendant.0.kind": "个人"}.get(
                f"{column.place}.{column.key}", known
            )
        )
    result = RowReader(found, [column.heading for column in columns]).read(cells)
    assert result.problems == {}
    assert len(result.claim.answers) > 5
