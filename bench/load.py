"""The load generator: a process of its own with a few threads, each with one open connection and no pause.

Reads ``{"port", "clients", "warm_seconds", "seconds", "seed", "requests"}`` as JSON from its input and writes
``{"latencies": [seconds, …], "seconds"}``. Any answer but the expected one ends it: a refusal is fast and would look
like speed.
"""

from __future__ import annotations

import http.client
import json
import random
import sys
import threading
import time
import uuid
from typing import Any
from urllib.parse import urlencode


class Clients:
    """Threads that go through the same shuffled list of requests from different places."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.requests: list[dict[str, Any]] = plan["requests"]
        self.order = list(range(len(self.requests)))
        random.Random(plan["seed"]).shuffle(self.order)  # noqa: S311  (an order, no secret)
        self.lock = threading.Lock()
        self.sent = 0
        self.latencies: list[float] = []
        self.problems: list[str] = []
        self.begin = time.perf_counter() + plan["warm_seconds"]
        self.end = self.begin + plan["seconds"]

    def run(self) -> dict[str, Any]:
        """All threads to their end."""
        threads = [threading.Thread(target=self._client) for _number in range(self.plan["clients"])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self.problems:
            raise SystemExit(self.problems[0])
        return {"latencies": self.latencies, "seconds": self.plan["seconds"]}

    def _next(self) -> tuple[int, dict[str, Any]]:
        with self.lock:
            number = self.sent
            self.sent += 1
        return number, self.requests[self.order[number % len(self.order)]]

    def _client(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.plan["port"], timeout=30)
        connection.connect()
        while not self.problems and time.perf_counter() < self.end:
            number, request = self._next()
            started = time.perf_counter()
            status = self._send(connection, number, request)
            finished = time.perf_counter()
            if status != request["answer"]:
                self.problems.append(f"{request['method']} {request['path']} answered {status}")
            if started >= self.begin and finished <= self.end:
                self.latencies.append(finished - started)
        connection.close()

    def _send(self, connection: http.client.HTTPConnection, number: int, request: dict[str, Any]) -> int:
        place = number + (self.plan["seed"] << 16)
        headers = {"X-Forwarded-For": f"10.{place >> 16 & 255}.{place >> 8 & 255}.{place & 255}"}
        if request["cookie"]:
            headers["Cookie"] = request["cookie"]
        body = None
        if request["form"]:
            body = urlencode(request["form"] | {"form_key": str(uuid.uuid4())})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(request["method"], request["path"], body=body, headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status


if __name__ == "__main__":
    json.dump(Clients(json.load(sys.stdin)).run(), sys.stdout)
