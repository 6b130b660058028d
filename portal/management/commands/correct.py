"""`manage.py correct PLAN.json [--as USERNAME]`: mend wrong values in the database, by two (SEC-47, docs/adr/0025).

Without ``--as`` a dry run: before, after, and whose rows they are; nothing is changed. With it the plan is put before a second
person, who agrees at /manage/corrections/ and thereby carries it out.
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.actor import Actor, Kind, Role
from common.errors import DomainError
from courts.posts import live_posts
from portal import correction_plans
from portal import correction_services as corrections


class Command(BaseCommand):
    """Show a plan of corrections, or propose it."""

    help = "Show what a plan of corrections would change; with --as put it before a second person."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The plan, and who proposes it."""
        parser.add_argument("plan", type=Path)
        parser.add_argument("--as", dest="username", default="", help="user name of the administrator")

    def handle(self, *args: Any, **options: Any) -> None:
        """CommandError with the reason when it cannot be."""
        try:
            plan = correction_plans.read(options["plan"].read_text(encoding="utf-8"))
            found = corrections.dry_run(plan)
            for one in correction_plans.shown(plan):
                self.stdout.write(
                    f"{one['place']} {one['what']}: {' → '.join(value['value'] or '-' for value in one['values'])}"
                )
            for stream, _keys in found.streams:
                self.stdout.write(f"on record in {stream}")
            if options["username"]:
                row = corrections.propose(plan, actor=_administrator(options["username"]))
                self.stdout.write(f"proposed {row.public_id}: waits for a second person")
            else:
                self.stdout.write("dry run: nothing was changed")
        except OSError as error:
            raise CommandError(str(error)) from error
        except DomainError as error:
            raise CommandError(error.message) from error


def _administrator(username: str) -> Actor:
    post = live_posts().filter(user__username=username, role=Role.ADMIN).select_related("user").first()
    if post is None:
        raise CommandError("--as names no administrator.")
    return Actor(
        kind=Kind.STAFF,
        role=Role.ADMIN,
        user_id=post.user_id,
        post_id=post.pk,
        court_id=post.court_id,
        division_id=post.division_id,
        name=post.user.name,
        staff_no=post.user.staff_no,
        channel="command",
    )
