"""Every address that asks for a fresh proof, with an old sign-in (SEC-08)."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.conf import settings
from django.test import Client
from django.urls import Resolver404, resolve

from accounts.middleware import PROVED
from accounts.step_up import DOOR
from common import clock
from tests.consistency.access_table import body_of, rows
from tests.consistency.addresses import path_of
from tests.consistency.test_access import MAY_COUNT, changed_since, written
from tests.consistency.world import World

EXPECTED = {
    "accounts:factor_app", "accounts:factor_key", "accounts:factors", "accounts:resets", "accounts:tokens",
    "courts:person", "courts:person_new", "accounts:password",
    "accounts:phone", "accounts:phones",
    "payments:refund", "payments:desk_refund", "casefiles:seal", "casefiles:lift", "documents:seals",
    "pages:corrections", "pages:outage_entries", "pages:own_data", "pages:trail_hold",
}  # fmt: skip
"""Factors, payee account, refund approval, sealing, tokens, staff accounts and posts, work without a witness of the trail, one's own data. The zone's two
stand in its own tests."""
BODIES = {"payments:desk_refund": {"action": "approve"}}


@pytest.mark.django_db
@pytest.mark.req("SEC-08")
def test_an_old_sign_in_is_sent_to_prove_itself_and_nothing_happens(world: World) -> None:
    asked = set()
    for row in (row for row in rows() if row.method == "POST" and not row.address.startswith(("/", "api:"))):
        path = path_of(world, row)
        try:
            view = resolve(path).func
        except Resolver404:  # the zone's, served by a process of its own
            continue
        if not getattr(view, "asks_step_up", False):
            continue
        asked.add(row.address)
        who = row.main if row.main in world.sessions else "CK"
        store = import_module(settings.SESSION_ENGINE).SessionStore
        copy = store()
        old = (clock.process_now() - timedelta(minutes=6)).isoformat()
        copy.update(dict(store(world.sessions[who]).items()) | {PROVED: old})
        copy.create()
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = copy.session_key
        before = written()
        answer = client.post(path, (body_of(row, world.bodies) or {}) | BODIES.get(row.address, {}))
        assert answer.status_code == 302 and answer["Location"].startswith(DOOR), row.key
        assert changed_since(before) <= MAY_COUNT, row.key
    assert asked == EXPECTED
