"""`manage.py emergency_page --out FILE`: the page for another host while the portal is away (REL-51).

One file without script, picture or address of the portal's own: any web server outside the house can show it. Made anew
when hotline, hours or addresses of the courts change.
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.template.loader import render_to_string


class Command(BaseCommand):
    """Writes the file and says where."""

    help = "Write the emergency page for another host."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.add_argument("--out", type=Path, required=True)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write it; an older one is replaced."""
        page = render_to_string(
            "errors/emergency.html",
            {
                "service_name": settings.SERVICE_NAME,
                "court_name": settings.COURT_NAME,
                "hotline": settings.COURT_HOTLINE,
                "hours": settings.HOTLINE_HOURS,
            },
        )
        options["out"].write_text(page, "utf-8")
        self.stdout.write(f"{options['out']}: put it on a host of its own, not beside the portal")
