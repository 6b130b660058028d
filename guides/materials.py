"""What to hand in: the materials list (材料清单) of each procedure, from ``guides/data/materials.json``.

一次性告知: the list is complete, nothing outside it may be asked as a condition of filing (R-14, R-15).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from django.utils.translation import gettext as _

from common.errors import InvalidInput

FILE = Path(__file__).resolve().parent / "data" / "materials.json"
Requirement = Literal["required", "conditional", "optional"]


@dataclass(frozen=True)
class Material:
    """One paper. ``condition`` says when a conditional one is needed; ``copies`` counts only at the window."""

    code: str
    name: str
    requirement: Requirement
    condition: str
    copies: str
    note: str


@dataclass(frozen=True)
class Procedure:
    """A procedure people can start; ``fee_items`` and ``deadline_rules`` are ids of the fee and period rules."""

    code: str
    name: str
    basis: str
    fee_items: str
    materials: tuple[Material, ...]
    notes: tuple[str, ...]
    deadline_rules: tuple[str, ...]


@dataclass(frozen=True)
class MaterialsList:
    """Everything one applicant hands in for one procedure."""

    procedure: Procedure
    applicant: str
    identity: tuple[Material, ...]
    agent: tuple[Material, ...]

    @property
    def all(self) -> tuple[Material, ...]:
        """Identity papers first, each code once."""
        return tuple(
            {one.code: one for one in (*self.procedure.materials, *self.agent, *self.identity)}.values()
        )


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return data


@cache
def procedures() -> dict[str, Procedure]:
    """Every procedure by its code."""
    return {
        raw["code"]: Procedure(
            code=raw["code"],
            name=raw["name"],
            basis=raw["basis"],
            fee_items=raw["fee_item"],
            materials=_materials(raw["materials"]),
            notes=tuple(raw["notes"]),
            deadline_rules=tuple(raw["deadline_rules"]),
        )
        for raw in _data()["procedures"]
    }


@cache
def identity_materials() -> dict[str, tuple[Material, ...]]:
    """Identity papers by kind of person: natural, legal and the kinds of agent (agent_lawyer …)."""
    return {kind: _materials(raw) for kind, raw in _data()["identity"].items() if isinstance(raw, list)}


def materials_for(procedure: str, *, applicant: str = "natural", agent: str = "") -> MaterialsList:
    """The list for a procedure, an applicant and, if somebody acts for him, the kind of agent.

    Unknown procedure, applicant or agent → InvalidInput (422).
    """
    known, kinds = procedures(), identity_materials()
    if procedure not in known:
        message = _("没有这个办理事项，请从列表中选择")
        raise InvalidInput(message, procedure=message)
    for name, value in (("applicant", applicant), ("agent", agent)):
        if value not in kinds and (value or name == "applicant"):
            message = _("请从列表中选择申请人或代理人的类型")
            raise InvalidInput(message, **{name: message})
    return MaterialsList(known[procedure], applicant, kinds[applicant], kinds[agent] if agent else ())


def _materials(raw: Iterable[dict[str, Any]]) -> tuple[Material, ...]:
    return tuple(_material(one) for one in raw)


def _material(raw: dict[str, Any]) -> Material:
    need = raw["required"]
    requirement: Requirement = "conditional" if isinstance(need, str) else "required" if need else "optional"
    return Material(
        code=raw["code"],
        name=raw["name"],
        requirement=requirement,
        condition=need if isinstance(need, str) else "",
        copies=str(raw.get("copies", "")),
        note=raw.get("note", ""),
    )
