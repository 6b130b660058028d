"""What was handed in with a pleading, as its event tells it: the file of the case is made from it. Ids and the court's own
words only."""

from __future__ import annotations

from typing import Any

from filing.draft import Draft
from filing.slots import WRITTEN, person_codes

PLEADINGS = {WRITTEN, "COMPLAINT"}


def handed_in(draft: Draft) -> dict[str, Any]:
    """``materials``: file, the title of its slot, and whether it is identity, pleading or evidence; ``only_own``: the court
    acts before the other side knows, so nothing of it is shown to that side (民诉法103, 104)."""
    titles = {slot.key: str(slot.title) for slot, _materials in draft.slots()}
    return {
        "materials": [
            {"file": row.file.public_id, "title": titles.get(row.slot, row.slot), "part": _part(row.slot)}
            for row in draft.materials
        ],
        "only_own": draft.procedure.secret,
    }


def _part(slot: str) -> str:
    if slot in person_codes():
        return "identity"
    return "pleading" if slot in PLEADINGS else "evidence"
