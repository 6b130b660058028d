"""Tables that go out as CSV or XLSX. Nothing in them computes, whatever people wrote into the cells."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, Any
from urllib.parse import quote

from django.http import FileResponse, Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from common import clock

BOM = "\ufeff"
KINDS = ("csv", "xlsx")
STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet compute."""


class _Line:
    """Hands each written line on; csv writes to it."""

    def write(self, line: str) -> str:
        return line


def safe(cell: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{cell}" if cell.startswith(STARTS) and not _is_amount(cell) else cell


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


def xlsx_file(rows: Iterable[list[str]], sheet_name: str) -> IO[bytes]:
    """The same as XLSX in a temporary file, opened at its start; every cell is text. Flat memory."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(sheet_name)
    for row in rows:
        sheet.append([_text_cell(sheet, cell) for cell in row])
    return saved(book)


def _text_cell(sheet: Any, value: str) -> Any:
    cell = WriteOnlyCell(sheet, value=value or None)
    if value:
        cell.data_type, cell.number_format = "s", "@"
    return cell


def saved(book: Workbook) -> IO[bytes]:
    """A workbook in a temporary file, opened at its start."""
    target = tempfile.TemporaryFile()
    book.save(target)
    target.seek(0)
    return target


def csv_download(rows: Iterable[list[str]], name: str) -> HttpResponseBase:
    """A CSV file to keep; no cache holds it."""
    response = StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{name}.csv')}"
    response["Cache-Control"] = "private, no-store"
    return response


def xlsx_download(content: IO[bytes], name: str) -> HttpResponseBase:
    """An XLSX file to keep; no cache holds it."""
    response = FileResponse(content, as_attachment=True, filename=f"{name}.xlsx")
    response["Cache-Control"] = "private, no-store"
    return response


def download(rows: Iterable[list[str]], name: str, kind: str, sheet_name: str) -> HttpResponseBase:
    """Rows as a file of this kind; Http404 for any other than those of ``KINDS``."""
    if kind not in KINDS:
        raise Http404
    return csv_download(rows, name) if kind == "csv" else xlsx_download(xlsx_file(rows, sheet_name), name)
