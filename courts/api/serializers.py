"""Shapes of the court look-ups (DESIGN §6)."""

import re
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.api import PageQuery, StrictSerializer
from common.case_numbers import NumberStatus
from common.clock import LONGEST_PERIOD
from common.forms import parse_day
from common.text import fold_width
from courts.models import CauseVersion, CourtLevel

_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(:[0-9]{2}(?:\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)


@extend_schema_field(
    {"type": "string", "example": "2026-04-02", "description": "Day, or Beijing time 2026-05-01 08:30"}
)
class DayOrMomentField(serializers.Field):
    """A day, or a local date-time; a zone is understood, without one it is Beijing's."""

    default_error_messages = {
        "invalid": _("请填写日期，例如 2026-04-02；按小时计算的写到分，例如 2026-05-01 08:30"),
        "nonexistent": _("这个日期或时间不存在，请核对"),
    }

    def to_internal_value(self, data: Any) -> date | datetime:
        if not isinstance(data, str):
            self.fail("invalid")
        written = fold_width(data[:60]).strip()
        if _MOMENT.fullmatch(written):
            try:
                return datetime.fromisoformat(written)
            except ValueError:
                self.fail("nonexistent")
        try:
            return parse_day(written)
        except ValueError as exc:
            raise serializers.ValidationError(str(exc)) from exc

    def to_representation(self, value: date | datetime) -> str:
        return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value.isoformat()


class DeadlineInput(StrictSerializer):
    rule_id = serializers.CharField(max_length=20)
    start = DayOrMomentField()
    court = serializers.CharField(max_length=12, required=False, allow_blank=True, allow_null=True)
    n = serializers.IntegerField(min_value=0, max_value=LONGEST_PERIOD, required=False, allow_null=True)
    unit = serializers.ChoiceField(
        ("day", "workday", "month", "year", "hour"), required=False, allow_null=True
    )
    deduct_days = serializers.IntegerField(
        min_value=0, max_value=LONGEST_PERIOD, required=False, allow_null=True
    )


class DeadlineAnswer(StrictSerializer):
    due = DayOrMomentField()
    confirmed = serializers.BooleanField()
    explanation = serializers.ListField(child=serializers.CharField())
    calendar_version = serializers.CharField()


class CaseNumberQuery(StrictSerializer):
    number = serializers.CharField(allow_blank=True, trim_whitespace=False, max_length=2000)


class CodeName(StrictSerializer):
    code = serializers.CharField()
    name = serializers.CharField(allow_null=True)


class CaseNumberAnswer(StrictSerializer):
    status = serializers.ChoiceField([status.value for status in NumberStatus])
    normalized = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)
    court = CodeName(allow_null=True)
    type = CodeName(allow_null=True)
    sequence = serializers.IntegerField(allow_null=True)
    message = serializers.CharField()


class CourtQuery(PageQuery):
    q = serializers.CharField(required=False, allow_blank=True, max_length=100, default="")
    level = serializers.ChoiceField(CourtLevel.values, required=False, allow_blank=True, default="")


class CourtAnswer(StrictSerializer):
    code = serializers.CharField()
    name = serializers.CharField()
    level = serializers.ChoiceField(CourtLevel.values)
    city = serializers.CharField()
    parent = CodeName(allow_null=True)
    former_codes = serializers.ListField(child=serializers.CharField())


class CauseQuery(PageQuery):
    q = serializers.CharField(required=False, allow_blank=True, max_length=100, default="")
    version = serializers.ChoiceField(CauseVersion.values, required=False, allow_blank=True, default="")
    level = serializers.IntegerField(min_value=1, max_value=4, required=False)


class CauseAnswer(StrictSerializer):
    code = serializers.CharField()
    version = serializers.ChoiceField(CauseVersion.values)
    level = serializers.IntegerField()
    number = serializers.CharField()
    name = serializers.CharField()
    parent_code = serializers.CharField(allow_null=True)
    path = serializers.ListField(child=serializers.CharField())
    in_2020_version = serializers.BooleanField()


class CourtPage(StrictSerializer):
    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = CourtAnswer(many=True)


class CausePage(StrictSerializer):
    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = CauseAnswer(many=True)
