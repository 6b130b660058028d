"""Requirements by ID (SEC-, REL-, fault runs F-, bad inputs B-), and the check that each has a passing test (rule 0.1).

A test names what it proves: ``@pytest.mark.req("SEC-12")``, a fault run (``"F-05"``) or a bad input (``"B-52"``). An unknown ID stops the
run. A run of the whole suite fails when an ID that is due has no passing test. ``--proves SEC-10,SEC-32`` runs only the tests that
name one of these (the gates of ``launcher.gates``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

RULES = frozenset(f"R-{number:02}" for number in range(1, 85))
"""Rules of online litigation (docs/legal-sources.md): a test may name one, none must be named."""
SECURITY = (*range(1, 19), *range(20, 26), *range(30, 39), *range(40, 48), *range(50, 56), *range(60, 70))
RELIABILITY = (*range(1, 17), *range(20, 24), *range(30, 36), 40, 41, *range(50, 61))
FAULTS, INPUTS = range(1, 36), range(1, 91)
REQUIREMENTS = tuple(
    f"{kind}-{number:02}"
    for kind, numbers in (("SEC", SECURITY), ("REL", RELIABILITY), ("F", FAULTS), ("B", INPUTS))
    for number in numbers
)
LATER = {"REL-15": "money of enforcement"}
"""What is not due yet, with what it waits for."""
DUE = tuple(name for name in REQUIREMENTS if name not in LATER)
MARK = re.compile(r"""mark\.req\(([^)]*)\)""")


def unproven(proven: Iterable[str]) -> list[str]:
    """Due IDs without a passing test."""
    seen = set(proven)
    return [name for name in DUE if name not in seen]


def named_in_tests() -> set[str]:
    """IDs that some test names, read from the tests' text: fast, and without running them."""
    texts = (path.read_text("utf-8") for path in Path(__file__).parent.rglob("test_*.py"))
    return {
        name for text in texts for found in MARK.findall(text) for name in re.findall(r"[A-Z]+-\d+", found)
    }


def report() -> list[str]:
    """How many of the due IDs a test names, which none names, and what comes later."""
    named = named_in_tests()
    bare = [name for name in DUE if name not in named]
    lines = [f"{len(DUE) - len(bare)} of {len(DUE)} requirements have a test"]
    lines += [f"no test names: {', '.join(bare)}"] if bare else []
    return lines + [f"later: {name}, {words}" for name, words in LATER.items()]


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
        terminalreporter.write_line(
            f"{len(DUE) - len(self.missing)} of {len(DUE)} proven, {len(LATER)} due later"
        )


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
