"""`manage.py rotate_keys [--check]`: personal columns under an older key or another cipher are encrypted anew with the first one,
and the last of the later keys is laid over indexes and hashes of codes (SEC-66; the latter in ``portal.key_moves``).

Both keys stand in the environment and every process was restarted with them; then this runs beside the traffic, as owner: rows
that are never changed are among them, and only their owner may lift the guard, for the length of one batch. Each batch is a
transaction of its own; a killed run is started again and does the rest. When nothing is left the older key may go.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from cryptography.exceptions import InvalidTag
from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, models, transaction
from psycopg2 import sql
from psycopg2.extras import execute_values

from common import crypto, keyed
from common.fields import EncryptedTextField
from eventlog.guards import is_walled
from portal.key_moves import Busy, lay_later_keys, left_under_older

Column = tuple[type[models.Model], EncryptedTextField]


def encrypted_columns() -> Iterator[Column]:
    """Every encrypted column of the portal's own schema."""
    for model in apps.get_models():
        if not is_walled(model):
            for field in model._meta.local_concrete_fields:
                if isinstance(field, EncryptedTextField):
                    yield model, field


class Command(BaseCommand):
    """Re-encrypts, or with --check only counts."""

    help = "Bring personal columns, indexes and hashes of codes under the newest keys. Needs PORTAL_DB_ROLE=owner."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much at once."""
        parser.add_argument("--check", action="store_true", help="only count what is left")
        parser.add_argument("--batch", type=int, default=500, help="rows of a transaction")

    def handle(self, *_args: Any, **options: Any) -> None:
        """CommandError when something cannot be read or, with --check, when something is left."""
        if settings.DATABASE_ROLE != "owner":
            raise CommandError("rotate_keys must run as owner: set PORTAL_DB_ROLE=owner.")
        if options["batch"] < 1:
            raise CommandError("--batch must be at least 1.")
        done, laid = (0, 0) if options["check"] else (encrypt_anew(options["batch"]), _lay(options["batch"]))
        left = left_as_they_were()
        hashes = sum(left_under_older(ring) for ring in keyed.LOCKS)
        self.stdout.write(f"rotate_keys: {done} values encrypted anew, {left} left under older keys")
        self.stdout.write(f"rotate_keys: {laid} hashes under the last key, {hashes} not yet")
        if (left or hashes) and options["check"]:
            raise CommandError("older keys are still needed.")


def encrypt_anew(size: int) -> int:
    """Every encrypted value under the first key, ``size`` rows a transaction; how many were not. CommandError for one that cannot be read."""
    done = 0
    for model, field in encrypted_columns():
        last = -1
        while batch := _one_batch(model, field, size, last):
            done, last = done + len(batch), batch[-1]
    return done


def left_as_they_were() -> int:
    """How many encrypted values are not under the first key and the cipher of now."""
    return sum(_older(model, field) for model, field in encrypted_columns())


def _lay(size: int) -> int:
    try:
        return lay_later_keys(size)
    except KeyError as error:
        raise CommandError(
            f"this database has values under keys that are not set: {error.args[0]}."
        ) from None
    except Busy as error:
        raise CommandError(f"{error} did not get its locks for minutes; run it again.") from None


def _names(model: type[models.Model], field: EncryptedTextField) -> dict[str, sql.Composable]:
    assert model._meta.pk is not None  # noqa: S101  (every model has one; for the type checker)
    return {
        "table": sql.Identifier(model._meta.db_table),
        "pk": sql.Identifier(model._meta.pk.column),
        "column": sql.Identifier(field.column),
        "guard": sql.Identifier(f"{model._meta.db_table}_rows_guard"),
    }


def _older(model: type[models.Model], field: EncryptedTextField) -> int:
    statement = sql.SQL("SELECT count(*) FROM {table} WHERE {column} <> '' AND NOT starts_with({column}, %s)")
    with connection.cursor() as cursor:
        cursor.execute(statement.format(**_names(model, field)), [f"{crypto.label()}:"])
        return int(cursor.fetchone()[0])


def _one_batch(model: type[models.Model], field: EncryptedTextField, size: int, last: int) -> list[int]:
    """Keys of the rows of one transaction, in order; empty at the end. The rows are locked while it lasts."""
    names = _names(model, field)
    chosen = sql.SQL(
        "SELECT {pk}, {column} FROM {table} WHERE {pk} > %s AND {column} <> '' AND NOT starts_with({column}, %s)"
        " ORDER BY {pk} LIMIT %s FOR UPDATE"
    ).format(**names)
    change = sql.SQL(
        "UPDATE {table} SET {column} = fresh.value FROM (VALUES %s) AS fresh (key, value) WHERE {pk} = fresh.key"
    ).format(**names)
    guarded = getattr(model, "append_only", False)
    with transaction.atomic(), connection.cursor() as cursor:
        if guarded:
            cursor.execute(sql.SQL("ALTER TABLE {table} DISABLE TRIGGER {guard}").format(**names))
        cursor.execute(chosen, [last, f"{crypto.label()}:", size])
        rows = cursor.fetchall()
        fresh = [(key, _anew(model, field, key, value)) for key, value in rows]
        if fresh:
            execute_values(cursor.cursor, change, fresh, page_size=size)
        if guarded:
            cursor.execute(sql.SQL("ALTER TABLE {table} ENABLE TRIGGER {guard}").format(**names))
    return [key for key, _value in rows]


def _anew(model: type[models.Model], field: EncryptedTextField, key: int, value: str) -> str:
    context = f"{model._meta.label_lower}.{field.attname}"
    try:
        return crypto.encrypt(crypto.decrypt(value, context=context), context=context)
    except (KeyError, InvalidTag, ValueError) as error:
        raise CommandError(
            f"{context} of row {key} cannot be read ({type(error).__name__}); nothing of this batch was changed."
        ) from None
