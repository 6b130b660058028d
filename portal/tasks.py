"""Housekeeping of the installation."""

from celery import shared_task
from django.core.management import call_command


@shared_task(name="portal.clear_sessions")
def clear_sessions() -> None:
    """Delete sessions that have expired; safe to run twice."""
    call_command("clearsessions")
