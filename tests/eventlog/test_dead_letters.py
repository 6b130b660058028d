"""Poison in the outbox blocks nobody and waits for a person (F-26): what no code can read, what always fails, what is huge; tried
again with a reason, one or all alike up to a cap, on record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from common import clock
from common.actor import system
from common.errors import InvalidInput, NotVisible
from courts.models import Court
from eventlog.models import Event, Outbox, OutboxState
from eventlog.registry import HANDLERS, NAMES, on
from eventlog.relay import MAX_ATTEMPTS, MOST_AT_ONCE, requeue, run_due
from eventlog.services import act, emit
from tests.filing.pages import text_of
from tests.support.court import Cast

NAME = "courts.setting_changed"
HUGE = 10 * 1024 * 1024


@pytest.fixture
def handled(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ids of events that the only handler of ``NAME`` could read; it takes no text that is longer than a page."""
    seen: list[int] = []
    monkeypatch.setitem(HANDLERS, NAME, [])

    def read(event: Event) -> None:
        if len(event.payload["words"]) > 1000 or event.payload["words"].startswith("\ufffd"):
            raise ValueError("unreadable")
        seen.append(event.pk)

    on(NAME)(read)
    return seen


def happen(words: str) -> Event:
    court = Court.objects.first()
    assert court is not None
    with act():
        return emit(NAME, subject=court, actor=system("表"), stream="operations", words=words)


def poison() -> dict[str, int]:
    """One row of every kind; by name the id of the outbox row."""
    good = happen("good")
    handler = Outbox.objects.get(event_id=good.pk).handler
    newer = Event.objects.get(pk=good.pk)
    newer.pk, newer.version, newer.seq, newer.stream = None, 99, 1, "newer"
    newer.public_id = uuid4()
    newer.save(force_insert=True)
    due = {"next_at": clock.now() - timedelta(minutes=1)}
    rows = {
        "no event": Outbox.objects.create(event_id=10**9, handler=handler, **due),
        "no handler": Outbox.objects.create(event_id=good.pk, handler="apps.gone.tell", **due),
        "unknown version": Outbox.objects.create(event_id=newer.pk, handler=handler, **due),
        "bad bytes": Outbox.objects.get(event_id=happen("\ufffd\ufffd").pk),
        "10 MB": Outbox.objects.get(event_id=happen("a" * HUGE).pk),
    }
    return {name: row.pk for name, row in rows.items()}


@pytest.mark.req("REL-21", "F-26")
def test_poison_of_every_kind_waits_for_a_person_and_the_others_run(handled: list[int]) -> None:
    rows = poison()
    later = [happen(f"later {number}").pk for number in range(5)]
    run_due()
    assert set(later) <= set(handled), "none of it stands in the way"
    moment = clock.now()
    for attempt in range(1, MAX_ATTEMPTS + 1):
        with clock.at(moment + timedelta(hours=12 * attempt)):
            run_due()
    dead = Outbox.objects.filter(pk__in=rows.values())
    assert set(dead.values_list("state", "attempts")) == {(OutboxState.DEAD, MAX_ATTEMPTS)}
    errors = dict(dead.values_list("pk", "last_error"))
    assert {name: errors[key] for name, key in rows.items()} == {
        "no event": "DoesNotExist",
        "no handler": "LookupError",
        "unknown version": "LookupError",
        "bad bytes": "ValueError",
        "10 MB": "ValueError",
    }
    assert not Outbox.objects.filter(state=OutboxState.PENDING).exists()


def dead(count: int, error: str = "ValueError") -> list[Outbox]:
    known = Outbox.objects.count()
    return Outbox.objects.bulk_create(
        Outbox(
            event_id=10**8 + known + number, handler="apps.gone.tell", state=OutboxState.DEAD, attempts=12,
            next_at=clock.now(), last_error=error,
        )
        for number in range(count)
    )  # fmt: skip


@pytest.mark.req("REL-21")
def test_all_alike_up_to_the_cap_and_on_record(cast: Cast) -> None:
    rows, others = dead(MOST_AT_ONCE + 5), dead(1, "KeyError")
    asked: dict[str, Any] = {"row_id": rows[3].pk, "reason": "签章服务已恢复", "actor": cast.admin}
    assert requeue(**asked, all_alike=True) == MOST_AT_ONCE
    left = set(Outbox.objects.filter(state=OutboxState.DEAD).values_list("pk", flat=True))
    assert left == {row.pk for row in [*rows[MOST_AT_ONCE:], *others]}
    event = Event.objects.get(name="eventlog.requeued")
    assert (event.payload["number"], event.payload["reason"]) == (MOST_AT_ONCE, "签章服务已恢复")
    assert event.actor_post_id == cast.posts["admin"].pk
    with pytest.raises(NotVisible):
        requeue(**asked)
    with pytest.raises(InvalidInput):
        requeue(**asked | {"row_id": others[0].pk, "reason": " 试 "})


def test_the_page_says_what_since_when_and_why(cast: Cast, handled: list[int]) -> None:
    event = happen("a" * 2000)
    Outbox.objects.filter(event_id=event.pk).update(
        state=OutboxState.DEAD, attempts=12, last_error="ValueError"
    )
    row = Outbox.objects.get(event_id=event.pk)
    browser = cast.client("admin")
    page, one = text_of(browser.get("/manage/outbox/")), f"/manage/outbox/{row.pk}/"
    for words in (str(NAMES[NAME].label), "ValueError", row.handler):
        assert words in page
    assert "共1件" in text_of(browser.get(one))
    refused = browser.post(one, {"reason": "", "which": "one"})
    assert refused.status_code == 422 and "请填写为什么现在重试" in refused.content.decode()
    assert browser.post(one, {"reason": "服务已恢复了", "which": "one"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.attempts) == (OutboxState.PENDING, 0)
    assert browser.get(one).status_code == 404
    assert cast.client("clerk").get(one).status_code == 403
