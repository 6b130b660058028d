"""What happens around every request: its id and log line, headers of pages, the answer when the database is away."""

import errno
import logging
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from common.security import note, pseudonym
from portal import figures
from portal.answers import api_error, is_api
from portal.logging import request_id
from portal.rates import READ

log = logging.getLogger("portal.access")
GetResponse = Callable[[HttpRequest], HttpResponseBase]

PERMISSIONS_POLICY = (
    "accelerometer=(), camera=(self), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()"
)
RETRY_SECONDS = 30


NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What writing says when the disk, or what is granted of it, is full (F-23)."""


class RequestLogMiddleware:
    """Gives each request an id (``request.request_id``, header ``X-Request-ID``) and writes its one log line."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request; the id is ours, a client cannot choose it."""
        request.request_id = uuid.uuid4().hex  # type: ignore[attr-defined]
        token = request_id.set(request.request_id)  # type: ignore[attr-defined]
        start = time.monotonic()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
            self._write(request, response, round((time.monotonic() - start) * 1000))
        finally:
            request_id.reset(token)
        return response

    @staticmethod
    def _write(request: HttpRequest, response: HttpResponseBase, milliseconds: int) -> None:
        if getattr(request, "leaves_no_line", False):
            return  # pages of complaints: who came here is nobody's business (SEC-34)
        match = request.resolver_match
        if match is None and response.status_code == 200:
            return  # health probes and static files
        figures.answers.note(getattr(request, "route_class", READ), response.status_code, milliseconds)
        user_id = getattr(getattr(request, "actor", None), "user_id", None)
        fields: dict[str, Any] = {
            "method": request.method,
            "route": match.view_name if match else "",
            "status": response.status_code,
            "ms": milliseconds,
            "actor": pseudonym(user_id) if user_id else "",
        }
        log.info("request", extra=fields)
        if match is not None and response.status_code in figures.DENIALS:
            note("refused", user_id=user_id, route=match.view_name, status=response.status_code)


class PageHeadersMiddleware:
    """Headers that Django has no setting for: nothing is stored unless a view says so, no device features."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if "Cache-Control" not in response:
            patch_cache_control(response, private=True, no_store=True)
        return response


class DatabaseDownMiddleware:
    """Database away or too busy, or no room on the disk: 503 with Retry-After and plain words, never a false 「已提交」 (REL-50).

    Nor a false 「没有生效」: the database may go away between the commit of the act and the answer.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request; an error page caused by the database becomes the 503 page."""
        response = self.get_response(request)
        if response.status_code == 500 and getattr(request, "database_failed", False):
            return database_down_response(request)
        return response


def note_failure(sender: object, request: HttpRequest | None = None, **_kwargs: object) -> None:
    """Signal receiver, called inside the except block wherever the error arose, error pages included.

    Writes the one log entry of a failed request (django.request, which puts the path into its text, is silent).
    """
    log.error("request failed", exc_info=True)
    error = sys.exc_info()[1]
    full = isinstance(error, OSError) and error.errno in NO_ROOM
    if request is not None and (full or isinstance(error, OperationalError | InterfaceError)):
        request.database_failed = True  # type: ignore[attr-defined]


got_request_exception.connect(note_failure)


def database_down_response(request: HttpRequest) -> HttpResponse:
    """The 503 answer as page or, under /api/, as JSON. Reads nothing but the template file."""
    message = _(
        "系统暂时不能保存或读取数据。刚才的操作可能办成了，也可能没有，请先查看，再用同一个编号重试；也可以拨打 %(hotline)s。"
    ) % {"hotline": settings.COURT_HOTLINE}
    response: HttpResponse
    if is_api(request):
        response = api_error(503, "unavailable", message)
    else:
        page = render_to_string("503.html", {"message": message, "service_name": settings.SERVICE_NAME})
        response = HttpResponse(page, status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response
