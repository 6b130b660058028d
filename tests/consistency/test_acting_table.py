"""Every address that writes, asked with a consent that is over, withdrawn or somebody else's, and with one that does not cover it:
nothing is done for anybody (docs/adr/0038)."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.middleware import ACTING, ACTING_CLOSED, ACTING_OVER
from assistance.models import ActingConsent, ActingScope
from assistance.scope import ALWAYS, OF_SCOPE, READ_BACK, covered
from common import clock
from tests.consistency.access_table import Row, body_of, rows
from tests.consistency.addresses import all_addresses, path_of
from tests.consistency.test_access import MAY_COUNT, changed_since, written
from tests.consistency.world import World

PEOPLE = {"AN", "SC", "ZH", "LI", "CH", "WA"}
WRITES = [
    row
    for row in rows()
    if row.method == "POST"
    and not row.address.startswith(("/", "demo/", "standins:", "api:"))
    and any(row.expected[role] in ("200", "302", "409", "422") for role in PEOPLE)
]
"""Whatever writes and is open to somebody who is no member of staff."""
OWN_WAY_OUT = {"accounts:sign_out"}
"""Leaving works, whatever became of the consent."""

pytestmark = pytest.mark.django_db


def consent_of(world: World, helper: str, **how: Any) -> ActingConsent:
    """李 agreed to be helped by 陈, or whoever is named."""
    now = clock.now()
    times = {"started_at": now - timedelta(hours=2), "ends_at": now + timedelta(hours=2)}
    users = world.cast.users
    return ActingConsent.objects.create(
        person=users["li"], helper=users[helper], way="code", **({"scopes": list(ActingScope)} | times | how)
    )


def answers(world: World, consent: ActingConsent, asked: list[Row]) -> set[str]:
    """Where all these addresses lead 陈 with this consent in his session; nothing was written on the way."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    session = store()
    values = dict(store(world.sessions["CH"]).items()) | {ACTING: str(consent.public_id)}
    session.update(values)
    session.create()
    kept = Session.objects.get(session_key=session.session_key)
    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    found, before = set(), written()
    for row in asked:
        kept.save()  # as it was: the first answer takes the consent out
        answer = client.post(path_of(world, row), body_of(row, world.bodies) or {})
        assert answer.status_code == 302, (row.key, answer.status_code)
        found.add(answer["Location"])
    assert changed_since(before) - MAY_COUNT == set()
    return found


@pytest.mark.req("SEC-07", "SEC-09")
def test_a_consent_that_does_not_hold_opens_nothing(world: World) -> None:
    now = clock.now()
    asked = [row for row in WRITES if row.address not in OWN_WAY_OUT]
    over = {"state": "ended", "ended_at": now, "ended_by": "person"}
    for helper, how in (
        ("chen", {"ends_at": now - timedelta(minutes=1)}),
        ("chen", over),
        ("wang", {}),  # live, and another's
    ):
        consent = consent_of(world, helper, **how)
        assert answers(world, consent, asked) == {ACTING_OVER}, consent.state
        consent.delete()


@pytest.mark.req("SEC-09")
def test_what_was_not_agreed_to_stays_closed(world: World) -> None:
    consent = consent_of(world, "chen", scopes=[ActingScope.PAY])
    opens = covered(consent.scopes).opens
    asked = [row for row in WRITES if row.address not in opens]
    assert len(asked) > 40
    assert answers(world, consent, asked) == {ACTING_CLOSED}


def test_the_lists_name_addresses_that_exist() -> None:
    named = ALWAYS.opens.union(*(part.opens for part in OF_SCOPE.values()))
    assert named <= all_addresses() and named >= READ_BACK
    assert set(OF_SCOPE) == set(ActingScope)
