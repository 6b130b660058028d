"""One copy of a paper, from its data to signed bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings

from common import qr
from common.clock import beijing_day
from documents.rendering import codes, typeset
from documents.rendering.sign import PadesSealer
from documents.rendering.sign_national import VendorSealer
from documents.sealing import Sealer, SealInUse


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
    seal: SealInUse | None = None
    """None: the seal of the installation's court."""


SEALERS: dict[str, Callable[[], Sealer]] = {"own": PadesSealer, "vendor": VendorSealer}
"""By the setting SEALER: our signer's ECDSA P-256 (PAdES), or a vendor's national seal (SM2)."""


@lru_cache(maxsize=2)
def _sealer(kind: str, _signer: str, _stamps: str) -> Sealer:
    return SEALERS[kind]()


def sealer() -> Sealer:
    """The one way papers get their seal here; made anew when the settings name other services."""
    address = settings.SIGNER_URL if settings.SEALER == "own" else settings.VENDOR_SEAL_URL
    return _sealer(settings.SEALER, address, settings.TSA_URL)


def default_seal(court_name: str) -> SealInUse:
    """The seal of a court that has no row of its own; in the demo it says that it is one."""
    below = "" if settings.PORTAL_MODE == "production" else "演示电子章"
    return SealInUse(settings.SEAL_NAME, court_name, below)


def render(copy: CopyToPrint, printed: codes.CopyCodes, *, moment: datetime) -> bytes:
    """The sealed PDF/A of one copy; ``moment`` is the time of issue. Takes about a tenth of a second of one core.

    GatewayUnavailable while signer or time stamp do not answer.
    """
    return sealer().seal(
        pages(copy, printed, moment=moment),
        seal=copy.seal or default_seal(copy.court_name),
        reference=copy.serial,
        moment=moment,
    )


def pages(copy: CopyToPrint, printed: codes.CopyCodes, *, moment: datetime) -> typeset.Typeset:
    """The same without its seal."""
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
    return typeset.typeset(copy.template, data, moment=moment)
