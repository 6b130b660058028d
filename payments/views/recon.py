"""Reconciliation as finance sees it: days, differences, the bank list."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import InvalidInput
from common.pages import add_errors, form_page
from common.tables import csv_download
from payments import finance_selectors as selectors
from payments.bank_list import COLUMNS, SAMPLE
from payments.finance_forms import BankListForm, NoteForm
from payments.services.recon import import_bank_list, resolve_difference, run_day
from payments.sources import gateway_words
from payments.views.frame import PER_PAGE, day_in, desks, finance_of


@require_safe
def recon(request: HttpRequest) -> HttpResponse:
    """Reconciled days, newest first, with what is open."""
    rows = selectors.recon_days(finance_of(request))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "payments/finance/recon.html", {"page": page, "desks": desks(request)})


@require_http_methods(["GET", "POST"])
def day(request: HttpRequest, gateway: str, day: str) -> HttpResponse:
    """One gateway's day: differences with their words, the statements; the button fetches and compares again."""
    actor, when = finance_of(request), day_in(day)
    if request.method == "POST":
        try:
            outcomes = run_day(day=when, only=gateway)
        except InvalidInput as error:
            messages.warning(request, error.message)
        else:
            ready = all(outcome.available for outcome in outcomes)
            words = _("已重新对账。") if ready else _("支付平台还没有给出这一天的对账单，请晚些再试。")
            (messages.success if ready else messages.warning)(request, words)
        return redirect("payments:recon_day", gateway=gateway, day=day)
    context = {
        "differences": selectors.differences_of(actor, gateway, when),
        "statements": selectors.statements_of(actor, gateway, when),
        "gateway": gateway,
        "label": gateway_words(gateway),
        "day": when,
        "form": NoteForm(),
        "desks": desks(request),
    }
    return render(request, "payments/finance/recon_day.html", context)


@require_http_methods(["GET", "POST"])
def resolve(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One difference: what both sides say; resolved with words."""
    actor = finance_of(request)
    found = selectors.difference_for(actor, public_id)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        resolve_difference(difference_id=found.pk, note=form.cleaned_data["note"], actor=actor)
        messages.success(request, _("已记下处理说明。"))
        return redirect("payments:recon_day", gateway=found.gateway, day=found.day.isoformat())
    label = gateway_words(found.gateway)
    return form_page(
        request, "payments/finance/difference.html", form, difference=found, label=label, desks=desks(request)
    )


@require_http_methods(["GET", "POST"])
def bank(request: HttpRequest) -> HttpResponse:
    """Bring in a list of the bank account; the same list again changes nothing."""
    actor = finance_of(request, "ledger.keep")
    sent = request.method == "POST"
    form = BankListForm(request.POST, request.FILES) if sent else BankListForm()
    if sent and form.is_valid():
        try:
            done = import_bank_list(content=form.cleaned_data["file"].read(), actor=actor)
        except InvalidInput as error:
            add_errors(form, error)
        else:
            words = _(
                "共%(lines)s行：%(paid)s笔已抵账单，%(suspended)s笔转入待处理款，%(out)s笔支出，"
                "%(known)s行以前导入过，%(doubled)s行重复。"
            )
            messages.success(request, words % vars(done))
            return redirect("payments:bank_statement")
    columns = [{"name": names[0], "also": "、".join(names[1:])} for names in COLUMNS.values()]
    return form_page(request, "payments/finance/bank.html", form, columns=columns, desks=desks(request))


@require_safe
def sample(request: HttpRequest) -> HttpResponseBase:
    """The sample list."""
    finance_of(request, "ledger.keep")
    return csv_download(SAMPLE, _("银行流水样表"))
