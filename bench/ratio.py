"""`python -m bench.ratio`: REL-55 and SEC-06 as ratios, all taken on this machine in this one run (`make load-ratio`).

Exit code 1 when a ratio is out of its bounds; --report-only only tells.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from bench.courts import MeasuredCourt, apart, copied, name_of, on_server, url_of
from bench.slow import slow_senders
from bench.texts import Texts, texts_provider
from bench.users import READING_SECONDS
from launcher.children import Family
from launcher.paths import PYTHON, ROOT

CROWD, GROWTH, HANGING, SLOW, ERRORS, SAME = 3.0, 1.5, 1.2, 1.5, 0.001, 1.0
SLOW_PEOPLE = 200
SHORTEST = 60.0
"""Seconds of a crowd, so that its p95 stands on more than a handful of slow answers."""


@dataclass(frozen=True)
class Ratio:
    """One line of the result, with its bound."""

    what: str
    value: float
    at_most: float

    def __str__(self) -> str:
        verdict = "" if self.value <= self.at_most else "   OUT OF BOUNDS"
        return f"{self.what:<66} {self.value:7.3f}   at most {self.at_most}{verdict}"


def main() -> int:
    """Measure and print."""
    options = _options()
    started, family, lines = time.monotonic(), Family(), []
    with tempfile.TemporaryDirectory(prefix="ratio-") as folder, texts_provider() as texts:
        try:
            sent = {"SMS_URL": f"http://127.0.0.1:{texts.server_port}/"}
            courts = [MeasuredCourt(size, Path(folder), variables=sent) for size in options.sizes]
            for court in courts:
                court.open(family)
            lines = _crowds(courts, texts, options)
        finally:
            family.stop()
            for size in options.sizes:
                on_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", name_of(size))
    lines += _inside(options.uploads)
    print("\n".join(str(line) for line in lines))
    told = apart("look-ups of codes (SEC-06)", "bench.enumeration", options.samples, options.report_only)
    print(f"measured in {time.monotonic() - started:.0f} s")
    missed = any(line.value > line.at_most for line in lines) or told
    return 1 if missed and not options.report_only else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make load-ratio ARGS=…", description=__doc__)
    parser.add_argument(
        "--sizes", type=int, nargs=2, default=[10_000, 1_000_000], help="cases in each database"
    )
    parser.add_argument(
        "--users", type=int, nargs=2, default=[10, 200], help="people at work at the same time"
    )
    parser.add_argument("--requests", type=int, default=1_200, help="about so many in each crowd")
    parser.add_argument("--uploads", type=int, default=10_000, help="files received one after the other")
    parser.add_argument("--samples", type=int, default=1_000, help="of each kind of look-up")
    parser.add_argument("--report-only", action="store_true", help="exit with 0 when a bound is missed, too")
    return parser.parse_args()


def _crowds(courts: list[MeasuredCourt], texts: Texts, options: argparse.Namespace) -> list[Ratio]:
    """Few and many people in the small and in the large court system, then few beside others who ask for text messages, which
    arrive, and at last hang, then beside people who send drop by drop."""
    few, many = options.users
    requests, wrong = 0, []
    p95: dict[tuple[int, int | str], float] = {}
    for court in courts:
        court.people(few, 5, seed=99)
    beside = f"{SLOW_PEOPLE} slow senders"
    for kind in (few, many, "texts arrive", "texts hang", beside):
        users = few if isinstance(kind, str) else kind
        seconds = max(min(options.requests * READING_SECONDS / users, options.requests / 4), SHORTEST)
        texts.hang = kind == "texts hang"
        for court in courts:
            with slow_senders(court.port, SLOW_PEOPLE if kind == beside else 0):
                waiting = kind in ("texts arrive", "texts hang")
                answer = court.people(users, seconds, seed=len(p95) + 1, waiting=waiting)
            p95[court.cases, kind] = _p95(answer["latencies"])
            requests, wrong = requests + answer["asked"], wrong + answer["errors"]
            slowest = max(answer["latencies"], key=lambda page: median(answer["latencies"][page]))
            print(
                f"{court.cases} cases, {users} users{f', {kind}' if kind != users else ''}: "
                f"{answer['asked']} requests, p95 {p95[court.cases, kind] * 1000:.0f} ms, slowest page: {slowest}",
                flush=True,
            )
    for text in sorted(set(wrong))[:10]:
        print(f"error: {text}")
    small, large = (court.cases for court in courts)
    queries = max(courts[1].queries[page] / max(asked, 1) for page, asked in courts[0].queries.items())
    lines = [
        Ratio(f"p95 of {many} to {few} users, {size} cases", p95[size, many] / p95[size, few], CROWD)
        for size in (small, large)
    ]
    lines += [
        Ratio(
            f"p95 of {large} to {small} cases, {users} users", p95[large, users] / p95[small, users], GROWTH
        )
        for users in (few, many)
    ]
    lines += [
        Ratio(
            f"p95 when texts hang, {size} cases", p95[size, "texts hang"] / p95[size, "texts arrive"], HANGING
        )
        for size in (small, large)
    ]
    lines += [
        Ratio(
            f"p95 beside {SLOW_PEOPLE} slow senders, {size} cases", p95[size, beside] / p95[size, few], SLOW
        )
        for size in (small, large)
    ]
    return [
        *lines,
        Ratio(f"queries of a page, {large} to {small} cases, the worst", queries, SAME),
        Ratio(f"errors in {requests} requests", len(wrong) / max(requests, 1), ERRORS),
    ]


def _p95(latencies: dict[str, list[float]]) -> float:
    """Of all pages together, in seconds."""
    ordered = sorted(value for values in latencies.values() for value in values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def _inside(uploads: int) -> list[Ratio]:
    """What is measured inside a process of the portal (``bench.inside``), in a database of its own."""
    prepared = urlsplit(os.environ["DATABASE_URL"]).path.strip("/")
    copied("ratio_inside", prepared)
    try:
        result = subprocess.run(  # noqa: S603  (a program of this package)
            [str(PYTHON), "-m", "bench.inside", str(uploads)],
            cwd=ROOT,
            env=dict(os.environ) | {"DATABASE_URL": url_of("ratio_inside")},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        on_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", "ratio_inside")
    lines = [line.rsplit("|", 2) for line in result.stdout.splitlines() if line.count("|") == 2]
    if result.returncode or not lines:
        raise SystemExit(f"{result.stderr[-4000:]}\nmeasuring inside a process failed, see above")
    return [Ratio(what, float(value), float(at_most)) for what, value, at_most in lines]


if __name__ == "__main__":
    sys.exit(main())
