"""/my/webhooks/: addresses of one's own software that hear when something happens in one's cases."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import RealNameLevel
from accounts.services import once, request_hash
from common import crypto
from common.errors import Conflict, InvalidInput, NotAllowed
from common.forms import LineField, PlainForm
from common.pages import actor_of, add_errors, form_key, form_page
from notifications import hook_services
from notifications.models import EndpointState, HookTopic
from notifications.selectors import hook_deliveries_of, webhook_for, webhooks_of

FRESH = "fresh_webhook"
"""Session key of a secret that is to be shown once; encrypted (SEC-67)."""
PER_PAGE = 20


class EndpointForm(PlainForm):
    """Where to, and of what."""

    url = LineField(
        label=gettext_lazy("接收地址"),
        help_text=gettext_lazy("您的软件接收通知的网址，以https开头"),
        max_length=300,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("通知哪些事"),
        choices=HookTopic.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("请选要通知哪些事"),
            "invalid_choice": gettext_lazy("请从列出的选项里选"),
        },
    )


@require_http_methods(["GET", "POST"])
def webhooks(request: HttpRequest) -> HttpResponse:
    """The addresses, and the form for another one."""
    actor, user = actor_of(request), request.user
    if not actor.is_public:
        raise NotAllowed(_("接收地址由当事人或律师自己登记。"))
    form = EndpointForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data

        def write() -> str:
            endpoint = hook_services.add_endpoint(actor=actor, **data)
            request.session[FRESH] = crypto.encrypt(endpoint.secret, context=FRESH)
            return str(endpoint.public_id)

        try:
            made = once(
                actor=actor,
                route="notifications.webhook",
                key=form_key(request),
                body_hash=request_hash(data),
                write=write,
            )
            return redirect("notifications:webhook", made)
        except InvalidInput as error:
            add_errors(form, error)
    account: Any = user
    context = {
        "endpoints": list(webhooks_of(actor)),
        "has_real_name": account.real_name_level == RealNameLevel.REAL_NAME,
        "form_key": form_key(request),
    }
    return form_page(request, "notifications/webhooks.html", form, **context)


@require_safe
def webhook(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One address with what it was told; its secret once, right after it was registered."""
    endpoint = webhook_for(actor_of(request), public_id)
    fresh = request.session.pop(FRESH, "")
    context = {
        "endpoint": endpoint,
        "fresh": crypto.decrypt(fresh, context=FRESH) if fresh else "",
        "unconfirmed": endpoint.state != EndpointState.ON,
        "page": Paginator(hook_deliveries_of(endpoint), PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "notifications/webhook.html", context)


@require_POST
def confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send the challenge; the page says what came of it."""
    try:
        hook_services.confirm_endpoint(public_id=public_id, actor=actor_of(request))
    except Conflict as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("接收地址已确认，从现在起有事就通知它。"))
    return redirect("notifications:webhook", public_id)


@require_POST
def end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Nothing is sent there any more."""
    hook_services.end_endpoint(public_id=public_id, actor=actor_of(request))
    messages.success(request, _("接收地址已停用。"))
    return redirect("notifications:webhooks")


@require_POST
def again(request: HttpRequest, public_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Send one notice once more."""
    try:
        hook_services.send_again(public_id=public_id, delivery_id=delivery_id, actor=actor_of(request))
    except Conflict as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("马上再送一次。过一会儿刷新页面看结果。"))
    return redirect("notifications:webhook", public_id)
