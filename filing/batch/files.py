"""Tables that go out: the template, the rows with their problems, the list of results. Nothing in them computes."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from common import clock
from filing.batch.columns import Column, columns_of

GUIDE = "填写说明"
LAST_ROW = 10_002
BOM = "\ufeff"


class _Line:
    """Hands each written line on; csv writes to it."""

    def write(self, line: str) -> str:
        return line


def safe(cell: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{cell}" if cell[:1] in "=+-@\t\r" and not _is_amount(cell) else cell


def _is_amount(cell: str) -> bool:
    return cell[:1] == "-" and cell[1:].replace(".", "", 1).isdigit()


def moment(at: datetime) -> str:
    """A Beijing time that sorts."""
    return f"{at.astimezone(clock.BEIJING):%Y-%m-%d %H:%M}"


def csv_lines(rows: Iterable[list[str]]) -> Iterator[str]:
    """CSV with the mark by which spreadsheets recognise UTF-8, line by line."""
    writer = csv.writer(_Line())
    yield BOM
    for row in rows:
        yield writer.writerow([safe(cell) for cell in row])


def xlsx_file(rows: Iterable[list[str]]) -> IO[bytes]:
    """The same as XLSX in a temporary file, opened at its start; every cell is text. Flat memory."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("填表"))
    for row in rows:
        sheet.append([_text_cell(sheet, cell) for cell in row])
    return _saved(book)


def _text_cell(sheet: Any, value: str) -> Any:
    cell = WriteOnlyCell(sheet, value=value or None)
    if value:
        cell.data_type, cell.number_format = "s", "@"
    return cell


def _saved(book: Workbook) -> IO[bytes]:
    target = tempfile.TemporaryFile()
    book.save(target)
    target.seek(0)
    return target


def guide_row(columns: Iterable[Column]) -> list[str]:
    """What to write into each column, in words; it is skipped when the table is read."""
    cells = []
    for place, column in enumerate(columns):
        parts = [_("必填") if column.required else _("可不填"), column.hint]
        if column.options:
            listed = "、".join(column.options)
            parts.append(
                _("可填几个，用、隔开：%(list)s") % {"list": listed}
                if column.several
                else _("只能填：%(list)s") % {"list": listed}
            )
        text = "。".join(part for part in parts if part)
        cells.append(f"{GUIDE}：{text}" if place == 0 else text)
    return cells


def template_rows(form_key: str) -> list[list[str]]:
    """Heading and guide of the template."""
    columns = columns_of(form_key)
    return [[column.heading for column in columns], guide_row(columns)]


def template_xlsx(form_key: str) -> IO[bytes]:
    """The template: all columns are text, columns with options offer them."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = _("填表")
    choices = book.create_sheet(_("选项"))
    columns = columns_of(form_key)
    heading, guide = template_rows(form_key)
    sheet.append(heading)
    sheet.append(guide)
    for place, column in enumerate(columns, start=1):
        letter = get_column_letter(place)
        dimension = sheet.column_dimensions[letter]
        dimension.number_format, dimension.width = "@", max(12, min(40, 2 * len(column.heading) + 2))
        sheet[f"{letter}1"].font = Font(bold=True)
        sheet[f"{letter}2"].alignment = Alignment(wrap_text=True, vertical="top")
        if column.options and not column.several:
            for line, option in enumerate(column.options, start=1):
                choices[f"{letter}{line}"] = option
            source = f"'{choices.title}'!${letter}$1:${letter}${len(column.options)}"
            rule = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=True)
            rule.error, rule.errorTitle = _("请从列表里选"), column.heading[:30]
            rule.add(f"{letter}3:{letter}{LAST_ROW}")
            sheet.add_data_validation(rule)
    sheet.freeze_panes = "B2"
    choices.sheet_state = "hidden"
    return _saved(book)
