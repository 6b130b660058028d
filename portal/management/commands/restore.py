"""`manage.py restore FILE --identity KEYFILE`: bring an encrypted dump into this database, which must be empty (REL-56).

What comes of it is held from its first second: run ``close_again`` (SEC-68), reconcile, then ``outgoing release``. Run as owner.
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from portal import backups, holding
from portal.closed_list import still_open


def _closed_since() -> str:
    """What the list outside says of accounts that this backup holds open."""
    try:
        found = still_open(settings.ANCHORS_DIR) if settings.ANCHORS_DIR else []
    except OSError as error:
        return (
            f"the list of closed accounts cannot be read ({error}): `close_again` before anything is released"
        )
    return f"{len(found)} accounts were closed since this backup" + (": run `close_again`" if found else "")


class Command(BaseCommand):
    """Restores; never over anything."""

    help = "Restore an encrypted dump into this empty database and hold everything that would leave it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which dump, and the key that opens it."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--identity", type=Path, required=True, help="file with the private key")

    def handle(self, *args: Any, **options: Any) -> None:
        """CommandError when the database is not empty or the dump does not go in whole."""
        if settings.DATABASE_ROLE != "owner":
            raise CommandError("restore must run as owner: set PORTAL_DB_ROLE=owner.")
        if connection.introspection.table_names():
            raise CommandError("this database is not empty; make a new one.")
        try:
            keys = backups.identities(options["identity"])
            expected = backups.facts_of(options["file"], keys)
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        connection.close()
        backups.restore_into(str(connection.settings_dict["NAME"]), options["file"], keys)
        with backups.connected() as link:
            differing = backups.differences(expected, backups.figures(link))
        if differing:
            raise CommandError("\n".join(differing))
        call_command("prepare_database", verbosity=0)
        if not holding.standing().held:
            raise CommandError(
                "nothing is held: was this dump made by an older version? `outgoing hold --restored`."
            )
        self.stdout.write(f"{len(expected)} figures agree; outbox, texts, refunds and payouts are held")
        self.stdout.write(_closed_since())
