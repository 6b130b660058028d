"""``manage.py ledger_check``: count all books again (REL-02, REL-03)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from payments.services.ledger_check import check_ledger


class Command(BaseCommand):
    """Prints what is wrong in the books and ends with 1 when something is."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        findings = check_ledger().findings
        for found in findings:
            self.stdout.write(f"{found['kind']}: {found['reference']}")
        if findings:
            raise CommandError(f"{len(findings)} findings")
        self.stdout.write("the books are right")
