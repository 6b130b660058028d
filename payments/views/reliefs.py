"""缓交、减交、免交: asked for on the bill, decided at the judge's desk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import allows
from common import clock
from common.errors import InvalidInput, NotAllowed, NotVisible
from common.pages import actor_of, add_errors, form_page
from documents.keeping import keep_uploads
from payments import selectors, services
from payments.forms import AnswerForm, ReliefForm
from payments.models import Bill, BillStatus, Relief, ReliefKind, ReliefState
from payments.policies import can_decide, can_pay

HINTS = {
    ReliefKind.DEFER: gettext_lazy("钱数不变，晚一点交"),
    ReliefKind.REDUCE: gettext_lazy("少交一部分，至少减30%"),
    ReliefKind.EXEMPT: gettext_lazy("一分不交"),
}


def _my_bill(request: HttpRequest, public_id: UUID) -> Bill:
    """A bill for the one who pays it; NotVisible for others."""
    bill = selectors.bill_for(actor_of(request), public_id)
    if not can_pay(actor_of(request), bill):
        raise NotVisible(_("没有这个页面。"))
    return bill


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Choose what to ask for, say why; afterwards the same page shows the request and takes proofs."""
    bill = _my_bill(request, public_id)
    waiting = selectors.waiting_relief_of(bill)
    if waiting is not None:
        return _proofs(request, bill, waiting)
    if bill.status != BillStatus.OPEN:
        return redirect("payments:bill", public_id=public_id)
    kinds = services.kinds_for(bill)
    kind = request.GET.get("kind", "")
    if kind not in kinds:
        choices = [{"key": one.value, "label": one.label, "hint": HINTS[one]} for one in kinds]
        return render(request, "payments/relief_kinds.html", {"bill": bill, "kinds": choices})
    form = ReliefForm(kind, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.ask_relief(bill_id=bill.pk, kind=kind, actor=actor_of(request), **form.cleaned_data)
        messages.success(request, _("申请已交给承办法官。请接着传证明材料。"))
        return redirect("payments:relief", public_id=public_id)
    return form_page(request, "payments/relief_form.html", form, bill=bill, kind=ReliefKind(kind).label)


def _proofs(request: HttpRequest, bill: Bill, relief: Relief) -> HttpResponse:
    """The request as it lies with the judge; proofs are kept one by one. A second click on asking changes nothing."""
    sentences: list[str] = []
    if request.method == "POST":
        if request.POST.get("proofs_for") == str(relief.public_id):
            sentences = keep_uploads(request, services.add_relief_paper, relief_id=relief.pk)
        if not sentences:
            return redirect("payments:relief", public_id=bill.public_id)
        relief = selectors.waiting_relief_of(bill) or relief
    context = {
        "bill": bill,
        "relief": relief,
        "files": _files(relief),
        "error": "；".join(sentences),
        "form_errors": [{"href": "#proof", "text": sentence} for sentence in sentences],
    }
    return render(request, "payments/relief_waiting.html", context, status=422 if sentences else 200)


def _files(relief: Relief) -> list[dict[str, Any]]:
    return [
        {
            "name": paper.file.display_name,
            "href": reverse("documents:file", args=[paper.file.public_id]),
            "size": paper.file.size_bytes,
        }
        for paper in relief.papers.all()
    ]


@require_POST
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take the request back."""
    relief = selectors.waiting_relief_of(_my_bill(request, public_id))
    if relief is None:
        raise NotVisible(_("没有这个页面。"))
    services.withdraw_relief(relief_id=relief.pk, actor=actor_of(request))
    messages.success(request, _("申请已撤回，请按账单交费。"))
    return redirect("payments:bill", public_id=public_id)


@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The judge reads the request with its proofs and decides with reasons."""
    actor = actor_of(request)
    if not allows(actor, "relief.decide"):
        raise NotAllowed(_("缓交、减交、免交由承办法官决定。"))
    relief = selectors.relief_for(actor, public_id)
    form = AnswerForm(relief, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.decide_relief(relief_id=relief.pk, answer=form.answer(), actor=actor)
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("决定已记下，已通知当事人。"))
            return redirect("pages:desk_case", public_id=relief.bill.case.public_id)
    open_now = relief.state == ReliefState.ASKED and can_decide(actor, relief)
    context = {"relief": relief, "bill": relief.bill, "files": _files(relief), "open": open_now}
    return form_page(request, "payments/relief_decide.html", form, now=clock.now(), **context)
