"""Jobs of this app. They hold ids only and may run twice (REL-40)."""

from celery import shared_task

from cases.services import licences


@shared_task(name="cases.check_licences")
def check_licences() -> None:
    """Ask the register of lawyers about licences of agents."""
    licences.check_licences()
