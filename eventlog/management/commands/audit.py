"""`manage.py audit verify [--stream NAME [--from N] [--to N]] [--receipt F …] [--anchors DIR] [--keys F]` and `audit export DIR`.

0 good, 2 broken link, 3 gap, 4 another content than an anchor's, 5 shorter than an anchor or its head, 1 unknown stream.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from eventlog import offline
from eventlog.offline import Claim, Finding, Verdict
from eventlog.selectors import is_known_stream, lost_anchors
from eventlog.verify import export, known_keys, verify, verify_piece


class Command(BaseCommand):
    """Verify the event chains against their anchors and name the first bad place of each stream; or export them."""

    help = "Verify the hash chains of the event log, or export what a stranger needs to do so."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("what", choices=["verify", "export"])
        parser.add_argument("folder", nargs="?", type=Path)
        parser.add_argument("--stream", default=None)
        parser.add_argument("--from", dest="first", type=int, default=None)
        parser.add_argument("--to", dest="last", type=int, default=None)
        parser.add_argument("--receipt", type=Path, action="append", default=[])
        parser.add_argument("--anchors", type=Path, default=None)
        parser.add_argument("--keys", type=Path, default=None)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "export":
            if options["folder"] is None:
                raise CommandError("export where?")
            return export(options["folder"], say=self.stdout.write)
        findings = self._findings(options)
        for event in lost_anchors():
            said = event.payload
            self.stdout.write(
                f"lost in a restore: anchors {said['first']}-{said['last']}, which held {said['entries']} entries,"
                f" {event.happened_at:%Y-%m-%d %H:%M} UTC {event.actor_name}: {said['reason']}"
            )
        for finding in findings:
            self.stdout.write(str(finding))
        if findings:
            sys.exit(int(findings[0].verdict))
        self.stdout.write("good")

    def _findings(self, options: dict[str, Any]) -> list[Finding]:
        stream, first, last = options["stream"], options["first"], options["last"]
        if stream is not None and not is_known_stream(stream):
            raise CommandError("no such stream")
        if first is not None or last is not None:
            if stream is None:
                raise CommandError("--from and --to are places of one --stream")
            return verify_piece(stream, first or 1, last)
        known = offline.read_keys(options["keys"].read_text() if options["keys"] else known_keys())
        claims: list[Claim] = []
        false: list[Finding] = []
        for number, path in enumerate(options["receipt"], start=1):
            claim = offline.claim_in_file(path, known)
            if claim is None:
                false.append(Finding(Verdict.BROKEN, "receipt", number))
            else:
                claims.append(claim)
        return false + verify(stream, anchors=options["anchors"], keys=options["keys"], receipts=claims)
