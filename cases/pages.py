"""A view decorator for pages that a party opens with full sign-in or with a scan login."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from common.actor import Kind
from common.errors import NotVisible
from common.pages import actor_of

View = Callable[..., HttpResponseBase]


def party_page(view: View) -> View:
    """Let in members of the public who signed in and visitors with a scan pass; others are sent to sign in.

    What they may see is decided by the selectors. These pages are a party's own (who scanned in its name stands there,
    SEC-35): for staff, who have their desks, they do not exist. Nothing of them is stored.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        kind = actor_of(request).kind
        if kind == Kind.ANONYMOUS:
            return redirect_to_login(request.get_full_path(), "/login/", "next")
        if kind not in (Kind.PUBLIC, Kind.SCAN):
            raise NotVisible(_("没有这个页面。"))
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return wrapped
