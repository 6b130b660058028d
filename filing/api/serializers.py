"""Shapes of the filing API, for the schema; the values themselves are checked by the forms of the pages."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class StatementInput(serializers.Serializer[Any]):
    """The statement before sending: everything is true, signed with the account's checked name."""

    agree = serializers.BooleanField()
    signed_name = serializers.CharField()


class FilingInput(serializers.Serializer[Any]):
    """One application. ``answers`` by question key of the element form; ``parties`` with ``side`` and the fields of a person."""

    form = serializers.CharField()
    court = serializers.CharField(help_text="法院代字")
    cause = serializers.CharField(required=False, help_text="only for forms without a cause of their own")
    capacity = serializers.CharField(required=False)
    parties = serializers.ListField(child=serializers.DictField())
    agents = serializers.ListField(child=serializers.DictField(), required=False)
    answers = serializers.DictField()
    e_delivery = serializers.BooleanField()
    statement = StatementInput(required=False)
    send = serializers.BooleanField(required=False, default=True, help_text="false keeps a draft")


class FilingUpload(serializers.Serializer[Any]):
    """The same as multipart: ``filing`` is the JSON of FilingInput, every other part is a file named by its slot; or one part
    ``package`` (open case package) with ``send``."""

    filing = serializers.CharField(required=False)
    package = serializers.FileField(required=False)
    send = serializers.BooleanField(required=False)


class ReceiptAnswer(serializers.Serializer[Any]):
    """The signed receipt; anybody can check it with receipts/verify."""

    text = serializers.CharField()
    signature = serializers.CharField()
    key_id = serializers.CharField()


class FilingAnswer(serializers.Serializer[Any]):
    """Where an application stands."""

    id = serializers.UUIDField()
    number = serializers.CharField(allow_null=True)
    state = serializers.CharField()
    state_words = serializers.CharField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    correction_due_on = serializers.DateField(allow_null=True)
    corrections = serializers.ListField(child=serializers.DictField())
    case_number = serializers.CharField(allow_null=True)
    receipt = ReceiptAnswer(allow_null=True)
