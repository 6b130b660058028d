"""What people start here, as data: ``filing/data/procedures.json``, one entry per procedure of the materials list.

An entry says which form is filled in, the type code of the case number, the fee item, the period in which the court
answers, whether an earlier case is followed, which courts are competent by which rule, and what begins at acceptance.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from filing.elements.model import ElementForm
from guides.materials import procedures as materials_lists

FILE = Path(__file__).resolve().parent / "data" / "procedures.json"
CIVIL = "CIVIL_FIRST"
"""The entry that holds for every civil suit of first instance that has no entry of its own."""
NO_PREPAYMENT = frozenset({"追索劳动报酬纠纷"})
"""Causes whose fee is not paid beforehand (诉讼费用交纳办法20)."""
FEE_BY_BRANCH = {"人格权纠纷": "personality", "知识产权": "ip", "劳动争议": "labour", "离婚纠纷": "divorce"}
"""Fee item by how a name in a cause's line of descent begins, where the amount alone does not decide (办法13)."""


@dataclass(frozen=True)
class Venue:
    """One reason why a court is competent, with the article that says so."""

    words: str
    article: str


@dataclass(frozen=True)
class Period:
    """A period that begins at acceptance, by rule id of deadlines.json."""

    rule: str
    label: str


@dataclass(frozen=True)
class Procedure:
    """One procedure.

    ``choice`` is its answer to the first question of the pre-check ("" = by the form); ``form`` the element form ("" =
    by the dispute); ``cause`` a fixed cause, "" = asked for; ``fee`` the fee item charged at acceptance, "" = none,
    "form" = the form's; ``origin`` is "required" when it follows an earlier case, which ``link`` names; ``level`` says
    who decides: "basic", "origin" (the earlier case's court) or "above" (the court above it); ``secret`` keeps the
    other side out until the court has acted; without ``against`` nobody need be named there; ``written`` are materials that the form itself is.
    """

    code: str
    plain: str
    hint: str
    choice: str
    form: str
    title: str
    type_code: str
    cause: str
    fee: str
    fee_note: str
    review: str
    origin: str
    link: str
    level: str
    asks: tuple[str, ...]
    venues: tuple[Venue, ...]
    periods: tuple[Period, ...]
    papers: tuple[str, ...]
    secret: bool
    against: bool
    written: frozenset[str]
    applicants: tuple[str, ...]
    others: tuple[str, ...]
    time: str

    @property
    def name(self) -> str:
        """Its name on the materials list."""
        return materials_lists()[self.code].name

    @property
    def is_suit(self) -> bool:
        """A civil suit of first instance."""
        return self.code.startswith("CIVIL_")


@cache
def procedures() -> dict[str, Procedure]:
    """All procedures by code, in the order of the file."""
    raw = json.loads(FILE.read_text("utf-8"))
    basis = raw["default"]
    return {code: _procedure(code, basis | own) for code, own in raw["procedures"].items()}


def procedure(code: str) -> Procedure:
    """The procedure with this code. A civil suit without an entry of its own goes as any other. KeyError for others."""
    known = procedures()
    if code in known or not code.startswith("CIVIL_"):
        return known[code]
    return known[CIVIL]


def by_choice(choice: str) -> Procedure | None:
    """The procedure an answer of the pre-check names; None for a dispute."""
    return next((one for one in procedures().values() if choice and one.choice == choice), None)


def is_prepaid(one: Procedure, cause: str) -> bool:
    """Whether anything is paid beforehand for a cause: not for enforcement, not for wages … (诉讼费用交纳办法20)."""
    return bool(one.fee) and not (one.fee == "form" and cause in NO_PREPAYMENT)


def fee_item(one: Procedure, form: ElementForm, causes: list[str], amount: Decimal | None) -> str:
    """The item of the fee regulation; "" when nothing is paid beforehand. ``causes`` is the cause's line of descent."""
    if not is_prepaid(one, causes[-1] if causes else ""):
        return ""
    if one.fee != "form":
        return one.fee
    if form.fee_item not in ("", "property", "other_nonproperty") and "|" not in form.fee_item:
        return form.fee_item
    branches = (item for name in causes for start, item in FEE_BY_BRANCH.items() if name.startswith(start))
    return next(branches, "property" if amount is not None else "other_nonproperty")


def _procedure(code: str, raw: dict[str, Any]) -> Procedure:
    values = dict(raw)
    values["asks"] = tuple(raw["asks"])
    values["venues"] = tuple(Venue(*one) for one in raw["venues"])
    values["periods"] = tuple(Period(*one) for one in raw["periods"])
    values["written"] = frozenset(raw["written"])
    for name in ("papers", "applicants", "others"):
        values[name] = tuple(raw[name])
    return Procedure(code=code, **values)
