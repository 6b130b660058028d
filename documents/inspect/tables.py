"""Tables of claims (XLSX, CSV): measured like Word files, then written out as one JSON line per row, all cells as text."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from documents.inspect.limits import Refused
from documents.inspect.word import measure

MAX_ROWS = 10_000
MAX_COLUMNS = 300
MAX_CELL = 20_000
GUIDE_MARKS = ("填写说明", "示例")
"""First cell of rows that explain the table and are not claims."""
_FORMULA, _MERGED, _DOCTYPE = re.compile(rb"<f[ >/]"), b"<mergeCell ", b"<!DOCTYPE"


def write_rows(kind: str, source: Path, target: Path) -> int:
    """Write ``[row number in the table, [cells]]`` per line, the heading first; the number of rows below it.

    Refused: ``formulas``, ``merged``, ``too_many_rows``, ``no_rows``, ``no_heading``, ``not_text`` and those of Word files.
    """
    rows = _xlsx(source) if kind == "xlsx" else _csv(source)
    count = 0
    with target.open("w", encoding="utf-8") as out:
        for number, cells in _with_heading(rows):
            count += number > 0
            if count > MAX_ROWS + 1:
                raise Refused("too_many_rows")
            out.write(json.dumps([number, cells], ensure_ascii=False) + "\n")
    if count <= 1:
        raise Refused("no_rows")
    return count - 1


def _with_heading(rows: Iterable[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Rows with their number in the table, from 1; empty rows and the guide's own rows are left out."""
    width = 0
    for number, cells in enumerate(rows, start=1):
        if not any(cells):
            continue
        if not width:
            width = max(place for place, cell in enumerate(cells, start=1) if cell)
            if width > MAX_COLUMNS:
                raise Refused("no_heading")
        elif cells[0].startswith(GUIDE_MARKS):
            continue
        yield number, (cells + [""] * width)[:width]


def _tidy(text: str) -> str:
    """One cell: no blanks around it; the mark that keeps a spreadsheet from computing is taken off again."""
    if len(text) > MAX_CELL:
        raise Refused("too_heavy")
    text = text.strip()
    return text[1:] if text[:1] == "'" and text[1:2] in "=+-@'" else text


def _xlsx(source: Path) -> Iterator[list[str]]:
    import openpyxl

    with zipfile.ZipFile(source) as archive:
        measure(archive.infolist(), source.stat().st_size)
        if "xl/workbook.xml" not in archive.namelist():
            raise Refused("broken")
    with source.open("rb") as raw:  # the stored name has no extension, which openpyxl would ask a path for
        book = openpyxl.load_workbook(raw, read_only=True, data_only=True, keep_links=False)
        sheet: Any = book.worksheets[0]
        _refuse_computed(source, sheet._worksheet_path)
        for row in sheet.iter_rows(values_only=True):
            yield [_tidy(_word(value)) for value in row]


def _refuse_computed(source: Path, part: str) -> None:
    """Formulas and merged cells are not read by guessing what was meant."""
    with zipfile.ZipFile(source) as archive, archive.open(part.lstrip("/")) as sheet:
        tail = b""
        while piece := sheet.read(1 << 20):
            text = tail + piece
            if _DOCTYPE in text:
                raise Refused("outside")
            if _FORMULA.search(text):
                raise Refused("formulas")
            if _MERGED in text:
                raise Refused("merged")
            tail = text[-20:]


def _word(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 10**15 else f"{value:.15g}".upper()
    if isinstance(value, int) and abs(value) >= 10**15:  # a spreadsheet keeps fifteen digits of a number
        return f"{value:.14E}"
    return str(value)


def _csv(source: Path) -> Iterator[list[str]]:
    text = _decoded(source.read_bytes())
    heading = text.lstrip("\r\n").split("\n", 1)[0]
    mark = max(",\t;", key=heading.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True):
            yield [_tidy(cell) for cell in row] or [""]
    except csv.Error as error:
        raise Refused("not_text") from error


def _decoded(raw: bytes) -> str:
    """UTF-8 with or without mark, UTF-16 with mark, else GB18030, as spreadsheets save it in China."""
    encodings = ["utf-8-sig", "gb18030"]
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Refused("not_text")
