"""An application as its pages see it: its people, papers and answers, and what of it may be changed."""

from __future__ import annotations

from dataclasses import dataclass, field

from cases.models import PartyKind, Side
from filing.elements import schema
from filing.models import CorrectionNotice, Filing, FilingAgent, FilingMaterial, FilingParty, FilingStatus
from filing.procedures import Procedure, procedure
from filing.slots import slots_for

CAPACITY, AGENTS = "capacity", "agents"
ME, OTHER_SIDE, THIRD_SIDE, EVIDENCE, DELIVERY = "me", "other", "third", "evidence", "delivery"
TASK_OF_SIDE = {Side.PLAINTIFF: ME, Side.DEFENDANT: OTHER_SIDE, Side.THIRD: THIRD_SIDE}
SIDE_OF_TASK = {task: side for side, task in TASK_OF_SIDE.items()}


@dataclass(frozen=True)
class Draft:
    """Everything about an application that its pages show. Built by ``selectors.draft_of`` in five queries."""

    filing: Filing
    form: schema.ElementForm
    parties: list[FilingParty]
    materials: list[FilingMaterial]
    notice: CorrectionNotice | None
    agents: list[FilingAgent] = field(default_factory=list)

    @property
    def procedure(self) -> Procedure:
        """What is asked of the court, with its own rules: first instance, enforcement …"""
        return procedure(self.filing.procedure)

    @property
    def applicant_kind(self) -> str:
        """A person or an organisation, by the first applicant."""
        mine = self.side(Side.PLAINTIFF)
        return mine[0].kind if mine else PartyKind.NATURAL

    def side(self, side: Side) -> list[FilingParty]:
        """Those who stand on a side, in their order."""
        return [party for party in self.parties if party.side == side]

    def slots(self) -> list[tuple[schema.Slot, list[FilingMaterial]]]:
        """Slots to show with what lies in them: papers of the people by rule, then those of the dispute."""
        wanted = slots_for(self.filing, self.form, self.procedure, self.parties, self.agents)
        return [(slot, [m for m in self.materials if m.slot == slot.key]) for slot in wanted]

    @property
    def may_follow(self) -> bool:
        """Handed in while the storage took no files: papers are added, none taken back, until the court decides (REL-50)."""
        return self.filing.status == FilingStatus.SUBMITTED and self.filing.materials_follow

    def missing_papers(self) -> list[str]:
        """Titles of the papers that must be given and are not there."""
        return [str(slot.title) for slot, files in self.slots() if slot.required and not files]

    def unlocked(self, task: str, slot: str = "") -> bool:
        """In a draft everything is open; after a correction notice only what the notice names (UX §6.3); the papers while they
        may follow."""
        if self.filing.status == FilingStatus.DRAFT:
            return True
        if self.may_follow:
            return task == EVIDENCE
        if self.filing.status != FilingStatus.RETURNED or self.notice is None:
            return False
        return any(
            item.task == task and (not slot or item.slot in ("", slot)) for item in self.notice.items.all()
        )

    @property
    def carried(self) -> dict[str, str]:
        """What the pre-check told already and a question may offer again (``ElementField.carried``).

        The court that decided first is known when its case number told it, and it takes the application in itself.
        """
        filing = self.filing
        from_number = filing.origin_number != "" and "court" not in filing.precheck
        taken_in_there = self.procedure.level != "above" or filing.court_id != filing.deciding_court_id
        first_court = filing.court.name if from_number and taken_in_there else ""
        return filing.precheck | {"origin": filing.origin_number, "origin_court": first_court}

    def role(self, side: Side) -> str:
        """What somebody of this side is called in this form: 原告, 申请人, 上诉人 …"""
        return self.form.role(side.value)
