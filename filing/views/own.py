"""What all pages of an applicant's own application need: the application, where its pages lie, where to go on."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from common.pages import actor_of
from filing import selectors
from filing.draft import Draft
from filing.models import Filing, FilingStatus
from filing.policies import as_helper
from filing.ways_selectors import keyed_for

OPEN_STATES = (FilingStatus.DRAFT, FilingStatus.RETURNED)


def home(filing: Filing) -> str:
    """The task list."""
    return reverse("filing:tasks", args=[filing.public_id])


def from_check(request: HttpRequest) -> bool:
    """True when one answer is changed from the check page, to which the applicant then returns."""
    return request.GET.get("from") == "check"


def onward(request: HttpRequest, filing: Filing) -> str:
    """Where a finished page leads."""
    return reverse("filing:check", args=[filing.public_id]) if from_check(request) else home(filing)


def my_filing(request: HttpRequest, public_id: UUID) -> Filing:
    """The applicant's own application, also for the clerk who keys it in for him (代录, then under the banner); NotVisible
    for anybody else, other clerks included: they have a desk."""
    actor = actor_of(request)
    if actor.is_public:
        return selectors.filing_for(actor, public_id)
    filing = keyed_for(actor, public_id)
    request.actor = as_helper(actor, filing)  # type: ignore[attr-defined]
    request.keyed_filing = filing  # type: ignore[attr-defined]
    return filing


def my_draft(request: HttpRequest, public_id: UUID) -> Draft:
    """The applicant's own application with everything on it."""
    return selectors.draft_of(my_filing(request, public_id))
