"""By when a question is answered."""

from __future__ import annotations

from datetime import datetime

from cases.models import Case
from common import clock
from courts.calendar import deadline
from courts.services import setting

REPLY_RULE = "D81"
"""Answers to questions follow the clock of hotline work orders; the court sets the number of working days."""


def reply_due_at(case: Case, key: str) -> datetime:
    """End of the last working day for an answer, as an instant; ``key`` names the court's setting."""
    due = deadline(
        REPLY_RULE, clock.today(), court=case.court, n=setting(case.court_id, key), unit="workday"
    ).due
    return datetime(due.year, due.month, due.day, 23, 59, 59, tzinfo=clock.BEIJING)
