"""The bank list comes in: what names a bill pays it, other money waits in suspense, the same line twice is one."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor
from common.errors import Conflict, NotAllowed
from courts.models import Court
from eventlog.services import act, emit
from payments import events
from payments.bank_list import BankLine, read_bank_list
from payments.finance_policies import keeps_ledger
from payments.gateways import Result
from payments.models import Bill, BillStatus, RowKind, Statement, StatementRow
from payments.selectors import live_order_of
from payments.services.arrivals import CURRENCY, money_stream, record_money, suspend_unmatched
from payments.services.counter import close_online_order
from payments.services.orders import create_order
from payments.services.recon.compare import compare_day, lock_statements
from payments.sources import BANK

BILL_NUMBER = re.compile(r"JF\w{1,12}-[0-9]{4}-[0-9]{6}(?![0-9])")


@dataclass(frozen=True)
class Imported:
    """What an import did, in lines: paid bills, money in suspense, money out, and lines that were known or doubled."""

    lines: int
    paid: int
    suspended: int
    out: int
    known: int
    doubled: int
    days: list[date]


def import_bank_list(*, content: bytes, actor: Actor) -> Imported:
    """Take a bank list of the actor's court; all of it in one act or nothing. The same file or line again changes nothing.

    An online order of a bill that the list pays is closed at its gateway before; where that cannot be said for sure, the
    money waits in suspense. Raises InvalidInput on ``file`` with the lines that are wrong. Days of the list are compared.
    """
    if not keeps_ledger(actor, actor.court_id):
        raise NotAllowed(_("银行流水由财务导入。"))
    court = Court.objects.get(pk=actor.court_id or 0)
    wanted = read_bank_list(content)
    _close_online(court, wanted.lines)
    with act():
        lock_statements(BANK)
        known = _known(court, wanted.lines)
        fresh = [line for line in wanted.lines if line.serial not in known]
        days = _keep_lines(court, fresh, content, actor)
        paid, suspended = _book(court, [line for line in fresh if line.is_credit], actor)
    for day in days:
        compare_day(code=BANK, day=day, court=court)
    return Imported(
        lines=len(wanted.lines) + len(wanted.doubled),
        paid=paid,
        suspended=suspended,
        out=len(fresh) - paid - suspended,
        known=len(known),
        doubled=len(wanted.doubled),
        days=days,
    )


def _number(court: Court, line: BankLine) -> str:
    """A serial number as it is unique over all courts and their banks."""
    return f"{court.code}-{line.serial}"


def _named(line: BankLine) -> str:
    """The bill a credit names; empty when it names none."""
    found = BILL_NUMBER.search(line.summary.replace(" ", "").upper()) if line.is_credit else None
    return found.group() if found else ""


def _bills(court: Court, lines: Iterable[BankLine]) -> dict[str, Bill]:
    numbers = {number for line in lines if (number := _named(line))}
    rows = Bill.objects.filter(court=court, number__in=numbers).select_related("court", "case")
    return {bill.number: bill for bill in rows}


def _close_online(court: Court, lines: list[BankLine]) -> None:
    """Outside any transaction: orders of the bills that this list pays can no longer be paid online."""
    bills = _bills(court, lines)
    for line in lines:
        bill = bills.get(_named(line))
        if bill is None or bill.status != BillStatus.OPEN or bill.amount != line.amount:
            continue
        try:
            close_online_order(bill)
        except Conflict:
            continue


def _known(court: Court, lines: list[BankLine]) -> set[str]:
    """Serial numbers that an earlier list brought. One query."""
    wanted = {_number(court, line): line.serial for line in lines}
    rows = StatementRow.objects.filter(statement__gateway=BANK, transaction_no__in=wanted)
    return {wanted[number] for number in rows.values_list("transaction_no", flat=True)}


def _keep_lines(court: Court, lines: list[BankLine], content: bytes, actor: Actor) -> list[date]:
    """One statement for each day of the list. Returns the days."""
    digest, by_day = hashlib.sha256(content).hexdigest(), defaultdict(list)
    for line in lines:
        by_day[clock.beijing_day(line.happened_at)].append(line)
    for day, rows in sorted(by_day.items()):
        statement = Statement.objects.create(
            court=court, gateway=BANK, day=day, sha256=digest, taken_at=clock.now(), taken_by_id=actor.post_id
        )
        StatementRow.objects.bulk_create([_row(court, statement, line) for line in rows])
        emit(
            events.STATEMENT_TAKEN,
            subject=statement,
            actor=actor,
            stream=money_stream(court),
            court_id=court.pk,
            gateway=BANK,
            day=day,
            lines=len(rows),
        )
    return sorted(by_day)


def _row(court: Court, statement: Statement, line: BankLine) -> StatementRow:
    return StatementRow(
        statement=statement,
        line=line.number,
        kind=RowKind.PAYMENT if line.is_credit else RowKind.REFUND,
        transaction_no=_number(court, line),
        amount=line.amount,
        status="paid" if line.is_credit else "refunded",
        happened_at=line.happened_at,
        payer=line.payer,
        summary=line.summary,
    )


def _book(court: Court, credits: list[BankLine], actor: Actor) -> tuple[int, int]:
    """Every credit becomes a payment of its bill or money in suspense. Returns how many of each."""
    numbers = {number for line in credits if (number := _named(line))}
    locked = Bill.objects.select_for_update(of=("self",), no_key=True).filter(court=court, number__in=numbers)
    bills = {bill.number: bill for bill in locked.select_related("court", "case").order_by("pk")}
    paid = 0
    for line in credits:
        bill = bills.get(_named(line))
        if bill is not None and bill.amount == line.amount and live_order_of(bill) is None:
            result = Result("paid", _number(court, line), line.amount, CURRENCY, line.happened_at)
            paid += record_money(create_order(bill, BANK, "transfer", actor), result, actor) == "paid"
            continue
        suspend_unmatched(
            court=court,
            gateway=BANK,
            transaction_no=_number(court, line),
            amount=line.amount,
            paid_at=line.happened_at,
            actor=actor,
        )
    return paid, len(credits) - paid
