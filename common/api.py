"""The API's manners: one shape of error, strict input, plain JSON (DESIGN §6, §9).

400 is unreadable, 422 readable but wrong, also for a field nobody asked for. Every error is
``{"code", "message", "fields"}``.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils.dateparse import parse_datetime
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiResponse, extend_schema_field
from rest_framework import exceptions, serializers
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, set_rollback

from common.errors import DomainError, InProgress, TooManyRequests
from common.money import parse_yuan
from common.parsers import StrictJSONParser

FORM = ""
"""Key of an error that belongs to no single field."""


class ErrorSerializer(serializers.Serializer[dict[str, Any]]):
    """The one shape of every error; ``fields`` has one sentence for each field that is wrong."""

    code = serializers.CharField()
    message = serializers.CharField()
    fields = serializers.DictField(child=serializers.CharField())  # type: ignore[assignment]


ERRORS = {
    400: OpenApiResponse(ErrorSerializer, "Unreadable"),
    422: OpenApiResponse(ErrorSerializer, "Readable but wrong; fields says where"),
}


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Turn any refusal into the one shape; None for a defect, which becomes a logged 500."""
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, DjangoPermissionDenied):
        exc = exceptions.PermissionDenied()
    if isinstance(exc, DomainError):
        set_rollback()
        seconds = exc.retry_after_seconds if isinstance(exc, TooManyRequests | InProgress) else 0
        retry = {"Retry-After": str(seconds)} if seconds else None
        return error(exc.status, exc.code, str(exc.message), exc.fields, headers=retry)
    if not isinstance(exc, exceptions.APIException):
        return None
    set_rollback()
    if isinstance(exc, exceptions.ValidationError):
        fields = dict(_flat(exc.detail))
        general = fields.pop(FORM, "")
        return error(422, "invalid", general or next(iter(fields.values()), _("内容有误，请核对")), fields)
    headers = {}
    if challenge := getattr(exc, "auth_header", ""):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(exc, "wait", 0):
        headers["Retry-After"] = str(int(wait))
    message = _MESSAGES.get(type(exc))
    return error(exc.status_code, exc.default_code, str(message or exc.detail), {}, headers=headers)


_MESSAGES = {
    exceptions.ParseError: gettext_lazy("没有读懂发来的内容，请按JSON格式发送"),
    exceptions.UnsupportedMediaType: gettext_lazy("没有读懂发来的内容，请按JSON格式发送"),
    exceptions.NotFound: gettext_lazy("没有找到"),
    exceptions.PermissionDenied: gettext_lazy("没有这项权限"),
    exceptions.NotAuthenticated: gettext_lazy("请先登录"),
    exceptions.MethodNotAllowed: gettext_lazy("这个地址不支持这种请求"),
    exceptions.Throttled: gettext_lazy("请求过于频繁，请稍后再试"),
}


def error(
    status: int,
    code: str,
    message: str,
    fields: Mapping[str, str],
    *,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The body of every error."""
    body = {"code": code, "message": message, "fields": {key: str(text) for key, text in fields.items()}}
    return Response(body, status=status, headers=dict(headers or {}))


def _flat(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Nested errors of serializers as dotted paths with the first sentence of each."""
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            inner = "" if key == "non_field_errors" else str(key)
            yield from _flat(value, ".".join(part for part in (path, inner) if part))
    elif isinstance(detail, list) and detail and isinstance(detail[0], Mapping):
        for position, value in enumerate(detail):
            yield from _flat(value, f"{path}.{position}")
    elif detail:
        yield path, str(detail[0] if isinstance(detail, list) else detail)


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields it does not know (422) and, for a query string, a name given twice."""

    default_error_messages = {"invalid": gettext_lazy("内容应为一个JSON对象")}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Also reports, in one go, every unknown or repeated name."""
        problems: dict[str, list[str]] = {}
        if isinstance(data, Mapping):
            problems = {str(name): [_("没有这个字段")] for name in data if name not in self.fields}
            if hasattr(data, "getlist"):
                repeated = (name for name in data if len(data.getlist(name)) > 1)
                problems |= {name: [_("这个字段只能出现一次")] for name in repeated}
        try:
            values: dict[str, Any] = super().to_internal_value(data)
        except serializers.ValidationError as exc:
            if not isinstance(exc.detail, dict):
                raise
            raise serializers.ValidationError({**exc.detail, **problems}) from exc
        if problems:
            raise serializers.ValidationError(problems)
        return values


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "example": "60000.00"},
            {"type": "number", "minimum": 0, "multipleOf": 0.01},
        ],
    }
)
class YuanField(serializers.Field):  # type: ignore[type-arg]
    """Decimal yuan, sent as a string (or a JSON number, read exactly); always answered with two decimals."""

    default_error_messages = {"invalid": gettext_lazy("请用数字填写金额，例如 60000 或 1250.50")}

    def to_internal_value(self, data: Any) -> Decimal:
        """ValidationError for anything but a plain number; sign and decimals of a number are the rule's to judge."""
        if isinstance(data, str):
            try:
                return parse_yuan(data[:100])
            except ValueError as exc:
                raise serializers.ValidationError(str(exc)) from exc
        if isinstance(data, bool) or not isinstance(data, int | Decimal):
            self.fail("invalid")
        amount = Decimal(data)
        if not amount.is_finite() or amount.adjusted() > 15 or int(amount.as_tuple().exponent) > 0:
            self.fail("invalid")
        return amount

    def to_representation(self, value: Decimal) -> str:
        """Two decimals."""
        return f"{value:.2f}"


class PublicLookup(APIView):
    """A look-up open to everyone. It reads reference data only and changes nothing."""

    authentication_classes = []  # nobody is asked: no session is read, no CSRF token needed
    permission_classes = [AllowAny]
    parser_classes = [StrictJSONParser]

    def read_body(self, serializer: type[StrictSerializer]) -> dict[str, Any]:
        """The checked body."""
        return checked(serializer(data=self.request.data))

    def read_query(self, serializer: type[StrictSerializer]) -> dict[str, Any]:
        """The checked query string."""
        return checked(serializer(data=self.request.query_params))


def checked(serializer: StrictSerializer) -> dict[str, Any]:
    """What a serializer read; raises ValidationError (422) for whatever is wrong."""
    serializer.is_valid(raise_exception=True)
    values: dict[str, Any] = serializer.validated_data
    return values


class PageQuery(StrictSerializer):
    """Page and size of a list of reference data."""

    page = serializers.IntegerField(min_value=1, max_value=100_000, default=1)
    page_size = serializers.IntegerField(min_value=1, max_value=100, default=20)


def paginated(request: Request, rows: QuerySet[Any], query: Mapping[str, Any], serialize: Any) -> Response:
    """One page as ``count, next, previous, results``; a page past the end is empty."""
    page, size = query["page"], query["page_size"]
    count = rows.count()
    start = (page - 1) * size

    def address(number: int) -> str:
        params = request.query_params.copy()
        params["page"] = str(number)
        return request.build_absolute_uri(f"{request.path}?{params.urlencode()}")

    return Response(
        {
            "count": count,
            "next": address(page + 1) if start + size < count else None,
            "previous": address(page - 1) if page > 1 else None,
            "results": [serialize(row) for row in rows[start : start + size]],
        }
    )


def unless_known(request: Request, body: Any) -> Response:
    """``body`` with its ETag, or 304 without a body when ``If-None-Match`` names it: who asks again and again learns
    cheaply that nothing changed."""
    tag = f'"{hashlib.sha256(JSONRenderer().render(body)).hexdigest()[:32]}"'
    known = parse_etags(request.headers.get("If-None-Match", ""))
    headers = {"ETag": tag, "Cache-Control": "private, no-store"}
    if "*" in known or tag in [given.removeprefix("W/") for given in known]:
        return Response(status=304, headers=headers)
    return Response(body, headers=headers)


class CursorQuery(StrictSerializer):
    """Where to go on in a list that grows, and how much of it."""

    cursor = serializers.CharField(required=False, max_length=300)
    page_size = serializers.IntegerField(min_value=1, max_value=100, default=20)


class NewestFirst(CursorPagination):
    """Cursor pages of rows with an instant ``field``: what comes in meanwhile moves nothing (DESIGN §9)."""

    page_size_query_param = "page_size"
    max_page_size = 100

    def __init__(self, field: str) -> None:
        self.ordering = (f"-{field}", "-id")

    def decode_cursor(self, request: Request) -> Cursor | None:
        """422 for a cursor that is none of ours."""
        refusal = serializers.ValidationError({"cursor": _("请用上一页给出的next或previous地址")})
        try:
            cursor: Cursor | None = super().decode_cursor(request)
            if cursor is not None and cursor.position is not None:
                moment = parse_datetime(str(cursor.position))
                if not isinstance(moment, datetime) or moment.tzinfo is None:
                    raise refusal
        except (exceptions.NotFound, ValueError) as error:
            raise refusal from error
        return cursor


def cursor_page(request: Request, rows: QuerySet[Any], field: str) -> tuple[list[Any], dict[str, str | None]]:
    """The rows of one page and the addresses of its neighbours. One query."""
    pages = NewestFirst(field)
    found = list(pages.paginate_queryset(rows, request) or [])
    return found, {"next": pages.get_next_link(), "previous": pages.get_previous_link()}
