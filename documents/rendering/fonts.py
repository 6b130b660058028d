"""Fonts for papers: what the court put into FONT_DIR, what the system has, and the packaged CJK font of last resort."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import noto_cjk_sans_otc  # type: ignore[import-untyped]
import typst
from django.conf import settings
from fontTools.ttLib import TTFont

BODY = (
    "FZFangSong-Z02S",
    "方正仿宋_GBK",
    "FangSong_GB2312",
    "FandolFang R",
    "Noto Serif SC",
    "Noto Serif CJK SC",
)
TITLE = ("FZXiaoBiaoSong-B05S", "方正小标宋_GBK", "FandolSong", "Noto Serif SC", "Noto Serif CJK SC")
WHOLE = ("Noto Serif SC", "Noto Serif CJK SC", "Noto Sans SC", "Noto Sans CJK SC")
"""Families with more than GB 2312: they follow the first choice, so that rare names are printed."""
GETA = "〓"


@lru_cache(maxsize=1)
def fonts() -> typst.Fonts:
    """All fonts this process can print with; read once."""
    packaged = noto_cjk_sans_otc.FONT_PATH.parent
    paths = [str(path) for path in (settings.FONT_DIR, packaged) if path.is_dir()]
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=paths)


@lru_cache(maxsize=1)
def stacks() -> dict[str, list[str]]:
    """Families for body and title, best first, only those that are there. RuntimeError without any CJK family."""
    there = set(fonts().families())
    whole = [family for family in WHOLE if family in there]
    if not whole:
        raise RuntimeError("no Chinese font for papers: put Noto Serif SC into FONT_DIR")

    def stack(preferred: tuple[str, ...]) -> list[str]:
        return list(dict.fromkeys([family for family in preferred if family in there] + whole))

    return {"body": stack(BODY), "title": stack(TITLE)}


@contextmanager
def font_of(family: str, *, bold: bool) -> Iterator[TTFont]:
    """The font file of a family, nearest to the wanted weight, closed again. LookupError when there is none."""
    wanted = 700 if bold else 400
    found = [
        info for info in fonts().fonts() if info.family == family and info.path and info.style == "normal"
    ]
    if not found:
        raise LookupError(family)
    best = min(found, key=lambda info: abs(info.weight - wanted))
    with TTFont(str(best.path), fontNumber=best.index, lazy=True) as font:
        yield font


@lru_cache(maxsize=1)
def _covered() -> frozenset[int]:
    """Code points of the families for rare names."""
    covered: set[int] = set()
    for family in stacks()["body"]:
        with font_of(family, bold=False) as font:
            covered |= set(font.getBestCmap())
    return frozenset(covered)


def is_printable(char: str) -> bool:
    """False for a character without glyph and for the private use areas, where no two systems agree."""
    code = ord(char)
    private = 0xE000 <= code <= 0xF8FF or code >= 0xF0000
    return not private and (code in _covered() or char in "\n\t ")
