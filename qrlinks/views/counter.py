"""Help at the counter for a person without the phone on file: staff identify, the person types the code they give."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.errors import InvalidInput, NotAllowed, TooManyRequests
from common.pages import actor_of, add_errors, form_page
from common.requests import client_address
from qrlinks import forms, policies, services
from qrlinks.views.scan import enter_case, private


@require_http_methods(["GET", "POST"])
def identify(request: HttpRequest) -> HttpResponse:
    """Paper and identity card on the counter. The code is shown in this one answer and kept nowhere, so no redirect."""
    if not policies.can_identify(actor_of(request)):
        raise NotAllowed(_("窗口核对身份由立案窗口或者书记员办理。"))
    form = forms.IdentifyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        asked = form.cleaned_data
        shown = services.Shown(asked["serial"], asked["check_code"], asked["name"], asked["id_number"])
        try:
            given = services.identify(shown=shown, actor=actor_of(request))
        except (InvalidInput, TooManyRequests) as error:
            add_errors(form, error)
        else:
            response = render(request, "qrlinks/desk_pass.html", {"given": given})
            response["Cache-Control"] = "no-store"
            return response
    return form_page(request, "qrlinks/desk_identify.html", form)


@login_not_required
@private
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """/scan/pass/: the code from the counter; then the case, as this one party, for half an hour."""
    form = forms.PassForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        passed = services.enter_with_pass(text=form.cleaned_data["code"], address=client_address(request))
        if passed is not None:
            return enter_case(request, passed)
        form.add_error("code", _("通行码不对、用过了或者已过期。请核对，或者请窗口再写一个。"))
    return form_page(request, "qrlinks/pass.html", form)
