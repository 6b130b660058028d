"""The day sheet of a court and the closing of a day: sums and balances as the ledger has them, fixed for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor
from common.errors import Conflict, NotAllowed
from common.money import ZERO
from courts.models import Court
from eventlog.services import act, emit
from payments import events
from payments.finance_policies import keeps_ledger, looks_after_unclaimed
from payments.models import Account, DayClose, Journal, JournalKind, Line, Payment, Statement
from payments.services.arrivals import money_stream
from payments.services.ledger import ARRIVES_AT
from payments.services.recon.compare import day_bounds, open_differences_of
from payments.sources import gateway_words

MARGIN = timedelta(minutes=5)
"""What was begun before midnight has committed by then."""
HELD = (Account.CLEARING, Account.CASH, Account.BANK)
"""Where money lies: their balance is debits minus credits, that of all others credits minus debits."""


@dataclass(frozen=True)
class Came:
    """What came on a day through one gateway in one way: fees, and money that fitted nothing. Yuan."""

    gateway: str
    way: str
    purpose: str
    count: int
    sum: Decimal


@dataclass(frozen=True)
class Moved:
    """What moved inside the books on a day: how often and how much, by kind and by the account it left. Yuan."""

    kind: str
    account: str
    count: int
    sum: Decimal

    @property
    def label(self) -> str:
        return str(JournalKind(self.kind).label)

    @property
    def account_label(self) -> str:
        return str(Account(self.account).label)


@dataclass(frozen=True)
class Balance:
    """An account at the beginning and at the end of a day. Yuan."""

    account: str
    opening: Decimal
    closing: Decimal

    @property
    def label(self) -> str:
        return str(Account(self.account).label)


@dataclass(frozen=True)
class Sheet:
    """The day sheet 日报 of a court."""

    day: date
    came: list[Came]
    moved: list[Moved]
    balances: list[Balance]

    @property
    def total(self) -> Decimal:
        return sum((row.sum for row in self.came), ZERO)

    @property
    def count(self) -> int:
        return sum(row.count for row in self.came)


def sheet_of(court_id: int, day: date) -> Sheet:
    """The day sheet from the ledger: what was posted between midnight and midnight in Beijing. Five queries."""
    begins, ends = day_bounds(day)
    posted = Q(
        journals__kind=JournalKind.RECEIPT, journals__posted_at__gte=begins, journals__posted_at__lt=ends
    )
    came = (
        Payment.objects.filter(posted, court_id=court_id)
        .values_list("gateway", "order__way", "purpose")
        .annotate(count=Count("id"), sum=Sum("amount"))
        .order_by("gateway", "order__way", "purpose")
    )
    lines = Line.objects.filter(
        journal__court_id=court_id,
        journal__posted_at__gte=begins,
        journal__posted_at__lt=ends,
        direction="credit",
    ).exclude(journal__kind=JournalKind.RECEIPT)
    moved = (
        lines.values_list("journal__kind", "account")
        .annotate(count=Count("id"), sum=Sum("amount"))
        .order_by("journal__kind", "account")
    )
    opening = balances_before(court_id, begins)
    closing = _plus(opening, court_id, begins, ends)
    return Sheet(
        day=day,
        came=[Came(code, way or "", purpose, count, total) for code, way, purpose, count, total in came],
        moved=[Moved(*row) for row in moved],
        balances=[Balance(account, opening[account], closing[account]) for account in Account.values],
    )


def balances_before(court_id: int, moment: datetime) -> dict[str, Decimal]:
    """Every account of a court at a moment: what the last closed day says and the lines since. Two queries."""
    closed = (
        DayClose.objects.filter(court_id=court_id, day__lt=clock.beijing_day(moment)).order_by("-day").first()
    )
    known = {
        account: Decimal(closed.balances.get(account, 0)) if closed else ZERO for account in Account.values
    }
    since = day_bounds(closed.day)[1] if closed else None
    return _plus(known, court_id, since, moment)


def _plus(
    known: dict[str, Decimal], court_id: int, since: datetime | None, until: datetime
) -> dict[str, Decimal]:
    rows = Line.objects.filter(journal__court_id=court_id, journal__posted_at__lt=until)
    if since is not None:
        rows = rows.filter(journal__posted_at__gte=since)
    result = dict(known)
    for account, direction, total in rows.values_list("account", "direction").annotate(sum=Sum("amount")):
        result[account] += total if (direction == "debit") == (account in HELD) else -total
    return result


def days_to_close(court_id: int) -> list[date]:
    """Days that are over and in which something was posted, after the last closed one, oldest first. Two queries."""
    last = DayClose.objects.filter(court_id=court_id).order_by("-day").values_list("day", flat=True).first()
    rows = Journal.objects.filter(court_id=court_id, posted_at__lt=day_bounds(clock.today())[0])
    if last is not None:
        rows = rows.filter(posted_at__gte=day_bounds(last)[1])
    days = rows.annotate(day=TruncDate("posted_at", tzinfo=clock.BEIJING)).values_list("day", flat=True)
    return sorted(set(days.distinct().order_by()))


def in_the_way(court_id: int, day: date, *, unclaimed: bool) -> list[str]:
    """Why a day cannot be closed yet, in sentences; nothing when it can."""
    if clock.now() < day_bounds(day)[1] + MARGIN:
        return [_("这一天还没有过完，次日0时05分以后才能日结")]
    found = []
    earlier = [other for other in days_to_close(court_id) if other < day]
    if earlier:
        found.append(_("%(day)s还没有日结，请按日期顺序办") % {"day": earlier[0].isoformat()})
    count = open_differences_of(court_id, day, unclaimed=unclaimed)
    if count:
        found.append(_("这一天有%(count)s条对账差异没有处理") % {"count": count})
    missing = without_statement(court_id, day)
    if missing:
        names = "、".join(gateway_words(code) for code in missing)
        found.append(_("还没有取得对账单：%(gateways)s") % {"gateways": names})
    return found


def without_statement(court_id: int, day: date) -> list[str]:
    """Gateways that money of the court came through on a day, and whose bill of it is not there. Two queries."""
    begins, ends = day_bounds(day)
    used = (
        Payment.objects.filter(court_id=court_id, paid_at__gte=begins, paid_at__lt=ends)
        .exclude(gateway__in=ARRIVES_AT)
        .values_list("gateway", flat=True)
    )
    taken = Statement.objects.filter(day=day, court=None).values_list("gateway", flat=True)
    return sorted(set(used.distinct().order_by()) - set(taken))


def close_day(*, day: date, actor: Actor) -> DayClose:
    """Close a day of the actor's court: its sums and balances are fixed. The same day again gives the same row.

    Conflict names what is in the way: the day is not over, an earlier one is open, a difference or a bill is missing.
    """
    if not keeps_ledger(actor, actor.court_id):
        raise NotAllowed(_("日结由财务办理。"))
    with act():
        court = Court.objects.select_for_update(no_key=True).get(pk=actor.court_id or 0)
        done = DayClose.objects.filter(court=court, day=day).first()
        if done is not None:
            return done
        reasons = in_the_way(court.pk, day, unclaimed=looks_after_unclaimed(actor))
        if reasons:
            raise Conflict("；".join(reasons), code="day_not_ready")
        sheet = sheet_of(court.pk, day)
        closed = DayClose.objects.create(
            court=court,
            day=day,
            totals=totals_of(sheet),
            balances={row.account: str(row.closing) for row in sheet.balances},
            closed_at=clock.now(),
            closed_by_id=actor.post_id or 0,
        )
        emit(
            events.DAY_CLOSED,
            subject=closed,
            actor=actor,
            stream=money_stream(court),
            court_id=court.pk,
            day=day,
            balances=closed.balances,
        )
    return closed


def totals_of(sheet: Sheet) -> list[dict[str, Any]]:
    """The sums of a sheet as they are kept with the closed day."""
    came = [
        {"kind": "receipt", "gateway": row.gateway, "way": row.way, "purpose": row.purpose, "count": row.count, "sum": str(row.sum)}
        for row in sheet.came
    ]  # fmt: skip
    return came + [
        {"kind": row.kind, "account": row.account, "count": row.count, "sum": str(row.sum)}
        for row in sheet.moved
    ]


@dataclass(frozen=True)
class MonthDay:
    """A day of the monthly report, in yuan, with whether it is closed."""

    day: date
    closed: bool
    came: dict[str, Decimal]
    suspended: Decimal
    applied: Decimal
    refund_due: Decimal
    refund_paid: Decimal


def month_of(court_id: int, first: date) -> list[MonthDay]:
    """The days of a month in which something was posted: receipts by gateway, and what moved. Three queries."""
    begins = day_bounds(first)[0]
    ends = day_bounds((first.replace(day=28) + timedelta(days=4)).replace(day=1))[0]
    day = TruncDate("journal__posted_at", tzinfo=clock.BEIJING)
    lines = Line.objects.filter(
        journal__court_id=court_id,
        journal__posted_at__gte=begins,
        journal__posted_at__lt=ends,
        direction="credit",
    ).annotate(day=day)
    came: dict[tuple[date, str], Decimal] = {}
    receipts = lines.filter(journal__kind=JournalKind.RECEIPT)
    rows = (
        receipts.values_list("day", "journal__payment__gateway", "account")
        .annotate(sum=Sum("amount"))
        .order_by()
    )
    suspended: dict[date, Decimal] = {}
    for when, code, account, total in rows:
        came[when, code] = came.get((when, code), ZERO) + total
        if account == Account.SUSPENSE:
            suspended[when] = suspended.get(when, ZERO) + total
    others = lines.exclude(journal__kind=JournalKind.RECEIPT)
    moved = {
        (when, kind): total
        for when, kind, total in others.values_list("day", "journal__kind")
        .annotate(sum=Sum("amount"))
        .order_by()
    }
    closed = set(DayClose.objects.filter(court_id=court_id, day__gte=first).values_list("day", flat=True))
    days = sorted({when for when, _code in came} | {when for when, _kind in moved})
    return [
        MonthDay(
            day=when,
            closed=when in closed,
            came={code: total for (other, code), total in came.items() if other == when},
            suspended=suspended.get(when, ZERO),
            applied=moved.get((when, JournalKind.APPLY), ZERO),
            refund_due=moved.get((when, JournalKind.REFUND_DUE), ZERO),
            refund_paid=moved.get((when, JournalKind.REFUND_PAID), ZERO),
        )
        for when in days
    ]
