"""Who may see and do what with an application."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.access import allows
from common.actor import Actor
from filing.models import Filing, FilingStatus


def visible_filings(actor: Actor) -> QuerySet[Filing]:
    """The only door to applications: the applicant's own; for intake clerks every sent one of their court."""
    if actor.is_public and allows(actor, "filing.edit"):
        return Filing.objects.filter(applicant_id=actor.user_id)
    if allows(actor, "filing.review"):
        return Filing.objects.filter(deciding_court_id=actor.court_id, first_submitted_at__isnull=False)
    return Filing.objects.none()


def can_edit(actor: Actor, filing: Filing) -> bool:
    """The applicant, while the application is a draft or has come back for correction."""
    mine = actor.is_public and filing.applicant_id == actor.user_id
    return mine and filing.status in (FilingStatus.DRAFT, FilingStatus.RETURNED)


def can_review(actor: Actor, filing: Filing) -> bool:
    """An intake clerk of the deciding court."""
    return allows(actor, "filing.review") and filing.deciding_court_id == actor.court_id
