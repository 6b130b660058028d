"""The supervisor's pages: surveys and suggestions."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allows
from common.errors import InvalidInput, NotAllowed, NotVisible
from common.pages import actor_of, add_errors, form_page
from feedback import figures, forms, services, watch
from feedback.models import SuggestionState

PER_PAGE = 25


def _need(request: HttpRequest) -> None:
    if not allows(actor_of(request), "feedback.oversee"):
        raise NotAllowed(_("这个页面给院领导使用。"))


@require_http_methods(["GET", "POST"])
def surveys(request: HttpRequest) -> HttpResponse:
    """Surveys of the court, and a form for a new one."""
    _need(request)
    actor = actor_of(request)
    form = forms.SurveyOpenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            survey = services.open_survey(actor=actor, **form.cleaned_data)
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("调查已开始，抽到的人会收到通知。"))
            return redirect("feedback:survey", public_id=survey.public_id)
    return form_page(request, "feedback/surveys.html", form, surveys=watch.surveys_of(actor)[:PER_PAGE])


@require_safe
def survey(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The results with their uncertainty; groups under five are not shown."""
    _need(request)
    found = watch.surveys_of(actor_of(request)).filter(public_id=public_id).first()
    if found is None:
        raise NotVisible(_("没有这个页面。"))
    groups = figures.survey_results(found)
    returned = figures.Share(groups[0].returned, groups[0].invited)
    context = {"survey": found, "groups": groups, "returned": returned}
    return render(request, "feedback/survey.html", context)


@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """The suggestion box: what waits first."""
    _need(request)
    rows = watch.suggestions_of(actor_of(request))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "feedback/suggestions.html", {"page": page})


@require_http_methods(["GET", "POST"])
def suggestion(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One suggestion; what came of it."""
    _need(request)
    actor = actor_of(request)
    found = watch.suggestions_of(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotVisible(_("没有这个页面。"))
    form = forms.OutcomeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.handle_suggestion(suggestion_id=found.pk, outcome=form.cleaned_data["outcome"], actor=actor)
        messages.success(request, _("已处理。"))
        return redirect("feedback:suggestions")
    can = found.state == SuggestionState.OPEN
    return form_page(request, "feedback/suggestion.html", form, suggestion=found, can=can)
