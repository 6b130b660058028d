"""A day's reconciliation: bills of all gateways are fetched and kept, then compared. Repeatable, and after a crash simply
started again: a bill is kept whole or not at all, a comparison as well."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor, system
from common.errors import GatewayUnavailable, InvalidInput
from courts.models import Court
from eventlog.services import act, emit
from payments import events
from payments.gateways import DayBill, StatementLine, gateway, gateways
from payments.models import Difference, DifferenceState, Statement, StatementRow
from payments.services.recon.compare import compare_day, lock_statements
from payments.sources import BANK

log = logging.getLogger(__name__)
ACTOR = system(str(_("对账")))
ROWS_AT_ONCE = 1000
LOOK_BACK = timedelta(days=7)
"""A gateway that had no bill is asked for it again so long; later ones are fetched by hand."""


@dataclass(frozen=True)
class Outcome:
    """What became of one gateway's or bank's day: lines, how many differ, or that there is no bill yet."""

    gateway: str
    day: date
    lines: int = 0
    differences: int = 0
    available: bool = True


def run_day(*, day: date, only: str = "") -> list[Outcome]:
    """Reconcile a day over (InvalidInput otherwise) with all gateways, or with ``only`` one, and with the bank lists there.

    A gateway that does not answer does not keep the others from being compared; its outcome says so.
    """
    if day >= clock.today():
        text = _("只能对已经结束的日子对账")
        raise InvalidInput(text, day=text)
    codes = [chosen.code for chosen in gateways()]
    if only and only not in (*codes, BANK):
        text = _("没有接入这个支付渠道")
        raise InvalidInput(text, gateway=text)
    outcomes = [_gateway_day(code, day) for code in codes if only in ("", code)]
    if only in ("", BANK):
        outcomes += [_bank_day(court, day) for court in _courts_with_lists(day)]
    return outcomes


def reconcile_days_left() -> list[Outcome]:
    """What is due by itself: yesterday, days of the last week without a bill, days with open differences. Run often: a
    day that has its bill and nothing open is not touched again."""
    outcomes = []
    yesterday = clock.today() - timedelta(days=1)
    for chosen in gateways():
        taken = set(
            Statement.objects.filter(gateway=chosen.code, day__gt=yesterday - LOOK_BACK).values_list(
                "day", flat=True
            )
        )
        week = {yesterday - timedelta(days=back) for back in range(LOOK_BACK.days)}
        still_open = set(_open_days(chosen.code))
        for day in sorted(week - taken):
            outcomes.append(_gateway_day(chosen.code, day))
        for day in sorted(still_open - (week - taken)):
            outcomes.append(_compared(chosen.code, day, None))
    for court_id, day in set(
        Difference.objects.filter(gateway=BANK, state=DifferenceState.OPEN).values_list("court_id", "day")
    ):
        outcomes.append(_bank_day(Court.objects.get(pk=court_id), day))
    return outcomes


def days_without_bill(since: date) -> list[tuple[str, date]]:
    """Days over, from this one on, of which a gateway's bill was never taken. One query a gateway."""
    days = {since + timedelta(days=later) for later in range((clock.today() - since).days)}
    missing = []
    for chosen in gateways():
        taken = Statement.objects.filter(gateway=chosen.code, day__in=days).values_list("day", flat=True)
        missing += [(chosen.code, day) for day in days - set(taken)]
    return sorted(missing, key=lambda row: (row[1], row[0]))


def _open_days(code: str) -> Iterable[date]:
    rows = Difference.objects.filter(gateway=code, state=DifferenceState.OPEN)
    return rows.values_list("day", flat=True).distinct()


def _courts_with_lists(day: date) -> list[Court]:
    ids = Statement.objects.filter(gateway=BANK, day=day).values("court_id")
    return list(Court.objects.filter(pk__in=ids).order_by("code"))


def _gateway_day(code: str, day: date) -> Outcome:
    try:
        bill = gateway(code).statement(day)
    except GatewayUnavailable:
        log.warning("a gateway has no bill of the day", extra={"gateway": code, "day": day.isoformat()})
        return Outcome(code, day, available=False)
    take_statement(code, bill)
    return _compared(code, day, None)


def _bank_day(court: Court, day: date) -> Outcome:
    return _compared(BANK, day, court)


def _compared(code: str, day: date, court: Court | None) -> Outcome:
    found = compare_day(code=code, day=day, court=court)
    lines = StatementRow.objects.filter(
        statement__gateway=code, statement__day=day, statement__court=court
    ).count()
    return Outcome(code, day, lines, len(found))


def take_statement(code: str, bill: DayBill, actor: Actor = ACTOR) -> Statement:
    """Keep a gateway's bill with all its lines in one act; the same bytes again are the same statement."""
    with act():
        lock_statements(code)
        same = Statement.objects.filter(gateway=code, day=bill.day, court=None, sha256=bill.sha256).first()
        if same is not None:
            return same
        statement = Statement.objects.create(
            gateway=code, day=bill.day, sha256=bill.sha256, taken_at=clock.now(), taken_by_id=actor.post_id
        )
        rows = (_row(statement, number, line) for number, line in enumerate(bill.lines, start=1))
        StatementRow.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
        emit(
            events.STATEMENT_TAKEN,
            subject=statement,
            actor=actor,
            stream=f"gateway:{code}",
            gateway=code,
            day=bill.day,
            lines=len(bill.lines),
        )
    return statement


def _row(statement: Statement, number: int, line: StatementLine) -> StatementRow:
    return StatementRow(
        statement=statement,
        line=number,
        kind=line.kind,
        out_no=line.out_no[:40],
        transaction_no=line.transaction_no[:80],
        amount=line.amount,
        fee=line.fee,
        status=line.status[:12],
        happened_at=line.happened_at,
    )
