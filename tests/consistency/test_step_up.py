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
    "accounts:phone", "accounts:phones", "accounts:weixin", "accounts:dingtalk", "accounts:staff_dingtalk", "accounts:ways",
    "payments:refund", "payments:desk_refund", "casefiles:seal", "casefiles:lift", "documents:seals",
    "pages:closings", "pages:corrections", "pages:outage_entries", "pages:own_data", "pages:trail_hold",
}  # fmt: skip
"""Factors, payee account, refund approval, sealing, tokens, staff accounts and posts, work without a witness of the trail, one's own data. The zone's two
stand in its own tests."""
BODIES = {"payments:desk_refund": {"action": "approve"}}


BULK = {"payments:bank_file": "FI", "feedback:contacts_file": "SU"}
"""Files with names or account numbers of many people, and who may have them. Sums, samples and one's own case are none."""


def old_client(world: World, who: str) -> Client:
    """Signed in or proven longer ago than counts."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    copy = store()
    old = (clock.process_now() - timedelta(minutes=6)).isoformat()
    copy.update(dict(store(world.sessions[who]).items()) | {PROVED: old})
    copy.create()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = copy.session_key
    return client


@pytest.mark.django_db
@pytest.mark.req("SEC-08")
def test_an_old_sign_in_takes_no_bulk_export_along(world: World) -> None:
    found = {row.address: row for row in rows() if row.method == "GET" and row.address in BULK}
    assert found.keys() == BULK.keys()
    for address, who in BULK.items():
        path = path_of(world, found[address])
        assert resolve(path).func.asks_step_up >= {"GET", "HEAD"}  # type: ignore[attr-defined]
        for method in ("get", "head"):
            answer = getattr(old_client(world, who), method)(path)
            assert answer.status_code == 302, address
            assert answer["Location"] == f"{DOOR}?next={path}"
        fresh = Client()
        fresh.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[who]
        answer = fresh.get(path)
        assert answer.status_code == 200 and "attachment" in answer["Content-Disposition"]
        assert b"".join(answer.streaming_content)  # to its end, which closes it


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
        if "POST" not in getattr(view, "asks_step_up", ()):
            continue
        asked.add(row.address)
        client = old_client(world, row.main if row.main in world.sessions else "CK")
        before = written()
        answer = client.post(path, (body_of(row, world.bodies) or {}) | BODIES.get(row.address, {}))
        assert answer.status_code == 302 and answer["Location"].startswith(DOOR), row.key
        assert changed_since(before) <= MAY_COUNT, row.key
    assert asked == EXPECTED
