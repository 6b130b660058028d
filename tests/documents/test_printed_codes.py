"""The code on an issued page as a cheap scanner or a phone sees it: 150 dpi, turned, noisy, badly compressed.

Measured on the real page, from the kept PDF. Controls: a code of a quarter of the size is lost in the same picture, and
a code of a lower level under the same blot; so reading the page proves its size and level, not the reader's patience.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable

import pypdfium2
import pytest
import qrcode
import zxingcpp
from django.conf import settings
from django.core.files.storage import default_storage
from PIL import Image, ImageChops

from common import qr
from documents.models import Copy, Paper
from documents.rendering import codes

pytestmark = pytest.mark.django_db(transaction=True)
DPI = 150
MM = DPI / 25.4
TURNS = (-17, -2, 0, 7, 23)
NOISE = 40
"""Standard deviation of the grey values of 255."""
QUALITY = 40


@pytest.fixture
def page(issue_paper: Callable[..., Paper], run_outbox: Callable[..., int]) -> Image.Image:
    """The first page of an issued paper at 150 dpi, grey."""
    copy: Copy = issue_paper().copies.get()
    run_outbox()
    copy.refresh_from_db()
    with default_storage.open(copy.file_key) as kept:
        document = pypdfium2.PdfDocument(kept.read())
    picture: Image.Image = document[0].render(scale=DPI / 72).to_pil().convert("L")
    document.close()
    return picture


def as_seen(page: Image.Image, turn: float, *, noise: float = NOISE, quality: int = QUALITY) -> Image.Image:
    """Turned on a grey table, noisy, compressed as JPEG; the same picture every time."""
    turned = page.rotate(turn, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=200)
    grains = random.Random(f"{turn}")
    values = bytes(max(0, min(255, round(grains.gauss(128, noise)))) for _ in range(turned.width * 64))
    strip = Image.frombytes("L", (turned.width, 64), values)
    grain = Image.new("L", turned.size)
    for top in range(0, turned.height, 64):
        grain.paste(strip.transform(strip.size, Image.Transform.EXTENT, (0, 0, *strip.size)), (0, top))
    noisy = ImageChops.add(turned, grain, scale=1, offset=-128)
    buffer = io.BytesIO()
    noisy.save(buffer, "JPEG", quality=quality)
    return Image.open(io.BytesIO(buffer.getvalue())).convert("L")


def read(picture: Image.Image) -> list[str]:
    return [str(found.text) for found in zxingcpp.read_barcodes(picture)]


@pytest.mark.req("SEC-20")
@pytest.mark.parametrize("turn", TURNS)
def test_turned_noisy_and_compressed_it_still_decodes(page: Image.Image, turn: float) -> None:
    (address,) = read(as_seen(page, turn))
    assert address.startswith(f"{settings.PUBLIC_URL}/m/".upper()) and len(address) <= codes.LONGEST_ADDRESS
    assert codes.read_address(address)[1]


def with_code(page: Image.Image, address: str, *, millimetres: float, level: int, border: int) -> Image.Image:
    """The same page with another code in the place of its own."""
    code = qrcode.QRCode(error_correction=level, border=border, box_size=8)
    code.add_data(address, optimize=0)
    code.make(fit=True)
    side = round(millimetres * MM)
    picture = code.make_image().get_image().convert("L").resize((side, side), Image.Resampling.LANCZOS)
    (found,) = zxingcpp.read_barcodes(page)
    corner = found.position.top_left
    other = page.copy()
    other.paste(255, (corner.x - 30, corner.y - 30, corner.x + 230, corner.y + 230))
    other.paste(picture, (corner.x, corner.y))
    return other


def test_control_the_same_code_at_a_quarter_of_the_size_is_lost(page: Image.Image) -> None:
    (address,) = read(page)
    medium = qrcode.constants.ERROR_CORRECT_M
    same = with_code(page, address, millimetres=30, level=medium, border=0)
    small = with_code(page, address, millimetres=7, level=medium, border=0)
    assert read(same) == [address], "the control itself puts a readable code on the page"
    seen = [bool(read(as_seen(same, turn))) for turn in TURNS]
    lost = [not read(as_seen(small, turn)) for turn in TURNS]
    assert all(seen) and all(lost), (seen, lost)


def damaged(picture: Image.Image, share: float) -> Image.Image:
    """A blot over the middle of a code, away from its three eyes."""
    (found,) = zxingcpp.read_barcodes(picture)
    left, top = found.position.top_left.x, found.position.top_left.y
    side = found.position.bottom_right.x - left
    blot = round(side * share**0.5)
    start = (left + round(side * 0.62) - blot // 2, top + round(side * 0.62) - blot // 2)
    other = picture.copy()
    other.paste(0, (*start, start[0] + blot, start[1] + blot))
    return other


def test_control_a_lower_level_does_not_bear_the_same_blot(page: Image.Image) -> None:
    (address,) = read(page)
    pages = {
        name: with_code(page, address, millimetres=30, level=level, border=0)
        for name, level in (("L", qrcode.constants.ERROR_CORRECT_L), ("M", qrcode.constants.ERROR_CORRECT_M))
    }
    assert all(read(picture) == [address] for picture in pages.values())
    shares = [number / 100 for number in range(2, 21)]
    bears = {
        name: [read(damaged(picture, share)) == [address] for share in shares]
        for name, picture in pages.items()
    }
    assert bears["M"][0] and not bears["M"][-1], "the blots go from harmless to hopeless"
    only_medium = [m and not low for m, low in zip(bears["M"], bears["L"], strict=True)]
    only_low = [low and not m for m, low in zip(bears["M"], bears["L"], strict=True)]
    assert any(only_medium) and not any(only_low), bears


def test_the_code_is_thirty_millimetres_with_its_quiet_zone(page: Image.Image) -> None:
    (found,) = zxingcpp.read_barcodes(page)
    side = (found.position.bottom_right.x - found.position.top_left.x) / MM
    assert 29 <= side <= 31
    assert qr.QUIET_ZONE == 4
    zone = round(side * MM / 29 * 3.5)
    left, top = found.position.top_left.x, found.position.top_left.y
    for box in (
        (left - zone, top, left - 2, top + 50),
        (left, top - zone, left + 50, top - 2),
    ):
        assert page.crop(box).getextrema()[0] > 240, "nothing is printed into the quiet zone"
