"""`manage.py prepare_database`: roles, mode, migrations and grants, in this order. Run as owner; safe to repeat."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from psycopg2 import sql

from eventlog.guards import is_walled
from eventlog.traced import migrate_guarded
from portal import jobs
from portal.env import ConfigurationError, Env
from portal.holding import note_place
from portal.models import Installation
from portal.startup import database_mode, require_mode
from portal.zone.rights import grant_zone_rights

LOCK_ID = 7_202_611_21
READ_ONLY_TABLES = ("django_migrations", "portal_installation", "portal_hold", "portal_keymove")


class Command(BaseCommand):
    """Bring the database to this version of the code and give the run-time role exactly its rights."""

    help = "Create roles, apply migrations, grant rights. Needs PORTAL_DB_ROLE=owner."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Run all steps; another run at the same time waits."""
        if settings.DATABASE_ROLE != "owner":
            raise CommandError("prepare_database must run as owner: set PORTAL_DB_ROLE=owner.")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK_ID])
        try:
            self._require_mode()
            create_role(settings.APP_ROLE, "DATABASE_URL")
            create_role(settings.ZONE_ROLE, "ZONE_DATABASE_URL")
            self._wait_shortly()
            migrate_guarded(
                lambda: call_command("migrate", interactive=False, verbosity=options["verbosity"])
            )
            Installation.objects.get_or_create(pk=1, defaults={"mode": settings.PORTAL_MODE})
            jobs.register()
            note_place()
            grant_rights()
            grant_zone_rights()
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK_ID])

    @staticmethod
    def _wait_shortly() -> None:
        """No migration waits long for a lock, behind a pooler neither: it fails instead of stopping the traffic (REL-57)."""
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '5s'")

    @staticmethod
    def _require_mode() -> None:
        try:
            require_mode(database_mode(connection))
        except ConfigurationError as error:
            raise CommandError(str(error)) from None


def create_role(name: str, variable: str) -> None:
    """A run-time role: no superuser, no schema changes, with time-outs (REL-35).

    Separate logins (production): the role gets the password of its address in ``variable``. One machine: it cannot log
    in, the trusted owner steps down to it.
    """
    role = sql.Identifier(name)
    attributes: list[sql.Composable] = [sql.SQL("NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS")]
    env = Env()
    if env.text("OWNER_DATABASE_URL", ""):
        login = env.database(variable)
        if login["USER"] != name:
            raise CommandError(f"{variable} must sign in as {name}, not as {login['USER']}.")
        attributes.append(sql.SQL("LOGIN PASSWORD {}").format(sql.Literal(login["PASSWORD"])))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        verb = sql.SQL("ALTER ROLE" if cursor.fetchone() else "CREATE ROLE")
        cursor.execute(sql.SQL("{} {} {}").format(verb, role, sql.SQL(" ").join(attributes)))
        for key, milliseconds in settings.TIMEOUTS_MS.items():
            statement = sql.SQL("ALTER ROLE {} SET {} = {}")
            cursor.execute(statement.format(role, sql.Identifier(key), sql.Literal(f"{milliseconds}ms")))


def grant_rights() -> None:
    """Everything on ordinary tables, only reading and adding on append-only ones (SEC-40), TRUNCATE on none."""
    role = sql.Identifier(settings.APP_ROLE)
    append_only = [
        model._meta.db_table
        for model in apps.get_models()
        if getattr(model, "append_only", False) and not is_walled(model)
    ]
    with transaction.atomic(), connection.cursor() as cursor:

        def run(text: str, *names: str) -> None:
            cursor.execute(sql.SQL(text).format(*[sql.Identifier(name) for name in names], role=role))

        run("GRANT USAGE ON SCHEMA public TO {role}")
        run("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        run("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
        run("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
        run("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
        for table in append_only:
            run("REVOKE UPDATE, DELETE ON {} FROM {role}", table)
        for table in READ_ONLY_TABLES:
            run("REVOKE INSERT, UPDATE, DELETE ON {} FROM {role}", table)
