"""`python -m bench.prepare build CASES FILINGS | record FILE`: one measured database, in processes of their own rights.

``build`` runs as owner and fills the database. ``record`` runs with the rights of the portal: it signs the visitors
in, records what each page sends to the database, and writes requests and scripts for the bare view into FILE.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.test import Client


def record(file: Path) -> None:
    """Everything the web processes and the load generator need to know."""
    from bench.bare import script
    from bench.capture import BEGIN, COMMIT, Sent, statements
    from bench.visitors import READERS, Visit, aside, visits

    def once(visit: Visit, number: int) -> list[Sent]:
        client = Client(
            enforce_csrf_checks=True, headers={"X-Forwarded-For": f"10.9.{number // 250}.{number % 250}"}
        )
        client.cookies.load(visit.cookies)
        with statements() as sent:
            answer = (
                client.get(visit.path) if visit.method == "GET" else client.post(visit.path, visit.body())
            )
        if answer.status_code != visit.answer or "/login/" in answer.headers.get("Location", ""):
            raise RuntimeError(f"{visit.method} {visit.path} answered {answer.status_code}")
        return sent

    plan: dict[str, Any] = {"visits": {}, "queries": {}, "scripts": {}}
    number = 0
    for page, all_visits in visits().items():
        scripts = []
        recorded, visiting = all_visits, all_visits
        if page == "message":  # whose hourly count the replays drive up cannot write any more
            recorded, visiting = all_visits[: 2 * READERS], all_visits[2 * READERS :]
        for visit in recorded:
            once(visit, number := number + 1)  # first use fills what processes remember
            first, second = once(visit, number := number + 1), once(visit, number := number + 1)
            scripts.append(script(first, second))
            plan["queries"][page] = sum(sent.text not in (BEGIN, COMMIT) for sent in second)
        plan["scripts"][page] = scripts
        plan["visits"][page] = [_request(visit) for visit in visiting]
        for way in ("orm", "sql"):
            bare = [Visit("GET", f"/bare/{way}/{page}/{place}/") for place in range(len(scripts))]
            plan["visits"][f"{way} {page}"] = [_request(visit) for visit in bare]
    for page, all_visits in aside().items():
        plan["visits"][page] = [_request(visit) for visit in all_visits]
    file.write_text(json.dumps(plan, ensure_ascii=False))


def _request(visit: Any) -> dict[str, Any]:
    cookies = "; ".join(f"{name}={value}" for name, value in visit.cookies.items())
    form = visit.body() if visit.form else {}
    return {
        "method": visit.method,
        "path": visit.path,
        "cookie": cookies,
        "form": form,
        "answer": visit.answer,
    }


if __name__ == "__main__":
    django.setup()
    settings.ALLOWED_HOSTS.append("testserver")
    if sys.argv[1] == "build":
        from bench.data import build

        build(int(sys.argv[2]), int(sys.argv[3]))
    else:
        record(Path(sys.argv[2]))
