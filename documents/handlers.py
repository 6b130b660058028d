"""What this app does after its own events. A handler calls a service."""

from __future__ import annotations

from documents.services import issue_copy
from eventlog.models import Event
from eventlog.registry import Mode, on


@on("documents.copy_requested", Mode.OUTSIDE)
def make_pages(event: Event) -> None:
    """Typeset, sign and store the copy; safe to repeat."""
    issue_copy(copy_id=event.subject_id)
