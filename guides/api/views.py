"""Public look-ups of the guides: materials lists and the answer bot."""

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import ERRORS, PublicLookup
from guides import assistant
from guides.api import serializers
from guides.materials import materials_for


class MaterialsView(PublicLookup):
    """Everything to hand in for one procedure, told at once."""

    @extend_schema(
        operation_id="materials_list",
        parameters=[serializers.MaterialsQuery],
        responses={200: serializers.MaterialsAnswer, **ERRORS},
        tags=["lookup"],
    )
    def get(self, request: Request) -> Response:
        asked = self.read_query(serializers.MaterialsQuery)
        found = materials_for(asked["procedure"], applicant=asked["applicant"], agent=asked["agent"])
        return Response(serializers.MaterialsAnswer(found).data)


class AssistantView(PublicLookup):
    """The three nearest questions with their answers, and always the way to a person."""

    @extend_schema(
        operation_id="assistant_ask",
        request=serializers.QuestionInput,
        responses={200: serializers.QuestionAnswer, **ERRORS},
        tags=["lookup"],
    )
    def post(self, request: Request) -> Response:
        hits = assistant.ask(self.read_body(serializers.QuestionInput)["question"])
        handoff = {
            "text": _("都不是要找的？请拨打%(phone)s转人工。以上仅供参考，以受理法院的认定为准。")
            % {"phone": settings.COURT_HOTLINE},
            "phone": settings.COURT_HOTLINE,
        }
        answer = {"entries": hits, "refused": not hits, "handoff": handoff}
        return Response(serializers.QuestionAnswer(answer).data)
