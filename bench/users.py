"""People instead of a hose: each reads a page for a while, then asks for the next one; what they ask for is weighted.

Reads ``{"port", "clients", "warm_seconds", "seconds", "seed", "visits", "waiting"}`` and writes
``{"latencies": {page: [seconds, …]}, "errors": [text, …]}``. An answer that is not the expected one is an error, and so is a
line that breaks. With ``waiting`` some more people ask, as often as they, for a code by text message; their times are left out.
"""

from __future__ import annotations

import http.client
import json
import random
import sys
import threading
import time
from collections import defaultdict
from typing import Any

from bench.load import Clients

READING_SECONDS = 8.0
"""Mean of an exponential distribution: two hundred people ask 25 times a second."""
WEIGHTS = {"home": 15, "landing": 15, "verified": 15, "case": 25, "queue": 5, "message": 5, "day": 20}
WAITING_PEOPLE = 20
FIRST_PHONE = 13_900_000_000


class Users(Clients):
    """One thread a person."""

    def __init__(self, plan: dict[str, Any]) -> None:
        super().__init__(plan | {"requests": []})
        self.by_page: dict[str, list[float]] = defaultdict(list)
        self.asked = 0

    def run(self) -> dict[str, Any]:
        """All people to their end."""
        waiting = WAITING_PEOPLE if self.plan["waiting"] else 0
        threads = [threading.Thread(target=self._person, args=[n]) for n in range(self.plan["clients"])]
        threads += [threading.Thread(target=self._waits, args=[n]) for n in range(waiting)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return {"latencies": self.by_page, "errors": self.problems, "asked": self.asked}

    def _person(self, number: int) -> None:
        chance = random.Random(f"{self.plan['seed']}:{number}")  # noqa: S311  (habits, no secret)
        over = threading.Event()
        over.wait(chance.uniform(0, READING_SECONDS))
        while (started := time.perf_counter()) < self.end:
            page = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
            request = chance.choice(self.plan["visits"][page])
            problem = self._once(request)
            finished = time.perf_counter()
            if started >= self.begin:
                with self.lock:
                    self.asked += 1
                    self.by_page[page].append(finished - started)
                    self.problems += [problem] if problem else []
            over.wait(min(chance.expovariate(1 / READING_SECONDS), max(self.end - finished, 0)))

    def _once(self, request: dict[str, Any]) -> str:
        with self.lock:
            self.sent += 1
            place = self.sent
        connection = http.client.HTTPConnection("127.0.0.1", self.plan["port"], timeout=30)
        try:
            status = self._send(connection, place, request)
        except (OSError, http.client.HTTPException) as error:
            return f"{request['path']}: {error!r}"
        finally:
            connection.close()
        return "" if status == request["answer"] else f"{request['path']}: {status}"

    def _waits(self, number: int) -> None:
        """Asks for codes by text message, each for another phone, whether or not somebody sends them."""
        pattern = self.plan["visits"]["code"][0]
        chance = random.Random(f"{self.plan['seed']}:waiting {number}")  # noqa: S311  (habits, no secret)
        over, turn = threading.Event(), 0
        over.wait(chance.uniform(0, READING_SECONDS))
        while time.perf_counter() < self.end:
            turn += 1
            phone = str(FIRST_PHONE + self.plan["seed"] * 1_000_000 + number * 10_000 + turn)
            self._once(pattern | {"form": pattern["form"] | {"phone": phone}})
            pause = chance.expovariate(1 / READING_SECONDS)
            over.wait(max(0.0, min(pause, self.end - time.perf_counter())))


if __name__ == "__main__":
    json.dump(Users(json.load(sys.stdin)).run(), sys.stdout)
