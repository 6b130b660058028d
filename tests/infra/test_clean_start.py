"""A test begins with what set-up left, whoever of an earlier one was still writing."""

from __future__ import annotations

from typing import Any

import pytest

from standins.models import SentText
from tests.concurrency.together import at_once
from tests.support.database import LATE_ROWS, Cleaner
from tests.support.waiting import soon

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


def test_who_is_still_writing_is_waited_for(django_db_setup: Cleaner, writer: Any) -> None:
    """A process was killed after it had said COMMIT, and the server is about to do it."""

    def commit() -> None:
        asks = "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%backend_xid IS NOT NULL' AND pid <> pg_backend_pid()"

        def has_looked() -> bool:
            with writer.cursor() as cursor:
                cursor.execute(asks)
                return cursor.fetchone() is not None

        assert soon(has_looked)
        writer.commit()

    found = at_once(django_db_setup.clean, commit)
    assert found == [None, None] and not SentText.objects.exists()


def test_control_without_the_wait_the_next_test_finds_it(
    django_db_setup: Cleaner, writer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(django_db_setup, "_nobody_writes", lambda: True)
    django_db_setup.clean()
    writer.commit()
    assert SentText.objects.exists()
    with pytest.warns(UserWarning, match=f'{LATE_ROWS}: "standins_senttext"'):
        django_db_setup.begin()
    assert not SentText.objects.exists()
