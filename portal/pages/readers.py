"""谁看过我的信息: over all cases and applications of one person, who looked at what and when (RELIABILITY §2, row 36).

What happens in the complaint zone is never told here (SEC-69); each case has its own list beside its file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.models import Case, Party
from cases.policies import live_access
from common.actor import Actor
from common.pages import actor_of
from documents.selectors import openings_of_uploads
from qrlinks.selectors import looks_of

PER_PAGE, MOST = 30, 300


@dataclass(frozen=True)
class Reading:
    """One line: when, who in words, what; the case where there is one already."""

    at: datetime
    who: str
    what: str
    case: Case | None = None


def readings_of(actor: Actor) -> list[Reading]:
    """The newest first, at most ``MOST``. Seven queries, however many cases."""
    if actor.user_id is None:
        return []
    bound = live_access().filter(user=actor.user_id).values("party_id")
    own = list(Party.objects.filter(pk__in=bound).select_related("case"))
    cases = {party.case_id: party.case for party in own}
    found = [
        Reading(look.at, look.who, look.what, cases[look.case_id]) for look in looks_of(own, actor, MOST)
    ]
    found += [
        Reading(
            event.happened_at,
            _("法院工作人员 %(name)s") % {"name": event.actor_name},
            _("打开了您交的材料：%(name)s") % {"name": name},
        )
        for event, name in openings_of_uploads(actor.user_id, MOST)
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)[:MOST]


@require_safe
def readers(request: HttpRequest) -> HttpResponse:
    """Everybody's own list; members of staff see who looked at their own cases in their private account."""
    actor = actor_of(request)
    if actor.is_staff:
        return redirect("pages:desk")
    page = Paginator(readings_of(actor), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "pages/readers.html", {"page": page})
