"""Whatever fits the published schema, and what does not, sent to every operation as everybody: answers are as the schema says (gate ``fuzz``)."""

from __future__ import annotations

import json
from functools import cache
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
import schemathesis
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.consistency.world import EVERYBODY, World
from tests.support.length import FULL_LENGTH

pytestmark = pytest.mark.django_db
EXAMPLES = 60 if FULL_LENGTH else 3
"""For each operation, of both kinds; each goes to everybody."""
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OPERATIONS = (
    "GET /api/v1/case-numbers/parse", "GET /api/v1/cases", "GET /api/v1/cases/{public_id}", "GET /api/v1/causes", "GET /api/v1/courts",
    "GET /api/v1/filings/{public_id}", "GET /api/v1/materials", "POST /api/v1/assistant/ask", "POST /api/v1/deadlines/compute",
    "POST /api/v1/documents/verify", "POST /api/v1/fees/quote", "POST /api/v1/filings", "POST /api/v1/identity/check",
    "POST /api/v1/receipts/verify",
)  # fmt: skip


@cache
def published() -> Any:
    """The schema as anybody gets it."""
    answer = Client().get("/api/schema/", {"format": "json"})
    return schemathesis.openapi.from_dict(json.loads(answer.content))


def operations() -> dict[str, Any]:
    return {found.ok().label: found.ok() for found in published().get_all_operations()}


def test_these_are_all_operations() -> None:
    assert sorted(operations()) == sorted(OPERATIONS)


def sent(client: Client, case: Any) -> schemathesis.Response:
    """The generated request as the portal's own client sends it; whatever it writes is undone."""
    made = case.as_transport_kwargs(base_url="http://testserver")
    path = made["url"].removeprefix("http://testserver")
    query = urlencode(made.get("params") or {}, doseq=True)
    headers = {name: str(value) for name, value in (made.get("headers") or {}).items() if value is not None}
    content = made.get("json") if "json" in made else made.get("data")
    body = json.dumps(content).encode() if "json" in made else (content or b"")
    body = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        answer = client.generic(
            case.method,
            f"{path}?{query}" if query else path,
            body if isinstance(body, bytes) else json.dumps(body).encode(),
            content_type=headers.pop("Content-Type", "application/json"),
            headers={
                name: value for name, value in headers.items() if value.isascii() and value.isprintable()
            },
        )
        transaction.set_rollback(True)
    return as_answer(answer, case.method, made["url"])


def as_answer(answer: Any, method: str, url: str) -> schemathesis.Response:
    """As the checks of the library read it."""
    return schemathesis.Response(
        status_code=answer.status_code,
        headers={name.lower(): [value] for name, value in answer.headers.items()},
        content=answer.content,
        request=requests.Request(method, url).prepare(),
        elapsed=0.0,
        verify=False,
    )


@pytest.mark.req("SEC-14")
@pytest.mark.parametrize("label", OPERATIONS)
def test_every_answer_is_one_of_the_schema(world: World, label: str) -> None:
    operation = operations()[label]
    cases = st.one_of(
        operation.as_strategy(GenerationMode.POSITIVE), operation.as_strategy(GenerationMode.NEGATIVE)
    )
    clients = {role: world.browser(role) for role in EVERYBODY}
    mine = world.things["sent" if "filings" in label else "case"]["public_id"]
    told: set[tuple[str, int]] = set()

    @settings(
        max_examples=EXAMPLES,
        derandomize=not FULL_LENGTH,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases, st.booleans())
    def each(case: Any, known: bool) -> None:
        if known and "public_id" in (case.path_parameters or {}):
            case.path_parameters["public_id"] = str(mine)
        for role, client in clients.items():
            answer = sent(client, case)
            case.validate_response(answer, checks=CHECKS)
            told.add((role, answer.status_code))

    each()
    assert {role for role, _status in told} == set(EVERYBODY)


def test_an_answer_that_the_schema_does_not_know_is_seen() -> None:
    """Control: an undocumented status, another type, another shape."""
    operation = operations()["GET /api/v1/courts"]
    case = operation.Case()

    class Fake:
        def __init__(self, status: int, content: bytes, kind: str = "application/json") -> None:
            self.status_code, self.content, self.headers = status, content, {"Content-Type": kind}

    for wrong in (Fake(418, b"{}"), Fake(200, b"{}"), Fake(200, b"[]", "text/html"), Fake(500, b"{}")):
        answer = as_answer(wrong, "GET", "http://testserver/api/v1/courts")
        with pytest.raises(BaseException, match=r"."):
            case.validate_response(answer, checks=CHECKS)
