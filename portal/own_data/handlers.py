"""The worker makes the file that somebody asked for; and ``documents`` is told who opens it."""

from __future__ import annotations

from documents.access import register
from eventlog.models import Event
from eventlog.registry import Mode, on
from portal.own_data.services import OWNER_KIND, make_export, may_open

register(OWNER_KIND, may_open)


@on("portal.data_asked", Mode.OUTSIDE)
def make(event: Event) -> None:
    """Reads much, so outside a transaction; safe to repeat."""
    make_export(event.subject_id)
