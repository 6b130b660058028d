"""Celery entry points: send queued texts."""

from __future__ import annotations

import logging

from celery import shared_task

from notifications import services

log = logging.getLogger(__name__)


@shared_task(name="notifications.send_due")
def send_due() -> int:
    """Send what is queued; safe to run twice."""
    return services.send_due()


def wake_sender() -> None:
    """Ask a worker to send now; without a broker beat comes by."""
    try:
        send_due.apply_async(retry=False, ignore_result=True)
    except Exception:  # the message row is committed; the sweep finds it
        log.warning("broker not reachable, texts wait for the sweep")
