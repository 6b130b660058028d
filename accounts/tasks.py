"""Jobs of this app. They hold ids only and may run twice (REL-40)."""

from __future__ import annotations

from celery import shared_task

from accounts.services import real_names
from accounts.services.phones import finish_due


@shared_task(name="accounts.finish_phone_changes")
def finish_phone_changes() -> int:
    """Changes of phone whose day of waiting is over; safe to run twice and in parallel."""
    return finish_due()


@shared_task(name="accounts.check_real_names")
def check_real_names() -> None:
    """Ask the register again for everybody it could not answer for."""
    real_names.ask_again()
