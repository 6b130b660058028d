"""Reads of scan visits."""

from __future__ import annotations

from cases.models import Party
from qrlinks.models import Visit


def visits_of(party: Party, limit: int = 50) -> list[Visit]:
    """Scan visits in a party's name, newest first; shown to that party only. One query."""
    return list(Visit.objects.filter(party=party).select_related("copy").order_by("-id")[:limit])
