"""Photos: decoded completely, turned upright, written anew as JPEG without EXIF, GPS, comment or profile."""

from __future__ import annotations

import warnings
from pathlib import Path

from PIL import Image, ImageOps

from documents.inspect.limits import MAX_PIXELS, Refused

FORMATS = {"jpg": ("JPEG", "MPO"), "png": ("PNG",), "heic": ("HEIF",)}
PREVIEW_PIXELS = 2600
PAGE_PIXELS = 1100
PAGE_BYTES = 80 * 1024


def _opened(kind: str, source: Path) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    if kind == "heic":
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False)
    try:
        return Image.open(source, formats=FORMATS[kind])
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise Refused("too_many_pixels") from error


def _plain(image: Image.Image) -> Image.Image:
    """RGB pixels only, upright; transparent parts become white."""
    upright = ImageOps.exif_transpose(image)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        layer = upright.convert("RGBA")
        paper = Image.new("RGB", layer.size, "white")
        paper.paste(layer, mask=layer.getchannel("A"))
        return paper
    if upright.mode.startswith("I"):  # 16 bits a channel: Pillow would clip instead of scale
        upright = upright.convert("I").point(lambda value: value / 256)
    plain = upright.convert("RGB")
    plain.info = {}
    return plain


def preview(kind: str, source: Path, target: Path) -> None:
    """Write the preview. Broken or cut → any exception of the decoder; too large → Refused."""
    image = _opened(kind, source)
    image.draft("RGB", (PREVIEW_PIXELS, PREVIEW_PIXELS))
    image.load()
    image.thumbnail((PREVIEW_PIXELS, PREVIEW_PIXELS))
    _plain(image).save(target, "JPEG", quality=85)


def small(source: Path, target: Path) -> None:
    """A light picture of a preview for the review desk, about 80 KB at most."""
    save_small(_opened("jpg", source), target)


def save_small(image: Image.Image, target: Path) -> None:
    """Write ``image`` as JPEG, coarser until it is light enough."""
    image.thumbnail((PAGE_PIXELS, PAGE_PIXELS * 2))
    plain = image.convert("RGB")
    for quality in (72, 55, 40):
        plain.save(target, "JPEG", quality=quality, optimize=True)
        if target.stat().st_size <= PAGE_BYTES:
            return
    plain.thumbnail((PAGE_PIXELS * 2 // 3, PAGE_PIXELS * 4 // 3))
    plain.save(target, "JPEG", quality=40, optimize=True)
