"""The second click while the first still works: “wait”, never “nothing was saved” (REL-04)."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from accounts.models import IdempotencyKey
from accounts.services import once
from common.errors import Conflict
from tests.concurrency.together import at_once
from tests.support.court import Cast


@pytest.mark.req("REL-04")
def test_a_repeat_while_the_first_runs_is_told_to_wait(cast: Cast) -> None:
    inside, answered = threading.Event(), threading.Event()

    def send(write: Any) -> str:
        return once(actor=cast.zhang, route="test", key="k", body_hash="h", write=write)

    def first() -> str:
        def slow() -> str:
            inside.set()
            assert answered.wait(20)
            return "done"

        return send(slow)

    def second() -> str:
        assert inside.wait(20)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        try:
            return send(lambda: "twice")
        finally:
            answered.set()

    one, two = at_once(first, second)
    assert one == "done"
    assert isinstance(two, Conflict) and two.code == "in_progress", two
    assert send(lambda: "again") == "done"
    assert IdempotencyKey.objects.count() == 1
