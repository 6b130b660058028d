"""Which outages were recorded on a day, for everybody, with a signed text to keep (REL-51)."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from common import clock
from common.forms import DayField, PlainForm
from courts.outages import record_of, windows_on


class OutageDayForm(PlainForm):
    """The day that is asked about; today when none is named."""

    day = DayField(label=_("哪一天"), required=False, future_allowed=False)

    @property
    def chosen(self) -> date | None:
        """The day, None for nonsense or a day to come."""
        return self.cleaned_data["day"] or clock.today() if self.is_valid() else None


@login_not_required
@require_safe
def outages(request: HttpRequest) -> HttpResponse:
    """The page."""
    form = OutageDayForm(request.GET or {"day": clock.today().isoformat()})
    day = form.chosen
    windows = windows_on(day) if day else []
    return render(
        request,
        "pages/outages.html",
        {"day_form": form, "day": day, "windows": windows},
        status=200 if day else 422,
    )


@login_not_required
@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """The signed text of a day as a file: the text, an empty line, the signature."""
    day = OutageDayForm(request.GET).chosen
    if day is None:
        return outages(request)
    text, signature = record_of(day)
    response = HttpResponse(f"{text}\n\n{signature}\n", content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="outages-{day.isoformat()}.txt"'
    return response
