"""Which moves of the flow tables the tests of a run made. A whole run that leaves one out has failed (STYLE §14)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.requirements import ran_everything

LATER: dict[str, str] = {}
"""Moves whose act comes with a later issue."""


class Moves:
    """Writes down every move that a row really made."""

    def __init__(self) -> None:
        self.made: set[str] = set()
        self.missing: list[str] = []

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self) -> None:
        """Listen at the one door through which states change."""
        from common.flow import Flow

        original, made = Flow.move, self.made

        def move(flow: Flow, row: Any, name: str) -> None:
            original(flow, row, name)
            made.add(f"{type(row).__name__.lower()}.{name}")

        Flow.move = move  # type: ignore[method-assign]

    def pytest_sessionfinish(self, session: Any) -> None:
        """Compare with the tables; a parallel worker leaves that to the process that sees all of them."""
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output["moves"] = sorted(self.made)
        if not ran_everything(session.config) or session.config.option.collectonly:
            return
        from tests.consistency.test_wiring import flows

        tables = {f"{model.__name__.lower()}.{name}" for _app, model, flow in flows() for name in flow.moves}
        self.missing = sorted(tables - self.made - LATER.keys())
        if self.missing and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A parallel worker is done: its moves count."""
        self.made.update(getattr(node, "workeroutput", {}).get("moves", ()))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Name the moves no test made."""
        if self.missing:
            terminalreporter.section("flows")
            terminalreporter.write_line("moves no test made: " + ", ".join(self.missing), red=True)


def pytest_configure(config: Any) -> None:
    """Entry point of the plugin."""
    config.pluginmanager.register(Moves(), "moves")
