"""Typesetting with typst: always PDF/A-2a and PDF/UA-1, so that a missing glyph is an error and not a blank box."""

from __future__ import annotations

import json
import threading
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from common.text import strip_invisible
from documents.rendering import fonts
from documents.rendering.templates import DIRECTORY, TEMPLATES

STANDARDS: typst.PDFStandards = ["a-2a", "ua-1"]
NO_GLYPH = "could not be displayed with font"
_ONE_AT_A_TIME = threading.Lock()
"""A compiler keeps the inputs of its last run, and threads do not make it faster (measured)."""


@dataclass(frozen=True)
class SealPlace:
    """Centre of the seal: page from 0, points from the left and from the top edge."""

    page: int
    x: float
    y: float


@dataclass(frozen=True)
class Typeset:
    pdf: bytes
    seal: SealPlace


@lru_cache(maxsize=32)
def _compiler(file: Path) -> typst.Compiler:
    return typst.Compiler(input=file, root=DIRECTORY, font_paths=fonts.fonts())


def typeset(template: str, data: dict[str, Any], *, moment: datetime) -> Typeset:
    """The unsigned paper. ``data`` as the head of ``base.typ`` says; ``moment`` is the time written into the PDF."""
    file = TEMPLATES[template].file
    with _ONE_AT_A_TIME:
        pdf = _printable(file, data, moment)
        place = json.loads(_compiler(file).query("<seal>", field="value", one=True))
    return Typeset(pdf, SealPlace(place["page"] - 1, place["x"], place["y"]))


def plain_pdf(name: str, data: dict[str, Any], *, moment: datetime) -> bytes:
    """A page of ``documents/typst`` that is no court paper: no code, no place for a seal."""
    with _ONE_AT_A_TIME:
        return _printable(DIRECTORY / f"{name}.typ", data, moment)


def _printable(file: Path, data: dict[str, Any], moment: datetime) -> bytes:
    """Never fails for a rare character: one that no font has is printed as 〓 and named by its code point at the end."""
    plain = walk(data, readable)
    try:
        return _compile(file, plain, moment)
    except typst.TypstError as error:
        if NO_GLYPH not in error.message:
            raise
    missing: list[str] = []
    return _compile(file, walk(plain, lambda text: _replace(text, missing)) | {"missing": missing}, moment)


def _compile(file: Path, data: dict[str, Any], moment: datetime) -> bytes:
    inputs = {"data": json.dumps({"missing": []} | data | {"fonts": fonts.stacks()}, ensure_ascii=False)}
    pdf = _compiler(file).compile(
        format="pdf", timestamp=int(moment.timestamp()), pdf_standards=STANDARDS, sys_inputs=inputs
    )
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no PDF")
    return pdf


def walk(value: Any, change: Callable[[str], str]) -> Any:
    """The same structure with every text changed; keys stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: walk(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [walk(item, change) for item in value]
    return value


def readable(text: str) -> str:
    """Radicals typed for characters (⼀ U+2F00 for 一) as the characters, no invisible marks. Not NFKC: it changes （）."""
    folded = "".join(
        unicodedata.normalize("NFKC", char) if 0x2E80 <= ord(char) <= 0x2FDF else char for char in text
    )
    return strip_invisible(folded)


def _replace(text: str, missing: list[str]) -> str:
    """``text`` with 〓 for what cannot be printed; the code points go to ``missing`` in the order of their first use."""

    def one(char: str) -> str:
        if fonts.is_printable(char):
            return char
        name = f"U+{ord(char):04X}"
        if name not in missing:
            missing.append(name)
        return fonts.GETA

    return "".join(one(char) for char in text)
