"""`manage.py close_again [--do --as USERNAME] [--list PLACE]`: after a restore, accounts that were closed since that backup (SEC-68).

Without `--do` it only says which and what would go. With it each is erased as it was then, on record under the name of a member of staff
(SEC-47). No second person is asked: two decided it, before this database was brought back (docs/adr/0033). May be run again at any time.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.services.people import staff_themselves
from common.errors import Conflict
from portal.closed_list import still_open
from portal.closing_services import close_again, plan_of


class Command(BaseCommand):
    """Closes again what a restored database holds open."""

    help = "Say which accounts were closed since this backup was made, or close them again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Look first."""
        parser.add_argument("--do", action="store_true", help="close them; without it nothing is changed")
        parser.add_argument("--as", dest="username", default="", help="user name of the member of staff")
        parser.add_argument("--list", help="folder or bucket of the list; ANCHORS_DIR when not named")

    def handle(self, *args: Any, **options: Any) -> None:
        """CommandError when the list cannot be read, or when one of them cannot be closed yet."""
        address = options["list"] or settings.ANCHORS_DIR
        if not address:
            raise CommandError("closings are listed nowhere: ANCHORS_DIR is not set.")
        actor = None
        if options["do"]:
            staff = User.objects.filter(username=options["username"], kind="staff", is_active=True).first()
            if staff is None:
                raise CommandError("--as names no member of staff.")
            actor = staff_themselves(staff)
        try:
            found = still_open(address)
        except OSError as error:
            raise CommandError(f"{address} cannot be read: {error}") from error
        waiting = 0
        for closed, user in found:
            about = f"{closed.account} closed {closed.at:%Y-%m-%d %H:%M} UTC"
            plan = plan_of(user)
            if plan.against:
                waiting += 1
                self.stdout.write(f"{about}: waits: {' '.join(plan.against)}")
                continue
            if actor is None:
                goes = ", ".join(f"{line.what} {line.number}" for line in plan.goes)
                self.stdout.write(f"{about}: would go: {goes}")
                continue
            try:
                close_again(account=closed.account, decided_at=closed.at, actor=actor)
            except Conflict as error:  # came up meanwhile
                waiting += 1
                self.stdout.write(f"{about}: waits: {error}")
            else:
                self.stdout.write(f"{about}: closed again")
        self.stdout.write(
            f"{len(found)} open here" if actor is None else f"{len(found) - waiting} closed again"
        )
        if waiting:
            raise CommandError(f"{waiting} wait for what comes first here; run it again afterwards.")
