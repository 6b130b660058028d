"""The bare views: what a page asks the database, nothing else of it, and a short answer.

``orm`` does the same queries as a Django view would: builds them, sends them, makes the objects. ``sql`` sends the
finished statements through the same cursor and reads the rows: the least that the queries can cost. A script is what one visitor's request sent, recorded twice. What differs between the recordings is new in every
request (ids, keys, hashes, positions in chains) and is made anew in every replay: unique columns hold, and replays
wait for each other no more and no less than pages do.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import uuid
from contextlib import ExitStack
from functools import cache, partial
from pathlib import Path
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from bench.capture import BEGIN, COMMIT, Sent, opened
from payments.models import GatewayNotice

SCRIPTS = "BENCH_SCRIPTS"
"""Names the file with the scripts in the environment of a measuring process."""
VALUE = re.compile(r"\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}|[0-9a-f]{32}|9\d{9})\b")
"""What can be new in every request: uuids, hashes, salts and request ids, new ids."""


def script(first: list[Sent], second: list[Sent]) -> dict[str, Any]:
    """From two recordings of one visitor's request to a script that can be stored as JSON."""
    before = set(VALUE.findall("\n".join(sent.text for sent in first)))
    after = set(VALUE.findall("\n".join(sent.text for sent in second)))
    steps = [[sent.text, list(sent.numbers.items()), sent.query] for sent in second]
    return {"steps": steps, "fresh": sorted(value for value in after - before if not value.isdigit())}


@cache
def _scripts() -> dict[str, list[dict[str, Any]]]:
    read: dict[str, list[dict[str, Any]]] = json.loads(Path(os.environ[SCRIPTS]).read_text())
    for step in (step for scripts in read.values() for recorded in scripts for step in recorded["steps"]):
        is_insert = step[0].startswith("INSERT")
        step[2] = opened(step[2]) if step[2] and (is_insert or not step[1]) else None
    return read


def _new(value: str) -> str:
    return str(uuid.uuid4()) if "-" in value else secrets.token_hex(len(value) // 2)


@csrf_exempt
@login_not_required
def replay(request: HttpRequest, way: str, page: str, visitor: int) -> HttpResponse:
    """Ask the database what this visitor's page asked. A new id in an answer, and the number after it, stand for those
    of the recording from then on; reads that begin with one and changes of rows are always sent as text."""
    wanted = _scripts()[page][visitor]
    renamed = {value: _new(value) for value in wanted["fresh"]}
    with ExitStack() as stack:
        for text, numbers, query in wanted["steps"]:
            if text == BEGIN:
                stack.enter_context(transaction.atomic())
                continue
            if text == COMMIT:
                stack.close()
                continue
            if query is not None and way == "orm":
                rows = query(partial(_renewed, renamed))
            else:
                rows = _send(_renewed(renamed, text))
            for column, old in numbers:
                new = rows[0][column]
                renamed |= {str(old): str(new), str(old + 1): str(new + 1)}
    return HttpResponse("done")


def _send(text: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text)
        return list(cursor.fetchall()) if cursor.description else []


def _renewed(renamed: dict[str, str], value: Any) -> Any:
    """A value of a recorded row as this replay writes it."""
    if isinstance(value, uuid.UUID):
        return uuid.UUID(renamed.get(str(value), str(value)))
    if type(value) is int:
        return int(renamed.get(str(value), value))
    if type(value) is str:
        return VALUE.sub(lambda found: renamed.get(found[0], found[0]), value)
    return value


@csrf_exempt
@login_not_required
def insert(request: HttpRequest) -> HttpResponse:
    """One row in one transaction: what a callback cannot cost less than."""
    with transaction.atomic():
        GatewayNotice.objects.create(
            gateway="bare",
            event_no=secrets.token_hex(16),
            body=request.body.decode(),
            received_at=timezone.now(),
        )
    return HttpResponse("success")
