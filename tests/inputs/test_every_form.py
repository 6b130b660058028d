"""Every form of every page, one field after the other filled with what RELIABILITY §6 lists: answered with a page, never a
5xx, and nothing of it runs on the page that comes back. `make fuzz` tries all of it on every field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.forms import BaseForm
from django.http import HttpResponse
from django.urls import get_resolver

from tests.consistency.access_table import Row, body_of, rows
from tests.consistency.addresses import path_of
from tests.consistency.test_access import ask
from tests.consistency.world import World
from tests.inputs.nasty import SCRIPT, TEXTS
from tests.support.length import FULL_LENGTH

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parent.parent.parent
PAGES = [
    row
    for row in rows()
    if not row.address.startswith(("/live/", "standins:", "demo/", "api:", "payments:notify"))
]
FORMS = [row for row in PAGES if row.method == "POST"]
READ = [row for row in PAGES if row.method == "GET"]
FIELDS = 2
"""So many fields of a form are tried in the short form, each with one value."""
HAND_MADE = {"form_key", "csrfmiddlewaretoken"}
CODE = [
    path.read_text("utf-8")
    for path in sorted(ROOT.rglob("*.py"))
    if not {".venv", "var", "tests", "node_modules"} & set(path.relative_to(ROOT).parts)
]


def asked_of_get() -> list[str]:
    """Every name that some page reads from its address, itself or through a form."""
    names = {name for text in CODE for name in re.findall(r"""\.GET(?:\.get\(|\[)["'](\w+)["']""", text)}
    classes = {name for text in CODE for name in re.findall(r"""(\w+)\((?:\w+, )?request\.GET\b""", text)}
    waiting: list[type[BaseForm]] = [BaseForm]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        if form.__name__ in classes:
            names |= set(getattr(form, "base_fields", {}))
    return sorted(names)


def some(names: Iterable[str], most: int, *of: str) -> list[str]:
    """All of them, or a few that differ from form to form and are the same in every run."""
    found = sorted(names, key=lambda name: sha256("".join([name, *of]).encode()).digest())
    return found if FULL_LENGTH else found[:most]


def problem(answer: HttpResponse) -> str:
    """What is wrong with an answer to nonsense."""
    if answer.status_code >= 500:
        return str(answer.status_code)
    return "the script stands in the page" if SCRIPT in answer.body else ""  # type: ignore[attr-defined]


def wrong_of_form(world: World, row: Row) -> Iterator[str]:
    """Each field of the form in turn, the others as they should be."""
    body: dict[str, Any] = body_of(row, world.bodies) or {}
    path = path_of(world, row)
    typed = [name for name, value in body.items() if name not in HAND_MADE and isinstance(value, str)]
    for name in some(typed, FIELDS, row.key):
        for what in some(TEXTS, 1, row.key, name):
            found = problem(ask(world, row, row.main, path=path, extra={}, body=body | {name: TEXTS[what]}))
            if found:
                yield f"{name} = {what}: {found}"


@pytest.mark.req(*(f"B-{number:02}" for number in range(1, 31) if number != 11))
@pytest.mark.parametrize("row", FORMS, ids=lambda row: row.key)
def test_a_form_answers_nonsense_with_a_page(world: World, row: Row) -> None:
    assert list(wrong_of_form(world, row)) == []


@pytest.mark.req("B-19", "B-20", "B-28", "B-32", "B-33", "B-34", "B-42")
@pytest.mark.parametrize("row", READ, ids=lambda row: row.key)
def test_a_page_answers_nonsense_in_its_address(world: World, row: Row) -> None:
    """The same nonsense in every name that any page reads, twice over."""
    path, wrong = path_of(world, row), []
    for what in some(TEXTS, 1, row.key):
        value = TEXTS[what][:2000]
        query: dict[str, Any] = {name: [value, value] for name in asked_of_get()}
        found = problem(ask(world, row, row.main, path=path, body=query))
        if found:
            wrong.append(f"{what}: {found}")
    assert wrong == []


def test_the_names_were_found() -> None:
    """Control: without names the test above would ask nothing."""
    get_resolver().url_patterns  # noqa: B018  (loads the forms)
    assert {"page", "sort", "number"} <= set(asked_of_get()) and len(asked_of_get()) > 30
