"""Answers that no view gives: an error under /api/ in the one shape of the API, everywhere else as a page."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views import defaults


def is_api(request: HttpRequest) -> bool:
    """Whether a program asked."""
    return request.path.startswith("/api/")


def api_error(status: int, code: str, message: str) -> JsonResponse:
    """As ``common.api.error`` answers inside a view."""
    return JsonResponse({"code": code, "message": message, "fields": {}}, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No such address, or an id that is none."""
    if is_api(request):
        return api_error(HTTPStatus.NOT_FOUND, "not_found", _("没有找到"))
    return defaults.page_not_found(request, exception)
