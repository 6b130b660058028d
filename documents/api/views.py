"""``POST /api/v1/documents/verify``: is this paper genuine (DESIGN §6)."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import ERRORS, ErrorSerializer, PublicLookup
from common.parsers import StrictJSONParser
from common.requests import client_address
from documents.api.serializers import PaperAnswer, PaperInput, PaperUpload, SealAnswer
from documents.services import authenticity


class PaperVerifyView(PublicLookup):
    """Genuine, changed, superseded, revoked or unknown."""

    parser_classes = [StrictJSONParser, MultiPartParser]

    @extend_schema(
        operation_id="documents_verify",
        request={"application/json": PaperInput, "multipart/form-data": PaperUpload},
        responses={
            200: PaperAnswer,
            **ERRORS,
            429: OpenApiResponse(ErrorSerializer, "Too many questions; Retry-After says when to ask again"),
        },
        tags=["lookup"],
    )
    def post(self, request: Request) -> Response:
        asked = self.read_body(PaperUpload)
        address = client_address(request._request)
        if "file" in asked:
            answer = authenticity.verify_upload(upload=asked["file"], address=address)
        elif "sha256" in asked:
            answer = authenticity.verify_hash(sha256=asked["sha256"], address=address)
        else:
            answer = authenticity.verify_codes(
                serial=asked["serial"], check_code=asked["check_code"], address=address
            )
        findings = [{"means": one.means.value, "agrees": one.agrees} for one in answer.findings]
        body = {
            "status": answer.verdict.value,
            "message": answer.words,
            "findings": findings,
            "case_number": answer.case_number,
            "seal": SealAnswer(answer.sealed).data if answer.sealed else None,
        }
        return Response(body, headers={"Cache-Control": "no-store"})
