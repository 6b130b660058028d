"""A visitor who has not signed in, calling the public look-ups."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

Call = Callable[..., tuple[int, Any]]


def _read(response: HttpResponse) -> tuple[int, Any]:
    assert response["Content-Type"] == "application/json"
    return response.status_code, response.json()  # type: ignore[attr-defined]


@pytest.fixture
def post() -> Call:
    """``post("fees/quote", {...})`` → status, body. CSRF is enforced: a look-up needs none."""
    client = Client(enforce_csrf_checks=True)

    def call(path: str, body: Any) -> tuple[int, Any]:
        return _read(client.post(f"/api/v1/{path}", body, content_type="application/json"))

    return call


@pytest.fixture
def get() -> Call:
    """``get("courts", q="景县")`` → status, body."""

    def call(path: str, **query: Any) -> tuple[int, Any]:
        return _read(Client().get(f"/api/v1/{path}", query))

    return call
