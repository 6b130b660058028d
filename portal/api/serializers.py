"""Shapes of the API of one's own cases: the whole allowlist of what leaves (SEC-14). Amounts are text with two decimals,
instants ISO in UTC, days ISO in Beijing; ``…_words`` is what the page says."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as drf


class CaseCourtAnswer(drf.Serializer[Any]):
    """A court by its 代字."""

    code = drf.CharField()
    name = drf.CharField()


class TurnAnswer(drf.Serializer[Any]):
    """Whose turn it is, in one sentence; ``yours``: something waits for the reader."""

    words = drf.CharField()
    yours = drf.BooleanField()
    due = drf.CharField(allow_null=True, help_text="a day, or an instant")


class CaseRow(drf.Serializer[Any]):
    """A case as it stands in 我的案件."""

    id = drf.UUIDField()
    number = drf.CharField(help_text="案号")
    court = CaseCourtAnswer()
    cause = drf.CharField(help_text="案由")
    side = drf.CharField()
    side_words = drf.CharField()
    stage = drf.CharField()
    stage_words = drf.CharField()
    accepted_at = drf.DateTimeField()
    closed_at = drf.DateTimeField(allow_null=True)
    turn = TurnAnswer()
    link = drf.URLField()


class CasePage(drf.Serializer[Any]):
    """One page of the list, newest case first."""

    next = drf.URLField(allow_null=True)
    previous = drf.URLField(allow_null=True)
    results = CaseRow(many=True)


class StageAnswer(drf.Serializer[Any]):
    """One step of the stage tracker."""

    words = drf.CharField()
    state = drf.ChoiceField(["done", "current", "todo"])


class CaseDeadlineAnswer(drf.Serializer[Any]):
    """A running period. ``confirmed`` false: the holidays of a year are not announced yet. ``party`` null: the court's."""

    rule = drf.CharField()
    words = drf.CharField()
    due_on = drf.DateField()
    confirmed = drf.BooleanField()
    party = drf.UUIDField(allow_null=True)


class StaffAnswer(drf.Serializer[Any]):
    """Who of the court handles the case."""

    role = drf.CharField()
    role_words = drf.CharField()
    name = drf.CharField()


class PartyAnswer(drf.Serializer[Any]):
    """A party as both sides see it; ``own``: the reader is it or stands for it."""

    id = drf.UUIDField()
    side = drf.CharField()
    side_words = drf.CharField()
    order = drf.IntegerField()
    name = drf.CharField()
    own = drf.BooleanField()
    represented_by = drf.ListField(child=drf.CharField())


class DeliveryAnswer(drf.Serializer[Any]):
    """How a paper reached its addressee 送达."""

    method = drf.CharField()
    method_words = drf.CharField()
    state = drf.CharField()
    state_words = drf.CharField()
    delivered_at = drf.DateTimeField(allow_null=True)


class CasePaperAnswer(drf.Serializer[Any]):
    """A paper addressed to the reader's parties. ``link`` opens it after sign-in."""

    id = drf.UUIDField()
    title = drf.CharField()
    number = drf.CharField()
    serial = drf.CharField()
    addressee = drf.CharField()
    issued_at = drf.DateTimeField()
    replaced_by = drf.CharField(allow_null=True, help_text="number of the paper that corrected it")
    delivery = DeliveryAnswer(allow_null=True)
    link = drf.URLField()


class BillAnswer(drf.Serializer[Any]):
    """What has to be paid."""

    id = drf.UUIDField()
    number = drf.CharField()
    words = drf.CharField()
    amount = drf.CharField()
    status = drf.CharField()
    status_words = drf.CharField()
    due_on = drf.DateField()
    paid_at = drf.DateTimeField(allow_null=True)
    link = drf.URLField()


class RefundAnswer(drf.Serializer[Any]):
    """What is given back."""

    id = drf.UUIDField()
    number = drf.CharField()
    amount = drf.CharField()
    state = drf.CharField()
    state_words = drf.CharField()
    due_on = drf.DateField()
    link = drf.URLField()


class ThreadAnswer(drf.Serializer[Any]):
    """A question to the court: where it stands, not what was written."""

    id = drf.UUIDField()
    topic = drf.CharField()
    topic_words = drf.CharField()
    state = drf.CharField()
    state_words = drf.CharField()
    opened_at = drf.DateTimeField()
    reply_due_at = drf.DateTimeField()
    answered_at = drf.DateTimeField(allow_null=True)
    link = drf.URLField()


class ClosingAnswer(drf.Serializer[Any]):
    """How the case ended."""

    outcome = drf.CharField()
    outcome_words = drf.CharField()
    decided_on = drf.DateField()
    effective_on = drf.DateField(allow_null=True)


class CaseAnswer(CaseRow):
    """One case, as far as the reader sees it on its page."""

    procedure = drf.CharField()
    track = drf.CharField()
    track_words = drf.CharField()
    stages = StageAnswer(many=True)
    deadlines = CaseDeadlineAnswer(many=True)
    staff = StaffAnswer(many=True)
    parties = PartyAnswer(many=True)
    papers = CasePaperAnswer(many=True)
    bills = BillAnswer(many=True)
    refunds = RefundAnswer(many=True)
    threads = ThreadAnswer(many=True)
    closing = ClosingAnswer(allow_null=True)
