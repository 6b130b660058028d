"""算诉讼费: what a case or an application costs, or what comes back, for everybody and without sign-in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common import clock
from common.errors import InvalidInput
from common.pages import add_errors
from courts.selectors import base_fees
from payments.calculator import MATTERS
from payments.fees import Quote, quote
from payments.forms import CalculatorForm


@login_not_required
@require_safe
def calculator(request: HttpRequest) -> HttpResponse:
    """First what is to be worked out, then what that needs, then the sum with every step; all of it in the address, so
    that it can be kept, sent on and printed."""
    matter = MATTERS.get(request.GET.get("what", ""))
    if matter is None:
        return render(request, "payments/fees.html", {"matters": MATTERS.values()})
    form = CalculatorForm(matter, request.GET if len(request.GET) > 1 else None)
    context = {"matter": matter, "form": form, "quote": _quote(form), "today": clock.today()}
    return render(request, "payments/fees_matter.html", context, status=422 if form.errors else 200)


def _quote(form: CalculatorForm) -> Quote | None:
    """The answer; None while nothing is asked, or with the sentences beside the fields."""
    if not form.is_valid():
        return None
    court = form.cleaned_data.get("court")
    try:
        return quote(form.asked(), on=clock.today(), bases=base_fees(court) if court else None)
    except InvalidInput as error:
        add_errors(form, error)
        return None
