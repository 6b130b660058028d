"""Shapes of ``fees/quote`` (DESIGN §6)."""

from rest_framework import serializers

from common.api import StrictSerializer, YuanField
from payments.fees import OPERATIONS, books


def _optional_yuan() -> YuanField:
    return YuanField(required=False, allow_null=True)


class FeeQuoteInput(StrictSerializer):
    operation = serializers.ChoiceField(list(OPERATIONS), default="fee")
    item = serializers.ChoiceField(list(books()[-1].items), required=False, allow_null=True)
    amount = _optional_yuan()
    base_fee = _optional_yuan()
    halve = serializers.ListField(
        child=serializers.ChoiceField(list(books()[-1].halving_reasons)),
        max_length=10,
        required=False,
        allow_null=True,
    )
    exempt = serializers.BooleanField(default=False)
    reduce_pct = serializers.DecimalField(max_digits=5, decimal_places=2, required=False, allow_null=True)
    applicant = serializers.ChoiceField(("natural", "legal"), default="natural")
    court = serializers.CharField(max_length=12, required=False, allow_blank=True, allow_null=True)
    first_instance_amount = _optional_yuan()
    contested_amount = _optional_yuan()
    old = _optional_yuan()
    new = _optional_yuan()
    before_end = serializers.BooleanField(required=False, allow_null=True)
    property_amounts = serializers.ListField(
        child=YuanField(), max_length=200, required=False, allow_null=True
    )
    nonproperty_count = serializers.IntegerField(min_value=0, max_value=1000, required=False, allow_null=True)
    prepaid = _optional_yuan()
    borne_by_prepayer = _optional_yuan()
    civil_continues = serializers.BooleanField(required=False, allow_null=True)


class FeeStep(StrictSerializer):
    text = serializers.CharField()
    article = serializers.CharField()
    amount = YuanField(allow_null=True)


class FeeQuoteAnswer(StrictSerializer):
    fee = YuanField(allow_null=True)
    range = serializers.ListField(child=YuanField(), min_length=2, max_length=2, allow_null=True)
    steps = FeeStep(many=True)
    rule_version = serializers.CharField()
