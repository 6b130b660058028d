"""The forms that exist: files under ``filing/data/forms`` and in ``FORM_DIRS``. A new form is a new file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from filing.elements.defence import SUFFIX, defence_of
from filing.elements.model import (
    ROLES,
    SIDES,
    TABLE,
    Answers,
    Check,
    Condition,
    ElementField,
    ElementForm,
    Page,
    Slot,
    Task,
)
from filing.elements.reader import FormError, read_form

__all__ = [
    "FORMS_DIR",
    "ROLES",
    "SIDES",
    "TABLE",
    "Answers",
    "Check",
    "Condition",
    "ElementField",
    "ElementForm",
    "FormError",
    "Page",
    "Slot",
    "Task",
    "form_for_cause",
    "form_keys",
    "load",
]

FORMS_DIR = Path(__file__).resolve().parent.parent / "data" / "forms"


def load(key: str) -> ElementForm:
    """The form with this key; ``<key>.defence`` is the 答辩状 to one. KeyError for an unknown one, FormError for a file that
    cannot be used."""
    return _load(key, _directories())


def form_keys() -> tuple[str, ...]:
    """Keys of all forms, sorted."""
    return tuple(_files(_directories()))


def form_for_cause(cause_name: str) -> ElementForm | None:
    """The element form of a cause, None when it has none yet."""
    return next((load(key) for key in form_keys() if cause_name and load(key).cause == cause_name), None)


def _directories() -> tuple[Path, ...]:
    return (FORMS_DIR, *(Path(directory) for directory in settings.FORM_DIRS))


@cache
def _files(directories: tuple[Path, ...]) -> dict[str, Path]:
    """Files by key, sorted; of two with the same name the later directory's counts."""
    found = {path.stem: path for directory in directories for path in directory.glob("*.json")}
    return dict(sorted(found.items()))


@cache
def _load(key: str, directories: tuple[Path, ...]) -> ElementForm:
    if key.endswith(SUFFIX):
        answered = _load(key.removesuffix(SUFFIX), directories)
        if not answered.defence:
            raise KeyError(key)
        return defence_of(answered)
    return read_form(_files(directories)[key])
