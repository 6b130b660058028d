"""Another phone for an account: by its owner at /my/phone/, at the counter at /desk/phones/ (docs/adr/0028)."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import forms
from accounts.access import allows
from accounts.middleware import browser_key, renew_id
from accounts.models import CodePurpose, User
from accounts.services import check_code, limit, phones, start_code
from accounts.step_up import step_up
from common import crypto
from common.errors import DomainError, InvalidInput, NotAllowed, NotVisible, TooManyRequests
from common.forms import PlainForm
from common.pages import actor_of, add_errors
from common.requests import client_address

PENDING = "new_phone"
"""Session key: challenge, number and account of a change that waits for the code at the new number; encrypted (SEC-67)."""


@step_up(when=lambda request: request.POST.get("do") != "stop")
@require_http_methods(["GET", "POST"])
def own_phone(request: HttpRequest) -> HttpResponse:
    """The proof before it goes to the old number, the code here to the new one: a number of somebody else's account gets the
    same page as any other (SEC-06)."""
    actor = actor_of(request)
    if not actor.is_public:
        raise NotAllowed(_("手机号由当事人和律师自己换。"))
    user: Any = request.user
    page: dict[str, Any] = {
        "form": forms.NewPhoneForm(),
        "waits": phones.waiting_of(user),
        "phone": user.phone,
    }
    do = request.POST.get("do", "")
    if do == "stop":
        phones.stop_own(user_id=user.pk, actor=actor)
        messages.success(request, _("已停止，登录手机号没有变。"))
        return redirect("accounts:phone")
    if request.method == "POST" and do != "code":
        form = forms.NewPhoneForm(request.POST)
        return _sent(
            request,
            form,
            user.pk,
            "accounts/phone.html",
            page,
            form.cleaned_data if form.is_valid() else None,
        )
    pending = _pending(request, user.pk)
    if pending is not None:
        page |= {"form": forms.CodeForm(), "sent_to": pending[1]}
    if request.method == "POST":
        code_form, phone = _read_code(request, pending)
        if phone is not None:
            try:
                changed = phones.change_own(user_id=user.pk, phone=phone, actor=actor)
            except InvalidInput as error:
                add_errors(code_form, error)
            else:
                update_session_auth_hash(request, changed)
                renew_id(request)
                messages.success(request, _("登录手机号已换。两个号码都会收到短信，别的设备都已退出。"))
                return redirect("accounts:phone")
        return render(request, "accounts/phone.html", page | {"form": code_form}, status=422)
    return render(request, "accounts/phone.html", page)


@step_up()
@sensitive_post_parameters("id_number", "code")
@require_http_methods(["GET", "POST"])
def counter(request: HttpRequest) -> HttpResponse:
    """The clerk enters what the paper says, the person reads out the code that came to the new number; a day later it counts."""
    actor = actor_of(request)
    if not allows(actor, "phone.restore"):
        raise NotAllowed(_("丢了手机的人由立案窗口核对证件后换号。"))
    page: dict[str, Any] = {"form": forms.LostPhoneForm(), "stop_form": forms.StopForm(prefix="stop")}
    page["rows"] = phones.visible_phone_changes(actor)[:30]
    do = request.POST.get("do", "")
    if do == "stop":
        return _stopped(request, page)
    if request.method == "POST" and do != "code":
        form = forms.LostPhoneForm(request.POST)
        values = form.cleaned_data if form.is_valid() else None
        return _sent(request, form, None, "accounts/phones.html", page, values)
    pending = _pending(request)
    if pending is not None:
        page |= {"form": forms.CodeForm(), "sent_to": pending[1]}
    if request.method == "POST":
        code_form, phone = _read_code(request, pending)
        if phone is not None and pending is not None:
            try:
                phones.begin_at_counter(user_id=pending[2], phone=phone, actor=actor)
            except DomainError as error:
                code_form.add_error(None, error.message)
            else:
                messages.success(request, _("已登记，24小时后生效。新旧两个号码都会收到短信。"))
                return redirect("accounts:phones")
        return render(request, "accounts/phones.html", page | {"form": code_form}, status=422)
    return render(request, "accounts/phones.html", page)


def _stopped(request: HttpRequest, page: dict[str, Any]) -> HttpResponse:
    form = forms.StopForm(request.POST, prefix="stop")
    refused: DomainError | None = None
    if form.is_valid():
        try:
            phones.stop_by_code(code=form.cleaned_data["code"], actor=actor_of(request))
        except DomainError as error:
            refused = error
            add_errors(form, error)
        else:
            messages.success(request, _("已停止，登录手机号没有变。"))
            return redirect("accounts:phones")
    return _answer(
        request, "accounts/phones.html", page | {"form": form, "stop_form": form, "stops": True}, refused
    )


def _sent(
    request: HttpRequest,
    form: PlainForm,
    user_id: int | None,
    template: str,
    page: dict[str, Any],
    values: dict[str, Any] | None,
) -> HttpResponse:
    """Send the code to the new number; at the counter (no ``user_id``) the account is looked for first."""
    refused: DomainError | None = None
    if values is not None:
        phone = values["phone"]
        try:
            if user_id is None:
                facts = {name: values[name] for name in ("name", "id_kind", "id_number", "login_phone")}
                user_id = phones.person_at_counter(**facts, actor=actor_of(request)).pk
            _check_not_own(user_id, phone)
            limit(
                f"otp-address:{client_address(request)}",
                3600,
                20,
                _("这个网络发送验证码太多，请过一会儿再试。"),
            )
            code = start_code(purpose=CodePurpose.NEW_PHONE, phone=phone, browser=browser_key(request))
        except DomainError as error:
            refused = error
            add_errors(form, error)
        else:
            kept = json.dumps([str(code.challenge), phone, user_id])
            request.session[PENDING] = crypto.encrypt(kept, context=PENDING)
            return redirect(request.path)
    return _answer(request, template, page | {"form": form}, refused)


def _answer(
    request: HttpRequest, template: str, page: dict[str, Any], refused: DomainError | None
) -> HttpResponse:
    response = render(request, template, page, status=refused.status if refused else 422)
    if isinstance(refused, TooManyRequests):
        response["Retry-After"] = str(refused.retry_after_seconds)
    return response


def _check_not_own(user_id: int, phone: str) -> None:
    if User.objects.by_phone(phone).filter(pk=user_id).exists():
        message = _("这就是现在用的手机号")
        raise InvalidInput(message, phone=message)


def _pending(request: HttpRequest, user_id: int | None = None) -> tuple[str, str, int] | None:
    """Challenge, number and account that wait for the code; of this account, where one is named."""
    sealed = request.session.get(PENDING)
    if not sealed or "again" in request.GET:
        return None
    challenge, phone, of = json.loads(crypto.decrypt(sealed, context=PENDING))
    return (challenge, phone, of) if user_id in (None, of) else None


def _read_code(
    request: HttpRequest, pending: tuple[str, str, int] | None
) -> tuple[forms.CodeForm, str | None]:
    """The form, and the number when its code was right: once."""
    if pending is None:
        raise NotVisible(_("没有这个页面。"))
    form = forms.CodeForm(request.POST)
    if form.is_valid():
        used = check_code(
            challenge=pending[0],
            code=form.cleaned_data["code"],
            browser=browser_key(request),
            purpose=CodePurpose.NEW_PHONE,
            phone=pending[1],
        )
        if used is not None:
            request.session.pop(PENDING, None)
            return form, pending[1]
        form.add_error("code", _("验证码不对或已过期。请核对短信，或重新获取。"))
    return form, None
