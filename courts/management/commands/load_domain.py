"""Load the law's facts (courts, causes, type codes, holidays, questions) from the files of each app."""

from importlib import import_module
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.utils.module_loading import module_has_submodule


class Command(BaseCommand):
    """Every app with a ``domain`` module has a ``load()`` there that returns rows per table. Safe to repeat."""

    help = "Load courts, causes, type codes, holidays and questions from the data files; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        for config in apps.get_app_configs():
            if config.module is not None and module_has_submodule(config.module, "domain"):
                counts: dict[str, int] = import_module(f"{config.name}.domain").load()
                for table, count in counts.items():
                    self.stdout.write(f"{config.label}: {count} {table}")
