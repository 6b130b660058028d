"""``manage.py replay_draw <case number>``: repeat every judge draw of a case from its record."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.assignment import replay
from cases.models import JudgeDraw
from common.case_numbers import normalize


class Command(BaseCommand):
    """Prints each draw with everybody considered; fails when a draw does not come out as recorded."""

    help = "Repeat the judge draws of a case from seed and candidates and compare with who was chosen."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="case number, brackets of any width")

    def handle(self, *args: Any, **options: Any) -> None:
        draws = JudgeDraw.objects.filter(case__number=normalize(options["number"]))
        found = list(draws.select_related("chosen__user").order_by("id"))
        if not found:
            raise CommandError("no draw is recorded for this case number")
        wrong = [draw for draw in found if not self._replay(draw)]
        if wrong:
            raise CommandError(f"{len(wrong)} of {len(found)} draws do not come out as recorded")

    def _replay(self, draw: JudgeDraw) -> bool:
        same = replay(draw)
        self.stdout.write(f"{draw.drawn_at:%Y-%m-%d %H:%M}Z rule={draw.rule} seed={draw.seed}")
        for row in draw.candidates:
            words = row["excluded"] or f"weight {row['weight']}, {row['load']} open cases"
            self.stdout.write(f"  post {row['post']} {row['name']}: {words}")
        self.stdout.write(
            f"  chosen: {draw.chosen.user.name}: {'as recorded' if same else 'NOT as recorded'}"
        )
        return same
