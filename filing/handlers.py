"""This app reacts to no events; it tells ``documents`` who opens the files of an application."""

from __future__ import annotations

from uuid import UUID

from cases.policies import visible_cases
from common.actor import Actor
from documents.access import register
from filing.policies import visible_filings


def may_open_material(actor: Actor, filing_public_id: UUID) -> bool:
    """Whoever may see the application: the applicant and the intake clerks of the deciding court; once it is a case,
    its judge and case clerk."""
    if visible_filings(actor).filter(public_id=filing_public_id).exists():
        return True
    return actor.is_staff and visible_cases(actor).filter(filing_public_id=filing_public_id).exists()


register("filing.filing", may_open_material)
