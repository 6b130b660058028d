"""`python -m bench`: build two databases, serve both, measure pages and bare views in turn, compare.

Started by `make bench` inside throw-away servers. Exit code 1 when an aim is missed; --report-only only tells.
"""

# ruff: noqa: S603  (starts this package's own programs)

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

from bench.report import KINDS, Measured, problems, summary, table
from launcher.children import Child, Family
from launcher.paths import PYTHON, ROOT

WEB_PROCESSES = 2
CLIENTS = 4
WARM_SECONDS = 0.3


def main() -> int:
    """Measure and print."""
    options = _options()
    alone = {
        "batch": _batch,
        "money": _money,
        "enumeration": _enumeration,
        "papers": _papers,
        "reading": _reading,
    }
    if options.pages and options.pages[0] in alone:
        return alone[options.pages[0]](options)
    started = time.monotonic()
    family = Family()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        home = Path(folder)
        try:
            courts = [_Court(size, home, family) for size in options.sizes]
            results = [_compare(courts, options)]
            if options.filings:
                crowded = [courts[0], _Court(options.sizes[0], home, family, filings=options.filings)]
                results.append(_compare(crowded, options, ["queue"]))
        finally:
            family.stop()
            for size in {*options.sizes, options.filings}:
                _on_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", _name(size))
    for result in results:
        print(table(result), "\n")
    print(f"measured in {time.monotonic() - started:.0f} s")
    if options.json:
        options.json.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n")
    missed = [problem for result in results for problem in problems(result)]
    for problem in missed:
        print(f"missed: {problem}")
    apart_missed = 0
    if not options.pages:
        for apart in alone.values():
            apart_missed |= apart(options)
    return 1 if (missed or apart_missed) and not options.report_only else 0


def _apart(title: str, module: str, count: int, report_only: bool) -> int:
    """Something measured in a process and a database of its own (``bench.batch``, ``bench.money``)."""
    name = module.replace(".", "_")
    _on_server("CREATE DATABASE {} TEMPLATE {}", name, urlsplit(os.environ["DATABASE_URL"]).path.strip("/"))
    try:
        command = [str(PYTHON), "-m", module, str(count)]
        result = subprocess.run(
            command,
            cwd=ROOT,
            env=dict(os.environ) | {"DATABASE_URL": _url(name)},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        _on_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    if not result.stdout.strip():
        raise SystemExit(f"{result.stderr[-4000:]}\nmeasuring {title} failed, see above")
    print(f"{title}: {result.stdout.strip()}")
    return 0 if report_only else result.returncode


def _batch(options: argparse.Namespace) -> int:
    return _apart("claims by table", "bench.batch", options.batch_rows, options.report_only)


def _money(options: argparse.Namespace) -> int:
    return _apart("callbacks and quotes", "bench.money", options.callbacks, options.report_only)


def _enumeration(options: argparse.Namespace) -> int:
    return _apart("look-ups of codes", "bench.enumeration", options.samples, options.report_only)


def _papers(options: argparse.Namespace) -> int:
    return _apart("papers", "bench.papers", options.papers, options.report_only)


def _reading(options: argparse.Namespace) -> int:
    return _apart("reading a file", "bench.reading", options.file_pages, options.report_only)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[10_000, 200_000], help="cases in each database"
    )
    parser.add_argument(
        "--filings", type=int, default=1_000_000,
        help="applications in one more database as small as the first, for the clerk's queue; 0 for none",
    )  # fmt: skip
    parser.add_argument(
        "--rounds", type=int, default=5, help="runs of every page and bare view; medians count"
    )
    parser.add_argument("--seconds", type=float, default=1.0, help="length of a run")
    parser.add_argument(
        "--pages",
        nargs="+",
        help="only these pages; `batch`, `money`, `enumeration`, `papers` or `reading` alone: only that",
    )
    parser.add_argument("--batch-rows", type=int, default=2_000, help="rows in the table of claims")
    parser.add_argument("--callbacks", type=int, default=1_000, help="callbacks of a gateway in all rounds")
    parser.add_argument("--samples", type=int, default=1_000, help="of each kind of code that is looked up")
    parser.add_argument("--papers", type=int, default=200, help="papers typeset and sealed")
    parser.add_argument("--file-pages", type=int, default=500, help="pages of the file whose first is opened")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    parser.add_argument("--report-only", action="store_true", help="exit with 0 when an aim is missed, too")
    return parser.parse_args()


def _name(cases: int) -> str:
    return f"bench_{cases}"


def _url(database: str) -> str:
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}"))


def _on_server(statement: str, *names: str) -> None:
    link = psycopg2.connect(_url("postgres"))
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
    link.close()


class _Court:
    """One court system: its database, its recorded scripts, its web processes on a port.

    ``cases`` names it in the tables: its cases or, with ``filings``, how many applications lie in it.
    """

    def __init__(self, cases: int, home: Path, family: Family, *, filings: int = 0) -> None:
        self.cases = filings or cases
        prepared = urlsplit(os.environ["DATABASE_URL"]).path.strip("/")
        _on_server("CREATE DATABASE {} TEMPLATE {}", _name(self.cases), prepared)
        plan_file = home / f"{self.cases}.json"
        self.environment = dict(os.environ) | {
            "DATABASE_URL": _url(_name(self.cases)),
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "BENCH_SCRIPTS": str(plan_file),
            "LOG_LEVEL": "INFO",
        }
        begun = time.monotonic()
        self._prepare("build", str(cases), str(filings), PORTAL_DB_ROLE="owner")
        self._prepare("record", str(plan_file))
        more = f" and {filings} applications" if filings else ""
        print(f"{cases} cases{more} made in {time.monotonic() - begun:.0f} s", flush=True)
        self.plan = json.loads(plan_file.read_text())
        plan_file.write_text(json.dumps(self.plan["scripts"], ensure_ascii=False))
        self.queries: dict[str, int] = self.plan["queries"]
        with _listening() as listening:
            self.port: int = listening.getsockname()[1]
            for number in range(WEB_PROCESSES):
                serve: list[str | Path] = [PYTHON, "-m", "portal.serve", str(listening.fileno())]
                log = home / f"web-{self.cases}-{number}.log"
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
        command = [str(PYTHON), "-m", "bench.load"]
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


def _compare(
    courts: list[_Court], options: argparse.Namespace, pages: list[str] | None = None
) -> dict[str, Any]:
    measured = _measure(courts, options, pages or options.pages or list(courts[0].queries))
    return summary(measured, {court.cases: court.queries for court in courts})


def _measure(courts: list[_Court], options: argparse.Namespace, pages: list[str]) -> list[Measured]:
    """Rounds over everything, so that a slow minute of the machine hits all alike; every second round runs backwards."""
    runs = [(page, kind, court) for page in pages for court in courts for kind in KINDS]
    for page, kind, court in runs:  # every process and its caches are warm before the first figure
        court.load(page, kind, seed=0, seconds=0.3)
    measured = []
    for number in range(1, options.rounds + 1):
        print(f"round {number} of {options.rounds}", flush=True)
        for page, kind, court in runs if number % 2 else reversed(runs):
            answer = court.load(page, kind, number, options.seconds)
            measured.append(
                Measured.of(page, kind, court.cases, number, answer["latencies"], answer["seconds"])
            )
    return measured


if __name__ == "__main__":
    sys.exit(main())
