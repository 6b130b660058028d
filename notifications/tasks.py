"""Celery entry points: send queued texts."""

from __future__ import annotations

from celery import shared_task

from notifications import services


@shared_task(name=services.SEND_DUE)
def send_due() -> int:
    """Send what is queued; safe to run twice."""
    return services.send_due()
