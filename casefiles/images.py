"""Pages as pictures made by the server: what is hidden from a reader is not in the picture, and his mark is."""

from __future__ import annotations

import io
import tempfile
from functools import lru_cache
from pathlib import Path

import noto_cjk_sans_otc  # type: ignore[import-untyped]
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont

from documents.delivery_record import record_pdf
from documents.models import Copy
from documents.services.inspection import draw_page

Box = list[int]
"""[left, top, right, bottom] in thousandths of the page."""
SIMPLIFIED = 2
"""Place of Noto Sans CJK SC in the packaged collection."""
MARK_STRENGTH = 58
"""Of 255: the mark is read on paper, and the text below it too."""
MARK_ANGLE = 24
QUALITY = 74


def record_page(copy: Copy, number: int) -> bytes | None:
    """One page of the record of a delivery, as it stands now.

    Drawn in the request, unlike all others: the PDF was typeset a moment ago from our own rows, nothing in it came from outside,
    and it says how things stand at this moment, so there is nothing to keep.
    """
    with tempfile.TemporaryDirectory(prefix="record-") as folder:
        source, drawn = Path(folder) / "source", Path(folder) / "page"
        source.write_bytes(record_pdf(copy))
        return drawn.read_bytes() if draw_page("pdf", source, drawn, number) else None


def shown(page: bytes, *, hidden: list[Box] | None, mark: str, ruler: bool = False) -> bytes:
    """The picture a reader gets: a new JPEG in which hidden parts were never drawn.

    ``hidden``: None shows all of it, an empty list nothing, else the boxes that stay white. ``mark`` is written across
    the page, "" for the court itself; ``ruler`` draws a line at every tenth of the height, for saying where a part begins.
    """
    with Image.open(io.BytesIO(page)) as kept:
        picture = kept.convert("RGB")
    if hidden is not None:
        picture = _without(picture, hidden)
    if ruler:
        _draw_ruler(picture)
    if mark:
        picture = _marked(picture, mark)
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()


def _without(picture: Image.Image, hidden: list[Box]) -> Image.Image:
    """A white page onto which only the open parts are copied."""
    width, height = picture.size
    if not hidden:
        empty = Image.new("RGB", picture.size, "white")
        _say_hidden(empty, [0, 0, width, height])
        return empty
    result = picture.copy()
    for left, top, right, bottom in hidden:
        # outwards, so that no line of pixels of a hidden letter stays
        place = [
            left * width // 1000,
            top * height // 1000,
            -(-right * width // 1000),
            -(-bottom * height // 1000),
        ]
        blank = Image.new("RGB", (max(place[2] - place[0], 1), max(place[3] - place[1], 1)), "white")
        result.paste(blank, (place[0], place[1]))
        _say_hidden(result, place)
    return result


def _say_hidden(picture: Image.Image, place: list[int]) -> None:
    draw = ImageDraw.Draw(picture)
    left, top, right, bottom = place
    draw.rectangle((left, top, right - 1, bottom - 1), outline=(120, 120, 120), width=2)
    size = max(12, min(30, (bottom - top) // 2, (right - left) // 8))
    middle = ((left + right) // 2, (top + bottom) // 2)
    draw.text(middle, _("依法不公开"), font=_font(size), fill=(90, 90, 90), anchor="mm")


def _draw_ruler(picture: Image.Image) -> None:
    draw = ImageDraw.Draw(picture)
    width, height = picture.size
    for tenth in range(1, 10):
        down, across = height * tenth // 10, width * tenth // 10
        draw.line((0, down, width, down), fill=(200, 80, 60), width=1)
        draw.line((across, 0, across, height), fill=(200, 160, 60), width=1)
        draw.text((4, down), f"{tenth * 10}%", font=_font(20), fill=(180, 40, 20), anchor="lb")
        draw.text((across, 4), f"{tenth * 10}%", font=_font(20), fill=(140, 100, 20), anchor="lt")


def _marked(picture: Image.Image, mark: str) -> Image.Image:
    tile = _tile(mark, max(16, picture.width // 42))
    layer = Image.new("L", picture.size, 0)
    for row, top in enumerate(range(-tile.height // 2, picture.height, tile.height)):
        for left in range(-(row % 2) * tile.width // 2, picture.width, tile.width):
            layer.paste(tile, (left, top))
    ink = Image.new("RGB", picture.size, (40, 60, 110))
    return Image.composite(ink, picture, layer)


def _tile(mark: str, size: int) -> Image.Image:
    font = _font(size)
    left, top, right, bottom = font.getbbox(mark)
    words = Image.new("L", (int(right - left) + 2 * size, int(bottom - top) + size), 0)
    ImageDraw.Draw(words).text((size - left, size // 2 - top), mark, font=font, fill=MARK_STRENGTH)
    return words.rotate(MARK_ANGLE, expand=True)


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(noto_cjk_sans_otc.FONT_PATH), size, index=SIMPLIFIED)
