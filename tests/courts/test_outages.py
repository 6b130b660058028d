"""Outages are recorded by the system itself and told to everybody in a signed text (REL-51)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import Client

from common import clock
from courts.models import Heartbeat, Outage
from courts.outages import beat, outages_on, record_of
from eventlog.models import Event
from eventlog.receipts import is_genuine
from portal.tasks import heartbeat
from tests.concurrency.together import at_once
from tests.support.court import Cast, submitted
from tests.support.servers import Live

NINE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Nine o'clock in Beijing on a Monday."""


def seen(*minutes: float) -> list[Outage | None]:
    """Beats so many minutes after nine."""
    found = []
    for minute in minutes:
        with clock.at(NINE + timedelta(minutes=minute)):
            found.append(beat())
    return found


@pytest.mark.req("REL-51")
@pytest.mark.django_db
def test_a_longer_silence_is_an_outage_and_a_short_one_is_none() -> None:
    first, steady, outage, after = seen(0, 5, 47, 47.5)
    assert (first, steady, after) == (None, None, None)
    assert outage is not None
    assert (outage.starts_at, outage.ends_at) == (NINE + timedelta(minutes=5), NINE + timedelta(minutes=47))
    assert list(Outage.objects.all()) == [outage]
    event = Event.objects.get(name="courts.outage_recorded")
    assert (event.actor_kind, event.actor_name) == ("system", "heartbeat")


@pytest.mark.req("REL-51")
def test_it_ends_when_somebody_was_served(cast: Cast) -> None:
    with clock.at(NINE):
        beat()
    with clock.at(NINE + timedelta(minutes=20)):
        submitted(cast)
    (outage,) = seen(60)
    assert outage is not None
    assert outage.ends_at == NINE + timedelta(minutes=20)


@pytest.mark.req("REL-51")
def test_a_missing_sign_is_no_outage_while_people_are_served(cast: Cast) -> None:
    with clock.at(NINE):
        beat()
    with clock.at(NINE + timedelta(minutes=4)):
        submitted(cast)
    assert seen(60) == [None]
    assert not Outage.objects.exists()


@pytest.mark.req("REL-51")
@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_record_one_outage() -> None:
    Heartbeat.objects.create(seen_at=clock.now() - timedelta(hours=1))
    found = at_once(beat, beat, beat)
    assert sum(isinstance(outage, Outage) for outage in found) == 1
    assert Outage.objects.count() == 1


@pytest.mark.req("REL-51")
@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["UPDATE courts_outage SET ends_at = now()", "DELETE FROM courts_outage"]
)
def test_a_record_is_never_changed(statement: str) -> None:
    seen(0, 60)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.req("REL-51")
@pytest.mark.django_db
def test_anyone_fetches_the_signed_record_of_a_day() -> None:
    seen(0, 60)
    client = Client()
    answer = client.get("/outages/record/?day=2026-03-02")
    text, _space, signature = answer.content.decode().strip().rpartition("\n\n")
    assert is_genuine(text, signature)
    assert not is_genuine(text.replace("09:00", "08:00"), signature)
    assert "2026-03-02 09:00:00至2026-03-02 10:00:00" in text
    assert "2026年3月12日" in text  # ten days after the obstacle was gone (D79)
    quiet = client.get("/outages/record/?day=2026-03-03").content.decode()
    assert "这一天没有故障记录" in quiet
    page = client.get("/outages/?day=2026-3-2").content.decode()
    assert "2026-03-02 09:00:00至2026-03-02 10:00:00" in page
    for wrong in ("2026-02-30", "2999-01-01", "x", "0000-00-00"):
        assert client.get("/outages/", {"day": wrong}).status_code == 422, wrong
        assert client.get("/outages/record/", {"day": wrong}).status_code == 422, wrong


@pytest.mark.req("REL-51")
@pytest.mark.django_db
def test_an_outage_over_midnight_belongs_to_both_days() -> None:
    seen(14.9 * 60, 15.1 * 60)
    assert [outages_on(date(2026, 3, day)).count() for day in (1, 2, 3, 4)] == [0, 1, 1, 0]
    assert "没有故障" not in record_of(date(2026, 3, 3))[0]


@pytest.mark.req("REL-51")
def test_only_an_answer_of_the_portal_is_a_sign_of_life(live: Live, settings: object) -> None:
    settings.PROBE_URL = "http://127.0.0.1:1"  # type: ignore[attr-defined]
    heartbeat()
    assert not Heartbeat.objects.exists()
    settings.PROBE_URL = live.url  # type: ignore[attr-defined]
    heartbeat()
    assert Heartbeat.objects.count() == 1


@pytest.mark.req("REL-51")
def test_the_page_for_another_host_needs_nothing_of_ours(tmp_path: object) -> None:
    target = tmp_path / "index.html"  # type: ignore[operator]
    call_command("emergency_page", "--out", str(target))
    page = target.read_text()
    assert "12368" in page
    assert "打不开" in page
    assert not any(word in page for word in ("<script", "src=", 'href="/', "@import", "url("))
