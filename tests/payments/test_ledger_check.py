"""The nightly look at the books: quiet while they are right, and it names every kind of wrong that is brought in."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg2
import pytest
from django.core.management import CommandError, call_command

from common import clock
from payments.finance_policies import looks_after_unclaimed
from payments.models import DayClose, Journal, LedgerCheck, Payment
from payments.services.ledger_check import check_ledger
from payments.tasks import check_books
from tests.filing.pages import text_of
from tests.payments.desks import bill_of, finance, odd_money, paid
from tests.payments.month import build
from tests.support.court import Cast, accepted


@pytest.mark.req("REL-02")
def test_right_books_are_quiet(cast: Cast) -> None:
    odd_money(cast, accepted(cast))
    build(cast, paid(cast), payments=24, refunds=6, gateways=["sandbox"], days=3)
    # the seeded part of the month is booked and not done
    assert [one["kind"] for one in check_ledger().findings] == ["payout"]


def test_the_command_says_so(cast: Cast) -> None:
    paid(cast)
    out = io.StringIO()
    call_command("ledger_check", stdout=out)
    assert "right" in out.getvalue() and check_books() == 0
    assert LedgerCheck.objects.count() == 2
    assert "最近一次账目核验" in text_of(finance(cast).get("/desk/finance/"))


@contextmanager
def unguarded() -> Iterator[Callable[[str], None]]:
    """The database's owner with the guards off: the only one who could make the books wrong."""
    from tests.support.database import NAME, _url_of

    link = psycopg2.connect(_url_of(NAME, "OWNER_DATABASE_URL"))
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")

        def run(statement: str) -> None:
            cursor.execute(statement)

        yield run
    link.close()


WRONG = {
    "unbalanced": "UPDATE payments_line SET amount = amount + 1 WHERE direction = 'credit'",
    "negative": "UPDATE payments_line SET direction = CASE direction WHEN 'debit' THEN 'credit' ELSE 'debit' END",
    "receipt": "UPDATE payments_line SET amount = amount + 1",
    "suspense": "UPDATE payments_journal SET kind = 'apply' WHERE payment_id IN (SELECT payment_id FROM payments_suspense)",
    "balance": "UPDATE payments_line SET amount = amount + 1",
}


@pytest.mark.req("REL-02")
@pytest.mark.parametrize("kind", WRONG)
def test_wrong_books_are_named(cast: Cast, kind: str) -> None:
    paid(cast)
    odd_money(cast, accepted(cast))
    balances = {"fees": "695.00", "clearing": "795.00", "suspense": "100.00"}
    DayClose.objects.create(
        court=cast.court, day=clock.today() + timedelta(days=1), totals=[], balances=balances, closed_at=clock.now(),
        closed_by=cast.posts["finance1"],
    )  # fmt: skip
    assert check_ledger().findings == []
    with unguarded() as run:
        run(WRONG[kind])
    assert kind in {one["kind"] for one in check_ledger().findings}
    with pytest.raises(CommandError):
        call_command("ledger_check", stdout=io.StringIO())
    assert "账目核验发现" in text_of(finance(cast).get("/desk/finance/"))


@pytest.mark.req("REL-03")
def test_more_back_than_came_is_named(cast: Cast) -> None:
    build(cast, paid(cast), payments=12, refunds=4, gateways=["sandbox"], days=3)
    with unguarded() as run:
        run("UPDATE payments_refundpart SET amount = amount * 3")
    assert "refunded" in {one["kind"] for one in check_ledger().findings}


def test_what_names_no_court_is_seen_by_the_highest_finance(cast: Cast) -> None:
    from common.actor import Role
    from courts.models import Court
    from portal.demo import cast as people
    from portal.demo.cast import hire

    assert looks_after_unclaimed(cast.finance1) and not looks_after_unclaimed(cast.clerk)
    above = hire(Court.objects.get(code="某12"), [("finance-c", "高数", "7301", Role.FINANCE, "财务处")])
    assert not looks_after_unclaimed(cast.finance1)
    assert looks_after_unclaimed(people.as_staff(above["finance-c"]))
    assert (Payment.objects.count(), Journal.objects.count(), bill_of(accepted(cast)).status) == (
        0,
        0,
        "open",
    )
