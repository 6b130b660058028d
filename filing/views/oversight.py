"""What head and supervisor answer: questions for a second correction notice, complaints about 立案."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allows
from common import clock
from common.errors import InvalidInput, NotAllowed, NotVisible
from common.pages import actor_of, add_errors, form_page
from filing import services
from filing.desk_queue import repeats_by_reason
from filing.forms.desk import AnswerForm, ComplaintAnswerForm
from filing.models import RepeatProposal, RepeatReason
from filing.policies import visible_complaints, visible_repeats
from filing.selectors import story_of

PER_PAGE = 25


def _need(request: HttpRequest) -> None:
    if not allows(actor_of(request), "filing.oversee"):
        raise NotAllowed(_("这个页面给院领导和庭长使用。"))


@require_safe
def overrides(request: HttpRequest) -> HttpResponse:
    """Questions that wait first, then answered ones; how often people were told twice, by reason. Nobody is ranked."""
    _need(request)
    rows = _repeats(request).order_by(F("decided_at").desc(nulls_first=True), "id")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    counts = repeats_by_reason(actor_of(request))
    reasons = [{"label": label, "count": counts.get(value, 0)} for value, label in RepeatReason.choices]
    return render(request, "filing/overrides.html", {"page": page, "reasons": reasons})


def _repeats(request: HttpRequest) -> QuerySet[RepeatProposal]:
    return visible_repeats(actor_of(request)).select_related(
        "filing__cause", "proposed_by__user", "decided_by__user"
    )


@require_http_methods(["GET", "POST"])
def override(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One question: what the person was told, what he would be told now, and why again."""
    _need(request)
    proposal = _repeats(request).filter(public_id=public_id).first()
    if proposal is None:
        raise NotVisible(_("没有这个页面。"))
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        approved = request.POST.get("decision") == "approve"
        try:
            services.decide_repeat(
                proposal_id=proposal.pk,
                approved=approved,
                answer=form.cleaned_data["answer"],
                actor=actor_of(request),
            )
        except InvalidInput as error:
            add_errors(form, error)
        else:
            words = _("已同意，补正通知已发出。") if approved else _("已答复不同意。")
            messages.success(request, words)
            return redirect("filing:overrides")
    notices = proposal.filing.notices.prefetch_related("items").order_by("round")
    context = {"proposal": proposal, "filing": proposal.filing, "notices": notices}
    return form_page(request, "filing/override.html", form, **context)


@require_safe
def complaints(request: HttpRequest) -> HttpResponse:
    """Complaints about 立案, unanswered ones first by the day they are due."""
    _need(request)
    rows = visible_complaints(actor_of(request)).select_related("filing__cause", "answered_by__user")
    rows = rows.order_by(F("answered_at").desc(nulls_first=True), "due_on", "id")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "filing/complaints.html", {"page": page, "now": clock.now()})


@require_http_methods(["GET", "POST"])
def complaint(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One complaint with what happened to the application, and the answer."""
    _need(request)
    found = (
        visible_complaints(actor_of(request))
        .filter(public_id=public_id)
        .select_related("filing__cause", "filing__applicant", "answered_by__user")
        .first()
    )
    if found is None:
        raise NotVisible(_("没有这个页面。"))
    form = ComplaintAnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.answer_complaint(
            complaint_id=found.pk, answer=form.cleaned_data["answer"], actor=actor_of(request)
        )
        messages.success(request, _("已答复，当事人会收到通知。"))
        return redirect("filing:complaints")
    entries = story_of(found.filing)
    return form_page(
        request, "filing/complaint.html", form, complaint=found, entries=entries, now=clock.now()
    )
