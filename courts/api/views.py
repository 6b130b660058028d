"""Public look-ups over courts, causes, case numbers and legal periods."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import ERRORS, PublicLookup, paginated
from common.case_numbers import CourtRef, TypeRef
from common.errors import InvalidInput
from courts import selectors
from courts.api import serializers
from courts.calendar import deadline
from courts.models import Cause, Court


def court_named(code: str | None) -> Court | None:
    """The court a request names by its 代字; none named → None; unknown → InvalidInput (422)."""
    if not code:
        return None
    court = selectors.court_by_code(code)
    if court is None:
        message = _("没有找到这个法院代字")
        raise InvalidInput(message, court=message)
    return court


class DeadlineView(PublicLookup):
    """When a period ends."""

    @extend_schema(
        operation_id="deadlines_compute",
        request=serializers.DeadlineInput,
        responses={200: serializers.DeadlineAnswer, **ERRORS},
        tags=["lookup"],
    )
    def post(self, request: Request) -> Response:
        asked = self.read_body(serializers.DeadlineInput)
        answer = deadline(
            asked["rule_id"],
            asked["start"],
            court=court_named(asked.get("court")),
            n=asked.get("n"),
            unit=asked.get("unit"),
            deduct_days=asked.get("deduct_days") or 0,
        )
        return Response(serializers.DeadlineAnswer(answer).data)


class CaseNumberView(PublicLookup):
    """What a case number says. A bad number is an answer (200), not an error."""

    @extend_schema(
        operation_id="case_numbers_parse",
        parameters=[serializers.CaseNumberQuery],
        responses={200: serializers.CaseNumberAnswer, **ERRORS},
        tags=["lookup"],
    )
    def get(self, request: Request) -> Response:
        parsed = selectors.parse_case_number(self.read_query(serializers.CaseNumberQuery)["number"])
        return Response(
            {
                "status": parsed.status.value,
                "normalized": parsed.normalized,
                "year": parsed.year,
                "court": _code_name(parsed.court),
                "type": _code_name(parsed.type),
                "sequence": parsed.sequence,
                "message": parsed.message,
            }
        )


def _code_name(ref: CourtRef | TypeRef | Court | None) -> dict[str, Any] | None:
    return {"code": ref.code, "name": ref.name} if ref else None


class CourtsView(PublicLookup):
    """Courts by name, city or code."""

    @extend_schema(
        operation_id="courts_search",
        parameters=[serializers.CourtQuery],
        responses={200: serializers.CourtPage, **ERRORS},
        tags=["lookup"],
    )
    def get(self, request: Request) -> Response:
        asked = self.read_query(serializers.CourtQuery)
        return paginated(request, selectors.search_courts(asked["q"], level=asked["level"]), asked, _court)


def _court(court: Court) -> dict[str, Any]:
    return {
        "code": court.code,
        "name": court.name,
        "level": court.level,
        "city": court.city,
        "parent": _code_name(court.parent),
        "former_codes": court.former_codes,
    }


class CausesView(PublicLookup):
    """Causes of action by name or code; without a version those in force today."""

    @extend_schema(
        operation_id="causes_search",
        parameters=[serializers.CauseQuery],
        responses={200: serializers.CausePage, **ERRORS},
        tags=["lookup"],
    )
    def get(self, request: Request) -> Response:
        asked = self.read_query(serializers.CauseQuery)
        causes = selectors.search_causes(asked["q"], version=asked["version"], level=asked.get("level"))
        return paginated(request, causes, asked, _cause)


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "code": cause.code,
        "version": cause.version,
        "level": cause.level,
        "number": cause.number,
        "name": cause.name,
        "parent_code": cause.parent.code if cause.parent else None,
        "path": selectors.cause_path(cause),
        "in_2020_version": cause.in_2020_version,
    }
