"""Scan landing, verification, reports. Nothing about the case before the second factor (SEC-21, SEC-22)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import CodeForm
from accounts.middleware import browser_key
from cases.models import Case
from common.errors import DomainError
from common.pages import form_page
from common.requests import client_address
from documents.models import Copy
from qrlinks import forms, services
from qrlinks.models import ReportKind

View = Callable[..., HttpResponse]
SESSION_COPY = "scanned_copy"


def private(view: View) -> View:
    """Headers of every scan page: no store, no referrer, no index (UX §10)."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return wrapped


@login_not_required
@private
@require_safe
def landing(request: HttpRequest, token: str) -> HttpResponse:
    """The same page for every token, known or not: what this is and how to go on. Reads nothing, writes nothing but
    rate counters, and puts nothing of the token into the page beyond the address it came from."""
    copy = services.live_copy(token)
    services.count_resolve(client_address(request), known=copy is not None)
    return render(request, "qrlinks/landing.html", {"token": token})


@login_not_required
@private
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """Name and last six; the answer is the same whether or not they fit."""
    form = forms.FactsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _start(request, form, services.live_copy(token), token)
    return form_page(request, "qrlinks/verify.html", form, token=token)


@login_not_required
@private
@require_http_methods(["GET", "POST"])
def by_service_code(request: HttpRequest) -> HttpResponse:
    """/scan/: type the printed code; the next page is the same for a known and an unknown one."""
    form = forms.ServiceCodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            copy = services.live_copy_by_service_code(
                form.cleaned_data["service_code"], address=client_address(request)
            )
        except DomainError as error:
            form.add_error("service_code", error.message)
        else:
            request.session[SESSION_COPY] = copy.pk if copy else 0
            return redirect("qrlinks:verify_typed")
    return form_page(request, "qrlinks/scan.html", form)


@login_not_required
@private
@require_http_methods(["GET", "POST"])
def verify_typed(request: HttpRequest) -> HttpResponse:
    """The facts after a typed service code."""
    if SESSION_COPY not in request.session:
        return redirect("qrlinks:scan")
    form = forms.FactsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        copy = Copy.objects.select_related("paper").filter(pk=request.session[SESSION_COPY]).first()
        return _start(request, form, copy, "")
    return form_page(request, "qrlinks/verify.html", form, token="")


def _start(request: HttpRequest, form: forms.FactsForm, copy: Copy | None, token: str) -> HttpResponse:
    try:
        pending = services.start_verification(
            copy=copy,
            facts=services.Facts(form.cleaned_data["name"], form.cleaned_data["last_six"]),
            browser=browser_key(request),
            address=client_address(request),
        )
    except DomainError as error:
        form.add_error(None, error.message)
        return form_page(request, "qrlinks/verify.html", form, token=token)
    request.session["verification"] = str(pending.public_id)
    return redirect("qrlinks:code")


@login_not_required
@private
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The code from the text message; then the case, as this one party, for half an hour."""
    pending = request.session.get("verification")
    if not pending:
        return redirect("qrlinks:scan")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        passed = services.finish_verification(
            public_id=pending, code=form.cleaned_data["code"], browser=browser_key(request)
        )
        if passed is not None:
            request.session.flush()
            request.session["scan_pass"] = passed.for_session()
            case = Case.objects.get(pk=passed.case_id)
            return redirect("pages:case", public_id=case.public_id)
        form.add_error("code", _("验证码不对或已过期。请核对短信，或重新核对身份。"))
    return form_page(request, "qrlinks/code.html", form)


@login_not_required
@private
@require_http_methods(["GET", "POST"])
def not_mine(request: HttpRequest, token: str) -> HttpResponse:
    """“这不是我的文书”: tells the court, shows nothing."""
    if request.method == "POST":
        services.report_code(
            kind=ReportKind.NOT_MINE, copy=services.live_copy(token), words="", address=client_address(request)
        )
        messages.success(request, _("谢谢，法院已知道。请把文书交回送件人或寄回法院，也可以拨12368。"))
        return redirect("public:home")
    return render(request, "qrlinks/not_mine.html", {"token": token})


@login_not_required
@private
@require_http_methods(["GET", "POST"])
def suspicious(request: HttpRequest) -> HttpResponse:
    """Report a code that asks for money or looks pasted over (SEC-24)."""
    form = forms.ReportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.report_code(
                kind=ReportKind.SUSPICIOUS,
                copy=None,
                words=form.cleaned_data["words"],
                address=client_address(request),
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("谢谢，法院已收到您的报告。"))
            return redirect("public:home")
    return form_page(request, "qrlinks/suspicious.html", form)
