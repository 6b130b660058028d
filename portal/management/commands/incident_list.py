"""`manage.py incident_list --as USERNAME --reason … --out FILE [--account NAME] [--case UUID …] [--since DAY] [--until DAY]`: which cases
and people an incident concerns, with the phones at which they can be told (SEC-69). The file is for one's eyes only (mode 0600)."""

from __future__ import annotations

import argparse
import csv
import os
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.services.people import staff_themselves
from common import clock
from common.errors import DomainError
from common.tables import BOM, safe
from portal.incidents import HEADING, affected_by, record_listing


class Command(BaseCommand):
    """A table for who has to tell people; its making is on record."""

    help = "List the cases and people that an incident concerns."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """What happened, when, and who asks."""
        parser.add_argument("--as", dest="username", required=True, help="user name of the member of staff")
        parser.add_argument("--reason", required=True)
        parser.add_argument("--out", type=Path, required=True, help="a new file")
        parser.add_argument("--account", default="", help="user name or public id of the account in question")
        parser.add_argument("--case", dest="cases", type=UUID, action="append", default=[], help="public id")
        parser.add_argument(
            "--since", type=date.fromisoformat, default=date(2000, 1, 1), help="first day, Beijing"
        )
        parser.add_argument("--until", type=date.fromisoformat, default=None, help="last day, Beijing")

    def handle(self, *args: Any, **options: Any) -> None:
        """CommandError when it cannot be; then nothing is written."""
        user = User.objects.filter(username=options["username"], kind="staff", is_active=True).first()
        if user is None:
            raise CommandError("--as names no member of staff.")
        account = _account(options["account"])
        if account is None and not options["cases"]:
            raise CommandError("name an --account or a --case.")
        if options["out"].exists():
            raise CommandError("--out is there already.")
        found = affected_by(
            account=account,
            case_ids=options["cases"],
            since=datetime.combine(options["since"], time.min, clock.BEIJING),
            until=datetime.combine(options["until"] or clock.today(), time.max, clock.BEIJING),
        )
        try:
            record_listing(
                found, account=account, reason=options["reason"], actor=staff_themselves(user), subject=user
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        lines = found.lines
        _write(options["out"], lines)
        self.stdout.write(f"{len(found.cases)} cases, {len(found.filings)} applications, {len(lines)} lines")


def _account(name: str) -> User | None:
    if not name:
        return None
    found = User.objects.filter(username=name).first()
    if found is None and len(name) == 36:
        found = User.objects.filter(public_id=name).first()
    if found is None:
        raise CommandError("no such account.")
    return found


def _write(path: Path, lines: list[list[str]]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as target:
        target.write(BOM)
        writer = csv.writer(target)
        for line in [list(HEADING), *lines]:
            writer.writerow([safe(cell) for cell in line])
