"""Processes start only on the database they belong to (same mode, all migrations applied), and with a receipt key that signs."""

import logging
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.migrations.executor import MigrationExecutor

from common.keyed import later_keys
from portal.env import ConfigurationError
from signer.store import BadStore

log = logging.getLogger(__name__)
MODE_QUERY = "SELECT mode FROM portal_installation WHERE id = 1"
TABLE_QUERY = "SELECT to_regclass('portal_installation') IS NOT NULL"


def database_mode(wrapper: BaseDatabaseWrapper) -> str | None:
    """The mode the database remembers; None before its first `prepare_database`. Two queries, never counted."""
    with wrapper.connection.cursor() as cursor:
        cursor.execute(TABLE_QUERY)
        if not cursor.fetchone()[0]:
            return None
        cursor.execute(MODE_QUERY)
        row = cursor.fetchone()
    return row[0] if row else None


def require_mode(mode: str | None) -> None:
    """Raise ConfigurationError when a database of another mode answered."""
    if mode is not None and mode != settings.PORTAL_MODE:
        raise ConfigurationError(
            f"this database belongs to a {mode} installation, but PORTAL_MODE is {settings.PORTAL_MODE}."
        )


def unapplied_migrations() -> list[str]:
    """Names of migrations the code has and the database has not."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def unknown_later_keys() -> list[str]:
    """Keys that `rotate_keys` laid over values and that this process does not have: it would look for everybody in vain."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ring, key_id FROM portal_keymove ORDER BY id")
        laid = cursor.fetchall()
    return [f"{ring}:{key_id}" for ring, key_id in laid if key_id not in later_keys(ring)]


def refuse_wrong_database() -> None:
    """For processes that serve: ends them on a wrong or unprepared database; an unreachable one may still come."""
    try:
        connection.ensure_connection()
        mode = database_mode(connection)
        missing = unapplied_migrations()
        keyless = [] if mode is None or missing else unknown_later_keys()
    except OperationalError:
        log.warning("database not reachable at start; pages answer 503 until it is")
        return
    except ConfigurationError as error:
        raise SystemExit(f"Start refused: {error}") from None
    finally:
        connection.close()
    if mode is None or missing:
        raise SystemExit(
            "Start refused: the database is not prepared for this version; run `manage.py prepare_database`"
            f" ({', '.join(missing[:5]) or 'mode not recorded'})."
        )
    if keyless:
        raise SystemExit(
            f"Start refused: this database has values under keys that are not set: {', '.join(keyless)}"
            " (INDEX_LATER_KEYS, TOKEN_LATER_KEYS)."
        )


def refuse_useless_receipt_key() -> None:
    """For processes in which people act: ends them when nobody could get a receipt from them (docs/adr/0041)."""
    from eventlog import receipts  # models: this file is imported before Django is set up

    try:
        receipts.public_pem()
    except BadStore as error:
        raise SystemExit(f"Start refused: RECEIPT_KEY_FILE: {error}.") from None


_checked = False


def check_first_connection(connection: Any, **_kwargs: object) -> None:
    """Signal receiver: a process that started while the database was away checks its mode on first contact."""
    global _checked
    if not _checked and connection.vendor == "postgresql":
        require_mode(database_mode(connection))
        _checked = True


connection_created.connect(check_first_connection)
