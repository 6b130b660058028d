"""/staff/welcome/…: an invited member of staff sets the password (SEC-15)."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import forms
from accounts.services import staff
from common.errors import NotVisible
from common.pages import carried_out, form_page


@login_not_required
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """The address is the proof, once. A dead one is like none at all."""
    user = staff.invited_by(token)
    if user is None:
        raise NotVisible(_("没有这个页面。"))
    form = forms.NewPasswordForm(request.POST if request.method == "POST" else None)
    if carried_out(
        form, lambda: staff.accept_invitation(token=token, password=form.cleaned_data["password"])
    ):
        messages.success(request, _("密码已设好，请登录。"))
        return redirect("accounts:staff_sign_in")
    return form_page(request, "accounts/welcome.html", form, invited=user)
