"""The application a row of a table would be: its claim together with what all rows share."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _

from cases.models import Side
from common import clock
from common.errors import InvalidInput
from courts.models import Cause, CauseVersion
from filing.claims import Claim, draft_in_hand, person_of_json, put_into
from filing.draft import Draft
from filing.elements import schema
from filing.elements.schema import Slot
from filing.models import Batch, Capacity, Channel, Filing, FilingAgent, FilingMaterial


def common_of(batch: Batch) -> dict[str, Any]:
    """What all rows share: ``capacity``, ``plaintiff`` and ``agent`` (absent before they were written), ``e_delivery``,
    ``signed_name``, and ``slots``: which papers of the dispute the rows need, by kind of plaintiff."""
    found: dict[str, Any] = json.loads(batch.common) if batch.common else {}
    return found


def plaintiff_of(batch: Batch) -> dict[str, Any] | None:
    """Checked values of the plaintiff, None before they were written."""
    values = common_of(batch).get("plaintiff")
    return person_of_json(values) if values else None


def cause_of(form: schema.ElementForm) -> Cause:
    """The cause this form is for, in the version in force. InvalidInput when the list has none."""
    found = Cause.objects.filter(name=form.cause, version=CauseVersion.CIVIL_2025).order_by("-level").first()
    if found is None:
        raise InvalidInput(_("这种诉状还不能成批提交。"))
    return found


class RowDrafts:
    """Builds the drafts of a table's rows; what they share is read once."""

    def __init__(self, batch: Batch) -> None:
        self.batch, self.form, self.common = batch, schema.load(batch.form), common_of(batch)
        self.cause = cause_of(self.form)
        self.plaintiff = plaintiff_of(batch)
        self.papers = [
            FilingMaterial(slot=paper.slot, file=paper.file, added_at=paper.added_at)
            for paper in batch.materials.select_related("file")
        ]

    def draft(self, claim: Claim) -> Draft:
        """The draft of one row, with the common papers that it has a place for; these are the same objects for all rows."""
        batch, now = self.batch, clock.now()
        filing = Filing(
            court=batch.court,
            deciding_court=batch.court,
            applicant=batch.applicant,
            procedure=self.form.procedure,
            form=batch.form,
            cause=self.cause,
            e_delivery=self.common.get("e_delivery", True),
            capacity=self.common["capacity"],
            channel=Channel.BATCH,
            created_at=batch.created_at or now,
            saved_at=now,
        )
        mine = [(Side.PLAINTIFF, self.plaintiff)] if self.plaintiff else []
        whole = Claim([*mine, *claim.parties], claim.answers)
        draft = draft_in_hand(filing, self.form, put_into(filing, whole, self.form), self._agents(filing))
        places = {slot.key for slot, _files in draft.slots()}
        draft.materials.extend(paper for paper in self.papers if paper.slot in places)
        return draft

    def _agents(self, filing: Filing) -> list[FilingAgent]:
        values = self.common.get("agent")
        is_agent = self.common["capacity"] == Capacity.AGENT
        return (
            [FilingAgent(filing=filing, order=1, is_applicant=True, **values)] if values and is_agent else []
        )


def example_of(batch: Batch) -> Draft:
    """The draft of the first good row; of an empty claim when there is none. Asks what every row needs."""
    row = batch.rows.filter(problems={}).order_by("number").first()
    claim = Claim.from_json(json.loads(row.values)["claim"]) if row else Claim()
    return RowDrafts(batch).draft(claim)


def paper_slots(batch: Batch) -> list[tuple[Slot, bool]]:
    """Places for common papers, and whether at least one good row cannot do without; needed ones first."""
    draft = example_of(batch)
    noted = common_of(batch)["slots"].get(draft.applicant_kind, [])
    found = {slot.key: (slot, slot.required or slot.key in noted) for slot, _files in draft.slots()}
    for slot in draft.form.slots:
        if slot.key in noted:
            found.setdefault(slot.key, (slot, True))
    return sorted(found.values(), key=lambda pair: not pair[1])
