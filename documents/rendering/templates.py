"""The paper templates and the data each needs; the meaning of every key stands in the head of its typst file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

DIRECTORY = Path(__file__).resolve().parent.parent / "typst"


@dataclass(frozen=True)
class Template:
    """``required`` keys must be there and not empty, ``optional`` ones may be."""

    name: str
    title: str
    required: frozenset[str]
    optional: frozenset[str]

    @property
    def file(self) -> Path:
        return DIRECTORY / f"{self.name}.typ"


_CASE = frozenset({"case_number", "cause", "plaintiff", "defendant", "accepted_on"})
_JUDGES = frozenset({"judge", "clerk", "contact_phone"})

TEMPLATES = {
    template.name: template
    for template in (
        Template("acceptance_notice", "受理案件通知书", _CASE | {"received_on"}, _JUDGES | {"enclosures"}),
        Template(
            "fee_notice",
            "交费通知书",
            _CASE | {"item", "amount", "amount_in_capitals"},
            frozenset({"steps", "bill_number", "enclosures"}),
        ),
        Template("response_notice", "应诉通知书", _CASE | {"enclosures"}, _JUDGES),
    )
}


def check(name: str, data: dict[str, Any]) -> None:
    """Refuse what the template cannot print, when the paper is asked for and not when it is made.

    LookupError for an unknown template, ValueError for a missing or unknown key.
    """
    if name not in TEMPLATES:
        raise LookupError(f"no paper template {name}")
    template = TEMPLATES[name]
    missing = [key for key in sorted(template.required) if data.get(key) in (None, "", [])]
    unknown = sorted(set(data) - template.required - template.optional)
    if missing or unknown:
        raise ValueError(f"{name}: missing {missing}, unknown {unknown}")
