"""Jobs of this app. They hold ids only and may run twice (REL-40)."""

from celery import shared_task

from cases.services import licences
from cases.services.reasons import list_reads
from common import clock


@shared_task(name="cases.check_licences")
def check_licences() -> None:
    """Ask the register of lawyers about licences of agents."""
    licences.check_licences()


@shared_task(name="cases.list_reads")
def list_last_week_of_reads() -> int:
    """The weekly list for the discipline offices; how many courts."""
    return list_reads(clock.today())
