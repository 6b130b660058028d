"""Staff sign-ins of both steps (SEC-04): through the pages, with an app of one's own; and sessions that tests open at once."""

from __future__ import annotations

from typing import Any

import pyotp
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.test import Client

from accounts.middleware import FACTOR, PROVED
from accounts.models import SecondFactor, User, UserKind
from accounts.services.factors import add_app, end_factor, live_factors, new_secret
from accounts.services.people import staff_themselves
from common import clock
from portal.demo.cast import PASSWORD

LABEL = "测试用的验证器"


@receiver(user_logged_in)
def took_both_steps(sender: Any, request: HttpRequest, user: User, **more: Any) -> None:
    """``client.force_login`` opens the session of somebody who has just taken both steps. The portal's own sign-in writes the
    mark itself and overwrites this one."""
    request.session[PROVED] = clock.process_now().isoformat()
    if user.kind == UserKind.STAFF:
        request.session[FACTOR] = "totp"


def new_app(user: User) -> SecondFactor:
    """Another app of this person; the one of the sign-in before is given up, so that their number does not grow."""
    before = list(live_factors(user.pk).filter(label=LABEL))
    secret, actor = new_secret(), staff_themselves(user)
    factor = add_app(user_id=user.pk, secret=secret, code=pyotp.TOTP(secret).now(), label=LABEL, actor=actor)
    for one in before:
        end_factor(public_id=one.public_id, actor=actor)
    return factor


def next_code(factor: SecondFactor) -> str:
    """What the app shows after the code that was used last: good now, and once."""
    return pyotp.TOTP(factor.secret).generate_otp(factor.counter + 1)


def sign_in_staff(client: Client, username: str, password: str = PASSWORD, **more: str) -> HttpResponse:
    """Both steps on the pages; the answer to the second."""
    code = next_code(new_app(User.objects.get(username=username)))
    client.post("/staff/login/", {"username": username, "password": password} | more)
    return client.post("/staff/login/second/", {"code": code})
