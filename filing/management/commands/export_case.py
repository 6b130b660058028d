"""Writes the open package of a case or an application."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.models import Case
from common.actor import system
from filing.models import Filing
from filing.services.package import export_package


class Command(BaseCommand):
    help = "Write the open case package (case.json, files, hashes.txt) of a case number or a public id."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", help="案号, or the public id of a case or an application")
        parser.add_argument("--out", required=True, type=Path, help="file to write")

    def handle(self, *args: Any, what: str, out: Path, **options: Any) -> None:
        filing = _filing_of(what)
        if filing is None:
            raise CommandError(f"nothing is called {what}")
        with export_package(filing=filing, actor=system("export_case")) as package, out.open("xb") as target:
            shutil.copyfileobj(package, target)
        self.stdout.write(f"{out}")


def _filing_of(what: str) -> Filing | None:
    filings = Filing.objects.select_related("deciding_court", "cause", "applicant")
    try:
        public_id = UUID(what)
    except ValueError:
        case = Case.objects.filter(number=what).first()
        return filings.filter(public_id=case.filing_public_id).first() if case else None
    case = Case.objects.filter(public_id=public_id).first()
    return filings.filter(public_id=case.filing_public_id if case else public_id).first()
