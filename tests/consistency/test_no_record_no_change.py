"""Every act that a page reaches, while the trail takes no entry: the person is told, and nothing has changed (SEC-42)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import pytest
from django.db import connection

from tests.consistency.access_table import Row
from tests.consistency.test_access import FORMS, MAY_COUNT, ask, changed_since, written
from tests.consistency.world import World
from tests.support.database import Cleaner
from tests.support.length import FULL_LENGTH

SOME = 6
"""Without full length every sixth form is tried, the same ones each time."""
TRIED = [row for row in FORMS if FULL_LENGTH or zlib.crc32(row.key.encode()) % SOME == 0]
RECORD = "eventlog_event"
SILENT = {
    # an application that nobody but its writer has seen yet: the submission is the act, with all of it
    "filing:agent", "filing:agent_new", "filing:agent_remove", "filing:capacity", "filing:delivery", "filing:group",
    "filing:material_remove", "filing:page", "filing:people_list", "filing:person", "filing:person_new", "filing:person_remove",
    "filing:claim",  # a lease of some minutes; what is decided under it has its entry
    "filing:view_remove", "feedback:read", "pages:notices_read",  # one's own marks and saved searches
    "feedback:answer_survey",  # without a name on purpose
    "qrlinks:verify",  # a code is asked for; the entry is the visit
    "payments:check", "notifications:webhook_confirm",  # whether the gateway or the address answers; what it confirms has its entry
    "complaints:start",  # the zone's tables and its own chain
}  # fmt: skip
"""What writes without an entry, and why."""
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def guard(world: World, django_db_setup: Cleaner) -> Iterator[None]:
    """Entries are refused while a transaction says ``test.refuse``."""
    with django_db_setup.link.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse_entry() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF current_setting('test.refuse', true) = 'on' THEN"
            " RAISE EXCEPTION 'told to' USING ERRCODE = '40001'; END IF; RETURN NEW; END $$"
        )
        cursor.execute(
            f"CREATE TRIGGER refuse_entry BEFORE INSERT ON {RECORD}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_entry()"
        )
        yield
        cursor.execute("DROP FUNCTION refuse_entry() CASCADE")


def contents(tables: set[str]) -> dict[str, tuple[int, int]]:
    """Rows of these tables, as their number and a sum over what stands in them."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(tables):
            cursor.execute(f"SELECT count(*), coalesce(sum(hashtext(t::text)::bigint), 0) FROM {table} t")
            found[table] = cursor.fetchone()
    return found


@pytest.mark.req("SEC-42")
@pytest.mark.parametrize("row", TRIED, ids=lambda row: row.key)
def test_without_its_entry_nothing_is_changed(world: World, row: Row) -> None:
    before = written()
    touched: set[str] = ask(world, row, row.main, look=lambda: changed_since(before)).seen  # type: ignore[attr-defined]
    tables = touched - MAY_COUNT
    if RECORD not in touched:
        assert not tables or row.address in SILENT, tables
        return
    then = contents(tables)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL test.refuse = 'on'")
    answer = ask(world, row, row.main, look=lambda: contents(tables))
    assert answer.status_code == 503, answer.status_code
    assert answer.seen == then  # type: ignore[attr-defined]
