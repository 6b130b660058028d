"""Where one is signed in, with the end of one or all; and the page that asks for a fresh proof before important acts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.hashers import check_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import forms, services
from accounts.factor_views import origin_of
from accounts.middleware import SIGN_IN, browser_key, prove_now, renew_id, user_of
from accounts.models import CodePurpose, User
from accounts.services import factors, outside, people
from accounts.services import sessions as sign_ins
from common.errors import DomainError, TooManyRequests
from common.pages import actor_of, posted_id
from common.requests import client_address, path_here

STEP = "step_up"
"""Session key: the challenge of the code that was sent for a fresh proof."""


def _home(request: HttpRequest) -> str:
    return "/desk/" if actor_of(request).is_staff else "/my/"


@require_http_methods(["GET", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """The list; ends one, or all but this one."""
    user, actor = user_of(request), actor_of(request)
    if request.method == "POST":
        if request.POST.get("do") == "all":
            sign_ins.end_all(user=user, actor=actor)
            update_session_auth_hash(request, user)
            renew_id(request)
            messages.success(request, _("别的设备都已退出，这里还登录着。"))
        else:
            sign_ins.end_one(public_id=posted_id(request, "sign_in"), user=user, actor=actor)
            messages.success(request, _("那台设备已退出。"))
        return redirect("accounts:sessions")
    rows = [
        {"row": row, "seen": seen, "here": str(row.public_id) == request.session.get(SIGN_IN)}
        for row, seen in sign_ins.sign_ins_of(user)
    ]
    bound = [row.get_way_display() for row in outside.live_of(user.pk)]
    context = {
        "rows": rows,
        "home": _home(request),
        "ways": outside.ways_of(user.kind),
        "bound": "、".join(map(str, bound)),
    }
    return render(request, "accounts/sessions.html", context)


@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "POST"])
def step_up(request: HttpRequest) -> HttpResponse:
    """Staff: password and second step. The public: a code to the phone of the account."""
    user = user_of(request)
    target = path_here(request, request.POST.get("next") or request.GET.get("next") or "", _home(request))
    ask = _ask_staff if actor_of(request).is_staff else _ask_public
    context: dict[str, Any] = {}
    refused: DomainError | None = None
    try:
        done, status, context = ask(request, user)
    except DomainError as error:
        done, status, refused = False, error.status, error
        messages.error(request, error.message)
    if done:
        people.record_step_up(user, actor=actor_of(request))
        prove_now(request)
        renew_id(request)
        return redirect(target)
    page = {"form": None, "sent": STEP in request.session, "phone": user.phone, "next": target} | context
    response = render(request, "accounts/step_up.html", page, status=status)
    if isinstance(refused, TooManyRequests):
        response["Retry-After"] = str(refused.retry_after_seconds)
    return response


Asked = tuple[bool, int, dict[str, Any]]
"""Whether the person is proven, the status of the page if not, and what the page needs."""


def _ask_staff(request: HttpRequest, user: User) -> Asked:
    both = settings.STAFF_SECOND_FACTOR or factors.live_factors(user.pk).exists()
    by_key = both and bool(request.POST.get("answer"))
    form = forms.StaffProofForm(request.POST if request.method == "POST" else None, code=both and not by_key)
    good = request.method == "POST" and form.is_valid()
    if good:
        services.limit(f"step-up:{user.pk}", 900, 10, _("错误次数太多，请15分钟后再试。"))
        good = check_password(form.cleaned_data["password"], user.password)
        if good and by_key:
            good = bool(
                factors.prove_by_key(
                    user_id=user.pk,
                    answer=request.POST["answer"],
                    sealed=request.POST.get("sealed", ""),
                    **origin_of(request),
                )
            )
        elif good and both:
            code, actor = form.cleaned_data["code"], actor_of(request)
            good = bool(factors.prove_by_code(user_id=user.pk, code=code, actor=actor))
        if not good:
            form.add_error(None, _("密码或验证码不对。请核对后再填，验证码要用应用里最新的。"))
    wish, sealed = (factors.key_wish(user, host=request.get_host()) if both else None) or ("", "")
    return good, 422 if request.method == "POST" else 200, {"form": form, "wish": wish, "sealed": sealed}


def _ask_public(request: HttpRequest, user: User) -> Asked:
    if request.method != "POST":
        return False, 200, {"form": forms.CodeForm() if STEP in request.session else None}
    if request.POST.get("do") == "send":
        services.limit(
            f"otp-address:{client_address(request)}", 3600, 20, _("这个网络发送验证码太多，请过一会儿再试。")
        )
        code = services.start_code(
            purpose=CodePurpose.STEP_UP, phone=user.phone, browser=browser_key(request)
        )
        request.session[STEP] = str(code.challenge)
        return False, 200, {"form": forms.CodeForm(), "sent": True}
    form = forms.CodeForm(request.POST)
    if not form.is_valid():
        return False, 422, {"form": form}
    challenge = request.session.get(STEP)  # none when it was used in another tab
    used = challenge and services.check_code(
        challenge=challenge,
        code=form.cleaned_data["code"],
        browser=browser_key(request),
        purpose=CodePurpose.STEP_UP,
        phone=user.phone,
    )
    if not used:
        form.add_error("code", _("验证码不对或已过期。请核对短信，或重新获取。"))
        return False, 422, {"form": form}
    request.session.pop(STEP, None)
    return True, 200, {}
