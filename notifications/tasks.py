"""Celery entry points: send queued texts, tell people's own software."""

from __future__ import annotations

from celery import shared_task

from notifications import hook_services, services


@shared_task(name=services.SEND_DUE)
def send_due() -> int:
    """Send what is queued; safe to run twice."""
    return services.send_due()


@shared_task(name=hook_services.SEND_WEBHOOKS)
def send_webhooks() -> int:
    """Send what is due to people's own software; safe to run twice and in parallel."""
    return hook_services.send_due()
