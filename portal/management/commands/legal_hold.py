"""`manage.py legal_hold list|place|lift --as USERNAME --reason … [--kind person|case|filing --thing UUID] [--hold UUID]`: nothing of a
person, case or application is cleared or erased while a legal hold lasts (SEC-68), on record under a name (SEC-47)."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.services.people import staff_themselves
from common.errors import DomainError
from portal.models import HeldKind, LegalHold
from portal.retention.holds import lift_hold, place_hold


class Command(BaseCommand):
    """Legal holds in force."""

    help = "List legal holds, place one on a person, case or application, or lift one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What, who and why."""
        parser.add_argument("what", choices=["list", "place", "lift"])
        parser.add_argument("--as", dest="username", default="", help="user name of the member of staff")
        parser.add_argument("--reason", default="")
        parser.add_argument("--kind", choices=HeldKind.values, default=HeldKind.CASE)
        parser.add_argument("--thing", type=UUID, help="place: public id of the person, case or application")
        parser.add_argument("--hold", type=UUID, help="lift: id of the hold")

    def handle(self, *args: Any, **options: Any) -> None:
        """CommandError with the reason when it cannot be."""
        what, reason = options["what"], options["reason"]
        needed = {"place": "thing", "lift": "hold"}.get(what, "")
        if needed and options[needed] is None:
            raise CommandError(f"--{needed} is missing.")
        if needed:
            user = User.objects.filter(username=options["username"], kind="staff", is_active=True).first()
            if user is None:
                raise CommandError("--as names no member of staff.")
            actor = staff_themselves(user)
        try:
            if what == "place":
                kind = HeldKind(options["kind"])
                place_hold(kind=kind, thing=options["thing"], reason=reason, actor=actor)
            elif what == "lift":
                lift_hold(public_id=options["hold"], reason=reason, actor=actor)
        except DomainError as error:
            raise CommandError(str(error)) from error
        for row in LegalHold.objects.filter(lifted_at=None).order_by("id"):
            self.stdout.write(
                f"{row.public_id} {row.kind} {row.thing} since {row.placed_at:%Y-%m-%d}: {row.reason}"
            )
