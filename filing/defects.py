"""The library of defects a clerk ticks: each tied to a task and slot, with why and how to fix it (UX §6.3).

Titles and sentences are what the applicant reads; they stand in ``data/defects.json``: general ones, one for each part
of the pleading, three for each material, and special ones per procedure. Sources: 民诉法122–124; 登记立案规定4, 6, 7.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from filing.draft import EVIDENCE, Draft
from filing.elements.schema import ElementForm
from filing.models import Capacity
from filing.services.review import Defect
from filing.tasklist import tasks_of

FILE = Path(__file__).resolve().parent / "data" / "defects.json"
SHOOT = "把材料拍照上传，四个角都拍进去。"


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return data


def library_for(draft: Draft) -> list[Defect]:
    """Every defect that fits this application: special ones first within their task, in the order of its task list."""
    found = [*_people(draft), *_special(draft), *_answers(draft), *_materials(draft)]
    order = [task.key for task in tasks_of(draft)]
    return sorted(found, key=lambda d: order.index(d.task) if d.task in order else len(order))


def _defect(raw: dict[str, Any], *, code: str = "", task: str = "", slot: str = "", **words: str) -> Defect:
    return Defect(
        code or raw["code"],
        task or raw["task"],
        raw["title"] % words if words else raw["title"],
        raw["why"],
        raw["how"] % words if words else raw["how"],
        slot,
    )


def _people(draft: Draft) -> list[Defect]:
    tasks = {task.key for task in tasks_of(draft)}
    return [
        _defect(raw)
        for raw in _data()["people"]
        if raw.get("applicant") in (None, draft.applicant_kind) and raw["task"] in tasks
    ]


def _special(draft: Draft) -> list[Defect]:
    filing = draft.filing
    rows = []
    for raw in _data()["special"]:
        fits = "forms" in raw or filing.procedure in raw.get("procedures", ())
        fits = fits or (raw.get("agent", False) and filing.capacity == Capacity.AGENT)
        if fits:
            rows.append(_defect(raw, slot=_slot(draft.form, raw.get("slot", ""))))
    return rows


def _slot(form: ElementForm, key: str) -> str:
    """The slot to unlock; a form without it unlocks the whole task, so that there is somewhere to put the paper."""
    return key if key and form.slot(key) else ""


def _answers(draft: Draft) -> list[Defect]:
    raw = _data()["answers"]
    return [
        _defect(raw, code=f"task_{task.key}", task=task.key, title=task.title) for task in draft.form.tasks
    ]


def _materials(draft: Draft) -> list[Defect]:
    return [
        _defect(
            raw,
            code=f"{raw['code']}_{slot.key}",
            task=EVIDENCE,
            slot=slot.key,
            title=slot.title,
            hint=slot.hint or SHOOT,
        )
        for slot, _files in draft.slots()
        for raw in _data()["slots"]
    ]
