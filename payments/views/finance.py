"""The home page of finance with its search, and money taken at the window."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import Conflict, InvalidInput
from common.pages import add_errors, form_page
from common.search import SearchForm
from payments import finance_selectors, selectors
from payments.finance_forms import CounterForm
from payments.services.counter import enter_payment
from payments.views.frame import PER_PAGE, desks, finance_of


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits, what the nightly look at the books says, and the money that a search finds."""
    actor = finance_of(request)
    form = SearchForm(request.GET)
    rows = finance_selectors.payments_found(actor, form.words())
    check, findings = finance_selectors.books_of(actor)
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "form": form,
        "searched": form.words(),
        "waiting": finance_selectors.waiting_of(actor),
        "check": check,
        "findings": findings,
        "desks": desks(request),
    }
    return render(request, "payments/finance/home.html", context)


@require_safe
def counter(request: HttpRequest) -> HttpResponse:
    """Somebody stands at the window: his open bill is found by number, case number or name."""
    actor = finance_of(request, "payment.enter")
    form = SearchForm(request.GET)
    words = form.words()
    rows = finance_selectors.open_bills_found(actor, words)
    page = Paginator(rows if words else rows.none(), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "searched": words, "desks": desks(request)}
    return render(request, "payments/finance/counter.html", context)


@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Enter cash or a card payment for one bill."""
    actor = finance_of(request, "payment.enter")
    bill = selectors.bill_for(actor, public_id)
    form = CounterForm(bill, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            enter_payment(bill_id=bill.pk, actor=actor, **form.cleaned_data)
            messages.success(request, _("已登记收款，当事人会收到通知和回执。"))
            return redirect("payments:counter")
        except InvalidInput as error:
            add_errors(form, error)
        except Conflict as error:
            messages.warning(request, error.message)
            return redirect("payments:counter_enter", public_id=public_id)
    return form_page(request, "payments/finance/counter_enter.html", form, bill=bill, desks=desks(request))
