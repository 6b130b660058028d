"""Pages for everybody: how long answers take, the suggestion box; and the form of a survey for those who were drawn."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.services import limit
from cases.pages import party_page
from common import clock
from common.errors import DomainError
from common.pages import actor_of, add_errors, form_page
from common.requests import client_address
from courts.selectors import open_courts
from feedback import figures, forms, selectors, services
from feedback.models import Satisfaction

DAYS, PER_PAGE = 90, 10
HOUR, SUGGESTIONS_AN_HOUR = 3600, 5


@login_not_required
@require_safe
def service_times(request: HttpRequest) -> HttpResponse:
    """Median and 90th percentile of the last ninety days for each connected court, by name: no order of merit."""
    today = clock.today()
    period = figures.Period(today - timedelta(days=DAYS), today - timedelta(days=1))
    page = Paginator(open_courts().order_by("name"), PER_PAGE).get_page(request.GET.get("page"))
    times = figures.service_times(list(page), period)
    courts = [{"court": court, "times": times[court.pk]} for court in page]
    context = {"courts": courts, "page": page, "period": period}
    return render(request, "feedback/service_times.html", context)


@login_not_required
@require_http_methods(["GET", "POST"])
def suggest(request: HttpRequest) -> HttpResponse:
    """The suggestion box; no sign-in, no name."""
    actor = actor_of(request)
    form = forms.SuggestionForm(
        request.POST if request.method == "POST" else None, courts=list(open_courts())
    )
    if request.method == "POST" and form.is_valid():
        entered = form.cleaned_data
        try:
            limit(
                f"suggest:{client_address(request)}",
                HOUR,
                SUGGESTIONS_AN_HOUR,
                _("建议太多了，请过一会儿再写。"),
            )
            services.suggest(
                court_id=int(entered["court"]), text=entered["text"], phone=entered["phone"], actor=actor
            )
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("谢谢，法院已收到您的建议。"))
            return redirect("public:home")
    return form_page(request, "feedback/suggest.html", form)


@login_not_required
@party_page
@require_http_methods(["GET", "POST"])
def answer_survey(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The form of a survey, for the party that was drawn."""
    actor = actor_of(request)
    row = selectors.invitation_for(actor, public_id)
    form = forms.SurveyAnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        levels = {
            name: Satisfaction(value) for name, value in form.cleaned_data.items() if name in forms.QUESTIONS
        }
        try:
            services.return_form(
                invitation_id=row.pk, levels=levels, words=form.cleaned_data["words"], actor=actor
            )
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("谢谢，调查表已交。"))
            return redirect(request.path)
    closed = clock.now() > row.survey.closes_at
    context = {"survey": row.survey, "done": row.is_returned, "closed": closed}
    return form_page(request, "feedback/survey_form.html", form, **context)
