"""Scan landing, verification, reports. Nothing about the case before the second factor (SEC-21, SEC-22).

No page of a code contains the code: links are relative, and the display switch of the header posts to a relative
address. So the pages of a live, unknown, expired, switched-off and malformed code are the same bytes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import CodeForm
from accounts.middleware import browser_key
from common import crypto
from common.errors import DomainError, TooManyRequests
from common.pages import form_page
from common.requests import client_address
from documents.models import Copy
from qrlinks import forms, services
from qrlinks.models import ReportKind

log = logging.getLogger(__name__)
View = Callable[..., HttpResponse]
TYPED, PENDING = "typed_code", "verification"


class RedirectThen(HttpResponseRedirect):
    """A redirect that does something once the visitor has it: the work shows neither in its answer nor in its time."""

    def __init__(self, target: str, then: Callable[[], None]) -> None:
        super().__init__(target)
        self.then = then

    def close(self) -> None:
        """Called by the server after the last byte; a failure is logged, there is nobody left to tell."""
        try:
            self.then()
        except Exception:
            log.exception("the work after an answer failed")
        finally:
            super().close()


def private(view: View, *, referrer: str = "strict-origin") -> View:
    """Headers of every scan page: no store, no index, no address of this page to any other (UX §10).

    The landing sends no referrer at all. Pages with forms name the site alone: under ``no-referrer`` browsers post
    with the origin "null", which the CSRF check refuses. A limit reached is a page that says nothing about the code.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except TooManyRequests as error:
            response = render(request, "qrlinks/wait.html", {"message": error.message}, status=error.status)
            response["Retry-After"] = str(error.retry_after_seconds)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = referrer
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return wrapped


@login_not_required
@partial(private, referrer="no-referrer")
@require_safe
def landing(request: HttpRequest, token: str) -> HttpResponse:
    """The same page for every token, known or not: what this is and how to go on. Writes nothing but counters."""
    address = client_address(request)
    services.allow_resolve(address)
    services.note_resolve(address, known=services.live_copy(token) is not None)
    return render(request, "qrlinks/landing.html", {"host": settings.SITE_HOST})


@login_not_required
@private
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """Name and last six; the answer is the same whether or not they fit."""
    form = forms.FactsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _start(request, form, services.live_copy(token), crypto.keyed_hash("scan-code", token.upper()))
    return form_page(request, "qrlinks/verify.html", form)


@login_not_required
@private
@require_http_methods(["GET", "POST"])
def by_service_code(request: HttpRequest) -> HttpResponse:
    """/scan/: type the printed code; the next page is the same for a known and an unknown one."""
    form = forms.ServiceCodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["service_code"]
        try:
            copy = services.live_copy_by_service_code(code, address=client_address(request))
        except DomainError as error:
            form.add_error("service_code", error.message)
        else:
            request.session[TYPED] = [copy.pk if copy else 0, crypto.keyed_hash("scan-code", code)]
            return redirect("qrlinks:verify_typed")
    return form_page(request, "qrlinks/scan.html", form, ended="ended" in request.GET)


@login_not_required
@private
@require_http_methods(["GET", "POST"])
def verify_typed(request: HttpRequest) -> HttpResponse:
    """The facts after a typed service code."""
    if TYPED not in request.session:
        return redirect("qrlinks:scan")
    form = forms.FactsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        copy_id, code_key = request.session[TYPED]
        return _start(request, form, services.live_copy_by_id(copy_id), code_key)
    return form_page(request, "qrlinks/verify.html", form, typed=True)


def _start(request: HttpRequest, form: forms.FactsForm, copy: Copy | None, code_key: str) -> HttpResponse:
    browser = browser_key(request)
    pending = services.start_verification(
        copy=copy,
        code_key=code_key,
        facts=services.Facts(form.cleaned_data["name"], form.cleaned_data["last_six"]),
        browser=browser,
        address=client_address(request),
    )
    request.session[PENDING] = str(pending.public_id)
    return RedirectThen(
        reverse("qrlinks:code"), lambda: services.send_code(verification_id=pending.pk, browser=browser)
    )


def enter_case(request: HttpRequest, passed: services.Pass) -> HttpResponse:
    """The session becomes a scan login for this one case and party; nothing of the earlier one is left."""
    request.session.flush()
    request.session["scan_pass"] = passed.for_session()
    return redirect("pages:case", public_id=passed.case)


@login_not_required
@private
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The code from the text message; then the case, as this one party, for half an hour."""
    pending = request.session.get(PENDING)
    if not pending:
        return redirect("qrlinks:scan")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        passed = services.finish_verification(
            public_id=pending, code=form.cleaned_data["code"], browser=browser_key(request)
        )
        if passed is not None:
            return enter_case(request, passed)
        form.add_error("code", _("验证码不对或已过期。请核对短信，或重新核对身份。"))
    return form_page(request, "qrlinks/code.html", form)


@login_not_required
@private
@require_http_methods(["GET", "POST"])
def not_mine(request: HttpRequest, token: str) -> HttpResponse:
    """“这不是我的文书”: tells the court, shows nothing."""
    if request.method == "POST":
        services.report_code(
            kind=ReportKind.NOT_MINE,
            copy=services.live_copy(token),
            words="",
            address=client_address(request),
        )
        messages.success(request, _("谢谢，法院已知道。请把文书交回送件人或寄回法院，也可以拨12368。"))
        return redirect("public:home")
    return render(request, "qrlinks/not_mine.html")


@login_not_required
@private
@require_http_methods(["GET", "POST"])
def suspicious(request: HttpRequest) -> HttpResponse:
    """Report a code that asks for money or looks pasted over (SEC-24)."""
    form = forms.ReportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        words, address = form.cleaned_data["words"], client_address(request)
        services.report_code(kind=ReportKind.SUSPICIOUS, copy=None, words=words, address=address)
        messages.success(request, _("谢谢，法院已收到您的报告。"))
        return redirect("public:home")
    return form_page(request, "qrlinks/suspicious.html", form)
