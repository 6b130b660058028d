"""/my/notices/settings/mail/: a mail address beside the phone, confirmed by a code that was sent there."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.forms import CodeForm
from accounts.middleware import browser_key
from accounts.models import CodePurpose
from accounts.services import check_code, limit, start_code
from common import crypto
from common.errors import DomainError, NotAllowed, NotVisible, TooManyRequests
from common.forms import MailField, PlainForm
from common.pages import actor_of, add_errors
from common.requests import client_address
from notifications import address_services
from notifications.models import AddressState, Channel

PENDING = "new_mail"
"""Session key: challenge, address and account of a mail address that waits for its code; encrypted (SEC-67)."""
MAILS_AN_HOUR = 20


class MailForm(PlainForm):
    """The address."""

    mail = MailField(label=gettext_lazy("邮箱"), help_text=gettext_lazy("验证码会发到这个邮箱"))


class MailCodeForm(CodeForm):
    """The code that came there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("邮件里的验证码")
        self.fields["code"].error_messages["required"] = _("请填写邮件里的6位数字")


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def own_mail(request: HttpRequest) -> HttpResponse:
    """Give an address, confirm it, give it up."""
    actor = actor_of(request)
    if not actor.is_public:
        raise NotAllowed(_("工作人员的通知在工作台里，没有这项设置。"))
    do = request.POST.get("do", "")
    if do == "end":
        address_services.end(channel=Channel.MAIL, actor=actor)
        messages.success(request, _("不再发邮件了。通知照旧在“通知”里。"))
        return redirect("notifications:mail")
    pending = _pending(request)
    if request.method == "POST":
        return _confirm(request, pending) if do == "code" else _send(request)
    return render(request, "notifications/mail.html", _page(request, pending))


def _page(request: HttpRequest, pending: tuple[str, str] | None) -> dict[str, Any]:
    known = address_services.address_of(actor_of(request).user_id, Channel.MAIL)
    return {
        "form": MailCodeForm() if pending else MailForm(),
        "sent_to": pending[1] if pending else "",
        "known": known.address if known else "",
        "is_dead": known is not None and known.state == AddressState.DEAD,
    }


def _send(request: HttpRequest) -> HttpResponse:
    form, refused = MailForm(request.POST), None
    if form.is_valid():
        address = form.cleaned_data["mail"]
        try:
            message = _("这个网络发送验证码太多，请过一会儿再试。")
            limit(f"mail-code:{client_address(request)}", 3600, MAILS_AN_HOUR, message)
            code = start_code(purpose=CodePurpose.MAIL, phone=address, browser=browser_key(request))
        except DomainError as error:
            refused = error
            add_errors(form, error)
        else:
            kept = json.dumps([str(code.challenge), address, actor_of(request).user_id])
            request.session[PENDING] = crypto.encrypt(kept, context=PENDING)
            return redirect("notifications:mail")
    page = _page(request, None) | {"form": form}
    response = render(request, "notifications/mail.html", page, status=refused.status if refused else 422)
    if isinstance(refused, TooManyRequests):
        response["Retry-After"] = str(refused.retry_after_seconds)
    return response


def _confirm(request: HttpRequest, pending: tuple[str, str] | None) -> HttpResponse:
    if pending is None:
        raise NotVisible(_("没有这个页面。"))
    form = MailCodeForm(request.POST)
    if form.is_valid():
        challenge, address = pending
        code, browser = form.cleaned_data["code"], browser_key(request)
        asked = {"challenge": challenge, "code": code, "browser": browser, "phone": address}
        if check_code(purpose=CodePurpose.MAIL, **asked):
            request.session.pop(PENDING, None)
            address_services.keep(channel=Channel.MAIL, address=address, actor=actor_of(request))
            messages.success(request, _("邮箱已确认。以后每条通知也发一封邮件。"))
            return redirect("notifications:mail")
        form.add_error("code", _("验证码不对或已过期。请核对邮件，或重新获取。"))
    return render(request, "notifications/mail.html", _page(request, pending) | {"form": form}, status=422)


def _pending(request: HttpRequest) -> tuple[str, str] | None:
    """Challenge and address that wait for the code, of the account that is signed in."""
    sealed = request.session.get(PENDING)
    if not sealed or "again" in request.GET:
        return None
    challenge, address, of = json.loads(crypto.decrypt(sealed, context=PENDING))
    return (challenge, address) if of == actor_of(request).user_id else None
