"""``POST /api/v1/filings`` and ``GET /api/v1/filings/<id>``: the rules and sentences of the pages, for software."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import allows
from accounts.api import PersonalView
from common.actor import Actor
from common.api import ERRORS, ErrorSerializer
from common.errors import InvalidInput, NotAllowed, NotVisible
from common.parsers import StrictJSONParser
from eventlog.selectors import receipt_of
from filing import events
from filing.api import serializers
from filing.models import Channel, Filing, FilingStatus
from filing.selectors import case_of, filing_for, latest_notice
from filing.services.package import Incoming, receive_filing, receive_package

LONGEST_KEY = 100
KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="1–100 characters",
)
REFUSALS = {
    **ERRORS,
    401: OpenApiResponse(ErrorSerializer, "No or wrong token"),
    403: OpenApiResponse(ErrorSerializer, "Not allowed"),
    409: OpenApiResponse(ErrorSerializer, "The same key is being worked on"),
}


class _Filings(PersonalView):
    parser_classes = [StrictJSONParser, MultiPartParser]
    token_scope = "filings"  # noqa: S105  (the name of a scope)


class FilingsView(_Filings):
    """Send an application, or keep a draft."""

    @extend_schema(
        operation_id="filings_create",
        parameters=[KEY],
        request={
            "application/json": serializers.FilingInput,
            "multipart/form-data": serializers.FilingUpload,
        },
        responses={201: serializers.FilingAnswer, **REFUSALS},
        tags=["filings"],
    )
    def post(self, request: Request) -> Response:
        """201 also for a repeat with the same key and content: the same application, once."""
        actor = self.actor(request)
        if not allows(actor, "filing.create"):
            raise NotAllowed(_("立案申请由当事人或代理人提交。"))
        key = _key(request)
        if request.content_type and request.content_type.startswith("multipart/"):
            filing = _of_parts(request, key, actor)
        else:
            content, send = _without_send(request.data)
            filing = receive_filing(
                incoming=Incoming(content), key=key, channel=Channel.API, send=send, actor=actor
            )
        return Response(answer_of(filing), status=201)


def _key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise InvalidInput(
            _("请带上Idempotency-Key请求头，1到100个字符，每份申请一个"), code="idempotency_key"
        )
    return key


def _without_send(data: Any) -> tuple[dict[str, Any], bool]:
    if not isinstance(data, dict):
        raise InvalidInput(_("内容应为一个JSON对象"))
    content = dict(data)
    send = content.pop("send", True)
    if not isinstance(send, bool):
        raise InvalidInput(_("请填写true或false"), send=_("请填写true或false"))
    return content, send


def _of_parts(request: Request, key: str, actor: Actor) -> Filing:
    """One part ``filing`` with the JSON and files named by slot, or one part ``package``."""
    fields = {name for name in request.POST if name not in ("filing", "send")}
    if fields:
        raise InvalidInput(_("没有这个字段"), **{name: _("没有这个字段") for name in sorted(fields)})
    package = request.FILES.get("package")
    if package is not None:
        wanted = request.POST.get("send", "true")
        if wanted not in ("true", "false"):
            raise InvalidInput(_("请填写true或false"), send=_("请填写true或false"))
        return receive_package(
            source=package.file, key=key, channel=Channel.API, send=wanted == "true", actor=actor
        )
    raw = io.BytesIO(request.POST.get("filing", "").encode())
    content, send = _without_send(StrictJSONParser().parse(raw))
    files = [(slot, upload) for slot in request.FILES for upload in request.FILES.getlist(slot)]
    return receive_filing(
        incoming=Incoming(content, files), key=key, channel=Channel.API, send=send, actor=actor
    )


class FilingView(_Filings):
    """One application of the token's holder."""

    @extend_schema(
        operation_id="filings_read",
        responses={
            200: serializers.FilingAnswer,
            401: OpenApiResponse(ErrorSerializer, "No or wrong token"),
            404: OpenApiResponse(ErrorSerializer, "Not found"),
        },
        tags=["filings"],
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        """State, dates, what to correct, the case it became, and the signed receipt."""
        actor = self.actor(request)
        if not actor.is_public:
            raise NotVisible(_("没有找到"))
        return Response(answer_of(filing_for(actor, public_id)))


def answer_of(filing: Filing) -> dict[str, Any]:
    """The body of an answer. Up to six queries."""
    receipt = receipt_of(filing, events.SUBMITTED) if filing.first_submitted_at else None
    notice = latest_notice(filing) if filing.status == FilingStatus.RETURNED else None
    case = case_of(filing) if filing.status == FilingStatus.ACCEPTED else None
    items = list(notice.items.all()) if notice else []
    return {
        "id": str(filing.public_id),
        "number": filing.number,
        "state": filing.status,
        "state_words": str(filing.get_status_display()),
        "submitted_at": filing.submitted_at,
        "due_on": filing.due_on,
        "correction_due_on": notice.due_on if notice else None,
        "corrections": [
            {"title": item.title, "why": item.why, "how": item.how, "slot": item.slot} for item in items
        ],
        "case_number": case.number if case else None,
        "receipt": {"text": receipt.text, "signature": receipt.signature, "key_id": receipt.key_id}
        if receipt
        else None,
    }
