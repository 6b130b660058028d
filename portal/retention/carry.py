"""Carries the retention table out: some rows at a time, each batch in a transaction of its own with its entry in the trail.

Nothing is remembered beside the rows: a run that was killed is followed by the next, which finds by the rows what is left. Big
tables are walked by their keys, so that no single statement reads more than ``WINDOW`` rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from common import clock
from common.actor import system
from common.batches import move_in_batches
from eventlog.services import act, emit
from portal import events
from portal.models import Schedule
from portal.retention.holds import bound_case, held_filing, held_person
from portal.retention.table import RULES, Rule

JOB = "retention"
WINDOW, BATCH = 5000, 500


@dataclass(frozen=True)
class Count:
    """How many rows a rule concerns now."""

    rule: Rule
    rows: int


def due(rule: Rule, now: datetime) -> QuerySet[Any]:
    """Rows whose time is over: without what is held, and without what belongs to a live case."""
    rows = rule.rows(now - timedelta(days=rule.days))
    if rule.person:
        rows = rows.filter(~held_person(rule.person))
    if rule.phone:
        rows = rows.filter(~held_person(rule.phone, by="phone_index"))
    if rule.filing:
        rows = rows.filter(~held_filing(rule.filing))
    if rule.case:
        rows = rows.filter(~bound_case(rule.case, by=rule.case_by))
    return rows


def dry_run() -> list[Count]:
    """What a run would do now, rule by rule. Changes nothing."""
    now = clock.now()
    return [Count(rule, sum(part.count() for part in _parts(due(rule, now)))) for rule in RULES]


def carry_out(rules: tuple[Rule, ...] = RULES) -> int:
    """Do it; how many rows were cleared or blanked. Safe to kill, to run twice, and to run at once."""
    now = clock.now()
    return sum(
        move_in_batches(part, partial(_batch, rule), size=BATCH)
        for rule in rules
        for part in _parts(due(rule, now))
    )


def _parts(rows: QuerySet[Any]) -> Iterator[QuerySet[Any]]:
    """The same rows, in stretches of the table's keys."""
    keys = rows.model._base_manager.order_by("pk").values_list("pk", flat=True)
    window = list(keys[:WINDOW])
    while window:
        yield rows.filter(pk__gte=window[0], pk__lte=window[-1])
        window = list(keys.filter(pk__gt=window[-1])[:WINDOW])


def _batch(rule: Rule, rows: list[Any]) -> None:
    """Rows that this transaction has locked."""
    found = rows[0]._meta.model._base_manager.filter(pk__in=[row.pk for row in rows])
    with act():
        if rule.clear is not None:
            for row in rows:
                rule.clear(row)
        elif rule.blanks:
            found.update(**dict.fromkeys(rule.blanks, ""))
        else:
            found.delete()
        subject, _new = Schedule.objects.get_or_create(key=JOB, defaults={"known_at": clock.now()})
        emit(
            events.RETENTION_CLEARED,
            subject=subject,
            actor=system(str(_("保存期限"))),
            stream="operations",
            rule=rule.key,
            deed=rule.deed,
            days=rule.days,
            rows=len(rows),
        )
