"""Tell open pages that something changed; they fetch themselves again (see ``portal.live``)."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

CHANNEL = "portal_live"


def announce(kind: str, public_id: UUID) -> None:
    """NOTIFY inside the running transaction: nothing is announced that was not committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, f"{kind}:{public_id}"])
