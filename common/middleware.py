"""One place that turns domain errors into pages."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.errors import DomainError, NotVisible


class DomainErrorMiddleware:
    """A ``DomainError`` that a view lets pass becomes a page that says what happened and what to do next.

    Not visible is the same 404 as an unknown address, byte for byte.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Called by Django for an error that left the view; None for errors that are not ours."""
        if isinstance(exception, NotVisible):
            return render(request, "404.html", status=404)
        if not isinstance(exception, DomainError):
            return None
        context = {"message": exception.message, "code": exception.code, "status": exception.status}
        response = render(request, "errors/domain.html", context, status=exception.status)
        retry_after = getattr(exception, "retry_after_seconds", None)
        if retry_after:
            response["Retry-After"] = str(retry_after)
        return response
