"""The list of a bank account (诉讼费专户) as banks export it: CSV in UTF-8 or GBK, with or without mark, thousands marks, a
summary, a time of day; lines that stand there twice are read once."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.utils.translation import gettext as _

from common import clock
from common.errors import InvalidInput
from common.forms import parse_day
from common.money import parse_yuan
from common.text import clean_line, fold_width, mask_numbers

COLUMNS: dict[str, tuple[str, ...]] = {
    "day": ("交易日期", "交易时间", "记账日期", "日期"),
    "serial": ("流水号", "交易流水号", "交易序号", "凭证号"),
    "credit": ("收入金额", "贷方金额", "贷方发生额", "收入"),
    "debit": ("支出金额", "借方金额", "借方发生额", "支出"),
    "payer": ("对方户名", "对方名称", "户名"),
    "summary": ("摘要", "附言", "用途"),
}
"""What is read, and the headings banks write over it; the first is the one of our own sample."""
NEEDED = ("day", "serial", "credit")
SAMPLE = [
    [names[0] for names in COLUMNS.values()],
    ["2026-03-02 10:15:22", "2026030200001", "1,250.00", "", "张某", "诉讼费 JF某1234-2026-000001"],
    ["2026-03-02", "2026030200002", "", "625.00", "张某", "退费"],
]
MOST_BYTES, MOST_LINES, HEADING_WITHIN = 2 * 1024 * 1024, 5000, 20
SHOWN_PROBLEMS = 10
LONGEST_SUMMARY = 200
TOTALS = ("合计", "总计", "小计", "本页")
SERIAL = re.compile(r"[0-9A-Za-z-]{1,50}")
MOMENT = re.compile(r"(.+?)[ T]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")


@dataclass(frozen=True)
class BankLine:
    """One line: money in (payment) or out (refund), amount in yuan. Without a time of day it stands at midnight. Payers write their
    phone into the summary: numbers of people in it are masked, nothing is found by them."""

    number: int
    serial: str
    is_credit: bool
    amount: Decimal
    happened_at: datetime
    payer: str
    summary: str

    @property
    def said(self) -> tuple[bool, Decimal, datetime]:
        """What must be the same where a serial number stands twice."""
        return self.is_credit, self.amount, self.happened_at


@dataclass(frozen=True)
class BankList:
    """The lines of a file, and the numbers of those that only repeat another."""

    lines: list[BankLine]
    doubled: list[int]


def read_bank_list(content: bytes) -> BankList:
    """Read a whole file or nothing of it: InvalidInput says on ``file`` what is wrong in which lines."""
    if len(content) > MOST_BYTES:
        raise _wrong(_("文件超过2MB，请分成几份"))
    rows = _rows(content)
    places = _heading(rows)
    lines: dict[str, BankLine] = {}
    doubled: list[int] = []
    problems: list[str] = []
    for number, row in rows:
        if not any(cell.strip() for cell in row) or row[0].strip().startswith(TOTALS):
            continue
        try:
            line = _line(number, row, places)
            same = lines.setdefault(line.serial, line)
            if same is not line:
                if same.said != line.said:
                    raise ValueError(_("流水号和第%(line)s行相同，内容不同") % {"line": same.number})
                doubled.append(number)
        except ValueError as error:
            problems.append(_("第%(line)s行：%(problem)s") % {"line": number, "problem": error})
    if problems:
        more = (
            _("；一共%(count)s行有问题") % {"count": len(problems)} if len(problems) > SHOWN_PROBLEMS else ""
        )
        raise _wrong("；".join(problems[:SHOWN_PROBLEMS]) + more)
    if not lines:
        raise _wrong(_("文件里没有流水，请核对"))
    if len(lines) > MOST_LINES:
        raise _wrong(_("流水超过%(most)s行，请分成几份") % {"most": MOST_LINES})
    return BankList(list(lines.values()), doubled)


def _wrong(text: str) -> InvalidInput:
    return InvalidInput(text, file=text)


def _rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Rows with their numbers, from 1."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise _wrong(_("读不出文件里的文字，请用银行导出的CSV文件"))
    if "\0" in text:
        raise _wrong(_("这不是CSV文件，请在银行系统里选CSV格式导出"))
    try:
        yield from enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), start=1)
    except csv.Error:
        raise _wrong(_("文件的格式不完整，请重新导出一次")) from None


def _heading(rows: Iterator[tuple[int, list[str]]]) -> dict[str, int]:
    """Where each column stands; what banks write above the heading is passed over."""
    for number, row in rows:
        cells = [_plain(cell) for cell in row]
        places = {
            name: next(place for place, cell in enumerate(cells) if cell in headings)
            for name, headings in COLUMNS.items()
            if any(cell in headings for cell in cells)
        }
        if all(name in places for name in NEEDED):
            return places
        if number >= HEADING_WITHIN:
            break
    raise _wrong(_("找不到表头。至少要有“交易日期”“流水号”“收入金额”三列，可以下载样表对照"))


def _plain(cell: str) -> str:
    """A cell without the marks by which programs keep numbers as text."""
    return fold_width(cell).strip().removeprefix("=").strip("\"'`\t ")


def _line(number: int, row: list[str], places: dict[str, int]) -> BankLine:
    written = {name: row[place] if place < len(row) else "" for name, place in places.items()}
    cells = {name: _plain(cell) for name, cell in written.items()}
    serial = cells["serial"]
    if not SERIAL.fullmatch(serial):
        raise ValueError(_("流水号应是数字、字母和短横线，最多50个"))
    credit, debit = _amount(cells["credit"]), _amount(cells.get("debit", ""))
    if (credit is None) == (debit is None):
        raise ValueError(_("收入和支出应填一个，并且只填一个"))
    amount = credit if credit is not None else debit
    assert amount is not None  # noqa: S101  (one of the two is there)
    return BankLine(
        number=number,
        serial=serial,
        is_credit=credit is not None,
        amount=amount,
        happened_at=_moment(cells["day"]),
        payer=clean_line(fold_width(written.get("payer", ""))),
        summary=mask_numbers(clean_line(fold_width(written.get("summary", "")), max_length=10_000))[
            :LONGEST_SUMMARY
        ],
    )


def _amount(cell: str) -> Decimal | None:
    if cell in ("", "-"):
        return None
    amount = parse_yuan(cell)
    if amount < 0:
        raise ValueError(_("金额不应是负数，冲正的流水请在银行冲平后再导入"))
    return amount or None


def _moment(cell: str) -> datetime:
    found = MOMENT.fullmatch(cell)
    day: date = parse_day(found.group(1) if found else cell)
    try:
        hour, minute, second = (int(part or 0) for part in found.groups()[1:]) if found else (0, 0, 0)
        at = time(hour, minute, second)
    except ValueError:
        raise ValueError(_("交易时间应像 10:15:22 这样写")) from None
    moment = datetime.combine(day, at, tzinfo=clock.BEIJING)
    if moment > clock.now():
        raise ValueError(_("交易日期不应晚于今天"))
    return moment
