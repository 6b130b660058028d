"""`python -m bench.ratio`: REL-55 and SEC-06 as ratios, all taken on this machine in this one run (`make load-ratio`).

Exit code 1 when a ratio is out of its bounds; --report-only only tells.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench.courts import MeasuredCourt, apart, copied, name_of, on_server, url_of
from launcher.children import Family
from launcher.paths import PYTHON, ROOT

CROWD, GROWTH, HANGING, ERRORS, SAME = 3.0, 1.5, 1.2, 0.001, 1.0


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
    with tempfile.TemporaryDirectory(prefix="ratio-") as folder, _nobody_answers() as silent:
        try:
            hanging = {"SMS_URL": f"http://127.0.0.1:{silent}/"}
            courts = [MeasuredCourt(size, Path(folder), family, variables=hanging) for size in options.sizes]
            lines = _crowds(courts, options)
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


def _crowds(courts: list[MeasuredCourt], options: argparse.Namespace) -> list[Ratio]:
    """Few and many people in the small and in the large court system, then few beside an outside system that hangs."""
    from bench.users import READING_SECONDS

    few, many = options.users
    requests, wrong = 0, []
    p95: dict[tuple[int, int | str], float] = {}
    for court in courts:
        court.people(few, 5, seed=99)
    for kind in (few, many, "hanging"):
        users = few if kind == "hanging" else int(kind)
        seconds = min(options.requests * READING_SECONDS / users, options.requests / 4)
        for court in courts:
            answer = court.people(users, seconds, seed=len(p95) + 1, waiting=kind == "hanging")
            p95[court.cases, kind] = _p95(answer["latencies"])
            requests, wrong = requests + answer["asked"], wrong + answer["errors"]
            print(
                f"{court.cases} cases, {users} users{' and a silent provider' if kind == 'hanging' else ''}: "
                f"{answer['asked']} requests, p95 {p95[court.cases, kind] * 1000:.0f} ms",
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
            f"p95 while the text provider hangs, {size} cases", p95[size, "hanging"] / p95[size, few], HANGING
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


@contextmanager
def _nobody_answers() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(512)
        yield silent.getsockname()[1]


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
