"""One copy of a paper, from its data to signed bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from common.clock import beijing_day
from documents.rendering import codes, qr, sign, typeset


@dataclass(frozen=True)
class CopyToPrint:
    """All that stands on one copy."""

    template: str
    title: str
    number: str
    serial: str
    addressee: str
    court_name: str
    court_address: str
    court_phone: str
    content: dict[str, Any]


def render(copy: CopyToPrint, printed: codes.CopyCodes, *, moment: datetime) -> bytes:
    """The signed PDF/A of one copy; ``moment`` is the time of issue. Takes about a tenth of a second of one core."""
    data = {
        "court": {"name": copy.court_name, "address": copy.court_address, "phone": copy.court_phone},
        "title": copy.title,
        "number": copy.number,
        "serial": copy.serial,
        "addressee": copy.addressee,
        "issued_on": beijing_day(moment).isoformat(),
        "hotline": settings.COURT_HOTLINE,
        "service_name": settings.SERVICE_NAME,
        "code": {
            "qr": qr.svg(codes.printed_address(printed.token)),
            "host": codes.printed_host(),
            "service_code": printed.service_code,
            "check_code": printed.check_code,
        },
        "content": copy.content,
    }
    return sign.sign(
        typeset.typeset(copy.template, data, moment=moment), court_name=copy.court_name, moment=moment
    )
