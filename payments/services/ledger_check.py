# ruff: noqa: S608  (statements are built from constants of this module)
"""The nightly look at all books (REL-02, REL-03): what the constraints promise is counted again from the rows."""

from __future__ import annotations

import logging
from typing import Any

from django.db import connection

from common import clock
from eventlog.services import act
from payments.models import LedgerCheck

log = logging.getLogger(__name__)
SIGNED = "CASE WHEN (l.direction = 'debit') = (l.account IN ('clearing', 'cash', 'bank')) THEN l.amount ELSE -l.amount END"
MOST_OF_A_KIND = 100

CHECKS = {
    # debits and credits of a journal
    "unbalanced": """
        SELECT j.court_id, j.public_id::text FROM payments_journal j LEFT JOIN payments_line l ON l.journal_id = j.id
         GROUP BY j.id HAVING count(l.id) < 2
             OR sum(CASE l.direction WHEN 'debit' THEN l.amount ELSE -l.amount END) <> 0""",
    # a closed day says what its lines add up to
    "balance": f"""
        SELECT c.court_id, c.day::text || ' ' || a.account FROM (
               SELECT DISTINCT ON (court_id) * FROM payments_dayclose ORDER BY court_id, day DESC) c
          CROSS JOIN LATERAL jsonb_each_text(c.balances) AS a(account, closed)
         WHERE a.closed::numeric <> (
               SELECT coalesce(sum({SIGNED}), 0) FROM payments_line l JOIN payments_journal j ON j.id = l.journal_id
                WHERE j.court_id = c.court_id AND l.account = a.account
                  AND j.posted_at < (c.day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')""",
    # money at gateways, in the cash desk and on the bank account is under way between them: together never negative
    "negative": f"""
        SELECT court_id, account FROM (
               SELECT j.court_id,
                      CASE WHEN l.account IN ('clearing', 'cash', 'bank') THEN 'held' ELSE l.account END AS account,
                      sum({SIGNED}) AS balance
                 FROM payments_line l JOIN payments_journal j ON j.id = l.journal_id GROUP BY 1, 2) b
         WHERE balance < 0""",
    # what goes back of a payment, in any live state
    "refunded": """
        SELECT p.court_id, p.transaction_no FROM payments_payment p JOIN payments_refundpart r ON r.payment_id = p.id
         WHERE r.state <> 'dropped' GROUP BY p.id HAVING sum(r.amount) > p.amount""",
    # every payment stands once in the books, with its sum
    "receipt": """
        SELECT p.court_id, p.transaction_no FROM payments_payment p
          LEFT JOIN payments_journal j ON j.payment_id = p.id AND j.kind = 'receipt'
          LEFT JOIN payments_line l ON l.journal_id = j.id AND l.direction = 'debit'
         GROUP BY p.id HAVING count(DISTINCT j.id) <> 1 OR sum(l.amount) <> p.amount""",
    # every part that arrived stands once in the books, with its sum
    "payout": """
        SELECT f.court_id, r.out_no FROM payments_refundpart r JOIN payments_refund f ON f.id = r.refund_id
          LEFT JOIN payments_journal j ON j.part_id = r.id AND j.kind = 'refund_paid'
          LEFT JOIN payments_line l ON l.journal_id = j.id AND l.direction = 'debit'
         WHERE r.state = 'done' OR j.id IS NOT NULL
         GROUP BY f.court_id, r.id HAVING r.state <> 'done' OR count(DISTINCT j.id) <> 1 OR sum(l.amount) <> r.amount""",
    # the suspense account holds what the suspense desk has open, and what of it is on its way back unapproved
    "suspense": """
        SELECT s.court_id, s.public_id::text FROM payments_suspense s
          LEFT JOIN payments_journal j ON j.payment_id = s.payment_id AND j.kind IN ('apply', 'transfer')
         WHERE (s.state = 'applied' AND coalesce(j.kind, '') <> 'apply')
            OR (s.state = 'moved' AND coalesce(j.kind, '') <> 'transfer')
            OR (s.state NOT IN ('applied', 'moved') AND j.id IS NOT NULL)""",
}
"""What is wrong, as court and reference; nothing when all is well."""


def check_ledger() -> LedgerCheck:
    """Count everything again and keep what is wrong; each kind that is wrong raises an alarm. Reads all lines once."""
    findings: list[dict[str, Any]] = []
    with act():
        with connection.cursor() as cursor:
            for kind, query in CHECKS.items():
                cursor.execute(f"SELECT * FROM ({query}) found LIMIT %s", [MOST_OF_A_KIND])
                wrong = [
                    {"kind": kind, "court": court, "reference": text} for court, text in cursor.fetchall()
                ]
                if wrong:
                    log.error("the ledger is wrong", extra={"check": kind, "count": len(wrong)})
                findings += wrong
        return LedgerCheck.objects.create(checked_at=clock.now(), findings=findings)
