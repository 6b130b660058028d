"""A day's statement beside our books, in one statement over all rows at once; differences keep their row over runs."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor
from common.errors import NotAllowed
from courts.models import Court
from eventlog.services import act, emit
from payments import events
from payments.finance_policies import keeps_ledger
from payments.models import DIFFERENCE_FLOW, Difference, DifferenceState, Statement
from payments.services.arrivals import money_stream
from payments.services.suspense import words_of
from payments.sources import BANK

log = logging.getLogger(__name__)

THEIRS = """
theirs AS (
    SELECT kind, CASE WHEN kind = 'refund' AND out_no <> '' THEN out_no ELSE transaction_no END AS reference,
           (array_agg(out_no ORDER BY id))[1] AS out_no, (array_agg(amount ORDER BY id))[1] AS amount,
           (array_agg(fee ORDER BY id))[1] AS fee, (array_agg(status ORDER BY id))[1] AS status, count(*) AS times
      FROM payments_statementrow WHERE statement_id = ANY(%(statements)s) GROUP BY 1, 2),
paid AS (
    SELECT t.*, p.id AS payment_id, p.amount AS ours, p.court_id
      FROM theirs t LEFT JOIN payments_payment p ON p.gateway = %(gateway)s AND p.transaction_no = t.reference
     WHERE t.kind = 'payment')"""
BACK = """,
back AS (
    SELECT t.*, r.id AS part_id, r.amount AS ours, r.state, f.court_id
      FROM theirs t LEFT JOIN payments_refundpart r ON r.route = 'original' AND r.out_no = t.reference
      LEFT JOIN payments_refund f ON f.id = r.refund_id
     WHERE t.kind = 'refund')"""
BACK_BY_BANK = """,
back AS (
    SELECT t.*, r.id AS part_id, r.amount AS ours, r.state, r.court_id
      FROM theirs t LEFT JOIN (
           SELECT x.*, f.court_id FROM payments_refundpart x JOIN payments_refund f ON f.id = x.refund_id
            WHERE x.route = 'bank' AND f.court_id = %(court)s AND x.gateway_no <> '') r
        ON %(prefix)s || r.gateway_no = t.reference
     WHERE t.kind = 'refund')"""
FOUND = """
SELECT CASE WHEN o.id IS NULL THEN 'missing_here' ELSE 'status' END AS kind, paid.reference, NULL::numeric AS ours,
       paid.amount AS theirs, NULL::bigint AS payment_id, NULL::bigint AS part_id, coalesce(o.court_id, %(court)s) AS court_id
  FROM paid LEFT JOIN payments_order o ON o.gateway = %(gateway)s AND o.out_no = paid.out_no
 WHERE payment_id IS NULL AND status = 'paid'
UNION ALL SELECT 'status', reference, ours, amount, payment_id, NULL, court_id
  FROM paid WHERE payment_id IS NOT NULL AND status <> 'paid'
UNION ALL SELECT 'amount', reference, ours, amount, payment_id, NULL, court_id
  FROM paid WHERE payment_id IS NOT NULL AND ours <> amount
UNION ALL SELECT 'fee', reference, round(amount * %(rate)s, 2), fee, payment_id, NULL, court_id
  FROM paid WHERE payment_id IS NOT NULL AND status = 'paid' AND fee <> round(amount * %(rate)s, 2)
UNION ALL SELECT 'duplicate', reference, ours, amount * times, payment_id, NULL, coalesce(court_id, %(court)s)
  FROM paid WHERE times > 1
UNION ALL SELECT 'missing_here', reference, NULL, amount, NULL, NULL, %(court)s
  FROM back WHERE part_id IS NULL AND status = 'refunded'
UNION ALL SELECT 'status', reference, ours, amount, NULL, part_id, court_id
  FROM back WHERE part_id IS NOT NULL AND (status = 'refunded') <> (state = 'done')
UNION ALL SELECT 'amount', reference, ours, amount, NULL, part_id, court_id
  FROM back WHERE part_id IS NOT NULL AND ours <> amount
UNION ALL SELECT 'duplicate', reference, ours, amount * times, NULL, part_id, coalesce(court_id, %(court)s)
  FROM back WHERE times > 1
UNION ALL SELECT 'missing_there', p.transaction_no, p.amount, NULL, p.id, NULL, p.court_id
  FROM payments_payment p
 WHERE p.gateway = %(gateway)s AND p.paid_at >= %(begins)s AND p.paid_at < %(ends)s
   AND (%(court)s IS NULL OR p.court_id = %(court)s)
   AND NOT EXISTS (SELECT FROM payments_statementrow r JOIN payments_statement s ON s.id = r.statement_id
                    WHERE s.gateway = %(gateway)s AND r.kind = 'payment' AND r.transaction_no = p.transaction_no)
"""
PARTS_MISSING = """
UNION ALL SELECT 'missing_there', r.out_no, r.amount, NULL, NULL, r.id, p.court_id
  FROM payments_refundpart r JOIN payments_payment p ON p.id = r.payment_id
 WHERE r.route = 'original' AND r.state = 'done' AND p.gateway = %(gateway)s
   AND r.finished_at >= %(begins)s AND r.finished_at < %(ends)s
   AND NOT EXISTS (SELECT FROM payments_statementrow x JOIN payments_statement s ON s.id = x.statement_id
                    WHERE s.gateway = %(gateway)s AND x.kind = 'refund' AND x.out_no = r.out_no)
"""
PARTS_MISSING_AT_BANK = """
UNION ALL SELECT 'missing_there', %(prefix)s || r.gateway_no, r.amount, NULL, NULL, r.id, f.court_id
  FROM payments_refundpart r JOIN payments_refund f ON f.id = r.refund_id
 WHERE r.route = 'bank' AND r.state = 'done' AND f.court_id = %(court)s
   AND r.finished_at >= %(begins)s AND r.finished_at < %(ends)s
   AND NOT EXISTS (SELECT FROM payments_statementrow x JOIN payments_statement s ON s.id = x.statement_id
                    WHERE s.gateway = 'bank' AND x.kind = 'refund' AND x.transaction_no = %(prefix)s || r.gateway_no)
"""


@dataclass(frozen=True)
class Found:
    """One thing that does not agree, as the comparison found it. Yuan."""

    kind: str
    reference: str
    ours: Decimal | None
    theirs: Decimal | None
    payment_id: int | None
    part_id: int | None
    court_id: int | None


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """The instants at which a day in Beijing begins and ends."""
    begins = clock.start_of_day(day)
    return begins, begins + timedelta(days=1)


def compare_day(*, code: str, day: date, court: Court | None = None) -> list[Found]:
    """Hold what gateway ``code`` says of a day, or a court's bank list, against our books, and keep the differences.

    Returns what differs now. A difference that is gone is marked so, one that comes back is open again, one that somebody
    resolved stays resolved. Nothing is compared while there is no statement. Two runs at once wait for each other.
    """
    with act():
        lock_statements(code)
        statements = _statements(code, day, court)
        found = _found(code, day, court, statements) if statements else []
        if statements:
            _keep(code, day, court, found)
    return found


def lock_statements(code: str) -> None:
    """Statements of one gateway are taken and compared by one act at a time; ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('payments_statement'), hashtext(%s))", [code])


def _statements(code: str, day: date, court: Court | None) -> list[int]:
    """The newest bill of a gateway; of a bank all lists, because each holds new lines only."""
    rows = Statement.objects.filter(gateway=code, day=day, court=court).order_by("-id")
    return list(rows.values_list("pk", flat=True)[: None if code == BANK else 1])


def _found(code: str, day: date, court: Court | None, statements: list[int]) -> list[Found]:
    begins, ends = day_bounds(day)
    values: dict[str, Any] = {
        "gateway": code,
        "statements": statements,
        "begins": begins,
        "ends": ends,
        "rate": settings.PAYMENT_FEE_RATES.get(code, Decimal(0)),
        "court": court.pk if court else None,
        "prefix": f"{court.code}-" if court else "",
    }
    if code == BANK:
        query = f"WITH {THEIRS}{BACK_BY_BANK}{FOUND}{PARTS_MISSING_AT_BANK}"
    else:
        query = f"WITH {THEIRS}{BACK}{FOUND}{PARTS_MISSING}"
    with connection.cursor() as cursor:
        cursor.execute(query.replace("%(court)s", "%(court)s::bigint"), values)
        return [Found(*row) for row in cursor.fetchall()]


def _keep(code: str, day: date, court: Court | None, found: list[Found]) -> None:
    rows = Difference.objects.select_for_update(of=("self",), no_key=True).filter(gateway=code, day=day)
    if court is not None:
        rows = rows.filter(court=court)
    known = {(row.kind, row.reference, row.court_id): row for row in rows}
    now = clock.now()
    fresh = []
    for one in found:
        row = known.pop((one.kind, one.reference, one.court_id), None)
        if row is None:
            fresh.append(Difference(gateway=code, day=day, found_at=now, **vars(one)))
        elif DIFFERENCE_FLOW.can(row, "return"):
            DIFFERENCE_FLOW.move(row, "return")
            row.save(update_fields=["state"])
    for row in known.values():
        if DIFFERENCE_FLOW.can(row, "vanish"):
            DIFFERENCE_FLOW.move(row, "vanish")
            row.save(update_fields=["state"])
    Difference.objects.bulk_create(fresh)
    if fresh:
        log.error("reconciliation found differences", extra={"gateway": code, "count": len(fresh)})


def resolve_difference(*, difference_id: int, note: str, actor: Actor) -> Difference:
    """Finance found out why something differs and says so; the day can be closed. InvalidTransition when nothing is open."""
    note = words_of(note)
    with act():
        rows = Difference.objects.select_for_update(of=("self",), no_key=True)
        row = rows.get(pk=difference_id)
        if not keeps_ledger(actor, row.court_id):
            raise NotAllowed(_("只有财务可以处理对账差异。"))
        DIFFERENCE_FLOW.move(row, "resolve")
        row.note, row.resolved_at, row.resolved_by_id = note, clock.now(), actor.post_id
        row.save(update_fields=["state", "note", "resolved_at", "resolved_by"])
        court = Court.objects.get(pk=actor.court_id or 0)
        emit(
            events.DIFFERENCE_RESOLVED,
            subject=row,
            actor=actor,
            stream=money_stream(court),
            court_id=court.pk,
            kind=row.kind,
            day=row.day,
        )
    return row


def open_differences_of(court_id: int, day: date, *, unclaimed: bool) -> int:
    """How many differences of a day are open for a court, with those that name no court when ``unclaimed``. One query."""
    rows = Difference.objects.filter(day=day, state=DifferenceState.OPEN)
    own = rows.filter(court_id=court_id)
    return (own | rows.filter(court=None) if unclaimed else own).count()
