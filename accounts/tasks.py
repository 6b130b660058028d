"""Celery entry points of accounts."""

from __future__ import annotations

from celery import shared_task

from accounts.services.phones import finish_due


@shared_task(name="accounts.finish_phone_changes")
def finish_phone_changes() -> int:
    """Changes of phone whose day of waiting is over; safe to run twice and in parallel."""
    return finish_due()
