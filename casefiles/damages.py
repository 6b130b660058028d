"""Which documents of a file cannot be opened because their kept bytes are damaged, for judge and parties (SEC-55)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet

from casefiles import policies
from casefiles.models import Entry
from cases.models import Case
from common.actor import Actor
from documents.models import Copy, Damage, PaperState

MOST_CASES = 20
"""So many cases are named on the day; the list of damaged files has all of them."""


def damaged_entries(actor: Actor, case: Case) -> list[Entry]:
    """Entries of a case this reader sees whose bytes are damaged now, in the order of arrival; of a paper, for a party, only his
    own copy. What is kept from him is told to him in no way. One query while nothing anywhere is damaged, as nearly always;
    then two, three for the public."""
    return list(_damaged(actor).filter(case=case).order_by("number"))


@dataclass(frozen=True)
class DamagedCase:
    """A case with so many entries that cannot be opened now."""

    number: str
    public_id: UUID
    entries: int


def damaged_cases(actor: Actor) -> list[DamagedCase]:
    """The cases this judge or case clerk holds in which something is damaged now, for the day. One or two queries."""
    if not actor.is_staff or actor.role not in policies.CASE_STAFF:
        return []
    rows = _damaged(actor).values_list("case__number", "case__public_id").annotate(entries=Count("pk"))
    return [DamagedCase(*row) for row in rows.order_by("case__number")[:MOST_CASES]]


def _damaged(actor: Actor) -> QuerySet[Entry]:
    damages = Damage.objects.filter(recovered_at=None)
    if not damages.exists():
        return Entry.objects.none()
    copies = Copy.objects.filter(
        paper=OuterRef("paper_id"), state=PaperState.ISSUED, public_id__in=damages.values("public_id")
    )
    if not actor.is_staff:
        own = [public_id for _pk, public_id in policies.own_parties(actor)]
        copies = copies.filter(addressee_public_id__in=own)
    of_file = damages.filter(public_id=OuterRef("file__public_id"))
    return policies.visible_entries(actor).filter(Exists(of_file) | Exists(copies))
