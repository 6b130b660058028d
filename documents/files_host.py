"""Foreign bytes from a host of their own (SEC-52), so that nothing in them is ever of the portal's origin.

The session's cookie belongs to the portal's host alone. Whoever is led on to a link gets a pass for the files' host with
it: a cookie for links only, for one minute, whose content only this portal can read.
"""

from __future__ import annotations

from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound

from common import crypto
from documents.links import SECONDS

PATH = "/files/links/"
CONTEXT = "documents.files_host"
TOO_MANY = 429


def _cookie_name() -> str:
    return "__Secure-files" if settings.SESSION_COOKIE_SECURE else "files"


def is_right(request: HttpRequest) -> bool:
    """Whether links are answered on the host of this request: on the files' own where there is one."""
    return not settings.FILES_HOST or request.get_host() == settings.FILES_HOST


def give_pass(request: HttpRequest, response: HttpResponse) -> None:
    """Let this browser open links on the files' host for a minute; nothing to do where there is one host."""
    if not settings.FILES_HOST or not request.session.session_key:
        return
    response.set_cookie(
        _cookie_name(),
        crypto.encrypt(request.session.session_key, context=CONTEXT),
        max_age=SECONDS,
        domain=settings.SITE_HOST.partition(":")[0],
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


class FilesHostMiddleware:
    """On the files' host there is nothing but links, and no cookie is set there. Stands before the sessions."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; the pass takes the place of the session's cookie."""
        if not settings.FILES_HOST or request.get_host() != settings.FILES_HOST:
            return self.get_response(request)
        if not request.path_info.startswith(PATH):
            request.path = request.path_info = (
                PATH  # leads nowhere, and is counted like every unknown address (REL-60)
            )
            request.COOKIES.clear()
            answer = self.get_response(request)
            return answer if answer.status_code == TOO_MANY else HttpResponseNotFound()
        request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        session_key = _session_of(request.COOKIES.get(_cookie_name(), ""))
        if session_key:
            request.COOKIES[settings.SESSION_COOKIE_NAME] = session_key
        response = self.get_response(request)
        response.cookies.clear()
        return response


def _session_of(value: str) -> str:
    try:
        return crypto.decrypt(value, context=CONTEXT) if value else ""
    except (InvalidTag, KeyError, ValueError):
        return ""
