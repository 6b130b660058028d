"""A test begins with what set-up left, whoever of an earlier one was still writing."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from standins.models import SentText
from tests.concurrency.together import at_once
from tests.support.database import LATE_ROWS, Cleaner

INSERT = (
    'INSERT INTO standins_senttext (provider_id, channel, "to", text, received_at)'
    " VALUES ('late', 'sms', '13800000001', '晚', now())"
)


@pytest.fixture
def writer(owner_connection: Any) -> Any:
    """Somebody in the middle of a transaction in which he has written."""
    owner_connection.autocommit = False
    owner_connection.cursor().execute(INSERT)
    return owner_connection


def test_who_is_still_writing_is_waited_for(
    django_db_setup: Cleaner, writer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process was killed after it had said COMMIT, and the server is about to do it."""
    look, found = django_db_setup._nobody_writes, threading.Event()

    def look_and_tell() -> bool:
        nobody = look()
        found.set()
        return nobody

    def commit() -> None:
        assert found.wait(30)
        writer.commit()

    monkeypatch.setattr(django_db_setup, "_nobody_writes", look_and_tell)
    assert at_once(django_db_setup.clean, commit) == [None, None]
    assert not SentText.objects.exists()


def test_control_without_the_wait_the_next_test_finds_it(
    django_db_setup: Cleaner, writer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(django_db_setup, "_nobody_writes", lambda: True)
    django_db_setup.clean()
    writer.commit()
    assert SentText.objects.exists()
    with pytest.warns(UserWarning, match=f"{LATE_ROWS} .*test_control_without.*13800000001"):
        django_db_setup.begin()
    assert not SentText.objects.exists()


def test_a_portal_on_a_port_is_no_afterthought(db: None, request: pytest.FixtureRequest) -> None:
    """A person was signed in at a live portal by a test that was rolled back: the text with the code was the next test's."""
    with pytest.raises(pytest.fail.Exception, match="too late"):
        request.getfixturevalue("live")
