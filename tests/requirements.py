"""Requirements of RELIABILITY.md, when each falls due, and the check that due ones have a passing test (rule 0.1).

A test names what it proves: ``@pytest.mark.req("SEC-12")``, a fault run of section 5 (``"F-05"``) or a bad input of section 6
(``"B-52"``). An unknown ID stops the run. A run of the whole suite fails when an ID that is due has no passing test; it prints
how many are due later. ``--proves SEC-10,SEC-32`` runs only the tests that name one of these (the gates of section 7).

Letters are those of the issues, A to F. Many requirements come in two steps: the issue that first needs one proves its
part, a later one all of it. ``later`` stands for issues after F.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ISSUE = "E"
"""The issue whose requirements are due now; raised by the issue that is being built."""
RULES = frozenset(f"R-{number:02}" for number in range(1, 85))
"""Rules of online litigation (docs/legal-sources.md): a test may name one, none falls due by letter."""
FAULTS = tuple(f"F-{number:02}" for number in range(1, 36))
INPUTS = tuple(f"B-{number:02}" for number in range(1, 91))
"""Fault runs and bad inputs: all of them fall due with F."""
LETTERS = ("A", "B", "C", "D", "E", "F", "later")

TABLE = """
# id      first whole   what of it the first issue needs
SEC-01    F     F
SEC-02    D     F       codes after a scan
SEC-03    F     F
SEC-04    F     F
SEC-05    F     F
SEC-06    D     F       scan pages
SEC-07    F     F
SEC-08    F     F
SEC-09    A     F       equal names bind nobody
SEC-10    A     F       every address × role has an expected answer
SEC-11    A     F       views fetch through selectors
SEC-12    F     F
SEC-13    A     F       no counters in addresses
SEC-14    A     F       what a form does not ask for changes nothing
SEC-15    A     F       nobody makes himself staff
SEC-16    F     F
SEC-17    F     F
SEC-18    F     F
SEC-20    D     D
SEC-21    D     D
SEC-22    A     D       an invented phone gets nobody past the landing page
SEC-23    D     D
SEC-24    D     D
SEC-25    D     D
SEC-30    D     D
SEC-31    D     D
SEC-32    D     D
SEC-33    D     D
SEC-34    D     D
SEC-35    D     D
SEC-36    D     D
SEC-37    D     D
SEC-38    D     D
SEC-40    A     F       append-only tables in the database
SEC-41    F     F
SEC-42    A     F       a change and its event commit together
SEC-43    A     F       hash chain per stream
SEC-44    F     F
SEC-45    A     F       the receipt signed in the same act
SEC-46    F     F
SEC-47    F     F
SEC-50    E     E
SEC-51    E     E
SEC-52    E     E
SEC-53    E     E
SEC-54    E     E
SEC-55    E     E
SEC-60    A     F       started without defaults for secrets
SEC-61    A     F       strict policy on every address, no third-party host
SEC-62    A     F       reading changes nothing; forms need their token
SEC-63    F     F
SEC-64    A     F       a pinned lock with hashes that names no host
SEC-65    F     F
SEC-66    F     F
SEC-67    F     F
SEC-68    F     F
SEC-69    F     F
REL-01    A     C       Decimal money
REL-02    C     C
REL-03    C     C
REL-04    A     C       one form sent ten times
REL-05    C     C
REL-06    C     C
REL-07    A     C       the callback ten times at once gives one payment
REL-08    C     C
REL-09    C     C
REL-10    C     C
REL-11    C     C
REL-12    C     C
REL-13    C     C
REL-14    C     C
REL-15    later later   money of enforcement
REL-16    C     C
REL-20    A     F       a worker killed between paid and its effects loses nothing
REL-21    F     F
REL-22    F     F
REL-23    E     E
REL-30    A     F       two clerks accept one filing
REL-31    A     F       50 acceptances with rollbacks give contiguous numbers
REL-32    F     F
REL-33    A     F       one form sent ten times gives one filing
REL-34    F     F
REL-35    F     F
REL-40    F     F
REL-41    F     F
REL-50    A     F       worker down, broker down
REL-51    F     F
REL-52    F     F
REL-53    F     F
REL-54    F     F
REL-55    F     F
REL-56    F     F
REL-57    F     F
REL-58    A     F       one place for the time
REL-59    F     F
REL-60    F     F
"""


@dataclass(frozen=True)
class Requirement:
    """When the first part of a requirement falls due, and when all of it."""

    id: str
    first: str
    whole: str
    part: str


def read(table: str = TABLE) -> dict[str, Requirement]:
    """The table by ID."""
    found = {}
    for line in table.strip().splitlines():
        if not line.startswith("#"):
            name, first, whole, *words = line.split()
            found[name] = Requirement(name, first, whole, " ".join(words))
    return found


REQUIREMENTS = read() | {name: Requirement(name, "F", "F", "") for name in (*FAULTS, *INPUTS)}
OPEN: dict[str, str] = {
    "SEC-06": "times of sign-in, reset and codes in 1,000 samples",
    "REL-55": "the whole run in its bounds",
}
"""What of a requirement no test shows yet although some test names it, or all of it; empty when ISSUE is F."""
MARK = re.compile(r"""mark\.req\(([^)]*)\)""")


def is_due(letter: str) -> bool:
    """Whether something of this letter must be proven by now."""
    return LETTERS.index(letter) <= LETTERS.index(ISSUE)


def unproven(proven: Iterable[str]) -> list[str]:
    """Due IDs without a passing test, with what of them is due."""
    seen = set(proven)
    due = [row for row in REQUIREMENTS.values() if is_due(row.first) and row.id not in seen]
    return [f"{row.id} {row.part}".strip() for row in due]


def named_in_tests() -> set[str]:
    """IDs that some test names, read from the tests' text: fast, and without running them."""
    texts = (path.read_text("utf-8") for path in Path(__file__).parent.rglob("test_*.py"))
    return {
        name for text in texts for found in MARK.findall(text) for name in re.findall(r"[A-Z]+-\d+", found)
    }


def report() -> list[str]:
    """What of issues up to F is not proven yet: IDs that no test names, and what is open of others."""
    named = named_in_tests()
    rows = [row.id for row in REQUIREMENTS.values() if row.first != "later"]
    bare = [name for name in rows if name not in named]
    lines = [f"{len(rows) - len(bare)} of {len(rows)} requirements up to F have a test"]
    lines += [f"no test names: {', '.join(bare)}"] if bare else []
    return lines + [f"{name}: {words}" for name, words in OPEN.items()]


def named_by(item: Any) -> Iterator[str]:
    """IDs a test names."""
    for mark in item.iter_markers("req"):
        yield from mark.args


class Check:
    """The plugin: IDs are known, due ones are proven when the whole suite ran."""

    def __init__(self) -> None:
        self.proven: set[str] = set()
        self.failed: set[str] = set()
        self.missing: list[str] = []
        self.whole = False

    def pytest_collection_modifyitems(self, config: Any, items: list[Any]) -> None:
        """Refuse IDs that do not exist; leave what was asked for."""
        strange = sorted(
            {
                f"{name} ({item.nodeid})"
                for item in items
                for name in named_by(item)
                if name not in REQUIREMENTS and name not in RULES
            }
        )
        if strange:
            raise pytest.UsageError("unknown requirement: " + ", ".join(strange))
        asked = set(filter(None, config.option.proves.split(",")))
        if asked:
            chosen = [item for item in items if asked.intersection(named_by(item))]
            config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
            items[:] = chosen

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Any:
        """The IDs travel with the report."""
        report = yield
        report.requirements = list(named_by(item))
        return report

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Note what a passing test proves, of parallel workers too; one failing test of an ID leaves it unproven."""
        if report.failed:
            self.failed.update(getattr(report, "requirements", ()))  # none when a worker died
        elif report.when == "call" and report.passed:
            self.proven.update(report.requirements)

    def pytest_sessionfinish(self, session: Any) -> None:
        """A whole run with a due ID unproven has failed."""
        config = session.config
        self.whole = ran_everything(config)
        if self.whole and not config.option.collectonly:
            self.missing = unproven(self.proven - self.failed)
            if self.missing and session.exitstatus == pytest.ExitCode.OK:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say what is unproven and how much is due later."""
        if not self.whole:
            return
        terminalreporter.section("requirements")
        for line in self.missing:
            terminalreporter.write_line(f"due and not proven: {line}", red=True)
        later = sum(not is_due(row.first) for row in REQUIREMENTS.values())
        partly = sum(is_due(row.first) and not is_due(row.whole) for row in REQUIREMENTS.values())
        terminalreporter.write_line(f"{later} requirements are not due yet; of {partly} a first part is.")


def ran_everything(config: Any) -> bool:
    """True for `make test` without any choice of tests, in the process that sees all reports."""
    option = config.option
    chosen = (
        option.keyword
        or option.proves
        or option.markexpr
        or option.deselect
        or getattr(option, "lf", False)
        or option.maxfail
    )
    return (
        config.args_source == config.ArgsSource.TESTPATHS
        and not chosen
        and not hasattr(config, "workerinput")
    )


def pytest_addoption(parser: Any) -> None:
    """The choice of a gate."""
    parser.addoption("--proves", default="", help="only tests that name one of these requirements")


def pytest_configure(config: Any) -> None:
    """Entry point of the plugin."""
    config.pluginmanager.register(Check(), "requirements")


if __name__ == "__main__":
    print("\n".join(report()))
