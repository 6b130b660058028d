"""The supervisor's pages: what is late first, then the period's figures; the way from the scan to satisfaction."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common import clock
from common.pages import actor_of, form_page
from common.tables import csv_download
from feedback.figures import Period
from stats.forms import PeriodForm
from stats.funnel import funnel
from stats.presenters import figure_rows, funnel_bars, funnel_table
from stats.selectors import figures


@require_safe
def oversight(request: HttpRequest) -> HttpResponse:
    """Four headline numbers and the figures of a period, by default the last 30 days."""
    form, period = _asked(request)
    found = figures(actor_of(request), since=period.since, until=period.until)
    return form_page(request, "stats/oversight.html", form, figures=found, rows=figure_rows(found))


def _asked(request: HttpRequest) -> tuple[PeriodForm, Period]:
    """The form and the period it names; the last 30 days while it names none."""
    today = clock.today()
    period = Period(today - timedelta(days=29), today)
    given = request.GET if "since" in request.GET else None
    form = PeriodForm(given, initial={"since": period.since, "until": period.until})
    if form.is_bound and form.is_valid():
        period = Period(form.cleaned_data["since"], form.cleaned_data["until"])
    return form, period


@require_safe
def scan_funnel(request: HttpRequest) -> HttpResponse:
    """How many go on at each step from the scan to satisfaction, by topic and by division."""
    form, period = _asked(request)
    found = funnel(actor_of(request), period)
    context = {
        "period": period,
        "bars": funnel_bars(found),
        "funnel": found,
        "query": request.GET.urlencode(),
    }
    return form_page(request, "stats/funnel.html", form, **context)


@require_safe
def funnel_csv(request: HttpRequest) -> HttpResponseBase:
    """The same numbers as a table."""
    _form, period = _asked(request)
    found = funnel(actor_of(request), period)
    return csv_download(funnel_table(found), f"{_('扫码到满意')}-{period.since}-{period.until}")
