"""`manage.py first_staff --court … --role admin --username … --name … --staff-no …`: the first two administrators of a court.

They are nobody's colleagues yet, so nobody can invite them on `/manage/people/`. With two of a role the command refuses: from then on
two people decide (row 37 of the matrix).
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from accounts.services.staff import invite
from common.actor import Role, system
from common.errors import DomainError
from courts.models import Court
from courts.posts import live_posts
from courts.services import start_post
from eventlog.services import act

ROLES = (Role.ADMIN, Role.DISCIPLINE)


class Command(BaseCommand):
    help = "The first two administrators, or discipline officers, of a court; prints the address at which each sets the password."

    def add_arguments(self, parser: CommandParser) -> None:
        """Court code, role and person."""
        parser.add_argument("--court", required=True)
        parser.add_argument("--role", choices=[role.value for role in ROLES], default=Role.ADMIN.value)
        for name in ("username", "name", "staff-no"):
            parser.add_argument(f"--{name}", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """One person; CommandError where two hold the role already."""
        court = Court.objects.filter(code=options["court"]).first()
        if court is None:
            raise CommandError(f"no court has the code {options['court']}")
        if live_posts().filter(court=court, role=options["role"]).count() >= 2:
            raise CommandError("this court has two already: they invite and decide on /manage/people/")
        actor = system("首批管理员")
        try:
            with act():
                user, token = invite(
                    username=options["username"],
                    name=options["name"],
                    staff_no=options["staff_no"],
                    company="",
                    court_id=court.pk,
                    actor=actor,
                )
                start_post(
                    user_id=user.pk, court_id=court.pk, role=Role(options["role"]), division=None, actor=actor
                )
        except DomainError as error:
            raise CommandError(error.message) from None
        host = settings.STAFF_HOST or settings.SITE_HOST
        scheme = settings.PUBLIC_URL.partition(":")[0]
        self.stdout.write(f"{scheme}://{host}{reverse('accounts:welcome', args=[token])}")
