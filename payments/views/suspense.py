"""Money that fits nothing, and notices that cannot be true."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.actor import Actor
from common.errors import InvalidInput
from common.forms import PlainForm
from common.pages import add_errors, form_page
from payments import finance_selectors as selectors
from payments.finance_forms import ApplyForm, NoteForm, ReturnForm, TransferForm
from payments.finance_policies import visible_reviews, visible_suspense
from payments.models import Suspense, SuspenseReason, SuspenseState
from payments.services.refunds import give_back_suspense
from payments.services.suspense import apply_suspense, book_transfer, close_review
from payments.views.frame import PER_PAGE, desks, finance_of

Forms = dict[str, PlainForm]


@require_safe
def suspense_list(request: HttpRequest) -> HttpResponse:
    """Open money first, the oldest on top; what is resolved below."""
    actor = finance_of(request)
    rows = visible_suspense(actor).select_related(
        "payment__order__bill__case", "payment__order__bill__party", "bill"
    )
    done = request.GET.get("view") == "done"
    ended = [SuspenseState.APPLIED, SuspenseState.RETURNED, SuspenseState.MOVED]
    rows = (
        rows.filter(state__in=ended).order_by("-id") if done else rows.exclude(state__in=ended).order_by("id")
    )
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    views = [
        {"label": _("待处理"), "href": "?view=open", "current": not done},
        {"label": _("已处理"), "href": "?view=done", "current": done},
    ]
    context = {"page": page, "desks": desks(request), "views": views}
    return render(request, "payments/finance/suspense_list.html", context)


@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One sum: where it came from, and the ways to resolve it, each a form of its own."""
    actor = finance_of(request)
    found = selectors.suspense_for(actor, public_id)
    way = request.POST.get("way", "") if request.method == "POST" else ""
    forms = _forms(found, way, request.POST)
    form = forms.get(way)
    if request.method == "POST" and form is None:
        messages.warning(request, _("这笔款已经不能这样处理，请看最新情况。"))
        return redirect("payments:suspense", public_id=public_id)
    if form is not None and form.is_valid():
        try:
            _resolve(found, way, form.cleaned_data, actor)
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("已处理，处理说明记在下面。"))
            return redirect("payments:suspense", public_id=public_id)
    context = {
        "suspense": found,
        "form": form,
        "forms": forms,
        "line": selectors.bank_line_of(found.payment),
        "desks": desks(request),
    }
    wrong = form is not None and bool(form.errors)
    return render(request, "payments/finance/suspense.html", context, status=422 if wrong else 200)


def _forms(found: Suspense, way: str, data: Any) -> Forms:
    """The ways that are open for this money."""
    if found.state != SuspenseState.OPEN:
        return {}
    forms: Forms = {}
    if found.reason != SuspenseReason.CURRENCY:
        bills = selectors.bills_fitting(found)
        forms["apply"] = ApplyForm(bills, data if way == "apply" else None)
    forms["return"] = ReturnForm(data if way == "return" else None)
    if found.reason == SuspenseReason.UNMATCHED:
        forms["transfer"] = TransferForm(data if way == "transfer" else None)
    return forms


def _resolve(found: Suspense, way: str, answer: dict[str, Any], actor: Actor) -> None:
    if way == "transfer":
        book_transfer(suspense_id=found.pk, out_of=answer["out_of"], note=answer["note"], actor=actor)
    elif way == "return":
        give_back_suspense(suspense_id=found.pk, words=answer["words"], actor=actor)
    else:
        bill = selectors.open_bill_numbered(actor, answer["chosen"])
        if bill is None:
            text = _("本院没有这个缴费编号，请核对")
            raise InvalidInput(text, number=text)
        apply_suspense(suspense_id=found.pk, bill_id=bill.pk, note=answer["note"], actor=actor)


@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    """Notices that could not be true, open ones first."""
    actor = finance_of(request)
    rows = visible_reviews(actor).select_related("order__bill").order_by("-closed_at", "id")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "desks": desks(request)}
    return render(request, "payments/finance/reviews.html", context)


@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Read one notice as it came, and close it with words."""
    actor = finance_of(request)
    found = selectors.review_for(actor, public_id)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        close_review(review_id=found.pk, note=form.cleaned_data["note"], actor=actor)
        messages.success(request, _("已记下核对结果。"))
        return redirect("payments:reviews")
    context = {"item": found, "desks": desks(request)}
    return form_page(request, "payments/finance/review.html", form, **context)
