"""`manage.py record_schema FILE`: write down what a release's code reads and writes, for the tests of the next one (REL-57).

Run at each release, on a database of exactly that release, and commit the file (tests/infra/schema_of_last_release.json).
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from portal.schema_record import record


class Command(BaseCommand):
    """Writes the record."""

    help = "Write down tables, columns and migrations of this release."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """One line for each table, so that a change of the file can be read."""
        found = record()
        tables = ",\n".join(
            f"  {json.dumps(table)}: {json.dumps(row)}" for table, row in found["columns"].items()
        )
        names = ",\n".join(f"  {json.dumps(name)}" for name in found["migrations"])
        options["file"].write_text(f'{{"migrations": [\n{names}\n], "columns": {{\n{tables}\n}}}}\n')
        self.stdout.write(f"{len(found['columns'])} tables, {len(found['migrations'])} migrations")
