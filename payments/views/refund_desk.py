"""Refunds at the finance desk: the queue, one refund with everything to decide on, the lists for the bank."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allows
from accounts.step_up import step_up
from common import clock
from common.actor import Actor
from common.errors import Conflict, InvalidInput, InvalidTransition, NotAllowed
from common.forms import PlainForm
from common.money import in_capitals
from common.pages import actor_of, add_errors
from common.search import SearchForm
from common.tables import download
from payments import refund_selectors as selectors
from payments.models import BankListRow, PartState, Refund, Route
from payments.refund_forms import AccountForm, DecideForm, ExplainForm, ResultForm, WordsForm
from payments.services import refunds as services
from payments.words import shown_steps

PER_PAGE = 25
FORMS: dict[str, type[PlainForm]] = {
    "explain": ExplainForm,
    "account": AccountForm,
    "check": DecideForm,
    "agree": PlainForm,
    "approve": DecideForm,
    "return": WordsForm,
    "refuse": WordsForm,
    "repeat": PlainForm,
}
"""What can be done with a refund, each with its form."""
DONE = {
    "explain": gettext_lazy("金额已写明，等当事人确认收款方式。"),
    "account": gettext_lazy("账户已登记，请其他财务人员复核、审批。"),
    "check": gettext_lazy("已复核，请另一位财务人员审批。"),
    "agree": gettext_lazy("已同意，可以审批了。"),
    "approve": gettext_lazy("已批准，退款会自动发出；转账的请到付款清单办理。"),
    "return": gettext_lazy("已退回当事人重新确认。"),
    "refuse": gettext_lazy("已决定不予退费，已通知当事人。"),
    "repeat": gettext_lazy("会用原来的单号再退一次。"),
}


def _finance(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not allows(actor, "refund.check"):
        raise NotAllowed(_("这个页面给财务使用。"))
    return actor


@require_safe
def refunds(request: HttpRequest) -> HttpResponse:
    """The queue of the court by what has to be done, late ones first; search by number, case number or name."""
    actor = _finance(request)
    form = SearchForm(request.GET)
    known = {selectors.LATE, *selectors.VIEWS}
    view = request.GET.get("view", "check")
    view = view if view in known else "check"
    rows = selectors.desk_refunds(actor, view, form.words())
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    counts = selectors.view_counts(actor)
    labels = {selectors.LATE: _("超期"), **{name: label for name, (label, _s) in selectors.VIEWS.items()}}
    tabs = [
        {
            "label": label,
            "href": f"?view={name}",
            "count": counts[name] if name != "ended" else None,
            "current": name == view and not form.words(),
        }
        for name, label in labels.items()
    ]
    return render(request, "payments/refund_desk.html", {"page": page, "form": form, "tabs": tabs})


def _moves_money(request: HttpRequest) -> bool:
    return request.POST.get("action") in ("account", "agree", "approve")


@step_up(when=_moves_money)
@require_http_methods(["GET", "POST"])
def refund(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One refund; a POST does what its ``action`` says. Anything wrong is said on the same page, what was written stays."""
    actor = _finance(request)
    found = selectors.refund_for(actor, public_id)
    action = request.POST.get("action", "")
    forms = {name: _form(name, found) for name in FORMS}
    told = ""
    if request.method == "POST" and action in FORMS:
        form = forms[action] = FORMS[action](request.POST, prefix=action)
        if form.is_valid():
            try:
                _do(action, found, form, actor)
            except InvalidInput as error:
                add_errors(form, error)
            except (Conflict, InvalidTransition) as error:
                told = error.message
            else:
                messages.success(request, DONE[action])
                return redirect("payments:desk_refund", public_id=public_id)
    context = _context(found, actor) | {"forms": forms, "action": action, "told": told}
    if not context["many"]:
        for name in ("check", "approve"):
            del forms[name].fields["account_words"]
    context["form"] = forms.get(action)
    wrong = bool(told) or (action in forms and bool(forms[action].errors))
    return render(request, "payments/refund_decide.html", context, status=422 if wrong else 200)


def _form(name: str, found: Refund) -> PlainForm:
    initial: dict[str, Any] = {"amount": found.amount} if name == "explain" else {}
    if name == "account" and found.party:
        initial["holder"] = found.party.name
    return FORMS[name](initial=initial, prefix=name)


def _do(action: str, found: Refund, form: PlainForm, actor: Actor) -> None:
    act: dict[str, Callable[..., Any]] = {
        "explain": services.explain_asked,
        "check": services.check_refund,
        "agree": services.agree_refund,
        "approve": services.approve_refund,
        "return": services.return_refund,
        "refuse": services.refuse_refund,
        "repeat": services.repeat_refund,
    }
    if isinstance(form, AccountForm):
        services.confirm_refund(refund_id=found.pk, route=Route.BANK, account=form.account(), actor=actor)
    else:
        act[action](refund_id=found.pk, actor=actor, **form.cleaned_data)


def _context(found: Refund, actor: Actor) -> dict[str, Any]:
    may = services.may_decide(actor, found)
    account = found.account
    many = services.is_used_by_many(account)
    return {
        "refund": found,
        "case": found.case,
        "steps": shown_steps(found),
        "parts": selectors.parts_of(found),
        "stages": selectors.stages_of(found),
        "capitals": in_capitals(found.amount),
        "may": may,
        "full": may["check"] or may["agree"] or may["approve"],
        "many": many,
        "many_count": services.cases_of_account(account) if account and many else 0,
        "account_waits": account is not None and account.usable_from > clock.now(),
        "third": services.needs_third(found),
        "now": clock.now(),
    }


@require_http_methods(["GET", "POST"])
def bank(request: HttpRequest) -> HttpResponse:
    """What waits for a transfer, and the lists made so far; a POST fixes a new list (F-09)."""
    actor = _finance(request)
    if request.method == "POST":
        try:
            made = services.make_bank_list(actor=actor)
        except Conflict as error:
            messages.info(request, error.message)
            return redirect("payments:bank_lists")
        return redirect("payments:bank_list", public_id=made.public_id)
    page = Paginator(selectors.bank_lists(actor), PER_PAGE).get_page(request.GET.get("page"))
    waiting = list(selectors.bank_waiting(actor).order_by("refund__due_on", "id"))
    total = sum(part.amount for part in waiting)
    return render(request, "payments/refund_bank.html", {"page": page, "waiting": waiting, "total": total})


@require_http_methods(["GET", "POST"])
def bank_list(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A list with its transfers; a POST writes down what the bank did with one of them."""
    actor = _finance(request)
    found = selectors.bank_list_for(actor, public_id)
    rows = [_with_form(row, request) for row in selectors.rows_of_list(found)]
    picked = next((row for row in rows if row["form"].is_bound), None)
    if picked is not None and picked["form"].is_valid():
        form = picked["form"]
        try:
            services.record_bank_result(part_id=picked["part"].pk, actor=actor, **form.cleaned_data)
        except (InvalidInput, InvalidTransition) as error:
            add_errors(form, error)
        else:
            messages.success(request, _("转账结果已登记，已通知当事人。"))
            return redirect("payments:bank_list", public_id=public_id)
    context = {
        "list": found,
        "rows": rows,
        "form": picked["form"] if picked else None,
        "total": sum(row["part"].amount for row in rows),
    }
    return render(request, "payments/refund_bank_list.html", context, status=422 if picked else 200)


def _with_form(row: BankListRow, request: HttpRequest) -> dict[str, Any]:
    """A transfer with the form for its result, filled in when it is the one that was sent."""
    part = row.part
    sent = request.method == "POST" and request.POST.get("part") == str(part.public_id)
    form = ResultForm(request.POST if sent else None, prefix=f"r{part.public_id.hex}")
    return {"part": part, "account": row.account, "form": form, "open": part.state == PartState.SENT}


@step_up(reads=True)
@require_safe
def bank_file(request: HttpRequest, public_id: UUID, kind: str) -> HttpResponseBase:
    """The list as it was fixed, as CSV or XLSX: always the same transfers under the same number."""
    found = selectors.bank_list_for(_finance(request), public_id)
    return download(selectors.list_cells(found), found.number, kind, _("付款清单"))
