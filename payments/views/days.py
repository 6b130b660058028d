"""Day sheets, the closing of days, the monthly report; each as a page and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from common import clock
from common.actor import Actor
from common.errors import Conflict
from common.money import ZERO
from common.tables import download
from payments.finance_forms import DayChoiceForm, MonthForm
from payments.finance_policies import looks_after_unclaimed, visible_closes
from payments.services.counter import METHODS
from payments.services.recon import close_day, days_to_close, sheet_of
from payments.services.recon.close import Sheet, in_the_way, month_of, without_statement
from payments.sources import gateway_words
from payments.views.frame import PER_PAGE, day_in, desks, finance_of

PURPOSES = {"fee": gettext_lazy("诉讼费"), "suspense": gettext_lazy("待处理款")}


@require_safe
def days(request: HttpRequest) -> HttpResponse:
    """Days to close, then those that are closed, newest first."""
    actor = finance_of(request)
    form = DayChoiceForm(request.GET)
    if form.is_valid() and form.cleaned_data["day"]:
        return redirect("payments:day", day=form.cleaned_data["day"].isoformat())
    closed = visible_closes(actor).select_related("closed_by__user").order_by("-day")
    context = {
        "page": Paginator(closed, PER_PAGE).get_page(request.GET.get("page")),
        "waiting": days_to_close(actor.court_id or 0),
        "form": form,
        "today": clock.today(),
        "desks": desks(request),
    }
    return render(request, "payments/finance/days.html", context)


@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest, day: str) -> HttpResponse:
    """The sheet of one day, and the button that closes it; what is in the way stands beside it."""
    actor, when = finance_of(request), day_in(day)
    if request.method == "POST":
        try:
            close_day(day=when, actor=actor)
            messages.success(request, _("已日结，这一天的数字不再变动。"))
        except Conflict as error:
            messages.warning(request, error.message)
        return redirect("payments:day", day=day)
    closed = visible_closes(actor).filter(day=when).select_related("closed_by__user").first()
    found = sheet_of(actor.court_id or 0, when)
    reasons = [] if closed else in_the_way(actor.court_id or 0, when, unclaimed=looks_after_unclaimed(actor))
    missing = without_statement(actor.court_id or 0, when) if reasons else []
    context = {
        "sheet": found,
        "closed": closed,
        "reasons": reasons,
        "missing": missing,
        "desks": desks(request),
    }
    return render(request, "payments/finance/day.html", context)


def way_words(gateway: str, way: str) -> str:
    """A gateway and the way of paying through it, as finance says it."""
    label = gateway_words(gateway)
    method = METHODS.get(way, "")
    return f"{label} {method}".strip()


@require_safe
def sheet_file(request: HttpRequest, day: str, kind: str) -> HttpResponseBase:
    """The same as a file."""
    actor, when = finance_of(request), day_in(day)
    found = sheet_of(actor.court_id or 0, when)
    return download(_sheet_rows(found), f"{_('日报')}-{when}", kind, _("日报"))


def _sheet_rows(found: Sheet) -> Iterator[list[str]]:
    yield [_("日报"), found.day.isoformat(), "", ""]
    yield [_("收款方式"), _("归属"), _("笔数"), _("金额")]
    for came in found.came:
        yield [way_words(came.gateway, came.way), str(PURPOSES[came.purpose]), str(came.count), str(came.sum)]
    yield [_("收款合计"), "", str(found.count), str(found.total)]
    yield [_("其他记账"), _("转出科目"), _("笔数"), _("金额")]
    for moved in found.moved:
        yield [moved.label, moved.account_label, str(moved.count), str(moved.sum)]
    yield [_("科目"), _("上日余额"), _("当日余额"), ""]
    for row in found.balances:
        yield [row.label, str(row.opening), str(row.closing), ""]


@require_safe
def month(request: HttpRequest) -> HttpResponse:
    """The monthly report."""
    actor = finance_of(request)
    form = MonthForm(request.GET)
    first = (form.cleaned_data["month"] if form.is_valid() else None) or clock.today().replace(day=1)
    context = {"table": _month(actor, first), "form": form, "first": first, "desks": desks(request)}
    return render(request, "payments/finance/month.html", context, status=200 if form.is_valid() else 422)


@dataclass(frozen=True)
class MonthTable:
    """The report in words: a column for every gateway of the month, the sums below."""

    head: list[str]
    body: list[list[str]]
    foot: list[str]


def _month(actor: Actor, first: date) -> MonthTable:
    rows = month_of(actor.court_id or 0, first)
    codes = sorted({code for row in rows for code in row.came})
    head = [_("日期"), *(gateway_words(code) for code in codes)]
    head += [_("其中待处理款"), _("抵账单"), _("批准退费"), _("退费付出"), _("日结")]
    body, sums = [], [ZERO] * (len(codes) + 4)
    for row in rows:
        values = [row.came.get(code, ZERO) for code in codes]
        values += [row.suspended, row.applied, row.refund_due, row.refund_paid]
        sums = [one + other for one, other in zip(sums, values, strict=True)]
        told = _("已日结") if row.closed else ""
        body.append([row.day.isoformat(), *(str(value) for value in values), told])
    return MonthTable(head, body, [_("合计"), *(str(value) for value in sums), ""] if rows else [])


@require_safe
def month_file(request: HttpRequest, month: str, kind: str) -> HttpResponseBase:
    """The same as a file."""
    actor, first = finance_of(request), day_in(f"{month}-01")
    table = _month(actor, first)
    rows = [table.head, *table.body, *([table.foot] if table.foot else [])]
    return download(rows, f"{_('月报')}-{month}", kind, _("月报"))
