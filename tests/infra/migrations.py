"""What a migration may do beside running code (REL-57, docs/adr/0031): a lint over the operations themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

BIG = {
    "accounts.user", "cases.case", "cases.party", "documents.storedfile", "eventlog.event", "eventlog.outbox",
    "feedback.message", "filing.filing", "filing.material", "notifications.message",
}  # fmt: skip
"""Tables that no migration may read whole or rewrite."""
GONE = (migrations.RemoveField, migrations.DeleteModel, migrations.RenameField, migrations.RenameModel)
INDEX = (migrations.AddIndex, migrations.RemoveIndex)
SAFE_INDEX = (AddIndexConcurrently, RemoveIndexConcurrently)


def problems(app: str, name: str, migration: Any, before: ProjectState) -> Iterator[str]:
    """Why this migration does not go beside the code of the release before it. ``before``: the state it starts from."""
    state, made = before.clone(), set[str]()
    for operation in migration.operations:
        kind, where = type(operation).__name__, f"{app}.{name}"
        model = f"{app}.{getattr(operation, 'model_name', getattr(operation, 'name', '')).lower()}"
        after = state.clone()
        operation.state_forwards(app, after)
        if isinstance(operation, migrations.CreateModel):
            made.add(f"{app}.{operation.name.lower()}")
        elif isinstance(operation, migrations.RunPython):
            yield f"{where}: {kind}: rows are moved by a command in batches (common.batches)"
        elif isinstance(operation, migrations.RunSQL):
            text = str(operation.sql).upper()
            if (
                any(word in text for word in ("UPDATE ", "DELETE FROM", "INSERT INTO"))
                and "TRIGGER" not in text
            ):
                yield f"{where}: {kind} moves rows: a command does that in batches (common.batches)"
        elif model in made:
            pass
        elif isinstance(operation, GONE):
            yield f"{where}: {kind} of {model}: the release before still reads it"
        elif isinstance(operation, migrations.AddField) and not _is_optional(operation.field):
            yield f"{where}: {model}.{operation.name} is new: null=True or db_default"
        elif isinstance(operation, migrations.AlterField):
            old = state.apps.get_model(*model.split("."))._meta.get_field(operation.name)
            new = after.apps.get_model(*model.split("."))._meta.get_field(operation.name)
            if old.db_type(connection) != new.db_type(connection) and model in BIG:
                yield f"{where}: {model}.{operation.name} changes its type: the table would be written anew"
            if old.null and not new.null:
                yield f"{where}: {model}.{operation.name} becomes required: the release before leaves it empty"
        elif isinstance(operation, INDEX) and not isinstance(operation, SAFE_INDEX) and model in BIG:
            yield f"{where}: {kind} on {model}: concurrently, in a migration that is not atomic"
        state = after


def _is_optional(field: models.Field[Any, Any]) -> bool:
    return field.null or field.db_default is not models.NOT_PROVIDED or field.many_to_many
