"""What all pages of complaints have in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from common.errors import TooManyRequests

View = Callable[..., HttpResponseBase]


def unlogged(view: View) -> View:
    """No line in the access log, nothing stored, no index, no address of this page to any other (SEC-34)."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.leaves_no_line = True  # type: ignore[attr-defined]
        try:
            response = view(request, *args, **kwargs)
        except TooManyRequests as error:
            response = render(
                request, "complaints/wait.html", {"message": error.message}, status=error.status
            )
            response["Retry-After"] = str(error.retry_after_seconds)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "strict-origin"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return wrapped
