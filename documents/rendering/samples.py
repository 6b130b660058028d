"""Sample data of every template (``typst/samples``), and the worst that may come: for the preview and for tests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from documents.rendering.codes import CopyCodes
from documents.rendering.paper import CopyToPrint
from documents.rendering.templates import DIRECTORY, TEMPLATES

PLAIN = ("pleading", "thread_record", "delivery_record")
"""Pages that are no court paper: their sample is all they print."""
CODES = CopyCodes("0123456789ABCDEFGHJKMNPQRS", "ABCDEFGHJK", "QRSTUV")
UNPRINTABLE = "\U00031350"
"""A character that no font has: printed as 〓 and named by its code point."""
NAMES = (f"{UNPRINTABLE}某", "𠅤某", "欧阳𬭎", "𫖯某某", "㛃䶮", "阿卜杜拉·买买提", "〇某", "某" * 40)
_MANY = 30
_SENTENCE = "经查，当事人对借款的交付、利息的约定和还款的经过各执一词，并分别提交了转账凭证、聊天记录和证人证言加以证明。"
_LONG = "\n".join(f"第{number}段。{_SENTENCE * 4}" for number in range(1, 38))
"""Twelve pages and more."""
_HALF_A_PAGE = _LONG[:600]
_EMPTY: dict[str, Any] = {"receipt": None, "court": "", "caption": "", "notes": [], "files": [], "day": ""}
"""Keys of the plain pages that may be empty."""
_PARAGRAPHS = frozenset({"reasons", "claims", "facts", "body"})
_PEOPLE = frozenset({"plaintiffs", "defendants", "applicants", "respondents"})


@dataclass(frozen=True)
class Sample:
    """What a paper is printed from."""

    template: str
    addressee: str
    content: dict[str, Any]

    def copy(self, court_name: str = "某市某区人民法院") -> CopyToPrint:
        """The first copy of an invented court."""
        return CopyToPrint(
            template=self.template,
            title=TEMPLATES[self.template].title,
            number="某1234-2026-000123",
            serial="某1234-2026-000123-1",
            addressee=self.addressee,
            court_name=court_name,
            court_address="某市某区某路1号",
            court_phone="0000-1234567",
            content=self.content,
        )


def plain_sample(name: str) -> dict[str, Any]:
    """The data of a page of ``PLAIN``."""
    data: dict[str, Any] = json.loads((DIRECTORY / "samples" / f"{name}.json").read_text(encoding="utf-8"))
    return data


def plain_torture(name: str) -> dict[str, Any]:
    """The same page with long texts, thirty entries of everything that repeats, rare names, nothing optional filled."""
    data: dict[str, Any] = _swollen("", plain_sample(name))
    return data


def sample(name: str) -> Sample:
    """An everyday paper with every key its template knows."""
    data = plain_sample(name)
    return Sample(name, data["addressee"], data["content"])


def torture(name: str) -> Sample:
    """Thirty people with rare names, twelve pages of reasons where the paper has any, nothing optional filled."""
    required = TEMPLATES[name].required
    content = {key: _worst(key, value) for key, value in sample(name).content.items() if key in required}
    if "parties" in content:
        content["reasons"] = _LONG
    return Sample(name, NAMES[0], content)


def names(count: int = _MANY) -> list[str]:
    """Different names, the rare ones first."""
    return [*NAMES, *(f"某{number}" for number in range(count))][:count]


def _worst(key: str, value: Any) -> Any:
    if key in _PEOPLE:
        return names()
    if key in _PARAGRAPHS:
        return _LONG
    if key == "parties":
        sides = value[0]["role"], value[1]["role"]
        return [{"role": sides[place % 2], "name": name} for place, name in enumerate(names())]
    if isinstance(value, list):
        return (value * _MANY)[:_MANY]
    return value


def _swollen(key: str, value: Any) -> Any:
    if key in _EMPTY:
        return _EMPTY[key]
    if key in ("text", "words"):
        return _HALF_A_PAGE
    if key in ("author", "names"):
        return "、".join(names())
    if isinstance(value, dict):
        return {inner: _swollen(inner, item) for inner, item in value.items()}
    if key == "facts":
        return [*value, ["其他人", "、".join(names())]]
    if isinstance(value, list) and key in ("messages", "steps", "cells"):
        value = (value * _MANY)[:_MANY]
    return [_swollen("", item) for item in value] if isinstance(value, list) else value
