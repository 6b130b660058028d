"""`manage.py seed_demo [--date YYYY-MM-DD]`: the believable demo court, once. Demo and test mode only."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from common import clock
from portal.demo.build import build, is_built, summary


class Command(BaseCommand):
    """Build the demo court through the services; a second run changes nothing."""

    help = "Build the demo court (demo and test mode only)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--date", type=date.fromisoformat, default=None, help="last day of the story; today if left out"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PORTAL_MODE == "production":
            raise CommandError("Demo people do not exist in production.")
        if is_built():
            self.stdout.write("The demo court is there already.")
            return
        build(options["date"] or clock.today())
        self.stdout.write(f"The demo court is built: {summary()}.")
