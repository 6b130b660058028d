"""Numbers and alarms of /metrics (REL-54)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import CodePurpose, OneTimeCode
from cases.models import Case
from common import clock
from eventlog.models import Event
from eventlog.tasks import TrailBroken
from launcher.paths import ROOT
from portal import figures, jobs
from portal.models import Schedule


@pytest.mark.req("REL-54")
def test_times_are_counted_in_buckets_by_class() -> None:
    counted = figures.Answers()
    for milliseconds in (10, 50, 51, 4_000, 9_000):
        counted.note("read", 200, milliseconds)
    counted.note("write", 403, 5)
    lines = dict(line.rsplit(" ", 1) for line in counted.lines())
    assert lines['portal_request_seconds_bucket{class="read",le="0.05"}'] == "2"
    assert lines['portal_request_seconds_bucket{class="read",le="0.1"}'] == "3"
    assert lines['portal_request_seconds_bucket{class="read",le="5"}'] == "4"
    assert lines['portal_request_seconds_bucket{class="read",le="+Inf"}'] == "5"
    assert lines['portal_request_seconds_count{class="read"}'] == "5"
    assert lines['portal_request_seconds_sum{class="read"}'] == "13.111"
    assert (lines['portal_denials_total{status="403"}'], lines['portal_denials_total{status="404"}']) == (
        "1",
        "0",
    )


@pytest.mark.req("REL-54")
@pytest.mark.django_db
def test_the_database_is_asked_little_and_sent_codes_are_counted() -> None:
    now = clock.now()
    for code_hash, ago in (("a", 5), ("b", 50), ("", 5), ("c", 70)):
        made = now - timedelta(minutes=ago)
        OneTimeCode.objects.create(
            purpose=CodePurpose.SIGN_IN, code_hash=code_hash, created_at=made, expires_at=made
        )
    with CaptureQueriesContext(connection) as queries:
        found = figures.figures()
    assert found["codes_sent_last_hour"] == 2
    assert len(queries) <= 15
    assert 0 < found["database_pool_share"] < 1


@pytest.mark.req("REL-54")
def test_above_its_limit_a_number_is_an_alarm(settings: object) -> None:
    settings.SCAN_UNKNOWN_ALARM = 5  # type: ignore[attr-defined]
    quiet = {name: limit for name, limit in figures.ALARMS.items()} | {"scan_unknown_last_hour": 5}
    assert set(figures.alarms(quiet).values()) == {False}
    loud = {name: value + 1 for name, value in quiet.items()}
    assert set(figures.alarms(loud).values()) == {True}


@pytest.mark.req("REL-54")
@pytest.mark.django_db
def test_the_page_prints_numbers_alarms_and_times() -> None:
    client = Client()
    client.get("/help/")
    page = client.get("/metrics").content.decode()
    for name in (*figures.ALARMS, "scan_unknown_last_hour"):
        assert f"\nportal_{name} " in page, name
        assert f'portal_alarm{{name="{name}"}} ' in page, name
    assert 'portal_request_seconds_count{class="read"}' in page
    assert "portal_suspense_yuan 0.00" in page


@pytest.mark.req("REL-54")
def test_the_lag_of_the_nightly_verification_grows_until_the_trail_is_found_good(
    case: Case, owner_connection: Any
) -> None:
    now = clock.now()
    Schedule.objects.update_or_create(
        key="trail", defaults={"known_at": now - timedelta(days=30), "succeeded_at": now}
    )
    with clock.at(now + timedelta(hours=49)):
        found = figures.figures()
        assert found["trail_verified_age_seconds"] == 49 * 3600
        assert figures.alarms(found)["trail_verified_age_seconds"]
        assert jobs.run("trail")
        assert figures.figures()["trail_verified_age_seconds"] == 0
    event = Event.objects.earliest("id")
    with owner_connection.cursor() as cursor:  # past every guard
        cursor.execute("ALTER TABLE eventlog_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE eventlog_event SET subject_id = subject_id + 1 WHERE id = %s", [event.pk])
        cursor.execute("ALTER TABLE eventlog_event ENABLE TRIGGER USER")
    with clock.at(now + timedelta(hours=98)):
        with pytest.raises(TrailBroken):
            jobs.run("trail")
        found = figures.figures()
        assert (
            found["trail_verified_age_seconds"] == 49 * 3600
            and figures.alarms(found)["trail_verified_age_seconds"]
        )
    assert Schedule.objects.get(key="trail").result == "TrailBroken"


@pytest.mark.req("REL-54")
def test_every_alarm_is_explained_to_the_operator() -> None:
    page = (ROOT / "docs/operations.md").read_text()
    assert [name for name in figures.ALARMS if f"portal_{name}`" not in page] == []
