"""A pleading 诉状 as PDF for reading and printing, and as DOCX for those who want to go on writing it themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import _Cell

from common.text import strip_invisible
from documents.rendering.typeset import plain_pdf

TITLE_FONT, BODY_FONT = "方正小标宋简体", "仿宋"


@dataclass(frozen=True)
class Row:
    """One question with its answer; a table answer has ``columns`` and ``cells`` instead of ``text``."""

    label: str
    text: str = ""
    columns: tuple[str, ...] = ()
    cells: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Section:
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Pleading:
    """Everything that stands on the pleading. ``signed_on`` is None while it was not sent; then ``draft`` says so."""

    title: str
    caption: str
    sections: tuple[Section, ...]
    court: str
    signer_label: str
    signers: str
    signed_on: date | None
    draft: str = ""
    footer: str = ""


def as_pdf(pleading: Pleading, *, moment: datetime) -> bytes:
    """PDF/A-2a, unsigned; ``moment`` is the time written into the file."""
    data: dict[str, Any] = {
        "title": pleading.title,
        "caption": pleading.caption,
        "court": pleading.court,
        "draft": pleading.draft,
        "footer": pleading.footer,
        "signers": {
            "label": pleading.signer_label,
            "names": pleading.signers,
            "day": pleading.signed_on.isoformat() if pleading.signed_on else "",
        },
        "sections": [
            {"title": section.title, "rows": [_row(row) for row in section.rows]}
            for section in pleading.sections
        ],
    }
    return plain_pdf("pleading", data, moment=moment)


def _row(row: Row) -> dict[str, Any]:
    if row.columns:
        return {"label": row.label, "columns": row.columns, "cells": row.cells}
    return {"label": row.label, "text": row.text}


def as_docx(pleading: Pleading) -> bytes:
    """The same as an editable document; Chinese fonts by name, as court offices have them."""
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin, page.right_margin, page.top_margin, page.bottom_margin = Mm(25), Mm(22), Mm(25), Mm(25)
    document.core_properties.title = pleading.title
    _write(document.add_heading(level=1), pleading.title, size=22, font=TITLE_FONT, centre=True)
    if pleading.caption:
        _write(document.add_paragraph(), pleading.caption, centre=True)
    for section in pleading.sections:
        _write(document.add_heading(level=2), section.title, size=14)
        _section(document, section)
    if pleading.court:
        _write(document.add_paragraph(), "此致")
        _write(document.add_paragraph(), pleading.court, bold=True)
    day = f"{pleading.signed_on:%Y年%-m月%-d日}" if pleading.signed_on else "    年  月  日"
    _write(document.add_paragraph(), f"{pleading.signer_label}：{pleading.signers}")
    _write(document.add_paragraph(), f"日期：{day}")
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _section(document: Docx, section: Section) -> None:
    plain = [row for row in section.rows if not row.columns]
    if plain:
        table = document.add_table(rows=0, cols=2, style="Table Grid")
        for row in plain:
            cells = table.add_row().cells
            cells[0].width, cells[1].width = Mm(44), Mm(119)
            _fill(cells[0], row.label, bold=True)
            _fill(cells[1], row.text)
    for row in section.rows:
        if row.columns:
            _write(document.add_paragraph(), row.label, bold=True)
            table = document.add_table(rows=1, cols=len(row.columns), style="Table Grid")
            for cell, words in zip(table.rows[0].cells, row.columns, strict=True):
                _fill(cell, words, bold=True)
            for line in row.cells:
                for cell, words in zip(table.add_row().cells, line, strict=True):
                    _fill(cell, words)


def _fill(cell: _Cell, words: str, *, bold: bool = False) -> None:
    _write(cell.paragraphs[0], words, bold=bold)


def _write(
    paragraph: Any,
    words: str,
    *,
    size: float = 12,
    font: str = BODY_FONT,
    bold: bool = False,
    centre: bool = False,
) -> None:
    """One run; without the East Asian font name Word would choose its own (measured)."""
    run = paragraph.add_run(strip_invisible(words))
    run.font.size, run.font.name, run.bold = Pt(size), font, bold
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if centre:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
