"""A member of staff who signs in is on record; a wrong password signs nobody in."""

from __future__ import annotations

import pytest
from django.test import Client

from eventlog.models import Event
from tests.support.court import Cast
from tests.support.sign_in import sign_in_staff


@pytest.mark.parametrize(("password", "signed_in"), [("portal-demo-2026", 1), ("wrong-password", 0)])
def test_a_staff_sign_in_is_on_record(cast: Cast, password: str, signed_in: int) -> None:
    sign_in_staff(Client(), "clerk", password)
    events = Event.objects.filter(name="accounts.signed_in", actor_kind="staff")
    assert [event.actor_id for event in events] == [cast.posts["clerk"].user_id] * signed_in
