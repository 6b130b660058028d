"""Shapes of ``documents/verify``. What is added later joins as further ``findings`` or fields; nothing changes."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from common.api import StrictSerializer
from documents.services.authenticity import Means, SealState, Verdict

WAYS = (("file",), ("sha256",), ("serial", "check_code"))


class PaperInput(StrictSerializer):
    """One of: ``sha256`` of the file as received, or ``serial`` and ``check_code`` as printed."""

    sha256 = serializers.RegexField(
        r"^[0-9a-fA-F]{64}\Z",
        required=False,
        error_messages={"invalid": "sha256应为64位十六进制数字"},
        help_text="SHA-256 of the file as received",
    )
    serial = serializers.CharField(required=False, max_length=60)
    check_code = serializers.CharField(required=False, max_length=20)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one way."""
        if not any(set(way) == set(attrs) for way in WAYS):
            raise serializers.ValidationError(_("请给出文件，或者sha256，或者份号和校验码，只用一种"))
        return attrs


class PaperUpload(PaperInput):
    """The same as multipart, with the PDF itself."""

    file = serializers.FileField(required=False, help_text="the PDF as the court sent it; it is not kept")


class FindingAnswer(StrictSerializer):
    """One comparison."""

    means = serializers.ChoiceField(Means.values)
    agrees = serializers.BooleanField()


class SealAnswer(StrictSerializer):
    """The electronic seal in the file, as far as it is proven."""

    state = serializers.ChoiceField(SealState.values)
    signer = serializers.CharField(help_text="name on the seal's certificate, empty when it is not proven")
    stamped_at = serializers.DateTimeField(
        allow_null=True, help_text="time of signing by the time stamp authority"
    )


class PaperAnswer(StrictSerializer):
    """The verdict; the same shape for every paper, known or not, and nothing of its content."""

    status = serializers.ChoiceField(Verdict.values)
    message = serializers.CharField()
    findings = FindingAnswer(many=True)
    case_number = serializers.CharField(help_text="year and court only; empty when unknown")
    seal = SealAnswer(allow_null=True, help_text="null where no file was shown")
