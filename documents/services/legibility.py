"""Whether a photographed page can probably be read: a hint for people, never a decision."""

from __future__ import annotations

import logging
from functools import lru_cache

from django.core.files.storage import default_storage
from PIL import Image, ImageFilter, ImageStat

from documents.models import StoredFile

log = logging.getLogger(__name__)
SIDE = 1000
BLURRED, PALE, DARK = 40.0, 12.0, 45.0
"""Variance of the edges below which a sheet with writing looks blurred, spread of the greys, and mean grey (0-255)."""


def looks_unreadable(file: StoredFile) -> str:
    """``blurred``, ``pale`` or ``dark`` for a photo that looks so, else empty; files that are no photos always empty.

    Looks at the cleaned preview, a few hundredths of a second the first time, kept in memory by its bytes. Empty, too, while the storage
    does not answer (REL-50): the next visitor has the hint again.
    """
    if file.preview_type != "image/jpeg" or not file.preview_key:
        return ""
    try:
        return _judge(file.sha256, file.preview_key)
    except OSError:
        log.warning("a photo could not be looked at", exc_info=True)
        return ""


@lru_cache(maxsize=4096)
def _judge(_sha256: str, key: str) -> str:
    with default_storage.open(key) as stored, Image.open(stored) as image:
        image.draft("L", (SIDE, SIDE))
        grey = image.convert("L")
    grey.thumbnail((SIDE, SIDE))
    light = ImageStat.Stat(grey)
    if light.mean[0] < DARK:
        return "dark"
    if light.stddev[0] < PALE:
        return "pale"
    edges = grey.filter(ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), 1, 128))
    return "blurred" if ImageStat.Stat(edges).var[0] < BLURRED else ""
