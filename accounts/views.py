"""Sign-in of the public by phone code, of staff by password; role of the session; real name."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import forms, services, unsent
from accounts.access import allows
from accounts.factor_views import first_step_done
from accounts.middleware import SIGN_IN, browser_key, renew_id, start_session
from accounts.models import CodePurpose, RealNameLevel, User, UserKind
from accounts.outside_views import offered
from accounts.services import real_names
from accounts.services.phones import finish_due
from accounts.services.sessions import note_sign_out
from common import crypto
from common.actor import Kind, Role
from common.errors import DomainError, InvalidInput, NotAllowed, TooManyRequests
from common.pages import actor_of, add_errors, carried_out, form_page, posted_number
from common.requests import client_address, path_here

PENDING = "sign_in"
"""Session key of a sign-in that waits for its code; the phone in it is encrypted (SEC-67)."""
TOO_MANY_FROM_HERE = gettext_lazy("这个网络发送验证码太多，请过一会儿再试。")


def safe_next(request: HttpRequest, default: str) -> str:
    """The page to go on to after sign-in; only paths of this site."""
    return path_here(request, request.POST.get("next") or request.GET.get("next") or "", default)


def _page(
    request: HttpRequest, template: str, form: Any, refused: DomainError | None = None, **context: Any
) -> HttpResponse:
    """A form page; 422 when the form was sent and is wrong, a refusal's own status (429, 503) when there is one."""
    status = refused.status if refused else 422 if form.is_bound and form.errors else 200
    response = render(
        request, template, {"form": form, "next": safe_next(request, ""), **context}, status=status
    )
    if isinstance(refused, TooManyRequests):
        response["Retry-After"] = str(refused.retry_after_seconds)
    return response


def _is_signed_in(request: HttpRequest, kind: Kind) -> bool:
    return request.method == "GET" and request.actor.kind == kind  # type: ignore[attr-defined]


@login_not_required
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Step one: the phone number. Known and unknown numbers get the same answer."""
    if _is_signed_in(request, Kind.PUBLIC):
        return redirect(safe_next(request, "/my/"))
    form, refused = forms.PhoneForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        phone = form.cleaned_data["phone"]
        try:
            services.limit(f"otp-address:{client_address(request)}", 3600, 20, str(TOO_MANY_FROM_HERE))
            code = services.start_code(purpose=CodePurpose.SIGN_IN, phone=phone, browser=browser_key(request))
        except DomainError as error:
            refused = error
            form.add_error("phone", error.message)
        else:
            sealed = crypto.encrypt(phone, context=PENDING)
            pending = {"challenge": str(code.challenge), "phone": sealed, "next": safe_next(request, "/my/")}
            request.session[PENDING] = pending
            return redirect("accounts:code")
    waiting, ways = PENDING in request.session, offered(request, UserKind.PUBLIC)
    return _page(request, "accounts/sign_in.html", form, refused, waiting=waiting, ways=ways)


@login_not_required
@require_http_methods(["GET", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """Step two: the code from the text message."""
    pending = request.session.get(PENDING)
    if _is_signed_in(request, Kind.PUBLIC):
        return redirect(safe_next(request, "/my/"))
    if not pending:
        return redirect("accounts:sign_in")
    phone = crypto.decrypt(pending["phone"], context=PENDING)
    form = forms.CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        used = services.check_code(
            challenge=pending["challenge"],
            code=form.cleaned_data["code"],
            browser=browser_key(request),
            purpose=CodePurpose.SIGN_IN,
            phone=phone,
        )
        if used is not None:
            finish_due(phone=phone)
            user = services.sign_in_by_phone(phone=phone)
            start_session(request, user)
            return redirect(pending["next"])
        form.add_error("code", _("验证码不对或已过期。请核对短信，或重新获取。"))
    return _page(request, "accounts/code.html", form, phone=phone, next=pending["next"])


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def password_sign_in(request: HttpRequest) -> HttpResponse:
    """Phone number and password, for who has set one. Every wrong answer is the same, whether the number has an account or not.

    It is no fresh proof: before important acts a code goes to the phone all the same (SEC-08).
    """
    if _is_signed_in(request, Kind.PUBLIC):
        return redirect(safe_next(request, "/my/"))
    form, refused = forms.PhonePasswordForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            user = services.public_by_password(**form.cleaned_data, address=client_address(request))
        except DomainError as error:
            refused = error
            add_errors(form, error)
        else:
            if user is not None:
                target = safe_next(request, "/my/")
                start_session(request, user, proven=False)
                return redirect(target)
            form.add_error(None, _("手机号或密码不对。没有设过密码的，请用短信验证码登录。"))
    return _page(request, "accounts/password_sign_in.html", form, refused)


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def staff_sign_in(request: HttpRequest) -> HttpResponse:
    """Staff sign in with name and password; where a second step is asked for, it follows."""
    if _is_signed_in(request, Kind.STAFF):
        return redirect(safe_next(request, "/desk/"))
    form, refused = forms.StaffSignInForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            user = services.staff_by_password(**form.cleaned_data, address=client_address(request))
        except DomainError as error:
            refused = error
            add_errors(form, error)
        else:
            if user is not None and settings.STAFF_SECOND_FACTOR:
                return first_step_done(request, user, safe_next(request, "/desk/"))
            if user is not None:
                services.record_staff_sign_in(user, factor="")
                start_session(request, user)
                return redirect(safe_next(request, "/desk/"))
            form.add_error(None, _("用户名或密码不对。"))
    ways = offered(request, UserKind.STAFF)
    return _page(request, "accounts/staff_sign_in.html", form, refused, ways=ways)


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, scan passes included."""
    note_sign_out(request.session.get(SIGN_IN, ""))
    request.session.flush()
    return redirect("/")


@require_POST
def role(request: HttpRequest) -> HttpResponse:
    """Go on in another role: lawyer or litigant, or another post for staff (SEC-07: new session id)."""
    user: User = request.user  # type: ignore[assignment]
    actor = request.actor  # type: ignore[attr-defined]
    if actor.is_staff:
        request.session["post_id"] = posted_number(request, "post")
        target = "/desk/"
    else:
        wanted = request.POST.get("role", "")
        chosen = Role.LAWYER if wanted == Role.LAWYER else Role.LITIGANT
        services.switch_role(user=user, role=chosen, actor=actor)
        request.session["role"] = chosen
        target = "/my/"
    renew_id(request)
    return redirect(target)


@require_http_methods(["GET", "POST"])
def real_name(request: HttpRequest) -> HttpResponse:
    """Name and identity number, once. Members of staff are known by their posts."""
    if request.actor.kind != Kind.PUBLIC:  # type: ignore[attr-defined]
        raise NotAllowed(_("实名信息由当事人自己填写。"))
    user: User = request.user  # type: ignore[assignment]
    verified = user if user.real_name_level == RealNameLevel.REAL_NAME else None
    form, refused = forms.RealNameForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            waits = real_names.prove_real_name(
                user_id=user.pk, address=client_address(request), actor=actor_of(request), **form.cleaned_data
            )
        except (InvalidInput, TooManyRequests) as error:
            refused = error
            add_errors(form, error)
        else:
            if waits is not None:
                here, wanted = reverse("accounts:real_name"), safe_next(request, "")
                return redirect(f"{here}?{urlencode({'next': wanted})}" if wanted else here)
            messages.success(request, _("实名信息已核对，保存好了。"))
            return redirect(safe_next(request, "/my/"))
    waits = None if verified else real_names.open_check(user)
    return _page(request, "accounts/real_name.html", form, refused, verified=verified, waits=waits)


@require_http_methods(["GET", "POST"])
def confirm_identity(request: HttpRequest) -> HttpResponse:
    """/desk/identities/: a paper that the register does not know, seen at the counter together with its holder."""
    actor = actor_of(request)
    if not allows(actor, "identity.confirm"):
        raise NotAllowed(_("证件由立案窗口核对。"))
    form = forms.CounterIdentityForm(request.POST or None)

    def confirm() -> None:
        asked = {name: form.cleaned_data[name] for name in ("phone", "name", "id_kind", "id_number")}
        real_names.confirm_at_counter(actor=actor, **asked)

    if carried_out(form, confirm):
        messages.success(request, _("已实名。本人可以继续办理了。"))
        return redirect("accounts:confirm_identity")
    return form_page(request, "accounts/confirm_identity.html", form)


@require_http_methods(["GET", "POST"])
def resend(request: HttpRequest) -> HttpResponse:
    """After a new sign-in: what was typed into a form that came too late, to be sent now or thrown away."""
    home = "/desk/" if request.actor.is_staff else "/my/"  # type: ignore[attr-defined]
    if request.method == "POST":
        unsent.forget(request)
        return redirect(home)
    return render(
        request,
        "accounts/resend.html",
        {"late": unsent.kept(request), "home": home, "confirmed": "confirmed" in request.GET},
    )
