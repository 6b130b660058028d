"""Figures of a measurement: medians, ratios, aims. Nothing here is compared with figures of another machine or day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

MOST_QUERIES = 20
KINDS = ("page", "orm", "sql")
"""The page itself, the bare view through the ORM, the bare statements."""


@dataclass(frozen=True)
class Aim:
    """Most times the bare view, and most times the time of the small court system in the large one."""

    times_bare: float
    growth: float

    def __str__(self) -> str:
        return f"at most {self.times_bare} times the bare view, growth {self.growth}"


COMMON, STEADY, TIGHT = Aim(2.0, 1.3), Aim(2.0, 1.2), Aim(1.5, 1.2)
AIMS = {"landing": TIGHT, "verified": TIGHT, "message": STEADY, "day": STEADY}
"""The way from the code on a paper to the judge's answer; the last two do more than query (docs/adr/0021)."""


def aim(page: str) -> Aim:
    """What a page is held to."""
    return AIMS.get(page, COMMON)


@dataclass(frozen=True)
class Measured:
    """One run: which page or bare view, in how large a court system, in which round; per second and milliseconds."""

    page: str
    kind: str
    cases: int
    round: int
    per_second: float
    p95_ms: float

    @classmethod
    def of(
        cls, page: str, kind: str, cases: int, round_number: int, latencies: list[float], seconds: float
    ) -> Measured:
        """From the latencies (seconds) of one run."""
        ordered = sorted(latencies)
        p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
        return cls(page, kind, cases, round_number, len(ordered) / seconds, p95 * 1000)


def summary(measured: list[Measured], queries: dict[int, dict[str, int]]) -> dict[str, Any]:
    """Medians per page and size; ratios are medians of the ratios of the rounds, each taken within one round."""
    sizes = sorted(queries)
    pages = list(dict.fromkeys(run.page for run in measured))
    rows = [_row(page, size, measured, queries) for page in pages for size in sizes]
    growth = {page: _growth(page, sizes[0], sizes[-1], measured) for page in pages} if len(sizes) > 1 else {}
    return {"sizes": sizes, "rows": rows, "growth": growth, "runs": [vars(run) for run in measured]}


def _row(
    page: str, size: int, measured: list[Measured], queries: dict[int, dict[str, int]]
) -> dict[str, Any]:
    own, orm, sql = (_rounds(measured, page, kind, size) for kind in KINDS)
    return {
        "page": page,
        "cases": size,
        "queries": queries[size][page],
        "per_second": _median(run.per_second for run in own.values()),
        "p95_ms": _median(run.p95_ms for run in own.values()),
        "bare_per_second": _median(run.per_second for run in orm.values()),
        "bare_p95_ms": _median(run.p95_ms for run in orm.values()),
        "times_bare": _median(orm[n].per_second / own[n].per_second for n in own),
        "times_bare_p95": _median(own[n].p95_ms / orm[n].p95_ms for n in own),
        "statements_per_second": _median(run.per_second for run in sql.values()),
        "times_statements": _median(sql[n].per_second / own[n].per_second for n in own),
    }


def _growth(page: str, small: int, large: int, measured: list[Measured]) -> dict[str, float]:
    """How much slower the page is in the large court system."""
    few, many = _rounds(measured, page, "page", small), _rounds(measured, page, "page", large)
    return {
        "time": _median(few[n].per_second / many[n].per_second for n in few),
        "p95": _median(many[n].p95_ms / few[n].p95_ms for n in few),
    }


def _rounds(measured: list[Measured], page: str, kind: str, size: int) -> dict[int, Measured]:
    return {run.round: run for run in measured if (run.page, run.kind, run.cases) == (page, kind, size)}


def _median(values: Iterable[float]) -> float:
    return round(median(values), 3)


def table(result: dict[str, Any]) -> str:
    """For people."""
    head = "page       cases  queries  page/s  p95 ms  bare/s  p95 ms  times bare  (p95)  times its statements  growth"
    lines = [head, "-" * len(head)]
    for row in result["rows"]:
        growth = result["growth"].get(row["page"]) if row["cases"] == result["sizes"][-1] else None
        lines.append(
            f"{row['page']:<8}{row['cases']:>8}{row['queries']:>9}{row['per_second']:>8.0f}{row['p95_ms']:>8.1f}"
            f"{row['bare_per_second']:>8.0f}{row['bare_p95_ms']:>8.1f}{row['times_bare']:>12.2f}"
            f"{row['times_bare_p95']:>7.2f}{row['times_statements']:>22.2f}"
            + (f"{growth['time']:>8.2f}" if growth else "")
        )
    others = "; ".join(f"{page}: {its}" for page, its in AIMS.items())
    aims = f"aims: {COMMON}; {others}; {MOST_QUERIES} queries"
    return "\n".join([*lines, "", aims])


def problems(result: dict[str, Any]) -> list[str]:
    """Every aim that was missed, in words."""
    found = []
    for row in result["rows"]:
        where = f"{row['page']} at {row['cases']} cases"
        if row["times_bare"] > aim(row["page"]).times_bare:
            found.append(f"{where}: {row['times_bare']:.2f} times the bare view")
        if row["queries"] > MOST_QUERIES:
            found.append(f"{where}: {row['queries']} queries")
    for page, growth in result["growth"].items():
        if growth["time"] > aim(page).growth:
            found.append(f"{page}: {growth['time']:.2f} times the time in the large court system")
    return found
