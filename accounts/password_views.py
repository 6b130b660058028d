"""/password/: the owner of an account sets, changes or gives up the password, freshly proven (SEC-01)."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import forms
from accounts.middleware import renew_id, user_of
from accounts.models import User
from accounts.services import passwords
from accounts.step_up import DOOR, is_fresh, step_up
from common.pages import actor_of, carried_out, form_page


@step_up(keep=False)
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Asks for the proof before anything is typed: a password is not kept over it. All other sign-ins end with a change."""
    actor, user = actor_of(request), user_of(request)
    if not is_fresh(request):
        return HttpResponseRedirect(f"{DOOR}?next=/password/")
    home = "/desk/" if actor.is_staff else "/my/"
    made: list[User] = []
    if request.POST.get("do") == "end":
        _renew(request, passwords.give_up(user_id=user.pk, actor=actor))
        messages.success(request, _("密码已取消，以后用短信验证码登录。别的设备都已退出。"))
        return redirect("accounts:password")
    form = forms.NewPasswordForm(request.POST if request.method == "POST" else None)
    if carried_out(
        form,
        lambda: made.append(
            passwords.change_own(user_id=user.pk, password=form.cleaned_data["password"], actor=actor)
        ),
    ):
        _renew(request, made[0])
        messages.success(request, _("密码已设好。别的设备都已退出，这里还登录着。"))
        return redirect(home)
    context = {
        "has_one": user.has_usable_password(),
        "staff": actor.is_staff,
        "home": home,
        "must": passwords.must_change(user),
        "shortest": passwords.STAFF_SHORTEST if actor.is_staff else passwords.PUBLIC_SHORTEST,
    }
    return form_page(request, "accounts/password.html", form, **context)


def _renew(request: HttpRequest, user: User) -> None:
    """This session goes on under a new id, the others have ended with the password."""
    update_session_auth_hash(request, user)
    renew_id(request)
