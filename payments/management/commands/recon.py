"""``manage.py recon run --date D [--gateway G]``: reconcile a day again (REL-16)."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.errors import InvalidInput
from payments.services.recon import run_day


class Command(BaseCommand):
    """Fetches the bills of a day, compares them with the books and says what differs. Ends with 1 when a bill is missing."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["run"])
        parser.add_argument(
            "--date", required=True, type=date.fromisoformat, help="a day in Beijing, as 2026-03-02"
        )
        parser.add_argument("--gateway", default="", help="only this one, or bank")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outcomes = run_day(day=options["date"], only=options["gateway"])
        except InvalidInput as error:
            raise CommandError(error.message) from None
        for outcome in outcomes:
            told = f"{outcome.lines} lines, {outcome.differences} differences"
            self.stdout.write(
                f"{outcome.gateway} {outcome.day}: {told if outcome.available else 'no bill yet'}"
            )
        if not all(outcome.available for outcome in outcomes):
            raise CommandError("a gateway has no bill of this day; run again later")
