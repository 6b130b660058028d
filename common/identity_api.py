"""``POST /api/v1/identity/check``: is this number well formed? It does not ask whose it is."""

from dataclasses import asdict

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common import clock, identity
from common.api import ERRORS, PublicLookup, StrictSerializer

LONGEST = 64


class IdentityCheckInput(StrictSerializer):
    kind = serializers.ChoiceField(("id_card", "uscc"))
    value = serializers.CharField(allow_blank=True, trim_whitespace=False, max_length=2000)


class IdentityCheckAnswer(StrictSerializer):
    valid = serializers.BooleanField()
    normalized = serializers.CharField()
    message = serializers.CharField(help_text=_("给人看的一句话"))


class IdentityCheckView(PublicLookup):
    """A bad number is an answer (200), not an error."""

    @extend_schema(
        operation_id="identity_check",
        request=IdentityCheckInput,
        responses={200: IdentityCheckAnswer, **ERRORS},
        tags=["lookup"],
    )
    def post(self, request: Request) -> Response:
        asked = self.read_body(IdentityCheckInput)
        answer = identity.check(asked["kind"], asked["value"], today=clock.today())
        return Response(asdict(answer) | {"normalized": answer.normalized[:LONGEST]})
