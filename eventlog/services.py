"""Acts and their events. ``with act():`` is the transaction of every service; ``emit`` records what happened."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from common import clock, security
from common.actor import Actor, Helper
from common.errors import NotAllowed
from eventlog import receipts
from eventlog.models import Event, Outbox, Receipt, StreamHead
from eventlog.offline import entry_hash, payload_hash
from eventlog.registry import HANDLERS, NAMES, Mode
from eventlog.wake import RUN_OUTBOX, wake_after_commit

Row = TypeVar("Row", bound=models.Model)


@dataclass
class _Pending:
    event: Event
    receipt: str | None


@dataclass
class _Unit:
    """What the running outermost act has collected; stands on the connection, one per thread."""

    depth: int = 0
    pending: list[_Pending] = field(default_factory=list)
    consents: set[int] = field(default_factory=set)


ConsentCheck = Callable[[Helper], bool]
_consent_holds: ConsentCheck | None = None


def use_consent_check(check: ConsentCheck) -> None:
    """``assistance`` hands in whether a helper's consent holds now, with its row locked; without it nobody acts for another."""
    global _consent_holds
    _consent_holds = check


def _unit() -> _Unit:
    unit: _Unit | None = getattr(connection, "portal_unit", None)
    if unit is None:
        unit = _Unit()
        connection.portal_unit = unit  # type: ignore[attr-defined]
    return unit


@contextmanager
def act() -> Iterator[None]:
    """One business act: a transaction that ends by writing its events, chain heads locked last (DESIGN §9).

    An act inside an act joins it; an error in either undoes both, also one that somebody between them swallows: then
    the outer act raises RuntimeError. The clock is read once: it stands still inside.
    """
    unit = _unit()
    if unit.depth:
        unit.depth += 1
        try:
            with transaction.atomic(savepoint=False):
                yield
        finally:
            unit.depth -= 1
        return
    unit.depth, unit.pending, unit.consents = 1, [], set()
    try:
        with transaction.atomic(), clock.read_once(in_transaction=True):
            yield
            if connection.needs_rollback:
                raise RuntimeError("an error inside was swallowed, but it has undone the whole act")
            _write(unit.pending)
    finally:
        unit.depth, unit.pending, unit.consents = 0, [], set()


def emit(
    name: str,
    *,
    subject: models.Model,
    actor: Actor,
    stream: str,
    court_id: int | None = None,
    receipt: str | None = None,
    **data: Any,
) -> Event:
    """Record that ``name`` happened to ``subject``; handlers marked together run at once.

    ``data`` must be plain (ids, codes, dates, amounts): no names, numbers or texts of people. ``receipt`` is the
    number of the thing a person gets a signed receipt for. Position in the chain and hash are known only when the
    outermost act ends. Raises LookupError for an undeclared name, RuntimeError outside an act, NotAllowed for a helper
    whose person does not agree any more: the whole act is undone.
    """
    unit = _unit()
    if not unit.depth:
        raise RuntimeError(f"emit({name}) outside an act")
    if name not in NAMES:
        raise LookupError(f"event {name} is not declared")
    by: Actor | Helper = actor
    if actor.helper is not None:
        _require_consent(unit, actor.helper)
        by = actor.helper
    payload = json.loads(json.dumps(data, cls=DjangoJSONEncoder))
    event = Event(
        public_id=uuid.uuid4(),
        name=name,
        stream=stream,
        happened_at=clock.now(),
        court_id=court_id,
        subject_kind=subject._meta.label_lower,
        subject_id=subject.pk,
        actor_kind=by.kind,
        actor_id=by.user_id,
        actor_role=by.role,
        actor_name=by.name,
        actor_court_id=by.court_id,
        actor_post_id=by.post_id,
        acting_for=actor.acting_for,
        channel=actor.channel,
        request_id=actor.request_id,
        payload=payload,
    )
    unit.pending.append(_Pending(event, receipt))
    for handler in HANDLERS.get(name, []):
        if handler.mode is Mode.TOGETHER and handler.wants(event):
            handler.function(event)
    return event


def _require_consent(unit: _Unit, helper: Helper) -> None:
    """Once in each act, with the consent locked until its end: a withdrawal comes before it or after it, never in between."""
    if helper.consent_id in unit.consents:
        return
    if _consent_holds is None or not _consent_holds(helper):
        raise NotAllowed(_("代办已经结束，刚才这一步没有办。"))
    unit.consents.add(helper.consent_id)


def _write(pending: list[_Pending]) -> None:
    """Append the collected events to their streams, streams in sorted order, and queue their handlers."""
    if not pending:
        return
    now = clock.now()
    heads = _locked_heads(sorted({item.event.stream for item in pending}))
    for item in pending:
        _link(item.event, heads[item.event.stream])
    Event.objects.bulk_create([item.event for item in pending])
    StreamHead.objects.bulk_create(
        heads.values(), update_conflicts=True, unique_fields=["stream"], update_fields=["seq", "hash"]
    )
    Receipt.objects.bulk_create([receipts.sign(i.event, i.receipt) for i in pending if i.receipt])
    rows = [
        Outbox(event_id=item.event.pk, handler=handler.key, next_at=now)
        for item in pending
        for handler in HANDLERS.get(item.event.name, [])
        if handler.mode is not Mode.TOGETHER and handler.wants(item.event)
    ]
    for item in pending:
        if NAMES[item.event.name].security:
            told = partial(
                security.note,
                item.event.name,
                user_id=item.event.actor_id,
                event_id=str(item.event.public_id),
            )
            transaction.on_commit(told, robust=True)
    if rows:
        Outbox.objects.bulk_create(rows)
        wake_after_commit(RUN_OUTBOX)


def _locked_heads(streams: list[str]) -> dict[str, StreamHead]:
    """The heads of these chains, locked in sorted order. The one head of an old chain costs one query; several are
    made before the first is locked, otherwise the order would break.
    """
    rows = StreamHead.objects.select_for_update().filter(stream__in=streams).order_by("stream")
    heads = {head.stream: head for head in rows} if len(streams) == 1 else {}
    if not heads:
        StreamHead.objects.bulk_create([StreamHead(stream=name) for name in streams], ignore_conflicts=True)
        heads = {head.stream: head for head in rows.all()}
    return heads


def _link(event: Event, head: StreamHead) -> None:
    event.seq, event.previous_hash = head.seq + 1, head.hash
    event.payload_salt = secrets.token_hex(16)
    event.algorithm = settings.TRAIL_HASH
    event.payload_hash = payload_hash(event.payload, event.payload_salt, event.algorithm)
    event.hash = entry_hash(event.entry())
    head.seq, head.hash = event.seq, event.hash


def one_by_one(rows: QuerySet[Row], work: Callable[[Row], object], *, most: int = 500) -> int:
    """Do the same with each row that a queryset finds, in an act of its own, and give how many there were.

    Made for tasks that run again and again, also twice at once: a row is locked, what another worker holds or what no
    longer belongs to the queryset is left alone. After the lock the row is looked up once more: what the first look saw
    of other tables may be older than the lock. ``work`` must change something so that the row is not found again.
    """
    done = 0
    for pk in list(rows.values_list("pk", flat=True)[:most]):
        with act():
            free = rows.model._base_manager.select_for_update(of=("self",), no_key=True, skip_locked=True)
            row = rows.filter(pk=pk).first() if free.filter(pk=pk).first() is not None else None
            if row is not None:
                work(row)
                done += 1
    return done
