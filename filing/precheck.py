"""What the pre-check answers: court and rule, papers, time, other ways. Decides nothing; the fee comes from above."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from common import clock
from common.forms import PlainForm
from courts.calendar import deadline
from courts.models import Court
from filing.elements import schema
from filing.forms import PRECHECK_STEPS

OTHER, UNKNOWN = "other", "unknown"
LAST_QUESTION = PRECHECK_STEPS[-1][0]


@dataclass
class Progress:
    """How far the answers in an address go. ``form`` is the first question without a good answer, None at the end."""

    given: dict[str, str] = field(default_factory=dict)
    index: int = 0
    form: PlainForm | None = None


def progress_of(data: Mapping[str, Any], *, step: str = "", change: str = "") -> Progress:
    """Check the answers in order. ``step`` was just answered (even with nothing), ``change`` is asked again.

    An answer that closes this way (another dispute, an unknown opponent) ends the questions.
    """
    progress = Progress()
    for index, (name, form_class) in enumerate(PRECHECK_STEPS):
        progress.index = index
        form = form_class(data if name in data or step == name else None)
        if change == name or not form.is_valid():
            progress.form = form
            return progress
        progress.given[name] = str(form.cleaned_data[name])
        if way_out(progress.given):
            break
    return progress


def way_out(given: Mapping[str, str]) -> str:
    """``other`` or ``unknown`` when the dispute cannot be drafted here, else empty."""
    if given.get("what") == OTHER:
        return OTHER
    return UNKNOWN if given.get("who") == UNKNOWN else ""


@dataclass(frozen=True)
class Advice:
    """The answer to a finished pre-check; ``review_due`` is the latest answer to an application sent today."""

    form: schema.ElementForm
    court: Court
    amount: Decimal
    slots: list[schema.Slot]
    review_due: date
    old_debt: bool
    no_due_day: bool
    against_organisation: bool
    given: dict[str, str]


def advice_for(given: dict[str, str]) -> Advice | None:
    """Read the answers (already checked); None when they end in a way out or are not complete. Two queries."""
    if way_out(given) or LAST_QUESTION not in given or given["what"] not in schema.form_keys():
        return None
    court = Court.objects.filter(code=given["court"], is_open=True).first()
    if court is None:
        return None
    form = schema.load(given["what"])
    return Advice(
        form=form,
        court=court,
        amount=Decimal(given["amount"]),
        slots=[slot for slot in form.slots if slot.is_shown({}, "natural")],
        review_due=deadline("D01", clock.today(), court=court).due,
        old_debt=given["due"] == "old",
        no_due_day=given["due"] == "none",
        against_organisation=given["who"] == "legal",
        given=given,
    )
