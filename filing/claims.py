"""One whole application as plain values, checked by the very forms of the pages: for tables, the API and case packages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from cases.models import PhoneOrigin, Side
from common.rows import RowsField
from filing.draft import SIDE_OF_TASK, Draft
from filing.elements.forms import PageForm
from filing.elements.schema import ElementForm
from filing.forms import AgentForm, PartyForm
from filing.models import Filing, FilingAgent, FilingParty, FilingStatus
from filing.tasklist import gaps_of

Problems = dict[str, str]
"""One sentence per wrong field: ``parties.0.name``, ``answers.principal``, ``files.ID_CARD``."""
MAX_PEOPLE, MAX_ROWS = 50, 100


@dataclass
class Claim:
    """What was checked: values for the rows of people and for ``Filing.answers`` (phone numbers in it sealed)."""

    parties: list[tuple[Side, dict[str, Any]]] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON; ``from_json`` reads it again."""
        people = [
            {"side": side.value, "values": {name: _plain(value) for name, value in values.items()}}
            for side, values in self.parties
        ]
        return {"parties": people, "answers": self.answers}

    @staticmethod
    def from_json(raw: Mapping[str, Any]) -> Claim:
        """Inverse of ``as_json``."""
        return Claim(
            [(Side(one["side"]), person_of_json(one["values"])) for one in raw["parties"]], raw["answers"]
        )


def _plain(value: Any) -> Any:
    return (
        value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, Decimal) else value
    )


def person_of_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Checked values of a person as they were before they became JSON."""
    found = dict(values)
    if found.get("born_on"):
        found["born_on"] = date.fromisoformat(found["born_on"])
    if found.get("claim_amount"):
        found["claim_amount"] = Decimal(found["claim_amount"])
    return found


class ClaimReader:
    """Checks claims of one element form, one after the other. It keeps the forms of the pages and binds them anew, so that
    the ten-thousandth claim costs no more than the cleaning of its values; one reader serves one thread.
    """

    def __init__(self, form: ElementForm) -> None:
        self.form = form
        self._pages = [PageForm(form, page, {}, {}) for page in form.pages.values()]
        self._people = {side: PartyForm(side, {}) for side in Side}

    def person(self, side: Side, raw: Mapping[str, Any]) -> tuple[dict[str, Any], Problems]:
        """Values of one person, and what is wrong with them by field."""
        form = self._people[side]
        data, problems = _checked_values(raw, form.fields)
        if "kind" not in data:
            data["kind"] = "natural"
        _bind(form, data)
        if form.is_valid():
            return form.values(), problems
        return {}, problems | _sentences(form)

    def answers(self, raw: Mapping[str, Any]) -> tuple[dict[str, Any], Problems]:
        """Answers to all questions of the form, in their order, and what is wrong with them by question."""
        problems = {
            str(name): _("这份诉状没有这一项") for name in raw if self.form.question(str(name)) is None
        }
        given: dict[str, Any] = {}
        for kept in self._pages:
            asked = {item.key for item in kept.page.fields}
            data, wrong = _checked_values(
                {name: value for name, value in raw.items() if name in asked}, kept.fields
            )
            form = self._bound_page(kept, data, given)
            if form.is_valid():
                given = given | form.values()
            else:
                problems |= _sentences(form)
            problems |= wrong
        return given, problems

    def _bound_page(self, kept: PageForm, data: dict[str, Any], given: dict[str, Any]) -> PageForm:
        """The page with these answers; one with rows makes its boxes anew, because their number differs."""
        rows = {name: value for name, value in data.items() if isinstance(kept.fields[name], RowsField)}
        if rows:
            flat = {name: value for name, value in data.items() if name not in rows}
            for name, lines in rows.items():
                for number, line in enumerate(lines):
                    flat |= {f"{name}-{number}-{column}": _text(value) for column, value in line.items()}
            return PageForm(self.form, kept.page, given, flat)
        kept.answers = given
        _bind(kept, data)
        return kept

    def claim(self, people: list[Any], answers: Any) -> tuple[Claim, Problems]:
        """A whole claim as it comes from outside: a list of people with ``side`` and an object of answers."""
        claim, problems = Claim(), Problems()
        if len(people) > MAX_PEOPLE:
            problems["parties"] = _("一份申请最多填50人，更多的请到窗口办理。")
        for number, raw in enumerate(people[:MAX_PEOPLE]):
            if not isinstance(raw, Mapping):
                problems[f"parties.{number}"] = _("这里应是一个对象")
                continue
            side = raw.get("side")
            if side not in self.form.sides:
                problems[f"parties.{number}.side"] = _("请写明是哪一方：%(sides)s") % {
                    "sides": "、".join(self.form.sides)
                }
                continue
            rest = {name: value for name, value in raw.items() if name != "side"}
            values, wrong = self.person(Side(side), rest)
            problems |= {f"parties.{number}.{name}".rstrip("."): text for name, text in wrong.items()}
            claim.parties.append((Side(side), values))
        if not isinstance(answers, Mapping):
            return claim, problems | {"answers": _("这里应是一个对象")}
        claim.answers, wrong = self.answers(answers)
        return claim, problems | {f"answers.{name}".rstrip("."): text for name, text in wrong.items()}


class AgentReader:
    """Checks agents 委托诉讼代理人 by the form of their page."""

    def read(self, raw: Mapping[str, Any]) -> tuple[dict[str, Any], Problems]:
        """Values of one agent, and what is wrong with them by field."""
        data, problems = _checked_values(raw, AgentForm.base_fields)
        form = AgentForm(data)
        if form.is_valid():
            return dict(form.cleaned_data), problems
        return {}, problems | _sentences(form)


def _bind(form: forms.Form, data: Mapping[str, Any]) -> None:
    form.data, form.is_bound = data, True
    form._errors = None  # type: ignore[attr-defined]


def _sentences(form: forms.Form) -> Problems:
    """The first sentence of each field; what belongs to no field stands under the empty name."""
    found = {}
    for name, errors in form.errors.as_data().items():
        rows = getattr(form.fields.get(name), "wrong_rows", [])
        inner = [text for row in rows for texts in row.errors.values() for text in texts]
        found["" if name == "__all__" else name] = str((inner or list(errors[0].messages))[0])
    return found


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _checked_values(
    raw: Mapping[str, Any], fields: Mapping[str, forms.Field]
) -> tuple[dict[str, Any], Problems]:
    """Values as a page would send them. A value of a wrong kind (a list for a line, an object) and an unknown name are
    refused here, so that the fields only ever see text."""
    found: dict[str, Any] = {}
    problems: Problems = {}
    for key, value in raw.items():
        if key not in fields:
            problems[str(key)] = _("没有这个字段")
        elif value is None:
            continue
        elif isinstance(value, bool) and isinstance(fields[key], forms.BooleanField):
            found[key] = value
        elif isinstance(value, str):
            found[key] = value
        elif isinstance(value, int | Decimal) and not isinstance(value, bool):
            found[key] = str(value)
        elif isinstance(value, list):
            found[key] = value
        else:
            problems[str(key)] = _("这里应填文字")
    for key, value in list(found.items()):
        if isinstance(value, list) and not _takes_list(fields[key], value):
            problems[key] = _("这里填的内容不是这一项要的样子")
            del found[key]
    return found, problems


def _takes_list(form_field: forms.Field, value: list[Any]) -> bool:
    if isinstance(form_field, forms.MultipleChoiceField):
        return all(isinstance(item, str) for item in value)
    if isinstance(form_field, RowsField):
        columns = set(form_field.blank.fields)
        return len(value) <= MAX_ROWS and all(
            isinstance(row, Mapping)
            and row.keys() <= columns
            and all(isinstance(cell, str | int | Decimal | None) for cell in row.values())
            for row in value
        )
    return False


def put_into(filing: Filing, claim: Claim, form: ElementForm) -> list[FilingParty]:
    """Write a checked claim onto an application; its people, not saved yet. The phone of anybody but the applicant's side
    carries that it was named by the applicant (DESIGN §9)."""
    filing.answers = form.relevant(claim.answers)
    total = filing.answers.get(form.amount_field)
    filing.amount = Decimal(total) if total else None
    places: dict[Side, int] = {}
    people = []
    for side, values in claim.parties:
        places[side] = places.get(side, 0) + 1
        origin = PhoneOrigin.OWN if side == Side.PLAINTIFF else PhoneOrigin.OTHER_SIDE
        phone_origin = origin if values.get("phone") else ""
        people.append(
            FilingParty(filing=filing, side=side, order=places[side], phone_origin=phone_origin, **values)
        )
    return people


def missing(draft: Draft) -> Problems:
    """What the pages would still ask for before sending, by the field of a claim that answers it."""
    found: Problems = {}
    if draft.filing.status not in (FilingStatus.DRAFT, FilingStatus.RETURNED):
        return found
    for gap in gaps_of(draft):
        if gap.task in SIDE_OF_TASK:
            key = f"parties.{SIDE_OF_TASK[gap.task].value}"
        elif gap.task == "evidence":
            key = f"files.{gap.place}"
        elif gap.task == "delivery":
            key = "e_delivery"
        elif gap.task == "agents":
            key = "agents"
        else:
            key = f"answers.{gap.place}" if draft.form.task(gap.task) else gap.task
        found.setdefault(key, gap.message)
    return found


def draft_in_hand(
    filing: Filing, form: ElementForm, people: list[FilingParty], agents: list[FilingAgent]
) -> Draft:
    """The draft an application with these people would be, without asking the database; papers may be added to it."""
    return Draft(filing=filing, form=form, parties=people, materials=[], notice=None, agents=agents)
