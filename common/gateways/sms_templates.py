"""Texts as the court registered them with its provider: only those are sent, word for word.

``SMS_TEMPLATES`` is a JSON file: ``[{"id": "SMS_1", "text": "您的立案申请已提交。最晚${day}答复。网址 ${host} ，电话${phone}。"}]``, without
the signature 【…】, which the provider puts in front. A text finds its template by its words; what stands in the place of a
``${name}`` are the parameters, in the order of the template.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

_PLACE = re.compile(r"\$\{(\w+)\}")
_SIGNATURE = re.compile(r"^【[^】]*】")


@dataclass(frozen=True)
class Filled:
    """A registered template with the words of one text."""

    id: str
    words: dict[str, str]


def template_for(text: str) -> Filled | None:
    """The template that this text was registered as, None when there is none."""
    words = _SIGNATURE.sub("", text)
    for identity, pattern in _patterns(settings.SMS_TEMPLATES):
        found = pattern.fullmatch(words)
        if found is not None:
            return Filled(identity, found.groupdict())
    return None


@cache
def _patterns(path: Path) -> list[tuple[str, re.Pattern[str]]]:
    """Read once in each process. ValueError for a file of another shape or a place that stands twice in one text."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    return [(str(row["id"]), pattern_of(str(row["text"]))) for row in rows]


def pattern_of(text: str) -> re.Pattern[str]:
    """The text as a pattern in which every ``${name}`` takes one word or more of one line."""
    parts = _PLACE.split(text)
    fixed, names = parts[::2], parts[1::2]
    if len(set(names)) != len(names):
        raise ValueError(f"a place stands twice in {text!r}")
    pattern = re.escape(fixed[0])
    for name, after in zip(names, fixed[1:], strict=True):
        pattern += f"(?P<{name}>.+?){re.escape(after)}"
    return re.compile(pattern)
