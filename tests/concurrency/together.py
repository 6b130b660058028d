"""Run things at the same moment in threads, each with its own database connection."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Results in the order of ``jobs``; an exception is a result. All start behind one barrier."""
    barrier = threading.Barrier(len(jobs))
    results: list[Any] = [None] * len(jobs)

    def run(index: int, job: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=30)
            results[index] = job()
        except Exception as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index, job)) for index, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


class Gate:
    """Holds threads inside a critical part until all of them are there (or a moment has passed for those that a lock
    keeps out), so that a missing guard shows every time and not by luck."""

    def __init__(self, parties: int, patience_seconds: float = 1.0) -> None:
        self.barrier = threading.Barrier(parties)
        self.patience = patience_seconds

    def pass_through(self) -> None:
        try:
            self.barrier.wait(timeout=self.patience)
        except threading.BrokenBarrierError:
            return
