"""The second step of a staff sign-in, and the page on which a member of staff keeps the ways to take it (SEC-04)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import forms
from accounts.middleware import start_session
from accounts.models import SecondFactor, User, UserKind
from accounts.services import factors as services
from accounts.services.people import record_staff_sign_in, staff_themselves
from accounts.step_up import step_up
from common import clock, crypto
from common.errors import DomainError, NotAllowed, NotVisible, TooManyRequests
from common.pages import actor_of, carried_out, form_page, posted_id
from common.qr import svg

HALF = "half_signed_in"
"""Session key of somebody whose first step is done, by password or by DingTalk, and whose second step is still to come."""
FRESH = "fresh_recovery"
"""Session key of recovery codes that are to be shown once; encrypted (SEC-67)."""
SEALED = "new_factor"
HALF_LASTS = timedelta(minutes=10)


def first_step_done(request: HttpRequest, user: User, target: str, way: str = "") -> HttpResponse:
    """After the right password, or what came in its place (``way``): a new session id, and on to the second step. Nobody is signed
    in yet."""
    request.session.cycle_key()
    until = (clock.process_now() + HALF_LASTS).isoformat()
    request.session[HALF] = [user.pk, user.get_session_auth_hash(), until, target, way]
    return redirect("accounts:second_step")


def _half(request: HttpRequest) -> tuple[User, str] | None:
    """Who waits for the second step, and where he goes afterwards; None when nobody does, or no longer."""
    user_id, password_hash, until, target = (request.session.get(HALF) or (0, "", "", ""))[:4]
    if not user_id or clock.process_now() > datetime.fromisoformat(until):
        return None
    user = User.objects.filter(pk=user_id, kind=UserKind.STAFF).first()
    if user is None or not user.can_sign_in() or not crypto.same(user.get_session_auth_hash(), password_hash):
        return None
    return user, target


def _complete(request: HttpRequest, user: User, factor: str) -> None:
    way = "".join(request.session[HALF][4:])
    record_staff_sign_in(user, factor=factor, way=way)
    start_session(
        request, user, factor=factor, proven=not way
    )  # before important acts the password is asked for (SEC-08)


def origin_of(request: HttpRequest) -> dict[str, str]:
    """Host and origin that a security key answers for."""
    host = request.get_host()
    return {"host": host, "origin": f"{request.scheme}://{host}"}


@login_not_required
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """Code of an app, recovery code, or a security key."""
    half = _half(request)
    if half is None:
        return redirect("accounts:staff_sign_in")
    user, target = half
    if not services.live_factors(user.pk).exists():
        return redirect("accounts:factor_app")
    by_key = request.method == "POST" and "answer" in request.POST
    form = forms.FactorForm(None if by_key else request.POST or None)
    status = 200
    if request.method == "POST":
        try:
            factor = _proven(request, user, form)
        except TooManyRequests as error:
            messages.error(request, error.message)
            status = error.status
        else:
            if factor is not None:
                _complete(request, user, factor)
                return redirect(target)
            status = 422
            if by_key:
                messages.error(request, _("安全密钥没有通过验证。请再试一次，或者填验证码。"))
            elif not form.errors:
                form.add_error("code", _("验证码不对，或者已经用过了。请填应用里最新的6位数字"))
    wish, sealed = services.key_wish(user, host=request.get_host()) or ("", "")
    context = {"form": form, "wish": wish, "sealed": sealed}
    return render(request, "accounts/second_step.html", context, status=status)


def _proven(request: HttpRequest, user: User, form: forms.FactorForm) -> str | None:
    """How the visitor proved himself, or None."""
    if "answer" in request.POST:
        return services.prove_by_key(
            user_id=user.pk,
            answer=request.POST["answer"],
            sealed=request.POST.get("sealed", ""),
            **origin_of(request),
        )
    if not form.is_valid():
        return None
    code = form.cleaned_data["code"]
    return services.prove_by_code(user_id=user.pk, code=code, actor=staff_themselves(user))


def _me(request: HttpRequest) -> User:
    """The signed-in member of staff; NotAllowed for everybody else."""
    if not actor_of(request).is_staff:
        raise NotAllowed(_("第二步验证由工作人员本人设置。"))
    user: Any = request.user
    return user


def _show_codes_once(request: HttpRequest, codes: list[str]) -> None:
    request.session[FRESH] = crypto.encrypt(" ".join(codes), context=FRESH)


@login_not_required
@step_up()
@sensitive_post_parameters("code", "sealed")
@require_http_methods(["GET", "POST"])
def add_app(request: HttpRequest) -> HttpResponse:
    """An authenticator app: at the first sign-in, where it completes the second step, or later beside others."""
    signed_in = actor_of(request).is_staff
    half = None if signed_in else _half(request)
    if not signed_in and half is None:
        return redirect("accounts:staff_sign_in")
    user, _target = half or (_me(request), "")
    if not signed_in and services.live_factors(user.pk).exists():
        return redirect("accounts:second_step")
    secret = _secret_of(request, user)
    form = forms.AppForm(request.POST if request.method == "POST" else None)
    actor = staff_themselves(user)

    def add() -> None:
        services.add_app(user_id=user.pk, secret=secret, actor=actor, **form.cleaned_data)

    if carried_out(form, add):
        codes = (
            [] if services.codes_left(user.pk) else services.make_recovery_codes(user_id=user.pk, actor=actor)
        )
        if not signed_in:
            _complete(request, user, "totp")
        if codes:
            _show_codes_once(request, codes)
        messages.success(request, _("验证器应用已添加，下次登录要填它显示的6位数字。"))
        return redirect("accounts:factors")
    context = {
        "code": mark_safe(svg(services.app_address(user, secret))),  # noqa: S308  drawn here, one path, no text in it
        "secret": " ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
        "sealed": crypto.encrypt(f"{user.pk}:{secret}", context=SEALED),
        "signed_in": signed_in,
    }
    return form_page(request, "accounts/factor_app.html", form, **context)


def _secret_of(request: HttpRequest, user: User) -> str:
    """The secret that the sent form was shown with, sealed in it for this person; else a new one."""
    if request.method == "POST":
        try:
            owner, _colon, secret = crypto.decrypt(request.POST.get("sealed", ""), context=SEALED).partition(
                ":"
            )
        except Exception:
            return services.new_secret()
        if owner == str(user.pk):
            return secret
    return services.new_secret()


@step_up()
@require_http_methods(["GET", "POST"])
def add_key(request: HttpRequest) -> HttpResponse:
    """A security key, a fingerprint or a face: the browser asks it, which needs scripts."""
    user = _me(request)
    form = forms.KeyForm(request.POST if request.method == "POST" else None)

    def add() -> None:
        services.add_key(
            user_id=user.pk,
            answer=request.POST.get("answer", ""),
            sealed=request.POST.get("sealed", ""),
            label=form.cleaned_data["label"],
            actor=actor_of(request),
            **origin_of(request),
        )

    if carried_out(form, add):
        messages.success(request, _("安全密钥已添加，下次登录可以用它。"))
        return redirect("accounts:factors")
    wish, sealed = services.new_key_wish(user, host=request.get_host())
    return form_page(request, "accounts/factor_key.html", form, wish=wish, sealed=sealed)


@step_up()
@require_http_methods(["GET", "POST"])
def factors(request: HttpRequest) -> HttpResponse:
    """One's own ways: what there is, when it was used last; end one; new recovery codes."""
    user, actor = _me(request), actor_of(request)
    if request.method == "POST":
        try:
            if request.POST.get("do") == "codes":
                codes = services.make_recovery_codes(user_id=user.pk, actor=actor)
                _show_codes_once(request, codes)
                messages.success(request, _("新的备用码在下面，以前的已经作废。"))
            else:
                services.end_factor(public_id=posted_id(request, "factor"), actor=actor)
                messages.success(request, _("这种验证方式已停用。"))
        except NotVisible:
            raise
        except DomainError as error:
            messages.error(request, error.message)
        return redirect("accounts:factors")
    fresh = request.session.pop(FRESH, "")
    rows: list[SecondFactor] = list(services.live_factors(user.pk))
    context = {
        "factors": rows,
        "left": services.codes_left(user.pk),
        "fresh": crypto.decrypt(fresh, context=FRESH).split() if fresh else [],
        "more": len(rows) < services.MOST_FACTORS,
    }
    return render(request, "accounts/factors.html", context)
