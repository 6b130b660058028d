"""How often one account and one address may ask, by class of route (REL-60).

Every request belongs to one class (``class_of``). Counted in Redis in one round trip (atomic INCR), and in the database
while Redis is away. When neither counts, what only reads goes on, everything else is refused like any page without a
database; codes, sign-in and printed codes have narrower limits of their own, in the database alone
(``accounts.services.limits``), and are refused as well.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from accounts.services.limits import count, seconds_to_wait
from common import crypto
from common.requests import client_address
from portal.answers import api_error, is_api

GetResponse = Callable[[HttpRequest], HttpResponseBase]

READ, WRITE, SEARCH, UPLOAD, EXPORT, FREE = "read", "write", "search", "upload", "export", "free"
EXPORTS = frozenset(
    {
        "casefiles:download",
        "feedback:contacts_file",
        "filing:batch_results",
        "filing:package",
        "payments:bank_file",
        "stats:funnel_csv",
    }
)
"""Many rows or files at once, to take along."""
SEARCHES = frozenset(
    {"api:assistant-ask", "api:causes", "api:courts", "casefiles:search", "pages:find_my_cases"}
)
"""Look for something in much; so does every page that is asked with words in ``q``."""
FREE_ROUTES = frozenset({"payments:notify"})
"""A gateway's own news: signed, and each one that is turned away is a payment known later (REL-06)."""
FREE_SPACES = frozenset({"standins"})
"""The outside world of demo and tests."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
REDIS_PAUSE_SECONDS = 5.0
"""After a failure the database counts for so long, so that a hanging Redis costs one request its second, not each."""


def class_of(route: str, method: str, *, words: bool = False, multipart: bool = False) -> str:
    """The class of a request for a named route; ``words``: something stands in ``q``; ``multipart``: files may come along."""
    if route in FREE_ROUTES or route.partition(":")[0] in FREE_SPACES:
        return FREE
    if route in EXPORTS:
        return EXPORT
    if route in SEARCHES or (words and method in SAFE):
        return SEARCH
    if method in SAFE:
        return READ
    return UPLOAD if multipart else WRITE


def keys_of(request: HttpRequest, kind: str) -> list[tuple[str, int]]:
    """What a request counts for, each with its limit: the account that is signed in, and the address."""
    account, address, _seconds = settings.RATE_LIMITS[kind]
    actor = request.actor  # type: ignore[attr-defined]
    limits = []
    if actor.user_id is not None or actor.scan is not None:
        who = f"account:{actor.user_id}" if actor.user_id is not None else actor.key
        limits.append((f"{kind}:{who}", account))
    limits.append((f"{kind}:address:{client_address(request)}", address))
    times = settings.RATE_LIMITS_TIMES
    return [(key, limit * times) for key, limit in limits if limit]


class Counters:
    """Counts in Redis, in the database while that is away."""

    def __init__(self) -> None:
        self.redis_again_at = 0.0

    def waits(self, limits: Sequence[tuple[str, int]], seconds: int) -> list[int]:
        """Count one more of each key: 0 within its limit, else the seconds until its window ends.

        DatabaseError or InterfaceError when neither place counts.
        """
        if time.monotonic() >= self.redis_again_at:
            try:
                return self._by_redis(limits, seconds)
            except (RedisError, OSError):
                self.redis_again_at = time.monotonic() + REDIS_PAUSE_SECONDS
        return [
            max(1, seconds_to_wait(key, seconds)) if count(key, seconds) > limit else 0
            for key, limit in limits
        ]

    @staticmethod
    def _by_redis(limits: Sequence[tuple[str, int]], seconds: int) -> list[int]:
        client: Any = cache._cache.get_client(None, write=True)  # type: ignore[attr-defined]
        pipeline = client.pipeline(transaction=True)
        for key, _limit in limits:
            name = "rate:" + crypto.passing_hash("rate", f"{seconds}:{key}")
            pipeline.set(name, 0, ex=seconds, nx=True)
            pipeline.incr(name)
            pipeline.ttl(name)
        answers = pipeline.execute()
        counted = zip(limits, answers[1::3], answers[2::3], strict=True)
        return [max(1, int(left)) if int(number) > limit else 0 for (_key, limit), number, left in counted]


counters = Counters()


def seconds_until_allowed(request: HttpRequest, route: str) -> int:
    """Count the request; 0 when it may go on, else the seconds until the same may be asked again."""
    multipart = request.META.get("CONTENT_TYPE", "").startswith("multipart/")
    kind = class_of(route, str(request.method), words=bool(request.GET.get("q")), multipart=multipart)
    request.route_class = kind  # type: ignore[attr-defined]
    limits = keys_of(request, kind) if kind != FREE else []
    if not limits:
        return 0
    try:
        return max(counters.waits(limits, settings.RATE_LIMITS[kind][2]))
    except (DatabaseError, InterfaceError):
        if kind != READ:
            raise
        return 0


class RateMiddleware:
    """Refuses whoever asks too often, before the view and before the sign-in is asked for; unknown addresses count too."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        response = self.get_response(request)
        if request.resolver_match is None and (wait := seconds_until_allowed(request, "")):
            return too_many(request, wait)
        return response

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, _values: Any
    ) -> HttpResponseBase | None:
        """Called by Django once the route is known."""
        match = request.resolver_match
        wait = seconds_until_allowed(request, match.view_name if match else "")
        return too_many(request, wait) if wait else None


def too_many(request: HttpRequest, wait: int) -> HttpResponse:
    """429 with Retry-After as page or, under /api/, as JSON."""
    message = _("这一会儿的请求太多了，请等%(seconds)s秒再试。急事请拨%(hotline)s。") % {
        "seconds": wait,
        "hotline": settings.COURT_HOTLINE,
    }
    if wait > 120:
        message = _("这一小时下载的次数太多了，请等%(minutes)s分钟再试。急事请拨%(hotline)s。") % {
            "minutes": -(-wait // 60),
            "hotline": settings.COURT_HOTLINE,
        }
    response: HttpResponse
    if is_api(request):
        response = api_error(429, "too_many_requests", message)
    else:
        context = {"message": message, "code": "too_many_requests", "status": 429}
        response = render(request, "errors/domain.html", context, status=429)
    response["Retry-After"] = str(wait)
    return response
