"""/my/tokens/: personal tokens for software that files in one's name."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import RealNameLevel, TokenScope
from accounts.services import once, request_hash
from accounts.services.tokens import LONGEST_DAYS, issue_token, live_tokens, revoke_token
from accounts.step_up import step_up
from common import crypto
from common.errors import InvalidInput, NotAllowed
from common.forms import LineField, PlainForm
from common.pages import actor_of, add_errors, form_key, form_page

FRESH = "fresh_token"
"""Session key of a secret that is to be shown once; encrypted (SEC-67)."""


class TokenForm(PlainForm):
    """What it is for and how long it works."""

    name = LineField(label=gettext_lazy("给什么软件用"), max_length=60)
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("能做什么"),
        choices=TokenScope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("请选令牌能做什么"),
            "invalid_choice": gettext_lazy("请从列出的选项里选"),
        },
    )
    days = forms.IntegerField(
        label=gettext_lazy("有效多少天"),
        min_value=1,
        max_value=LONGEST_DAYS,
        initial=90,
        error_messages={
            "required": gettext_lazy("请填写有效多少天"),
            "invalid": gettext_lazy("请填写数字，例如 90"),
            "min_value": gettext_lazy("有效期应在1到365天之间"),
            "max_value": gettext_lazy("有效期应在1到365天之间"),
        },
    )


@step_up()
@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """Live tokens; a new one is shown once, right after it was made."""
    actor, user = actor_of(request), request.user
    if not actor.is_public:
        raise NotAllowed(_("接口令牌由当事人或律师自己建。"))
    form = TokenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data

        def write() -> str:
            token, secret = issue_token(user_id=actor.user_id or 0, actor=actor, **data)
            request.session[FRESH] = crypto.encrypt(secret, context=FRESH)
            return str(token.public_id)

        try:
            once(
                actor=actor,
                route="accounts.token",
                key=form_key(request),
                body_hash=request_hash(data),
                write=write,
            )
            return redirect("accounts:tokens")
        except InvalidInput as error:
            add_errors(form, error)
    fresh = request.session.pop(FRESH, "") if request.method == "GET" else ""
    account: Any = user
    context = {
        "tokens": list(live_tokens(account)),
        "fresh": crypto.decrypt(fresh, context=FRESH) if fresh else "",
        "has_real_name": account.real_name_level == RealNameLevel.REAL_NAME,
        "form_key": form_key(request),
    }
    return form_page(request, "accounts/tokens.html", form, **context)


@require_POST
def revoke(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End one token now."""
    revoke_token(public_id=public_id, actor=actor_of(request))
    messages.success(request, _("令牌已停用。"))
    return redirect("accounts:tokens")
