"""Work out anew what was 待确认, now that the holidays of its year are known."""

from typing import Any

from django.core.management.base import BaseCommand

from feedback.tasks import confirm


class Command(BaseCommand):
    """What the daily job does, at once: after ``load_domain`` with the holidays of another year."""

    help = "Recompute periods and promises whose year has its holidays by now; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"confirmed: {confirm()}")
