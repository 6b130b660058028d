"""The database restarts, takes no more connections, dies and is replaced by its stand-by: 503 in the meantime, nothing half, and everything
works again by itself, in the web process and in the worker (F-20). No room on its disk (F-23)."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import httpx
import psycopg2
import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.backends.postgresql.base import DatabaseWrapper

from cases.models import Case
from eventlog.models import Outbox, OutboxState
from tests.faults.test_broker_down import FIELD
from tests.support.court import Cast
from tests.support.own_postgres import OwnPostgres, small_disks_work
from tests.support.servers import Site, Worker
from tests.support.waiting import soon

ROWS = (
    "SELECT (SELECT count(*) FROM feedback_message) || ' ' || count(DISTINCT e.id) || ' ' || count(o.id)"
    " FROM eventlog_event e LEFT JOIN eventlog_outbox o ON o.event_id = e.id WHERE e.name LIKE 'feedback.%'"
)
"""What a question leaves; the processes write of their own, too (that something was out of order)."""
WAITING = "SELECT count(*) FROM eventlog_outbox WHERE state <> 'done'"


@pytest.fixture
def database(case: Case) -> Iterator[OwnPostgres]:
    """A server of this test with an accepted case, and room for few connections."""
    with tempfile.TemporaryDirectory(prefix="own-") as home:
        own = OwnPostgres(Path(home))
        try:
            own.start()
            yield own
        finally:
            own.close()


class Processes:
    """Web process and worker on a database of their own."""

    def __init__(self, home: Path) -> None:
        self.web, self.worker = Site(home / "web.log"), Worker(home / "worker.log")
        self.url = self.web.url

    def start_on(self, database: OwnPostgres) -> None:
        """With what lies in the test database now, whose effects do not matter here."""
        Outbox.objects.update(state=OutboxState.DONE)
        database.fill()
        own = database.environment(PUBLIC_URL=self.url, SMS_URL=f"{self.url}/demo/sms/")
        for process in (self.web, self.worker):
            process.child.environment = own
            process.child.start()

    def logs(self) -> str:
        return self.web.log() + self.worker.log()

    def end(self) -> None:
        self.worker.child.stop()
        self.web.child.stop()
        self.web.socket.close()


class Asking:
    """张, who sends the same question until it is taken."""

    def __init__(self, site: Processes, session: str, case: Case) -> None:
        self.site = site
        self.path = f"/my/cases/{case.public_id}/messages/new/?topic=material"
        cookies = {settings.SESSION_COOKIE_NAME: session}
        self.http = httpx.Client(base_url=site.url, cookies=cookies, timeout=60, trust_env=False)

    def form(self) -> dict[str, str]:
        page = self.http.get(self.path)
        assert page.status_code == 200, page.text[-600:]
        return dict(FIELD.findall(page.text))

    def send(self, form: dict[str, str]) -> httpx.Response:
        return self.http.post(
            self.path,
            data=form | {"text": "我补交了转账记录，请查收。"},
            headers={"Referer": f"{self.http.base_url}"},
        )

    def is_refused(self, form: dict[str, str]) -> None:
        """Both a page and a form: 503, and nobody is told that something was sent."""
        for answer in (self.http.get(self.path), self.send(form)):
            assert answer.status_code == 503 and answer.headers["retry-after"] == "30"
            assert "也可能没有" in answer.text and "已提交" not in answer.text

    def goes_on(self, database: OwnPostgres, form: dict[str, str]) -> None:
        """The first try after the return is taken, and sent again it is still one message."""
        before = database.sql("SELECT count(*) FROM feedback_message")
        assert [self.send(form).status_code for _try in range(2)] == [302, 302]
        assert database.sql("SELECT count(*) FROM feedback_message") == before + 1


@pytest.fixture
def asking(cast: Cast, case: Case, tmp_path: Path) -> Iterator[Asking]:
    """In front of processes that do not run yet."""
    processes = Processes(tmp_path)
    asking = Asking(processes, cast.client("zhang").cookies[settings.SESSION_COOKIE_NAME].value, case)
    yield asking
    asking.http.close()
    processes.end()


def connection_to(database: OwnPostgres, *, checks: bool) -> DatabaseWrapper:
    """A connection that stays open between requests, with or without a look whether it still lives."""
    given = connection.settings_dict | {
        "HOST": str(database.door),
        "PORT": "",
        "USER": "portal",
        "PASSWORD": "",
    }
    link = DatabaseWrapper(given | {"CONN_HEALTH_CHECKS": checks})
    link.ensure_connection()
    return link


def answers(link: DatabaseWrapper) -> bool:
    """Whether the next request on it is answered."""
    link.close_if_unusable_or_obsolete()
    try:
        with link.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


@contextmanager
def no_place_left(database: OwnPostgres, worker: Worker) -> Iterator[None]:
    """Every connection that is free or becomes free is taken. The worker stands still: it frees one after each of its tasks."""
    assert worker.child.process
    over, full, taken = threading.Event(), threading.Event(), ExitStack()

    def take() -> None:
        while not over.is_set():
            try:
                taken.enter_context(closing(psycopg2.connect(database.url)))
            except psycopg2.OperationalError:
                full.set()
                over.wait(0.01)

    thread = threading.Thread(target=take)
    worker.child.process.send_signal(signal.SIGSTOP)
    thread.start()
    try:
        assert full.wait(60)
        yield
    finally:
        over.set()
        thread.join()
        taken.close()
        worker.child.process.send_signal(signal.SIGCONT)


@pytest.mark.req("F-20")
def test_restart_full_pool_and_failover(case: Case, database: OwnPostgres, asking: Asking) -> None:
    """One after the other on the same processes, which nobody touches."""
    asking.site.start_on(database)
    form = asking.form()
    asking.goes_on(database, form)
    assert soon(lambda: database.sql(WAITING) == 0, 120), asking.site.logs()

    with (
        closing(connection_to(database, checks=False)) as bare,
        closing(connection_to(database, checks=True)) as link,
    ):
        form, before = asking.form(), database.sql(ROWS)
        database.stop()
        asking.is_refused(form)
        database.start()
        assert not answers(bare), "control: a connection that nobody looks at is dead"
        assert answers(link)
    assert database.sql(ROWS) == before
    asking.goes_on(database, form)
    assert soon(lambda: database.sql(WAITING) == 0, 120), asking.site.logs()

    form, before = asking.form(), database.sql(ROWS)
    database.stop()
    database.start()  # everybody has to connect anew, and nobody can
    with no_place_left(database, asking.site.worker):
        asking.is_refused(form)
    assert database.sql(ROWS) == before
    asking.goes_on(database, form)

    database.add_standby()
    form, before = asking.form(), database.sql(ROWS)
    assert soon(database.standby_has_all)
    database.replace_by_standby()
    assert database.sql(ROWS) == before
    asking.goes_on(database, form)
    assert soon(lambda: database.sql(WAITING) == 0, 120), asking.site.logs()


@pytest.fixture
def small_disk(tmp_path: Path) -> None:
    """A machine that can give the database a disk of three megabytes."""
    if not small_disks_work(tmp_path):
        words = "needs user namespaces (unshare -Um): a small file system for PostgreSQL that takes no root"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(words)


@pytest.mark.req("F-23")
def test_the_disk_of_the_database_is_full(case: Case, small_disk: None, asking: Asking) -> None:
    """Where the messages lie there is no room for a further page: the question is refused, nothing of it stays, and with room again the
    same question is taken."""
    with (
        tempfile.TemporaryDirectory(prefix="own-") as home,
        closing(OwnPostgres(Path(home), small_disk=True)) as database,
    ):
        database.start()
        asking.site.start_on(database)
        form, before = asking.form(), database.sql(ROWS)
        database.sql(
            f"CREATE TABLESPACE small LOCATION '{database.small}'",
            "ALTER TABLE feedback_message SET TABLESPACE small",
            "CREATE TABLE filler (words text) WITH (autovacuum_enabled = false) TABLESPACE small",
        )
        with pytest.raises(psycopg2.errors.DiskFull):
            database.sql("DO $$ BEGIN LOOP INSERT INTO filler VALUES (repeat('x', 1000)); END LOOP; END $$")
        refused = asking.send(form)
        assert refused.status_code == 503 and refused.headers["retry-after"] == "30"
        assert "也可能没有" in refused.text
        assert database.sql(ROWS) == before
        assert asking.http.get(asking.path).status_code == 200, "reading goes on"
        database.sql("DROP TABLE filler")
        asking.goes_on(database, form)
