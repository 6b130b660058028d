"""The staff's desk of codes: check a paper in hand, switch codes off, work off reports."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allows
from cases.models import Case
from cases.policies import live_representatives
from cases.services import change_phone, end_authority
from cases.services.people import phone_shown
from common.errors import DomainError, InvalidInput, NotAllowed, NotVisible, StaleVersion, TooManyRequests
from common.pages import actor_of, add_errors, form_page
from common.versions import seen_of
from documents.models import Copy
from documents.selectors import was_replaced
from qrlinks import forms, policies, selectors, services
from qrlinks.models import CodeReport, OffReason, ReportState

PER_PAGE = 25


def _need_desk(request: HttpRequest) -> None:
    if not policies.can_check_codes(actor_of(request)):
        raise NotAllowed(_("核对文书的码由立案窗口、书记员和法官办理。"))


def _need_reports(request: HttpRequest) -> None:
    if not allows(actor_of(request), "qr.reports"):
        raise NotAllowed(_("二维码报告由立案窗口和院领导处理。"))


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Type or scan what stands on a paper. What was scanned is a secret: it is posted, and shown to nobody again."""
    _need_desk(request)
    form = forms.CheckForm(request.POST if request.method == "POST" else None)
    found = None
    if form.is_valid():
        try:
            found = services.check_paper(
                text=form.cleaned_data["text"],
                check_code=form.cleaned_data["check_code"],
                actor=actor_of(request),
            )
        except TooManyRequests as error:
            add_errors(form, error)
        else:
            if found.outcome == services.Outcome.OURS and found.copy is not None:
                return redirect("qrlinks:desk_copy", public_id=found.copy.public_id)
    actor = actor_of(request)
    more = {"may_identify": policies.can_identify(actor), "may_read_reports": allows(actor, "qr.reports")}
    return form_page(request, "qrlinks/desk_check.html", form, found=found, **more)


@require_safe
def copy(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Whose copy it is, which one, whether its code leads anywhere and until when."""
    _need_desk(request)
    found = _copy(request, public_id)
    case = selectors.case_of(found)
    code = getattr(case, "code", None)
    why = selectors.off_reasons([found]).get(found.pk, "")
    switchable = case is not None and policies.switchable_cases(actor_of(request)).filter(pk=case.pk).exists()
    context = {
        "copy": found,
        "state": selectors.state_of(found, code, why=why),
        "case": case,
        "switchable": switchable,
        "replaced": was_replaced(found),
        "crumbs": _crumbs(found.serial),
    }
    return render(request, "qrlinks/desk_copy.html", context)


def _copy(request: HttpRequest, public_id: uuid.UUID) -> Copy:
    found = selectors.checked_copy(actor_of(request), public_id)
    if found is None:
        raise NotVisible(_("没有找到这份文书。"))
    return found


def _crumbs(here: str) -> list[dict[str, Any]]:
    return [{"label": _("文书的码"), "href": reverse("qrlinks:desk_check")}, {"label": here, "href": ""}]


@require_http_methods(["GET", "POST"])
def copy_off(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask why, then switch this one copy off for good."""
    _need_desk(request)
    found = _copy(request, public_id)
    form = forms.OffForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        services.switch_copy_off(
            copy_public_id=public_id,
            reason=OffReason(form.cleaned_data["reason"]),
            actor=actor_of(request),
        )
        messages.success(request, _("已停用，现在扫这一份什么也看不到"))
        return redirect("qrlinks:desk_copy", public_id=public_id)
    context = {"copy": found, "back": reverse("qrlinks:desk_copy", args=[public_id])}
    return form_page(request, "qrlinks/desk_off.html", form, **context)


def _case(request: HttpRequest, public_id: uuid.UUID) -> Case:
    _need_desk(request)
    rows = policies.switchable_cases(actor_of(request)).select_related("court", "code")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotVisible(_("没有找到这个案件。"))
    return found


@require_safe
def case(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """All copies of a case with the state of their codes, the switch over all of them, phones and representatives."""
    found = _case(request, public_id)
    return _case_page(request, found)


def _case_page(
    request: HttpRequest, found: Case, *, form: Any = None, phone: Any = None, status: int = 200
) -> HttpResponse:
    agents = live_representatives().filter(party__case=found).select_related("party")
    context = {
        "case": found,
        "code": found.code,
        "rows": selectors.codes_of(found),
        "switches": found.code.switches.select_related("by__user").order_by("-id"),
        "parties": [(party, seen_of(*phone_shown(party).values())) for party in found.parties.all()],
        "agents": agents.order_by("id"),
        "form": form or forms.OffForm(),
        "phone": phone or forms.PhoneForm(auto_id=False),
        "form_errors": status in (412, 422),
        "crumbs": _crumbs(found.number),
    }
    return render(request, "qrlinks/desk_case.html", context, status=status)


@require_POST
def case_switch(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """All copies of the case off, with a reason, or on again (``on=yes``)."""
    found = _case(request, public_id)
    on = request.POST.get("on") == "yes"
    form = forms.OffForm(request.POST)
    if not on and not form.is_valid():
        return _case_page(request, found, form=form, status=422)
    reason = "" if on else OffReason(form.cleaned_data["reason"])
    services.switch_case(case_public_id=public_id, on=on, reason=reason, actor=actor_of(request))
    messages.success(
        request, _("已启用，没有单独停用的文书又能扫了") if on else _("已停用，这个案件的文书都不能扫了")
    )
    return redirect("qrlinks:desk_case", public_id=public_id)


@require_POST
def case_phone(request: HttpRequest, public_id: uuid.UUID, party_id: uuid.UUID) -> HttpResponse:
    """Another phone of a party, confirmed in person; scan logins by the old one end with it."""
    found = _case(request, public_id)
    form = forms.PhoneForm(request.POST)
    if form.is_valid():
        try:
            change_phone(
                party_public_id=party_id,
                phone=form.cleaned_data["phone"],
                actor=actor_of(request),
                seen=request.POST.get("seen", ""),
            )
        except (InvalidInput, StaleVersion) as error:
            add_errors(form, error)
            return _case_page(request, found, phone=form, status=error.status)
        else:
            messages.success(request, _("已换手机号，以后验证码发到新号"))
            return redirect("qrlinks:desk_case", public_id=public_id)
    return _case_page(request, found, phone=form, status=422)


@require_POST
def case_agent_end(request: HttpRequest, public_id: uuid.UUID, agent_id: uuid.UUID) -> HttpResponse:
    """A representative's authority ended."""
    _case(request, public_id)
    end_authority(representative_public_id=agent_id, actor=actor_of(request))
    messages.success(request, _("已结束，这位代理人现在看不到这个案件"))
    return redirect("qrlinks:desk_case", public_id=public_id)


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """What people and the portal itself reported about codes."""
    _need_reports(request)
    asked = request.GET.get("view", "")
    view = asked if asked in ReportState.values else str(ReportState.NEW)
    counts, rows = selectors.reports_page(actor_of(request), view)
    address = reverse("qrlinks:desk_reports")
    tabs = [
        {
            "label": state.label,
            "href": f"{address}?view={state}",
            "count": counts[state],
            "current": state == view,
        }
        for state in ReportState
    ]
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "qrlinks/desk_reports.html", {"tabs": tabs, "page": page, "view": view})


def _report(request: HttpRequest, public_id: uuid.UUID) -> CodeReport:
    _need_reports(request)
    found = selectors.report_for(actor_of(request), public_id)
    if found is None:
        raise NotVisible(_("没有找到这份报告。"))
    return found


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """One report, what was done with it, and its end."""
    found = _report(request, public_id)
    form = forms.SettleForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.settle_report(report_id=public_id, actor=actor_of(request), **form.cleaned_data)
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("已记录处理结果"))
            return redirect("qrlinks:desk_reports")
    context = {
        "report": found,
        "can_check": found.copy is not None and policies.can_check_codes(actor_of(request)),
        "crumbs": [
            {"label": _("二维码报告"), "href": reverse("qrlinks:desk_reports")},
            {"label": found.get_kind_display(), "href": ""},
        ],
    }
    return form_page(request, "qrlinks/desk_report.html", form, **context)


@require_POST
def report_take(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """“由我处理”."""
    _report(request, public_id)
    services.take_report(report_id=public_id, actor=actor_of(request))
    messages.success(request, _("这份报告由您处理"))
    return redirect("qrlinks:desk_report", public_id=public_id)
