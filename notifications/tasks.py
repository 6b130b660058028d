"""Celery entry points: send queued texts."""

from __future__ import annotations

from celery import shared_task

from eventlog.tasks import wake
from notifications import services


@shared_task(name="notifications.send_due")
def send_due() -> int:
    """Send what is queued; safe to run twice."""
    return services.send_due()


def wake_sender() -> None:
    """Ask a worker to send now; without a broker beat comes by."""
    wake(send_due)
