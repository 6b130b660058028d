"""Before an act that a thief of a session must not do, its owner proves himself once more (SEC-08)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase

from accounts import unsent
from accounts.middleware import PROVED
from common import clock
from common.actor import Kind
from common.pages import actor_of

FRESH_FOR = timedelta(minutes=5)
DOOR = "/step-up/"
"""Also for the complaint zone, whose process does not serve it."""
CONFIRMED = "/resend/?confirmed=1"
View = Callable[..., HttpResponseBase]


def is_fresh(request: HttpRequest) -> bool:
    """Whether the visitor signed in or proved himself within five minutes."""
    proved = str(request.session.get(PROVED, ""))
    return bool(proved) and clock.process_now() - datetime.fromisoformat(proved) <= FRESH_FOR


def step_up(
    *, when: Callable[[HttpRequest], bool] | None = None, keep: bool = True, reads: bool = False
) -> Callable[[View], View]:
    """For views: a POST of a signed-in person (for which ``when`` holds) is carried out only with a fresh proof; else the visitor is
    sent to prove himself. What he typed is kept meanwhile, unless ``keep`` is off, and sent after another look. With ``reads`` a GET
    asks as well: for files that take numbers or names of many people along.
    """
    methods = {"POST", "GET", "HEAD"} if reads else {"POST"}

    def mark(view: View) -> View:
        @wraps(view)
        def ask_first(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
            actor = actor_of(request)
            asked = request.method in methods and actor.kind in (Kind.PUBLIC, Kind.STAFF)
            if not asked or is_fresh(request) or (when is not None and not when(request)):
                return view(request, *arguments, **named)
            kept = keep and request.method == "POST" and unsent.keep(request, actor.user_id or 0)
            return HttpResponseRedirect(
                f"{DOOR}?next={quote(CONFIRMED if kept else request.get_full_path())}"
            )

        ask_first.asks_step_up = methods  # type: ignore[attr-defined]
        return ask_first

    return mark
