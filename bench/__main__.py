"""`python -m bench`: build two databases, serve both, measure pages and bare views in turn, compare.

Started by `make bench` inside throw-away servers. Exit code 1 when an aim is missed; --report-only only tells.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.courts import MeasuredCourt, apart, name_of, on_server
from bench.peak import peak
from bench.report import KINDS, Measured, problems, summary, table
from launcher.children import Family


def main() -> int:
    """Measure and print."""
    options = _options()
    alone = {
        "batch": _batch,
        "money": _money,
        "enumeration": _enumeration,
        "papers": _papers,
        "reading": _reading,
        "peak": peak,
    }
    if options.pages and options.pages[0] in alone:
        return alone[options.pages[0]](options)
    started = time.monotonic()
    family = Family()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        home = Path(folder)
        try:
            courts = [MeasuredCourt(size, home) for size in options.sizes]
            for court in courts:
                court.open(family)
            results = [_compare(courts, options)]
            if options.filings:
                full = MeasuredCourt(options.sizes[0], home, filings=options.filings)
                full.open(family)
                results.append(_compare([courts[0], full], options, ["queue"]))
        finally:
            family.stop()
            for size in {*options.sizes, options.filings}:
                on_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", name_of(size))
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
        for name, measurement in alone.items():
            if name == "peak":
                continue  # five minutes of its own, with a court system that is gone by now
            apart_missed |= measurement(options)
    return 1 if (missed or apart_missed) and not options.report_only else 0


def _batch(options: argparse.Namespace) -> int:
    return apart("claims by table", "bench.batch", options.batch_rows, options.report_only)


def _money(options: argparse.Namespace) -> int:
    return apart("callbacks and quotes", "bench.money", options.callbacks, options.report_only)


def _enumeration(options: argparse.Namespace) -> int:
    return apart("look-ups of codes", "bench.enumeration", options.samples, options.report_only)


def _papers(options: argparse.Namespace) -> int:
    return apart("papers", "bench.papers", options.papers, options.report_only)


def _reading(options: argparse.Namespace) -> int:
    return apart("reading a file", "bench.reading", options.file_pages, options.report_only)


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
        help="only these pages; `batch`, `money`, `enumeration`, `papers`, `reading` or `peak` alone: only that",
    )
    parser.add_argument("--batch-rows", type=int, default=2_000, help="rows in the table of claims")
    parser.add_argument("--callbacks", type=int, default=1_000, help="callbacks of a gateway in all rounds")
    parser.add_argument("--samples", type=int, default=1_000, help="of each kind of code that is looked up")
    parser.add_argument("--papers", type=int, default=200, help="papers typeset and sealed")
    parser.add_argument("--file-pages", type=int, default=500, help="pages of the file whose first is opened")
    parser.add_argument(
        "--minute-seconds", type=float, default=15.0, help="length of a minute of the morning of `peak`"
    )
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    parser.add_argument("--report-only", action="store_true", help="exit with 0 when an aim is missed, too")
    return parser.parse_args()


def _compare(
    courts: list[MeasuredCourt], options: argparse.Namespace, pages: list[str] | None = None
) -> dict[str, Any]:
    measured = _measure(courts, options, pages or options.pages or list(courts[0].queries))
    return summary(measured, {court.cases: court.queries for court in courts})


def _measure(courts: list[MeasuredCourt], options: argparse.Namespace, pages: list[str]) -> list[Measured]:
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
