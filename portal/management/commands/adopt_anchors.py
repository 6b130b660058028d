"""`manage.py adopt_anchors --as USERNAME --reason … [--anchors PLACE] [--keys FILE]`: after a restore, take over the anchors that were
signed behind this backup, so that the signer signs the next one (SEC-44, docs/adr/0024). Run as owner."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.services.people import staff_themselves
from eventlog import anchors
from eventlog.adopting import NotAdopted, adopt, lying_outside
from portal.holding import LEAST_REASON


class Command(BaseCommand):
    """Goes on behind the newest anchor outside."""

    help = "Take over the anchors that were signed behind this backup."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who, why, and from where."""
        parser.add_argument("--as", dest="username", default="", help="user name of the member of staff")
        parser.add_argument("--reason", default="")
        parser.add_argument(
            "--anchors",
            help="folder, bucket or file (as of /trail/roots.jsonl); ANCHORS_DIR when not named",
        )
        parser.add_argument("--keys", type=Path, help="public keys noted down (as of /trail/keys.pem)")

    def handle(self, *args: Any, **options: Any) -> None:
        """CommandError when nothing can be taken over; then nothing is changed."""
        if settings.DATABASE_ROLE != "owner":
            raise CommandError("adopt_anchors must run as owner: set PORTAL_DB_ROLE=owner.")
        staff = User.objects.filter(username=options["username"], kind="staff", is_active=True).first()
        if staff is None:
            raise CommandError("--as names no member of staff.")
        reason = options["reason"].strip()[:200]
        if len(reason) < LEAST_REASON:
            raise CommandError(f"--reason must say why, in at least {LEAST_REASON} characters.")
        address = options["anchors"] or settings.ANCHORS_DIR
        if not address:
            raise CommandError("anchors lie nowhere: ANCHORS_DIR is not set.")
        try:
            done = adopt(
                lying_outside(address),
                more_keys=options["keys"].read_text() if options["keys"] else "",
                actor=staff_themselves(staff),
                reason=reason,
            )
        except (OSError, ValueError) as error:
            raise CommandError(f"{address} cannot be read: {error}") from error
        except NotAdopted as error:
            raise CommandError(f"{error}.") from error
        following = anchors.cut(now_at_once=True)  # what this backup knows behind its own newest anchor
        self.stdout.write(
            f"anchors {done.first}-{done.last} taken over; they held {done.entries} entries, of which the next"
            " anchor holds what the backup has"
        )
        if following:
            self.stdout.write(f"anchor {following.number} waits for the signer")
