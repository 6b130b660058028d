"""Which papers an application needs: identity and authority by who stands in it, the rest by form or procedure.

Codes, names and conditions are those of the materials list (``guides/data/materials.json``; R-14, R-15): nothing is
asked for that it does not name, except the paper by which a group elects its deputies (解释76-78); who has written his
pleading himself may add it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from django.utils.translation import gettext as _

from cases.models import PartyKind, Side
from filing.elements.schema import ElementForm, Slot
from filing.models import AgentKind, Capacity, Filing, FilingAgent, FilingParty
from filing.procedures import Procedure
from guides.materials import Material, identity_materials
from guides.materials import procedures as materials_lists

GUARDIAN, DEPUTY, OTHER, WRITTEN = "GUARDIAN", "DEPUTY", "OTHER", "WRITTEN"
POA, EMPLOYED, AGENT_ID = "POA", "EMPLOY", "AGENT_ID"


def slots_for(
    filing: Filing,
    form: ElementForm,
    procedure: Procedure,
    people: list[FilingParty],
    agents: list[FilingAgent],
) -> list[Slot]:
    """The slots of one application in the order of its evidence page, each code once."""
    mine = [person for person in people if person.side == Side.PLAINTIFF]
    kinds = {person.kind for person in mine} or {PartyKind.NATURAL.value}
    papers = [*_identity(mine, kinds), *_authority(filing, mine, agents)]
    papers += _of_dispute(form, procedure, filing, kinds)
    papers.append(
        Slot(WRITTEN, _("自己写好的诉状或申请书"), required=False, hint=_("写好了才传，没有的不用写"))
    )
    return list({slot.key: slot for slot in reversed(papers)}.values())[::-1]


def _identity(mine: list[FilingParty], kinds: Iterable[str]) -> Iterator[Slot]:
    papers = identity_materials()
    for kind in (PartyKind.NATURAL, PartyKind.LEGAL):
        for paper in papers[kind] if kind in kinds else ():
            if paper.code == GUARDIAN:
                if any(person.guardian_name for person in mine):
                    yield _slot(paper, required=True)
            elif paper.requirement != "conditional":
                yield _slot(paper, many=len(mine) > 1)


def _authority(filing: Filing, mine: list[FilingParty], agents: list[FilingAgent]) -> Iterator[Slot]:
    papers = identity_materials()
    for kind in {agent.kind: None for agent in agents}:
        for paper in papers[f"agent_{kind}"]:
            yield _slot(paper)
    if filing.capacity == Capacity.ORGANISATION and not _is_representative(filing, mine):
        for paper in papers[f"agent_{AgentKind.EMPLOYEE}"]:
            yield _slot(paper)
    if filing.capacity == Capacity.DEPUTY or any(person.is_deputy for person in mine):
        title, hint = _("推选代表人的书面材料"), _("写明推选谁做代表人，其他人都签名")
        yield Slot(DEPUTY, title, required=True, hint=hint)


def _is_representative(filing: Filing, mine: list[FilingParty]) -> bool:
    """True when the account's holder is the legal representative himself and needs no authority."""
    names = {person.legal_representative for person in mine if person.kind == PartyKind.LEGAL}
    return not names or filing.applicant.name in names


def _of_dispute(form: ElementForm, procedure: Procedure, filing: Filing, kinds: Iterable[str]) -> list[Slot]:
    """What proves the dispute: as the form lists it, else by the materials list of the procedure."""
    if form.slots:
        return [
            slot
            for slot in form.slots
            if slot.key not in person_codes() and any(slot.is_shown(filing.answers, kind) for kind in kinds)
        ]
    found = [
        _slot(paper)
        for paper in materials_lists()[procedure.code].materials
        if paper.code not in procedure.written
    ]
    return [*found, Slot(OTHER, _("其他证据"), required=False)]


def _slot(paper: Material, *, required: bool | None = None, many: bool = False) -> Slot:
    needed = paper.requirement == "required" if required is None else required
    hints = [_("%(when)s，才要交") % {"when": paper.condition}] if paper.condition and not needed else []
    hints += [_("每一位都要有")] if many and needed else []
    return Slot(paper.code, paper.name, required=needed, hint="。".join(hints))


@cache
def person_codes() -> frozenset[str]:
    """Codes of papers that belong to people and their agents, whatever the dispute."""
    return frozenset(paper.code for papers in identity_materials().values() for paper in papers)
