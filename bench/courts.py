"""A measured court system: its database, its recorded scripts, its web processes; and measurements apart from it."""

# ruff: noqa: S603  (starts this package's own programs)

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

from launcher.children import Child, Family
from launcher.paths import PYTHON, ROOT

WEB_PROCESSES = 2
CLIENTS = 4
WARM_SECONDS = 0.3


def name_of(cases: int) -> str:
    return f"bench_{cases}"


def url_of(database: str) -> str:
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}"))


def on_server(statement: str, *names: str) -> None:
    link = psycopg2.connect(url_of("postgres"))
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
    link.close()


def copied(name: str, prepared: str) -> None:
    """A copy of the prepared database that may work at once: nothing of it was ever done, so nothing is held (portal.holding)."""
    on_server("CREATE DATABASE {} TEMPLATE {}", name, prepared)
    link = psycopg2.connect(url_of(name))
    with link, link.cursor() as cursor:
        cursor.execute("UPDATE portal_installation SET database_id = ''")
    link.close()


class MeasuredCourt:
    """One court system: its database and, once it is opened, its recorded scripts and its web processes on a port.

    ``cases`` names it in the tables: its cases or, with ``filings``, how many applications lie in it.
    """

    def __init__(
        self,
        cases: int,
        home: Path,
        *,
        filings: int = 0,
        variables: dict[str, str] | None = None,
    ) -> None:
        self.cases, self.home = filings or cases, home
        prepared = urlsplit(os.environ["DATABASE_URL"]).path.strip("/")
        copied(name_of(self.cases), prepared)
        self.plan_file = home / f"{self.cases}.json"
        self.environment = (
            dict(os.environ)
            | {
                "DATABASE_URL": url_of(name_of(self.cases)),
                "DJANGO_SETTINGS_MODULE": "bench.settings",
                "BENCH_SCRIPTS": str(self.plan_file),
                "LOG_LEVEL": "INFO",
            }
            | (variables or {})
        )
        begun = time.monotonic()
        self._prepare("build", str(cases), str(filings), PORTAL_DB_ROLE="owner")
        more = f" and {filings} applications" if filings else ""
        print(f"{cases} cases{more} made in {time.monotonic() - begun:.0f} s", flush=True)

    def open(self, family: Family) -> None:
        """Sign its people in and let it answer. When all are built: whoever waits for a quarter of an hour is signed out again."""
        self._prepare("record", str(self.plan_file))
        self.plan = json.loads(self.plan_file.read_text())
        self.plan_file.write_text(json.dumps(self.plan["scripts"], ensure_ascii=False))
        self.queries: dict[str, int] = self.plan["queries"]
        with _listening() as listening:
            self.port: int = listening.getsockname()[1]
            for number in range(WEB_PROCESSES):
                serve: list[str | Path] = [PYTHON, "-m", "portal.serve", str(listening.fileno())]
                log = self.home / f"web-{self.cases}-{number}.log"
                keep = (listening.fileno(),)
                family.add(
                    Child(f"web-{number}", serve, self.environment, log, keep_open=keep, directory=ROOT)
                )
        self._wait_ready(family)

    def _prepare(self, *arguments: str, **variables: str) -> None:
        command = [str(PYTHON), "-m", "bench.prepare", *arguments]
        result = subprocess.run(
            command, cwd=ROOT, env=self.environment | variables, capture_output=True, text=True, check=False
        )
        if result.returncode:
            raise SystemExit(f"{result.stderr[-4000:]}\npreparing {self.cases} cases failed, see above")

    def _wait_ready(self, family: Family) -> None:
        for _attempt in range(150):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                if dead := next((child for child in family.children if not child.is_running), None):
                    raise SystemExit(f"{dead.name} does not start:\n{dead.tail()}") from None
            time.sleep(0.2)  # polling a process of ours: there is nothing to wait on
        raise SystemExit("the measured portal does not become ready")

    def load(self, page: str, kind: str, seed: int, seconds: float) -> dict[str, Any]:
        """One run of one page or bare view."""
        name = page if kind == "page" else f"{kind} {page}"
        plan = {
            "port": self.port,
            "clients": CLIENTS,
            "warm_seconds": WARM_SECONDS,
            "seconds": seconds,
            "seed": seed,
            "requests": self.plan["visits"][name],
        }
        return self._run("bench.load", plan, name)

    def people(self, users: int, seconds: float, seed: int, *, waiting: bool = False) -> dict[str, Any]:
        """``users`` people who read between their requests (``bench.users``); ``waiting``: beside them some who ask for
        what hangs on an outside system."""
        plan = {
            "port": self.port,
            "clients": users,
            "warm_seconds": 5.0,
            "seconds": seconds,
            "seed": seed,
            "visits": self.plan["visits"],
            "waiting": waiting,
        }
        return self._run("bench.users", plan, f"{users} users")

    def arrivals(self, rates: list[float], minute_seconds: float, seed: int) -> dict[str, Any]:
        """People who come at so many a second, minute by minute, whether others wait or not (``bench.arrivals``)."""
        plan = {
            "port": self.port,
            "seed": seed,
            "visits": self.plan["visits"],
            "minutes": rates,
            "minute_seconds": minute_seconds,
        }
        return self._run("bench.arrivals", plan, "arrivals")

    def _run(self, module: str, plan: dict[str, Any], name: str) -> dict[str, Any]:
        command = [str(PYTHON), "-m", module]
        result = subprocess.run(
            command, cwd=ROOT, input=json.dumps(plan), capture_output=True, text=True, check=False
        )
        if result.returncode:
            raise SystemExit(f"{name} at {self.cases} cases: {result.stderr}")
        answer: dict[str, Any] = json.loads(result.stdout)
        return answer


@contextmanager
def _listening() -> Iterator[socket.socket]:
    """A port of its own; the web processes keep it open."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(512)
    try:
        yield listening
    finally:
        listening.close()


def apart(title: str, module: str, count: int, report_only: bool) -> int:
    """Something measured in a process and a database of its own (``bench.batch``, ``bench.money``)."""
    name = module.replace(".", "_")
    copied(name, urlsplit(os.environ["DATABASE_URL"]).path.strip("/"))
    try:
        command = [str(PYTHON), "-m", module, str(count)]
        result = subprocess.run(
            command,
            cwd=ROOT,
            env=dict(os.environ) | {"DATABASE_URL": url_of(name)},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        on_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    if not result.stdout.strip():
        raise SystemExit(f"{result.stderr[-4000:]}\nmeasuring {title} failed, see above")
    print(f"{title}: {result.stdout.strip()}")
    return 0 if report_only else result.returncode
