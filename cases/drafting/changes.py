"""What is new in a draft since it was handed in last, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.functional import Promise

from documents.rendering.fields import FIELDS


@dataclass(frozen=True)
class Change:
    """One field: the lines that are gone and those that came."""

    label: str | Promise
    gone: list[str]
    came: list[str]


def changes_between(template: str, old: Mapping[str, str], new: Mapping[str, str]) -> list[Change]:
    """The fields that differ, in the order of the form."""
    found = []
    for field in FIELDS[template]:
        before, after = old.get(field.name, "").splitlines(), new.get(field.name, "").splitlines()
        gone, came = [], []
        for kind, i1, i2, j1, j2 in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
            if kind != "equal":
                gone += [line for line in before[i1:i2] if line]
                came += [line for line in after[j1:j2] if line]
        if gone or came:
            found.append(Change(field.label, gone, came))
    return found
