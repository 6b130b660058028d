"""People who come when they come: requests at given moments, whether the ones before were answered or not.

Reads ``{"port", "seed", "visits", "minutes": [arrivals a second, …], "minute_seconds"}`` and writes ``{"minutes": [{"asked", "latencies",
"errors"}, …]}``. A latency counts from the moment at which the person came, so that whoever had to wait for a place is not forgotten.
"""

from __future__ import annotations

import json
import queue
import random
import sys
import threading
import time
from typing import Any

from bench.users import WEIGHTS, Users

PLACES = 256
"""So many wait for an answer at once, as many as one uvicorn process takes in; who comes then stands in line."""


class Arrivals(Users):
    """One thread lets people in, ``PLACES`` threads ask for them."""

    def __init__(self, plan: dict[str, Any]) -> None:
        super().__init__(
            plan | {"clients": 0, "waiting": False, "warm_seconds": 0, "seconds": 0, "requests": []}
        )
        self.line: queue.SimpleQueue[tuple[int, float, dict[str, Any]] | None] = queue.SimpleQueue()
        self.minutes: list[dict[str, Any]] = [
            {"asked": 0, "latencies": [], "errors": []} for _rate in plan["minutes"]
        ]

    def run(self) -> dict[str, Any]:
        """The whole morning; ends when everybody was answered."""
        threads = [threading.Thread(target=self._asks) for _number in range(PLACES)]
        for thread in threads:
            thread.start()
        self._let_in()
        for _thread in threads:
            self.line.put(None)
        for thread in threads:
            thread.join()
        return {"minutes": self.minutes}

    def _let_in(self) -> None:
        chance = random.Random(self.plan["seed"])  # noqa: S311  (a morning, no secret)
        begin = time.perf_counter()
        over = threading.Event()
        for minute, rate in enumerate(self.plan["minutes"]):
            comes = begin + minute * self.plan["minute_seconds"]
            end = comes + self.plan["minute_seconds"]
            while (comes := comes + chance.expovariate(rate)) < end:
                page = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
                over.wait(max(0.0, comes - time.perf_counter()))
                self.line.put((minute, comes, chance.choice(self.plan["visits"][page])))

    def _asks(self) -> None:
        while (person := self.line.get()) is not None:
            minute, came, request = person
            problem = self._once(request)
            waited = time.perf_counter() - came
            with self.lock:
                row = self.minutes[minute]
                row["asked"] += 1
                row["latencies"].append(waited)
                row["errors"] += [problem] if problem else []


if __name__ == "__main__":
    json.dump(Arrivals(json.load(sys.stdin)).run(), sys.stdout)
