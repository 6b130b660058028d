"""People at work while processes die: each notes what the portal promised him, and what it showed instead of an answer."""

from __future__ import annotations

import random
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

PATIENCE_SECONDS = 60
"""How long somebody tries again before he calls the court."""
BETWEEN_TRIES = 0.3


class GaveUp(Exception):
    """A person tried again for so long that he gives up."""


@dataclass
class Noted:
    """What all of them saw."""

    promises: list[tuple[str, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    waited: int = 0
    """Times somebody was told 503 with Retry-After, or the line broke, and tried again."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def promise(self, kind: str, what: str) -> None:
        """The portal said so: it must be true afterwards."""
        with self.lock:
            self.promises.append((kind, what))

    def of(self, kind: str) -> list[str]:
        """What was promised of a kind."""
        return [what for each, what in self.promises if each == kind]


class Person:
    """One browser or program that repeats the same request, with the same key, until somebody answers."""

    def __init__(self, url: str, noted: Noted, over: threading.Event, **options: Any) -> None:
        self.noted, self.over = noted, over
        self.http = httpx.Client(base_url=url, timeout=30, **options)

    def ask(self, method: str, path: str, **body: Any) -> httpx.Response:
        """The answer. A line that breaks and a 503 that says when to come back are tried again; any other 5xx is noted."""
        for _try in range(int(PATIENCE_SECONDS / BETWEEN_TRIES)):
            try:
                answer = self.http.request(method, path, **body)
            except httpx.TransportError:
                pass
            else:
                if answer.status_code < 500:
                    return answer
                if answer.status_code != 503 or "Retry-After" not in answer.headers:
                    self.noted.wrong.append(f"{method} {path}: {answer.status_code}")
            self.noted.waited += 1
            threading.Event().wait(BETWEEN_TRIES)
        raise GaveUp(f"{method} {path}")

    def token_of(self, page: str) -> str:
        """The form token of a page."""
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        return found[1] if found else ""


@contextmanager
def at_work(noted: Noted, over: threading.Event, *work: Callable[[], None]) -> Iterator[None]:
    """Each kind of work goes on in a thread of its own until the storm is over."""

    def again_and_again(one: Callable[[], None]) -> None:
        try:
            while not over.is_set():
                one()
        except Exception as error:
            noted.wrong.append(f"{one.__name__}: {error!r}")

    threads = [threading.Thread(target=again_and_again, args=[one]) for one in work]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def strike(processes: list[Any], *, seconds: float, seed: int) -> int:
    """Kill one of the processes at random every few seconds and start it again; how many died."""
    chance, clock, killed = random.Random(seed), threading.Event(), 0
    while seconds > 0:
        pause = chance.uniform(1, 4)
        clock.wait(pause)
        seconds -= pause
        victim = chance.choice(processes)
        victim.kill()
        victim.start()
        killed += 1
    return killed


def new_key() -> str:
    """The once-only key of a form."""
    return uuid.uuid4().hex
