"""Numbers of the people of all tests, and the watch over the whole run: none stands in a log line or in what a task is told (SEC-67).

The watch looks at each line as it is written, and at each call of a task. A test during which one shows a number fails.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from portal.logging import JsonFormatter

ACCOUNT = "6222020209991112223"
NEW_PHONE = "13912345678"
OUTSIDE = {"mail.log"}
"""Loggers of servers in this process that play somebody else: what they were sent is theirs to note."""


def numbers() -> tuple[str, ...]:
    """Phones and identity numbers of everybody in the stories, and the bank accounts; in each way they are written."""
    from portal.demo.cast import LI, OTHERS, WANG, ZHANG

    people = (ZHANG, LI, WANG, *OTHERS)
    accounts = ("6222000000001234", "6222000000007777", "6222000000009999", ACCOUNT)
    apart = (" ".join(text[at : at + 4] for at in range(0, len(text), 4)) for text in accounts)
    return (
        NEW_PHONE,
        *(person.phone for person in people),
        *(person.id_number for person in people),
        *accounts,
        *apart,
    )


def shown_in(text: str) -> set[str]:
    """Which of them stand in a text."""
    return {number for number in numbers() if number in text}


class Watch:
    """The plugin."""

    def __init__(self) -> None:
        self.numbers: tuple[str, ...] = ()
        self.found: list[str] = []

    def look(self, place: str, text: str) -> None:
        """Remember what shows a number."""
        if any(number in text for number in self.numbers):
            self.found.append(f"{place}: {text}")

    def taken(self) -> list[str]:
        """What was found since somebody asked."""
        found, self.found = self.found, []
        return found

    def published(self, body: Any = None, headers: Any = None, **_told: Any) -> None:
        """Celery is about to put a task into the queue."""
        self.look("task", f"{body} {headers}")

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self) -> None:
        """Listen at the one door through which lines are written, and at that of tasks."""
        from celery.signals import before_task_publish

        original, look = JsonFormatter.format, self.look
        self.numbers = numbers()

        def looked_at(formatter: JsonFormatter, record: logging.LogRecord) -> str:
            line = original(formatter, record)
            if record.name not in OUTSIDE:
                look(f"log of {record.name}", line)
            return line

        JsonFormatter.format = looked_at  # type: ignore[method-assign]
        before_task_publish.connect(self.published)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self) -> Iterator[None]:
        """Whoever showed one has failed."""
        yield
        if found := self.taken():
            pytest.fail("numbers of people in: " + "; ".join(found[:3]), pytrace=False)


WATCH = Watch()


@pytest.fixture
def watch() -> Watch:
    """For a test that shows a number on purpose: it takes what was found."""
    return WATCH


def pytest_configure(config: Any) -> None:
    """Entry point of the plugin."""
    config.pluginmanager.register(WATCH, "canaries")
