"""A file with both volumes, for whoever tests what may be read of it."""

from __future__ import annotations

from casefiles.models import Entry, EntryKind, Openness, Section, Volume
from casefiles.services import Source, enter
from cases.models import Case
from common.actor import system


def put_in_side_volume(case: Case, like: Entry, key: str = "deliberation") -> Entry:
    """A record of the panel's deliberation, from the same bytes as an entry that is there."""
    source = Source(
        key=f"test:{key}",
        kind=EntryKind.ADDED,
        volume=Volume.SIDE,
        section=Section.DELIBERATION,
        title="合议庭评议笔录",
        filed_at=like.filed_at,
        openness=Openness.PARTIES,
        pages=like.pages,
        file_id=like.file_id,
    )
    return enter(case, source, actor=system("测试"))
