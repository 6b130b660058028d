"""Shapes of the guide look-ups (DESIGN §6)."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from common.api import StrictSerializer
from common.text import clean_line
from guides.materials import identity_materials, procedures

LONGEST_QUESTION = 500
KINDS = list(identity_materials())


class MaterialsQuery(StrictSerializer):
    procedure = serializers.ChoiceField(list(procedures()))
    applicant = serializers.ChoiceField(KINDS, default="natural")
    agent = serializers.ChoiceField(
        [kind for kind in KINDS if kind.startswith("agent_")], required=False, allow_blank=True, default=""
    )


class MaterialAnswer(StrictSerializer):
    code = serializers.CharField()
    name = serializers.CharField()
    requirement = serializers.ChoiceField(("required", "conditional", "optional"))
    condition = serializers.CharField()
    copies = serializers.CharField()
    note = serializers.CharField()


class ProcedureAnswer(StrictSerializer):
    code = serializers.CharField()
    name = serializers.CharField()
    basis = serializers.CharField()
    fee_items = serializers.CharField()


class MaterialsAnswer(StrictSerializer):
    procedure = ProcedureAnswer()
    applicant = serializers.CharField()
    identity = MaterialAnswer(many=True)
    agent = MaterialAnswer(many=True)
    materials = MaterialAnswer(many=True, source="procedure.materials")
    notes = serializers.ListField(child=serializers.CharField(), source="procedure.notes")
    deadline_rules = serializers.ListField(child=serializers.CharField(), source="procedure.deadline_rules")


class QuestionInput(StrictSerializer):
    question = serializers.CharField(
        trim_whitespace=False, max_length=LONGEST_QUESTION, error_messages={"blank": _("请写下您的问题")}
    )

    def validate_question(self, value: str) -> str:
        try:
            question = clean_line(value, max_length=LONGEST_QUESTION)
        except ValueError as exc:
            raise serializers.ValidationError(str(exc)) from exc
        if not question:
            raise serializers.ValidationError(_("请写下您的问题"))
        return question


class EntryAnswer(StrictSerializer):
    id = serializers.CharField(source="code")
    question = serializers.CharField()
    answer = serializers.CharField()
    legal_basis = serializers.CharField()
    score = serializers.FloatField()


class HandoffAnswer(StrictSerializer):
    text = serializers.CharField()
    phone = serializers.CharField()


class QuestionAnswer(StrictSerializer):
    entries = EntryAnswer(many=True)
    refused = serializers.BooleanField()
    handoff: Any = HandoffAnswer()
