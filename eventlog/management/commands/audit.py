"""`manage.py audit verify [--stream NAME]`: 0 good, 2 broken link, 3 gap, 5 tail shorter than its head, 1 unknown stream."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from eventlog.selectors import is_known_stream
from eventlog.verify import verify


class Command(BaseCommand):
    """Verify the event chains and name the first bad place of each stream."""

    help = "Verify the hash chains of the event log."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("what", choices=["verify"])
        parser.add_argument("--stream", default=None)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["stream"] is not None and not is_known_stream(options["stream"]):
            raise CommandError("no such stream")
        findings = verify(options["stream"])
        for finding in findings:
            self.stdout.write(f"{finding.verdict.name.lower()} {finding.stream} {finding.seq}")
        if findings:
            sys.exit(int(findings[0].verdict))
        self.stdout.write("good")
