"""What the pre-check answers: court and rule, papers, fee with steps, time, other ways. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from common import clock
from courts.calendar import deadline
from courts.models import Court
from filing.elements import schema

WAYS_OUT = ("other", "unknown")


@dataclass(frozen=True)
class Advice:
    """``form`` is empty when the case cannot be drafted here; the page then says why and what else to do."""

    form: str
    cause: str
    court: Court | None
    amount: Decimal
    slots: list[schema.Slot]
    review_due: date | None
    old_debt: bool
    unknown_defendant: bool
    given: dict[str, str]


def advice_for(given: dict[str, str]) -> Advice:
    """Read the five answers (already checked). Two queries."""
    court = Court.objects.filter(code=given["court"], is_open=True).first()
    key = given["what"] if given["what"] in schema.form_keys() and given["who"] not in WAYS_OUT else ""
    form = schema.load(key) if key else None
    shown: dict[str, Any] = {}
    slots = [slot for slot in form.slots if slot.is_shown(shown, "natural")] if form else []
    due = deadline("D01", clock.today(), court=court).due if court else None
    return Advice(
        form=key,
        cause=form.cause if form else "",
        court=court,
        amount=Decimal(given["amount"]),
        slots=slots,
        review_due=due,
        old_debt=given["due"] == "old",
        unknown_defendant=given["who"] == "unknown",
        given=given,
    )
