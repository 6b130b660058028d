"""Each element form asks everything the official form asks (法〔2025〕82号; filing/data/elements.json)."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from filing.draft import SIDE_OF_TASK
from filing.elements import schema
from filing.forms import PartyForm, StatementForm
from filing.models import Filing, FilingAgent

OFFICIAL = json.loads((Path(schema.FORMS_DIR).parent / "elements.json").read_text(encoding="utf-8"))[
    "templates"
]


OF_A_TEMPLATE = [key for key in schema.form_keys() if schema.load(key).element_template]


def official_elements(template: str) -> list[str]:
    """Every line of the official form as 「group/number」 or, where it has no number, 「group/label」."""
    found = []
    for group in OFFICIAL[template]:
        for line in group["fields"]:
            numbered = re.match(r"(\d+)\.", line["label"])
            found.append(f"{group['group']}/{numbered.group(1) if numbered else line['label']}")
    return found


@pytest.mark.req("R-11")
@pytest.mark.parametrize("key", OF_A_TEMPLATE)
def test_every_official_line_is_asked_somewhere(key: str) -> None:
    form = schema.load(key)
    asked = {item.element for item in form.fields()} | set(form.elsewhere)
    official = official_elements(form.element_template)
    assert len(official) > 40
    assert not [element for element in official if element not in asked]


@pytest.mark.parametrize("key", OF_A_TEMPLATE)
def test_nothing_is_asked_that_no_line_of_the_form_explains(key: str) -> None:
    form = schema.load(key)
    official = set(official_elements(form.element_template))
    assert not {item.element for item in form.fields()} - official
    assert not set(form.elsewhere) - official


@pytest.mark.parametrize("key", schema.form_keys())
def test_the_places_named_for_lines_asked_elsewhere_exist(key: str) -> None:
    form = schema.load(key)
    kinds: dict[str, set[str]] = {
        "agents": {""} | {field.name for field in FilingAgent._meta.get_fields()},
        "party": set(PartyForm.base_fields),  # type: ignore[attr-defined]
        "statement": set(StatementForm.base_fields),  # type: ignore[attr-defined]
        "people": set(SIDE_OF_TASK),
        "filing": {field.name for field in Filing._meta.get_fields()},
        "slots": {""} if form.slots else set(),
    }
    for place in form.elsewhere.values():
        kind, _dot, name = place.partition(".")
        assert name in kinds[kind], place


def test_options_are_those_of_the_official_form() -> None:
    """Lines that are nothing but a choice offer exactly the printed answers (或 more, where people need them)."""
    form = schema.load("private_lending")
    by_element = {item.element: item for item in form.fields() if item.type == "radio" and item.when is None}
    for group in OFFICIAL["民间借贷纠纷"]:
        for line, element in zip(
            group["fields"], (f"{group['group']}/{x['label']}" for x in group["fields"]), strict=True
        ):
            kind, _colon, options = line["type"].partition(":")
            if kind == "radio" and options and element in by_element:
                assert set(options.split("|")) <= set(by_element[element].options), element
