"""Jobs of this app. They hold ids only and may run twice (REL-40)."""

from __future__ import annotations

from celery import shared_task

from assistance.acting_services import end_over


@shared_task(name="assistance.end_acting")
def end_acting() -> int:
    """Consents whose time is over are ended on record, and the person is told what was done."""
    return end_over()
