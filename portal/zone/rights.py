"""What each run-time role may do at the wall: given by the owner in ``prepare_database``, safe to repeat (SEC-30)."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from psycopg2 import sql

from accounts.models import User
from cases.models import Case, CaseStaff
from complaints.models import DailyRoot, Head, Piece, Standing, Submission
from courts.models import Court, CourtDay, CourtSetting, Division, StaffPost
from eventlog.guards import is_walled
from notifications.models import Message, NoticeAddress
from portal.models import Installation, KeyMove

READS = (
    User, NoticeAddress, Court, CourtDay, CourtSetting, Division, StaffPost, Case, CaseStaff, Installation, KeyMove,
)  # fmt: skip
"""What the zone must know of the portal: who somebody is and where he gets mail, who reports to whom, who sits in which case."""
CHANGED = (Standing, Head)
"""The only rows of the zone that are changed."""


def _table(name: str) -> sql.Composable:
    schema, _dot, table = name.rpartition('"."')
    return sql.Identifier(schema, table) if schema else sql.Identifier(name)


def grant_zone_rights() -> None:
    """``portal_app`` puts a closed box in, counts, and asks of a box whose id it has when it came; ``portal_zone`` works inside and reads little outside."""
    zone, app = sql.Identifier(settings.ZONE_ROLE), sql.Identifier(settings.APP_ROLE)
    with transaction.atomic(), connection.cursor() as cursor:

        def run(text: str, name: str = "") -> None:
            cursor.execute(sql.SQL(text).format(table=_table(name or "-"), zone=zone, app=app))

        for role in ("{zone}", "{app}"):
            run(f"GRANT USAGE ON SCHEMA zone TO {role}")
            run(f"REVOKE ALL ON ALL TABLES IN SCHEMA zone FROM {role}")
        run("GRANT INSERT ON {table} TO {app}", Submission._meta.db_table)
        run("GRANT INSERT ON {table} TO {app}", Piece._meta.db_table)
        for role in ("{app}", "{zone}"):
            run(
                "GRANT EXECUTE ON FUNCTION zone.hour_salt(timestamptz), zone.count_one(timestamptz, text)"
                f" TO {role}"
            )
        run("GRANT EXECUTE ON FUNCTION zone.taken(uuid) TO {app}")
        for model in apps.get_models():
            if is_walled(model):
                run("GRANT SELECT, INSERT ON {table} TO {zone}", model._meta.db_table)
        for model in CHANGED:
            run("GRANT UPDATE ON {table} TO {zone}", model._meta.db_table)
        # pieces of files that nobody sent; a trigger keeps those of matters
        run("GRANT DELETE ON {table} TO {zone}", Piece._meta.db_table)
        run("GRANT USAGE ON SCHEMA public TO {zone}")
        run("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {zone}")
        for model in READS:
            run("GRANT SELECT ON {table} TO {zone}", model._meta.db_table)
        run("GRANT SELECT ON django_migrations TO {zone}")
        # the sign-in that the public process made; it goes on being used here, and ends here when it stood idle
        run("GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {zone}", Session._meta.db_table)
        run("GRANT SELECT, INSERT ON {table} TO {zone}", DailyRoot._meta.db_table)
        run("REVOKE INSERT, UPDATE, DELETE ON {table} FROM {app}", DailyRoot._meta.db_table)
        # a notice to an author: written here, sent by the worker, never read again (SEC-37)
        run("GRANT INSERT, SELECT (id) ON {table} TO {zone}", Message._meta.db_table)
        run("GRANT USAGE ON ALL SEQUENCES IN SCHEMA zone TO {zone}")
        run("GRANT USAGE ON SEQUENCE {table} TO {zone}", f"{Message._meta.db_table}_id_seq")
