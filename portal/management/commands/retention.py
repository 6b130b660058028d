"""`manage.py retention [--dry-run] [--table]`: what the retention table says is over is cleared or blanked; the nightly job does the
same. `--dry-run` only counts, `--table` prints the table."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from portal.retention.carry import carry_out, dry_run
from portal.retention.table import DEEDS, ELSEWHERE, KEPT, RULES


class Command(BaseCommand):
    """Carries the table out, counts, or prints it."""

    help = "Clear what the retention table says is over. Nothing under a legal hold or of a live case goes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Look first."""
        parser.add_argument("--dry-run", action="store_true", help="only count, change nothing")
        parser.add_argument("--table", action="store_true", help="print the table and end")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line for each rule."""
        if options["table"]:
            for rule in RULES:
                self.stdout.write(
                    f"{rule.key}\t{rule.what}\t{rule.days}\t{rule.since}\t{DEEDS[rule.deed]}\t{rule.law}"
                )
            for label, why in sorted((KEPT | ELSEWHERE).items()):
                self.stdout.write(f"{label}\t{why}")
        elif options["dry_run"]:
            for count in dry_run():
                self.stdout.write(f"{count.rule.key}: {count.rows} to {count.rule.deed}")
        else:
            self.stdout.write(f"retention: {carry_out()} rows")
