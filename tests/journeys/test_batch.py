"""A bank's lawyer files 10,000 claims (1,000 in the short form) with one table, 3 % of them faulty, in a real browser.

Everything he does goes through pages; the worker's rounds are run by the test itself, between his clicks. That a killed
worker goes on where it was is told by ``tests/filing/test_batch.py``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from common import clock
from eventlog.models import Event, Receipt
from eventlog.receipts import is_genuine
from filing.batch.columns import columns_of
from filing.batch.drafts import paper_slots
from filing.models import Batch, BatchState, Channel, Filing, FilingStatus
from filing.services.batch_sending import work
from portal.demo.cast import WANG
from portal.demo.loan import FORM, photo
from tests.filing.test_batch import COMPANY, heading, row, work_off
from tests.journeys.people import fill, follow, path_of, sign_in, sign_in_staff, submit
from tests.support.court import Cast
from tests.support.length import FULL_LENGTH
from tests.support.servers import Live

Pages = Callable[..., Page]
ROWS = 10_000 if FULL_LENGTH else 1_000
FAULTY, EVERY = ROWS * 3 // 100, 33
"""Every 33rd row is faulty until there are 3 % of them."""
PATIENCE_MS = 30_000
"""A photograph is sent, checked and shown as soon as it was chosen."""
AGENT = {
    "kind": "lawyer",
    "name": WANG.name,
    "firm": "某某律师事务所",
    "licence": "11301200910000001",
    "phone": WANG.phone,
    "power": "general",
}


def faults() -> list[tuple[dict[str, str], str]]:
    """Cells that are written wrongly, by place and key, and what is said about them."""
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    card = {"defendant.0.id_kind": "居民身份证"}
    return [
        (card | {"defendant.0.id_number": "130102198808200021"}, "证件号码：身份证号"),
        ({"defendant.0.name": ""}, "姓名或单位名称：请填写"),
        ({"answers.paid_on": tomorrow}, "不能晚于今天"),
        ({"answers.principal": "很多"}, "还欠的本金：请用数字填写金额"),
        ({"answers.early_repayment": "也许"}, "请从列出的选项里选"),
        (card | {"defendant.0.id_number": "1.30102E+17"}, "号码被表格软件改成了科学计数"),
    ]


def is_faulty(number: int) -> bool:
    return number % EVERY == 0 and number // EVERY <= FAULTY


def fault_of(number: int) -> tuple[dict[str, str], str]:
    kinds = faults()
    return kinds[number // EVERY % len(kinds)]


def claims(folder: Path) -> Path:
    """The table on his disk: line 2 is claim 1."""
    places = {f"{column.place}.{column.key}": place for place, column in enumerate(columns_of(FORM))}
    sample = row(0)
    target = folder / "claims.csv"
    with target.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(heading())
        for number in range(1, ROWS + 1):
            cells = list(sample)
            cells[places["reference."]] = f"HT-{number:05d}"
            cells[places["defendant.0.name"]] = f"李某{number}"
            for key, value in (fault_of(number)[0] if is_faulty(number) else {}).items():
                cells[places[key]] = value
            writer.writerow(cells)
    return target


def upload(page: Page, table: Path) -> str:
    """From the list of forms to the page of the batch; its address."""
    page.goto("/my/batches/")
    follow(page, "民间借贷纠纷")
    fill(page, {"court": "某1234", "capacity": "agent"})
    page.locator('main [name="file"]').set_input_files(table)
    submit(page, "上传并检查")
    return path_of(page)


def downloaded(page: Page, words: str) -> list[list[str]]:
    with page.expect_download() as waiting:
        page.locator("main").get_by_role("link", name=words).click()
    text = Path(waiting.value.path()).read_text("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def fill_common(page: Page, address: str) -> None:
    """The plaintiff, the agent himself and the papers that every row needs."""
    page.goto(f"{address}me/")
    fill(page, COMPANY)
    submit(page, "保存")
    page.goto(f"{address}agent/")
    fill(page, AGENT)
    submit(page, "保存")
    page.goto(f"{address}papers/")
    for slot in [slot.key for slot, needed in paper_slots(Batch.objects.get()) if needed]:
        picture = photo(["演示样张", slot], f"{slot}.jpg").read()
        page.locator(f"#slot-{slot} input[type=file]").set_input_files(
            {"name": f"{slot}.jpg", "mimeType": "image/jpeg", "buffer": picture}
        )
        kept = page.locator(f"#slot-{slot} .files:not([data-upload-list])")
        expect(kept).to_contain_text(f"{slot}.jpg", timeout=PATIENCE_MS)


def sign(page: Page, address: str) -> None:
    page.goto(f"{address}send/")
    fill(page, {"e_delivery": "yes", "signed_name": WANG.name})
    page.locator('main [name="agree"]').check()


def check_problem_file(lines: list[list[str]]) -> None:
    """Every faulty row, at its line, with its sentence; no other."""
    assert (lines[0][0], lines[0][-1], len(lines)) == ("行号", "问题", FAULTY + 1)
    for line in lines[1:]:
        number = int(line[0]) - 1
        assert is_faulty(number) and line[1] == f"HT-{number:05d}"
        assert fault_of(number)[1] in line[-1], line[-1]


def check_results(lines: list[list[str]], cast: Cast) -> None:
    """Every good row has a number, a time, a date of answer and a genuine receipt, and lies before the court."""
    good = ROWS - FAULTY
    assert len(lines) == good + 1 and len({line[2] for line in lines[1:]}) == good
    filings = Filing.objects.filter(status=FilingStatus.SUBMITTED, channel=Channel.BATCH)
    sent = dict(filings.filter(deciding_court=cast.court).values_list("number", "due_on"))
    assert {line[2]: line[5] for line in lines[1:]} == {number: str(due) for number, due in sent.items()}
    events = dict(Event.objects.filter(name="filing.submitted").values_list("subject_id", "pk"))
    receipts = {receipt.event_id: receipt for receipt in Receipt.objects.all()}
    assert len(events) == good
    for pk, number in filings.values_list("pk", "number"):
        receipt = receipts[events[pk]]
        assert number in receipt.text and is_genuine(receipt.text, receipt.signature)


@pytest.mark.req("R-10", "REL-40")
def test_ten_thousand_claims_with_three_hundred_faulty_ones(
    cast: Cast, live: Live, new_page: Pages, run_outbox: Callable[..., int], tmp_path: Path
) -> None:
    page, table = new_page(desktop=True), claims(tmp_path)
    page.goto("/login/")
    sign_in(page, WANG.phone)
    address = upload(page, table)
    expect(page.locator("main")).to_contain_text(f"已完成 0 行，共 {ROWS} 行")
    work(budget_seconds=0)
    expect(page.locator("main")).to_contain_text(f"已完成 200 行，共 {ROWS} 行")
    page.goto("/my/")
    work_off()
    page.goto(address)
    expect(page.locator("main")).to_contain_text("这里只列前 20 行")
    check_problem_file(downloaded(page, "下载要改的行（CSV）"))
    fill_common(page, address)
    sign(page, address)
    twin = page.context.new_page()
    sign(twin, address)
    submit(page, "全部提交")
    expect(page.locator("main")).to_contain_text("正在逐行提交")
    work(budget_seconds=0)
    submit(twin, "全部提交")
    assert path_of(twin) == address
    assert upload(twin, table) == address
    expect(twin.locator("body")).to_contain_text("这张表已经收到")
    for open_page in (page, twin):
        open_page.goto("/my/")
    work_off()
    run_outbox()
    batch = Batch.objects.get()
    assert (batch.state, batch.good_rows, batch.bad_rows) == (BatchState.DONE, ROWS - FAULTY, FAULTY)
    page.goto(address)
    results = downloaded(page, "下载结果（CSV）")
    check_results(results, cast)
    page.goto("/my/notices/")
    expect(page.locator("main")).to_contain_text("批量立案已全部提交")
    clerk = new_page(desktop=True)
    sign_in_staff(clerk, "clerk")
    clerk.goto("/desk/filings/")
    expect(clerk.locator("main")).to_contain_text(results[1][2])
