"""`manage.py outgoing status|hold|release [--restored] [--despite] [--as USERNAME] [--reason …]`: outbox, texts, refunds and
payouts wait, or leave again (REL-56). Holding and releasing run as owner, under the name of a member of staff (SEC-47)."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.services.people import staff_themselves
from common.actor import Actor
from common.errors import DomainError
from portal import holding
from portal.models import Hold


class Command(BaseCommand):
    """What is held after a restore."""

    help = "Say whether anything may leave, hold it, or release it after everything was reconciled."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who and why."""
        parser.add_argument("what", choices=["status", "hold", "release"])
        parser.add_argument("--as", dest="username", default="", help="user name of the member of staff")
        parser.add_argument("--reason", default="")
        parser.add_argument("--restored", action="store_true", help="hold: this is an earlier state")
        parser.add_argument("--despite", action="store_true", help="release: although days do not agree")

    def handle(self, *args: Any, **options: Any) -> None:
        """CommandError with the reason when it cannot be."""
        try:
            if options["what"] == "hold":
                holding.hold(reason=options["reason"], actor=_actor(options), restored=options["restored"])
            elif options["what"] == "release":
                holding.release(reason=options["reason"], actor=_actor(options), despite=options["despite"])
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("held" if holding.standing().held else "nothing is held")
        for row in Hold.objects.order_by("id"):
            end = f"{row.released_at:%Y-%m-%d %H:%M} UTC: {row.release_reason}" if row.released_at else "open"
            self.stdout.write(f"{row.since:%Y-%m-%d %H:%M} UTC {row.reason} – {end}")


def _actor(options: dict[str, Any]) -> Actor:
    if settings.DATABASE_ROLE != "owner":
        raise CommandError("outgoing hold and release must run as owner: set PORTAL_DB_ROLE=owner.")
    user = User.objects.filter(username=options["username"], kind="staff", is_active=True).first()
    if user is None:
        raise CommandError("--as names no member of staff.")
    return staff_themselves(user)
