"""`manage.py seed_zone`: the demo complaints, inside the zone. Run with the zone's settings; demo and test mode only."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.demo.complained import work_in_demo


class Command(BaseCommand):
    """Open what `seed_demo` put into the zone; a second run changes nothing."""

    help = "Work on the demo complaints (demo and test mode only; portal.zone.settings)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run once."""
        if settings.PORTAL_MODE == "production":
            raise CommandError("Demo complaints do not exist in production.")
        if settings.ZONE_PRIVATE_KEY_FILE is None:
            raise CommandError(
                "Only the zone's process can open complaints: DJANGO_SETTINGS_MODULE=portal.zone.settings."
            )
        work_in_demo()
