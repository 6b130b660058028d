"""What all pages of an applicant's own application need: the application, where its pages lie, where to go on."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from common.errors import NotVisible
from common.pages import actor_of
from filing import selectors
from filing.models import Filing, FilingStatus

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
    """The applicant's own application; NotVisible for anybody else, clerks included: they have a desk."""
    actor = actor_of(request)
    if not actor.is_public:
        raise NotVisible(_("没有这个页面。"))
    return selectors.filing_for(actor, public_id)


def my_draft(request: HttpRequest, public_id: UUID) -> selectors.Draft:
    """The applicant's own application with everything on it."""
    return selectors.draft_of(my_filing(request, public_id))
