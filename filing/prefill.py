"""From what an uploaded pleading says to what may be taken over into the draft, one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cases.models import Side
from common.errors import InvalidInput
from common.text import clean_text
from filing.draft import TASK_OF_SIDE, Draft
from filing.elements.model import TABLE, ElementField
from filing.forms import PartyForm
from filing.models import FilingParty
from filing.reading import Person, Read, numbered

SHOWN = (
    *("name", "id_number", "gender", "born_on", "ethnicity", "legal_representative", "phone", "address"),
    *("usual_address", "employer"),
)
"""What of a person is offered; kind and kind of number come along with the rest."""
SHORT = 120


@dataclass(frozen=True)
class Suggestion:
    """One thing to take over: ``key`` names it, ``now`` is what stands in the draft, "" for nothing."""

    key: str
    label: str
    value: str
    now: str


def suggestions(draft: Draft, read: Read) -> list[Suggestion]:
    """What the text says otherwise than the draft, in the order of the task list; only parts that may be changed."""
    return [*_people(draft, read), *_answers(draft, read)]


def _people(draft: Draft, read: Read) -> list[Suggestion]:
    found = []
    for number, (person, party) in enumerate(_paired(draft, read)):
        if not draft.unlocked(TASK_OF_SIDE[person.side]):
            continue
        labels = {name: str(field.label) for name, field in PartyForm.base_fields.items()}
        who = draft.role(person.side)
        for name in SHOWN:
            value, now = person.values.get(name, ""), str(getattr(party, name, None) or "") if party else ""
            if value and value != now:
                title = (
                    f"{who}{person.values['name']}：{labels[name]}"
                    if name != "name"
                    else f"{who}：{labels[name]}"
                )
                found.append(Suggestion(f"p{number}.{name}", title, value, now))
    return found


def _paired(draft: Draft, read: Read) -> list[tuple[Person, FilingParty | None]]:
    """Each person of the text with the one of the same place on that side of the draft."""
    places: dict[Side, int] = defaultdict(int)
    pairs = []
    for person in read.people:
        there = draft.side(person.side)
        place = places[person.side]
        places[person.side] += 1
        pairs.append((person, there[place] if place < len(there) else None))
    return pairs


def _answers(draft: Draft, read: Read) -> list[Suggestion]:
    found = []
    for item, value in _readable(draft, read):
        now = draft.filing.answers.get(item.key)
        if value and value != now:
            found.append(Suggestion(f"a.{item.key}", item.label, _shown(value), _shown(now) if now else ""))
    return found


def _readable(draft: Draft, read: Read) -> Iterable[tuple[ElementField, Any]]:
    """Questions that the text may answer, with the answer as it is kept."""
    words = {"claims": read.claims, "facts": read.facts}
    for item in draft.form.fields():
        if not draft.unlocked(draft.form.task_of_page(_page_of(draft, item)).key):
            continue
        if item.key == draft.form.amount_field and read.amount:
            yield item, f"{read.amount:.2f}"
        elif item.reads and words[item.reads]:
            yield item, _rows(item, words[item.reads]) if item.type == TABLE else words[item.reads]


def _rows(table: ElementField, words: str) -> list[dict[str, str]]:
    return [{table.columns[0].key: line} for line in numbered(words)[: table.max_rows]]


def _page_of(draft: Draft, item: ElementField) -> str:
    return next(page.key for page in draft.form.pages.values() if item in page.fields)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "；".join(str(next(iter(row.values()), "")) for row in value)
    text = str(value)
    return text if len(text) <= SHORT else f"{text[:SHORT]}…"


@dataclass(frozen=True)
class PersonToSave:
    """Values of one person that were ticked, checked like those of the page; ``party`` is None for somebody new."""

    side: Side
    party: FilingParty | None
    values: dict[str, Any]


def people_to_save(draft: Draft, read: Read, taken: set[str]) -> list[PersonToSave]:
    """InvalidInput (``fields`` by key of the suggestion) when a ticked value is not well formed."""
    found, faults = [], dict[str, str]()
    for number, (person, party) in enumerate(_paired(draft, read)):
        names = [name for name in SHOWN if f"p{number}.{name}" in taken]
        if not names:
            continue
        if party is None and "name" not in names:
            faults[f"p{number}.{names[0]}"] = _("请同时选上这个人的姓名")
            continue
        values, errors = _checked(person, party, names)
        faults |= {f"p{number}.{name}": sentence for name, sentence in errors.items()}
        found.append(PersonToSave(person.side, party, values))
    if faults:
        raise InvalidInput(next(iter(faults.values())), **faults)
    return found


def _checked(
    person: Person, party: FilingParty | None, names: list[str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The ticked values through the person's own form; what it says about anything else does not matter here."""
    data = {name: getattr(party, name, "") for name in PartyForm.base_fields} if party else {}
    data |= {"guarded": "yes"} if party and party.guardian_name else {}
    data |= {"kind": person.values["kind"]} | {name: person.values[name] for name in names}
    along = {"kind"} | ({"id_kind"} if "id_number" in names else set())
    data |= {name: person.values[name] for name in along if name in person.values}
    form = PartyForm(person.side, data)
    form.is_valid()
    errors = {name: str(form.errors[name][0]) for name in names if name in form.errors}
    wanted = along | set(names) | ({"gender", "born_on"} if "id_number" in names else set())
    values = {name: form.cleaned_data[name] for name in wanted if form.cleaned_data.get(name)}
    return values, errors


def answers_to_save(draft: Draft, read: Read, taken: set[str]) -> dict[str, dict[str, Any]]:
    """Answers by page, each page whole: what was there and what was ticked."""
    pages: dict[str, dict[str, Any]] = {}
    for item, value in _readable(draft, read):
        if f"a.{item.key}" not in taken:
            continue
        key = _page_of(draft, item)
        here = {other.key for other in draft.form.pages[key].fields}
        page = pages.setdefault(
            key, {name: old for name, old in draft.filing.answers.items() if name in here}
        )
        page[item.key] = clean_text(value, max_length=3000) if isinstance(value, str) else value
    return pages
