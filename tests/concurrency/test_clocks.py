"""The jobs of clocks and digests run twice at once: each step and each digest once. With the locks off they meet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet

from cases.models import Party, Side
from common import clock
from common.actor import system
from courts.calendar import calendar_for
from feedback import services
from feedback.models import Clock, Digest, Escalation, Thread, Topic
from feedback.services import clocks, digests
from tests.concurrency.together import Gate, at_once
from tests.support.court import Cast, accepted

pytestmark = pytest.mark.req("REL-41")
JOB = system("答复时限")


@pytest.fixture
def thread(cast: Cast) -> Thread:
    """Asked some weeks ago and never answered: all steps have fallen."""
    case = accepted(cast)
    party = Party.objects.get(case=case, side=Side.PLAINTIFF)
    thread = services.ask(
        case_id=case.pk, party_id=party.pk, topic=Topic.OTHER, text="问一句", actor=cast.zhang
    )
    long_ago = timedelta(days=40)
    for row in Clock.objects.filter(thread=thread):
        row.started_at, row.promised_at = row.started_at - long_ago, row.promised_at - long_ago
        row.due_at, row.next_at = row.promised_at, row.promised_at - timedelta(hours=2)
        row.save()
    return thread


def escalate() -> int:
    return clocks.escalate_due(JOB)


def test_two_jobs_make_each_step_once(thread: Thread) -> None:
    results = at_once(escalate, escalate)
    assert sum(results) == 2, results
    assert Escalation.objects.count() == 6 and escalate() == 0


def test_control_without_locks_both_make_the_same_step(
    thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then only the last barrier, a unique key, stops the second."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **kwargs: self)
    gate, original = Gate(2), clocks.holder

    def wait(*args: Any) -> Any:
        gate.pass_through()
        return original(*args)

    monkeypatch.setattr("feedback.services.clocks.holder", wait)
    assert any(isinstance(result, IntegrityError) for result in at_once(escalate, escalate))


def evening() -> int:
    day, calendar = clock.now().astimezone(clock.BEIJING), calendar_for(None)
    while not calendar.is_workday(day.date()):
        day += timedelta(days=1)
    with clock.at(day.replace(hour=23, minute=40)):
        return digests.send_digests(JOB)


def test_two_jobs_send_each_digest_once(thread: Thread) -> None:
    results = at_once(evening, evening)
    people = Digest.objects.values("user_id").distinct().count()
    assert sum(results) == people == Digest.objects.count() > 0, results


def test_control_without_locks_two_digests_meet(thread: Thread, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have seen that there is none yet; only a unique key stops the second."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **kwargs: self)
    gate, original = Gate(2), Digest.objects.create

    def wait(**values: Any) -> Digest:
        gate.pass_through()
        return original(**values)

    monkeypatch.setattr(Digest.objects, "create", wait)
    assert any(isinstance(result, IntegrityError) for result in at_once(evening, evening))
