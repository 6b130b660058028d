"""The electronic seal as vector outlines: circle, star, the court's name on the arc. No text objects, so that the text
layer of the paper stays clean. Drawn only as the appearance of the signature.
"""

from __future__ import annotations

import math
from functools import lru_cache

from fontTools.pens.basePen import BasePen
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

from documents.rendering import fonts

SIZE_MM = 42
POINTS = SIZE_MM / 25.4 * 72
RED = "0.85 0.07 0.09"
_RADIUS = POINTS / 2 - 2
_ARC_DEGREES = 236
_GLYPH_HEIGHT = 17.0


class _OperatorPen(BasePen):
    """Writes outlines as PDF path operators."""

    def __init__(self, glyph_set: object) -> None:
        super().__init__(glyph_set)
        self.operators: list[str] = []

    def _moveTo(self, pt: tuple[float, float]) -> None:
        self.operators.append(f"{pt[0]:.2f} {pt[1]:.2f} m")

    def _lineTo(self, pt: tuple[float, float]) -> None:
        self.operators.append(f"{pt[0]:.2f} {pt[1]:.2f} l")

    def _curveToOne(
        self, pt1: tuple[float, float], pt2: tuple[float, float], pt3: tuple[float, float]
    ) -> None:
        numbers = " ".join(f"{value:.2f}" for point in (pt1, pt2, pt3) for value in point)
        self.operators.append(f"{numbers} c")

    def _closePath(self) -> None:
        self.operators.append("h")

    def _endPath(self) -> None:
        self.operators.append("h")


@lru_cache(maxsize=32)
def appearance(name: str, lower: str) -> bytes:
    """PDF drawing operators of the seal in a square of ``POINTS``; ``lower`` stands below the star, may be ""."""
    middle = POINTS / 2
    drawn = [
        f"q {RED} rg {RED} RG 2.6 w",
        _circle(middle, middle, _RADIUS),
        "S",
        _star(middle, middle + 2, 17),
        "f",
    ]
    step = min(_ARC_DEGREES / max(len(name) - 1, 1), 30)
    width = min(1.0, 2 * math.pi * (_RADIUS - 14) * step / 360 / _GLYPH_HEIGHT)
    radius = _RADIUS - 4.5 - _GLYPH_HEIGHT / 2
    with fonts.font_of(fonts.stacks()["title"][0], bold=True) as font:
        for index, char in enumerate(name):
            turn = math.radians((index - (len(name) - 1) / 2) * step)
            x, y = middle + radius * math.sin(turn), middle + radius * math.cos(turn)
            drawn.append(_glyph(font, char, x, y, -turn, _GLYPH_HEIGHT, width))
        for index, char in enumerate(lower):
            x = middle + (index - (len(lower) - 1) / 2) * 10
            drawn.append(_glyph(font, char, x, middle - 30, 0, 9.5, 1.0))
    return "\n".join([*drawn, "Q"]).encode("ascii")


def _glyph(font: TTFont, char: str, x: float, y: float, turn: float, height: float, width: float) -> str:
    """The outline of one character, its em box centred on x, y, turned and scaled; "" when the font lacks it."""
    glyph_name = font.getBestCmap().get(ord(char))
    if glyph_name is None:
        return ""
    glyphs = font.getGlyphSet()
    bounds = BoundsPen(glyphs)
    glyphs[glyph_name].draw(bounds)
    if bounds.bounds is None:
        return ""
    left, bottom, right, top = bounds.bounds
    scale = height / font["head"].unitsPerEm
    cos, sin = math.cos(turn), math.sin(turn)
    a, b, c, d = scale * width * cos, scale * width * sin, -scale * sin, scale * cos
    centre_x, centre_y = (left + right) / 2, (bottom + top) / 2
    pen = _OperatorPen(glyphs)
    move = (x - a * centre_x - c * centre_y, y - b * centre_x - d * centre_y)
    glyphs[glyph_name].draw(TransformPen(pen, (a, b, c, d, *move)))
    return "\n".join([*pen.operators, "f"])


def _circle(x: float, y: float, radius: float) -> str:
    k = radius * 0.5523
    return (
        f"{x + radius:.2f} {y:.2f} m "
        f"{x + radius:.2f} {y + k:.2f} {x + k:.2f} {y + radius:.2f} {x:.2f} {y + radius:.2f} c "
        f"{x - k:.2f} {y + radius:.2f} {x - radius:.2f} {y + k:.2f} {x - radius:.2f} {y:.2f} c "
        f"{x - radius:.2f} {y - k:.2f} {x - k:.2f} {y - radius:.2f} {x:.2f} {y - radius:.2f} c "
        f"{x + k:.2f} {y - radius:.2f} {x + radius:.2f} {y - k:.2f} {x + radius:.2f} {y:.2f} c h"
    )


def _star(x: float, y: float, radius: float) -> str:
    points = []
    for index in range(10):
        reach = radius if index % 2 == 0 else radius * 0.382
        turn = math.radians(36 * index)
        points.append(f"{x + reach * math.sin(turn):.2f} {y + reach * math.cos(turn):.2f}")
    return f"{points[0]} m " + " ".join(f"{point} l" for point in points[1:]) + " h"
