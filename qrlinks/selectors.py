"""Reads of scan visits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cases.models import Party
from common.actor import ScanPass
from documents.models import Copy
from qrlinks.models import Visit


def visits_of(parties: Iterable[Party], limit: int = 50) -> list[Visit]:
    """Scan visits in the names of these parties, newest first; shown to them only. One query."""
    found = Visit.objects.filter(party__in=list(parties)).select_related("copy__paper").order_by("-id")
    return list(found[:limit])


@dataclass(frozen=True)
class ScanView:
    """What the banner of a scan login says: until when, and the paper in hand for comparing (SEC-24)."""

    until: datetime
    copy: Copy


def scan_view(scan: ScanPass) -> ScanView:
    """Serial and check code are shown after the second factor only. One query."""
    return ScanView(scan.expires_at, Copy.objects.select_related("paper").get(pk=scan.copy_id))
