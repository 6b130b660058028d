"""Taking over what an uploaded pleading says, as ticked by its applicant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from common.actor import Actor
from eventlog.services import act
from filing.prefill import PersonToSave
from filing.services.drafts import save_page
from filing.services.people import save_party


def take_over(
    *, filing_id: int, people: Sequence[PersonToSave], pages: Mapping[str, dict[str, Any]], actor: Actor
) -> None:
    """Write checked people and answers into a draft, all or nothing. Raises what the single steps raise."""
    with act():
        for person in people:
            save_party(
                filing_id=filing_id,
                side=person.side,
                values=person.values,
                actor=actor,
                party_public_id=person.party.public_id if person.party else None,
            )
        for page, values in pages.items():
            save_page(filing_id=filing_id, page=page, values=values, actor=actor)
