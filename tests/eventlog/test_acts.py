"""Acts and their events: together or not at all; chains that verify; tables that refuse change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from common import clock
from common.actor import system
from courts.models import Court
from eventlog.guards import append_only_models
from eventlog.models import Event, Outbox, OutboxState, Receipt, StreamHead
from eventlog.receipts import is_genuine
from eventlog.registry import HANDLERS, NAMES, Mode, on
from eventlog.relay import MAX_ATTEMPTS, requeue, run_due
from eventlog.services import act, emit
from eventlog.verify import Verdict, verify
from filing.models import Submission
from filing.services import submit_filing
from tests.support.court import Cast, draft, submitted

ACTOR = system("test")


def _happen(count: int, stream: str = "case:test") -> None:
    court = Court.objects.get(code="某1234")
    for _number in range(count):
        with act():
            emit(
                "courts.setting_changed",
                subject=court,
                actor=ACTOR,
                stream=stream,
                court_id=court.pk,
                key="k",
            )


@pytest.mark.req("SEC-42")
def test_event_outside_an_act_or_undeclared_is_refused(transactional_db: None) -> None:
    court = Court.objects.get(code="某1234")
    with pytest.raises(RuntimeError):
        emit("courts.setting_changed", subject=court, actor=ACTOR, stream="s")
    with pytest.raises(LookupError), act():
        emit("courts.never_declared", subject=court, actor=ACTOR, stream="s")


@pytest.mark.req("SEC-42")
def test_change_and_event_are_undone_together(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the event cannot be written nothing has happened: no number, no submission, still a draft."""
    filing = draft(cast)

    def fail(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError("no space left")

    monkeypatch.setattr(Event.objects, "bulk_create", fail)
    with pytest.raises(DatabaseError):
        submit_filing(filing_id=filing.pk, actor=cast.zhang)
    filing.refresh_from_db()
    assert (filing.status, filing.number) == ("draft", None)
    assert not Submission.objects.exists()


@pytest.mark.req("SEC-43")
def test_chain_is_gap_free_and_verifies(transactional_db: None) -> None:
    _happen(5)
    assert list(Event.objects.filter(stream="case:test").order_by("seq").values_list("seq", flat=True)) == [
        1,
        2,
        3,
        4,
        5,
    ]
    assert StreamHead.objects.get(stream="case:test").seq == 5
    assert verify() == []


ATTACKS: dict[str, tuple[str, Verdict, int]] = {
    "payload": (
        "UPDATE eventlog_event SET payload = '{}' WHERE stream = 'case:test' AND seq = 3",
        Verdict.BROKEN,
        3,
    ),
    "actor": (
        "UPDATE eventlog_event SET actor_name = 'x' WHERE stream = 'case:test' AND seq = 2",
        Verdict.BROKEN,
        2,
    ),
    "time": (
        "UPDATE eventlog_event SET happened_at = happened_at - interval '1 day' WHERE stream = 'case:test' AND seq = 4",
        Verdict.BROKEN,
        4,
    ),
    "first": ("DELETE FROM eventlog_event WHERE stream = 'case:test' AND seq = 1", Verdict.GAP, 1),
    "middle": ("DELETE FROM eventlog_event WHERE stream = 'case:test' AND seq = 3", Verdict.GAP, 3),
    "last": ("DELETE FROM eventlog_event WHERE stream = 'case:test' AND seq = 5", Verdict.SHORT, 5),
    "hash": (
        "UPDATE eventlog_event SET hash = repeat('a', 64) WHERE stream = 'case:test' AND seq = 2",
        Verdict.BROKEN,
        2,
    ),
}


@pytest.mark.req("SEC-46")
@pytest.mark.parametrize("name", ATTACKS)
def test_a_superuser_who_changes_rows_is_found(owner_connection: Any, name: str) -> None:
    statement, verdict, seq = ATTACKS[name]
    _happen(5)
    with owner_connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement)
    finding = verify()[0]
    assert (finding.verdict, finding.stream, finding.seq) == (verdict, "case:test", seq)


@pytest.mark.req("SEC-40")
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_run_time_role_cannot_change_traced_tables(cast: Cast, verb: str) -> None:
    submitted(cast)
    for model in append_only_models():
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(verb.format(model._meta.db_table))


@pytest.mark.req("SEC-40")
def test_even_the_owner_meets_the_guard(owner_connection: Any) -> None:
    _happen(1)
    with owner_connection.cursor() as cursor:
        for model in append_only_models():
            with pytest.raises(Exception, match="append-only"):
                cursor.execute(f"TRUNCATE {model._meta.db_table} CASCADE")


@pytest.mark.req("SEC-45")
def test_receipt_is_signed_and_a_changed_one_is_not_genuine(cast: Cast) -> None:
    filing = submitted(cast)
    receipt = Receipt.objects.get()
    assert filing.number is not None and filing.number in receipt.text
    assert is_genuine(receipt.text, receipt.signature)
    assert not is_genuine(receipt.text.replace(filing.number, "2025-0101-0001"), receipt.signature)
    assert not is_genuine(receipt.text, "bm9uc2Vuc2U=")


def test_poison_handler_blocks_nobody_and_ends_among_the_dead(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, run_outbox: Callable[..., int]
) -> None:
    """One row that always fails is retried with growing pauses, then shown to staff; the others run (REL-21)."""

    def explode(*args: Any, **kwargs: Any) -> None:
        raise ValueError("poison")

    monkeypatch.setattr("notifications.handlers.notify", explode)
    submitted(cast)
    moment = clock.now()
    for attempt in range(MAX_ATTEMPTS + 1):
        with clock.at(moment + timedelta(hours=12 * attempt)):
            run_due()
    row = Outbox.objects.get(state=OutboxState.DEAD)
    assert (row.attempts, row.last_error) == (MAX_ATTEMPTS, "ValueError")
    monkeypatch.undo()
    assert requeue(row_id=row.pk, reason="原因已排除", actor=cast.admin) == 1
    run_outbox()
    row.refresh_from_db()
    assert row.state == OutboxState.DONE


def test_what_a_handler_does_not_want_never_enters_the_outbox(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setitem(HANDLERS, "courts.setting_changed", [])
    for mode in (Mode.TOGETHER, Mode.AFTER):

        def note(event: Event, mode: Mode = mode) -> None:
            seen.append(f"{event.stream} {mode}")

        note.__name__ = f"note_{mode}"
        on("courts.setting_changed", mode, wants=lambda event: event.stream == "case:wanted")(note)
    _happen(1, "case:wanted")
    _happen(1, "case:other")
    assert (Outbox.objects.count(), run_due()) == (1, 1)
    assert seen == ["case:wanted together", "case:wanted after"]


def test_every_handler_listens_to_a_declared_event() -> None:
    assert set(HANDLERS) <= set(NAMES)


def test_every_append_only_model_has_its_triggers(transactional_db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%_guard'")
        guarded = {row[0] for row in cursor.fetchall()}
    assert {model._meta.db_table for model in append_only_models()} <= guarded
    assert apps.get_model("feedback", "Message") in append_only_models()
