"""Decisions besides acceptance and correction: proposal and ruling 不予受理, hand-over, mediation first."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allows
from common import clock
from common.errors import InvalidInput, NotAllowed, NotVisible
from common.pages import actor_of, add_errors, form_page
from courts.selectors import open_courts
from filing import selectors, services
from filing.forms.desk import HandOverForm, RefusalForm, RulingForm
from filing.grounds import GROUNDS
from filing.models import FilingStatus
from filing.policies import visible_refusals
from filing.views.desk import held, need_desk, to_next

PER_PAGE = 25


@require_http_methods(["GET", "POST"])
def refuse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Propose 不予受理: a ground of the law and words; the judge decides."""
    need_desk(request)
    actor = actor_of(request)
    filing = selectors.filing_for(actor, public_id)
    form = RefusalForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.propose_refusal(
                filing_id=filing.pk, fence=held(request, filing), actor=actor, **form.cleaned_data
            )
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("已交立案法官决定。"))
            return to_next(request, filing)
    return form_page(request, "filing/desk_refuse.html", form, filing=filing)


@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hand an application to the court that is competent."""
    need_desk(request)
    actor = actor_of(request)
    filing = selectors.filing_for(actor, public_id)
    courts = [court for court in open_courts() if court.pk != filing.deciding_court_id]
    form = HandOverForm(courts, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            step = services.hand_over_filing(
                filing_id=filing.pk,
                fence=held(request, filing),
                to_court=form.court(),
                reason=form.cleaned_data["reason"],
                actor=actor,
            )
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("已移送%(court)s。") % {"court": step.to_court.name})
            return to_next(request, filing)
    return form_page(request, "filing/desk_hand_over.html", form, filing=filing)


@require_POST
def ask_mediation(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask the applicant whether he wants to try mediation first; the review goes on."""
    need_desk(request)
    actor = actor_of(request)
    filing = selectors.filing_for(actor, public_id)
    services.ask_for_mediation(filing_id=filing.pk, fence=held(request, filing), actor=actor)
    messages.success(request, _("已问当事人。他不回答，审查照常进行。"))
    return redirect("filing:review", public_id=public_id)


@require_POST
def end_mediation(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The mediation came to nothing: back to the review."""
    need_desk(request)
    actor = actor_of(request)
    filing = selectors.filing_for(actor, public_id)
    services.end_mediation(filing_id=filing.pk, actor=actor)
    messages.success(request, _("已回到审查，期限重新计算。"))
    return redirect("filing:review", public_id=public_id)


@require_safe
def rulings(request: HttpRequest) -> HttpResponse:
    """The filing judge's list: proposals that wait, earliest due first; empty for judges of other divisions."""
    actor = actor_of(request)
    if not allows(actor, "filing.rule"):
        raise NotAllowed(_("这个页面给立案庭的法官使用。"))
    waiting = visible_refusals(actor).filter(decision=None, filing__status=FilingStatus.REFUSAL)
    rows = waiting.select_related("filing__cause", "proposed_by__user").order_by("filing__due_on", "id")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "filing/desk_rulings.html", {"page": page, "now": clock.now()})


@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The judge's decision on one proposal, with his reasons."""
    actor = actor_of(request)
    if not allows(actor, "filing.rule"):
        raise NotAllowed(_("不予受理由立案庭的法官决定。"))
    proposal = (
        visible_refusals(actor)
        .filter(public_id=public_id)
        .select_related("filing__cause", "filing__applicant", "proposed_by__user")
        .first()
    )
    if proposal is None:
        raise NotVisible(_("没有这个页面。"))
    form = RulingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        refused = request.POST.get("decision") == "refuse"
        services.rule_on_refusal(
            proposal_id=proposal.pk, refused=refused, reasons=form.cleaned_data["reasons"], actor=actor
        )
        word = _("已裁定不予受理，裁定书会自动发出。") if refused else _("已退回立案人员继续审查。")
        messages.success(request, word)
        return redirect("filing:rulings")
    context = {
        "proposal": proposal,
        "ground": GROUNDS[proposal.ground],
        "filing": proposal.filing,
        "decided": hasattr(proposal, "decision"),
    }
    return form_page(request, "filing/desk_rule.html", form, **context)
