"""What the applicant answers or asks after sending: mediation first or not, a complaint about 立案."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.services import once, request_hash
from common import clock
from common.errors import InvalidInput
from common.pages import actor_of, add_errors, form_key, form_page
from filing import selectors, services
from filing.forms.desk import ComplaintForm, MediationForm
from filing.models import Filing, FilingStatus
from filing.papers import rulings_for
from filing.policies import visible_complaints
from filing.views.own import my_filing


def state_of(filing: Filing) -> dict[str, Any]:
    """What the page of a sent application shows: whose turn it is, where it went, what was decided, what was asked."""
    asked = filing.mediation_asked_at is not None and filing.mediation_consent is None
    return {
        "filing": filing,
        "entries": selectors.story_of(filing),
        "cases": selectors.cases_of_filing(filing),
        "steps": filing.hand_overs.select_related("from_court", "to_court").order_by("id"),
        "rulings": rulings_for(filing) if filing.status == FilingStatus.REFUSED else [],
        "mediation_asked": asked and filing.status == FilingStatus.SUBMITTED,
    }


@require_http_methods(["GET", "POST"])
def mediation(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The court asks; a no changes nothing about the review (R-21)."""
    filing = my_filing(request, public_id)
    asked = filing.mediation_asked_at is not None and filing.mediation_consent is None
    form = MediationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        consent = form.cleaned_data["consent"] == "yes"
        services.answer_mediation(filing_id=filing.pk, consent=consent, actor=actor_of(request))
        done = _("已转入先行调解。您随时可以不调了。") if consent else _("知道了，法院继续审查立案。")
        messages.success(request, done)
        return redirect("filing:tasks", public_id=public_id)
    if not asked or filing.status != FilingStatus.SUBMITTED:
        return redirect("filing:tasks", public_id=public_id)
    return form_page(request, "filing/mediation.html", form, filing=filing)


@require_POST
def stop_mediation(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """不调了: back to the review at once."""
    filing = my_filing(request, public_id)
    services.end_mediation(filing_id=filing.pk, actor=actor_of(request))
    messages.success(request, _("调解已结束，法院继续审查立案。"))
    return redirect("filing:tasks", public_id=public_id)


@require_http_methods(["GET", "POST"])
def complain(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """立案投诉 with the day of the answer; earlier ones with their answers below."""
    filing, actor = my_filing(request, public_id), actor_of(request)
    form = ComplaintForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["words"]
        try:
            once(
                actor=actor,
                route="filing:complain",
                key=form_key(request),
                body_hash=request_hash({"filing": filing.pk, "words": words}),
                write=lambda: str(
                    services.complain_about_filing(filing_id=filing.pk, words=words, actor=actor).public_id
                ),
            )
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("投诉已收到。"))
            return redirect("filing:complain", public_id=public_id)
    made = visible_complaints(actor).filter(filing=filing).order_by("-id")
    waiting = any(complaint.answered_at is None for complaint in made)
    context = {"filing": filing, "complaints": made, "waiting": waiting, "form_key": form_key(request)}
    context |= {"can_write": filing.first_submitted_at is not None and not waiting, "now": clock.now()}
    return form_page(request, "filing/complain.html", form, **context)
