"""Loads the questions and answers from ``guides/data/faq.json``."""

import json
from pathlib import Path

from guides.models import FaqEntry

DATA = Path(__file__).resolve().parent / "data"
_FIELDS = ["category", "question", "variants", "answer", "legal_basis"]


def load() -> dict[str, int]:
    """Insert or update every entry; returns rows per table. Safe to repeat; withdrawn entries stay withdrawn."""
    raw = json.loads((DATA / "faq.json").read_text("utf-8"))["entries"]
    entries = [FaqEntry(code=one["id"], **{key: one[key] for key in _FIELDS}) for one in raw]
    FaqEntry.objects.bulk_create(
        entries, update_conflicts=True, unique_fields=["code"], update_fields=_FIELDS
    )
    return {"questions": len(entries)}
