"""`manage.py take_seal COURT NAME`: from now on the signer's seal NAME stands on the papers of a court."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from common.actor import system
from common.errors import GatewayUnavailable, InvalidInput
from courts.models import Court, Division
from documents.services import take_seal_into_use


class Command(BaseCommand):
    """The seal in use before is ended; its papers stay valid. With ``--division`` for the listed papers of a division."""

    help = "Take a seal of the signer into use for a court, or for some papers of a division."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("court", help="code of the court 法院代字")
        parser.add_argument("name", help="name of the seal at the signer")
        parser.add_argument("--division", default="", help="name of the division")
        parser.add_argument(
            "--papers", nargs="*", default=[], help="templates that the division's seal stands on"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        court = Court.objects.filter(code=options["court"]).first()
        if court is None:
            raise CommandError(f"No court {options['court']}.")
        division = None
        if options["division"]:
            division = Division.objects.filter(court=court, name=options["division"]).first()
            if division is None:
                raise CommandError(f"{court.name} has no {options['division']}.")
        try:
            seal = take_seal_into_use(
                court=court,
                name=options["name"],
                division=division,
                templates=options["papers"],
                actor=system(str(_("文书系统"))),
            )
        except (InvalidInput, GatewayUnavailable, LookupError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{court.name}: {seal.name} since {seal.used_from:%Y-%m-%d %H:%M} UTC")
