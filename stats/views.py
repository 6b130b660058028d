"""The supervisor's page: what is late first, then the period's figures."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from common import clock
from common.pages import actor_of, form_page
from stats.forms import PeriodForm
from stats.presenters import figure_rows
from stats.selectors import figures


@require_safe
def oversight(request: HttpRequest) -> HttpResponse:
    """Four headline numbers and the figures of a period, by default the last 30 days."""
    today = clock.today()
    since, until = today - timedelta(days=29), today
    form = PeriodForm(
        request.GET if "since" in request.GET else None, initial={"since": since, "until": until}
    )
    if form.is_bound and form.is_valid():
        since, until = form.cleaned_data["since"], form.cleaned_data["until"]
    found = figures(actor_of(request), since=since, until=until)
    return form_page(request, "stats/oversight.html", form, figures=found, rows=figure_rows(found))
