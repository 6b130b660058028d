"""How a paper will look, before anybody signs: marked 草稿, without code, seal or number."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pypdfium2
from django.conf import settings
from django.utils.translation import gettext as _

from common.clock import beijing_day
from courts.models import Court
from documents.rendering import codes, typeset
from documents.rendering.templates import TEMPLATES, check

PICTURE_SCALE = 1.35
"""Of the 595 points of A4: readable on a phone, about 60 KB a page."""


def draft_pdf(
    template: str,
    content: dict[str, Any],
    *,
    court: Court,
    addressee: str,
    moment: datetime,
    words: Mapping[str, str] | None = None,
) -> bytes:
    """The pages of one copy as they would be; ``words`` are the court's own. LookupError and ValueError as :func:`templates.check` says."""
    check(template, content)
    mark = _("草稿")
    data = {
        "draft": True,
        "court": {"name": court.name, "address": court.address, "phone": court.phone},
        "title": TEMPLATES[template].title,
        "number": mark,
        "serial": mark,
        "addressee": addressee,
        "issued_on": beijing_day(moment).isoformat(),
        "hotline": settings.COURT_HOTLINE,
        "service_name": settings.SERVICE_NAME,
        "code": {"host": codes.printed_host()},
        "content": content | {"wording": dict(words or {})},
    }
    return typeset.plain_pdf(template, data, moment=moment)


def page_count(pdf: bytes) -> int:
    """How many pages a PDF of our own has; nothing that somebody uploaded is opened in this process."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()


def page_picture(pdf: bytes, number: int) -> bytes | None:
    """Page ``number`` (from 1) of a PDF of our own as a light JPEG; None without such a page.

    Drawn in the request, unlike pages of kept files and papers (``documents.services.pages``): nothing in the PDF came from
    outside, and a draft is another one with every word, so there is nothing to keep.
    """
    document = pypdfium2.PdfDocument(pdf)
    try:
        if not 1 <= number <= len(document):
            return None
        picture = document[number - 1].render(scale=PICTURE_SCALE).to_pil().convert("L")
    finally:
        document.close()
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=70)
    return target.getvalue()
