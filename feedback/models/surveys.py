"""The suggestion box and surveys with a sample."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.fields import EncryptedTextField, PublicIdField
from common.flow import Flow
from courts.models import Court, Division, StaffPost
from feedback.models.ratings import Satisfaction
from feedback.models.threads import Thread


class SuggestionState(models.TextChoices):
    OPEN = "open", _("待处理")
    HANDLED = "handled", _("已处理")


class Suggestion(models.Model):
    """What somebody suggests to a court, with or without a phone number; the words never change."""

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    text = models.CharField(_("建议"), max_length=1000)
    phone = EncryptedTextField(_("电话"), blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=SuggestionState, default=SuggestionState.OPEN)
    received_at = models.DateTimeField(_("收到时间"))
    outcome = models.CharField(_("处理结果"), max_length=500, blank=True)
    handled_at = models.DateTimeField(null=True)
    handled_by = models.ForeignKey(StaffPost, models.PROTECT, null=True)

    class Meta:
        verbose_name = _("建议")
        constraints = [
            models.CheckConstraint(
                name="suggestion_handled_at_iff_handled",
                condition=Q(state="open", handled_at=None, handled_by=None)
                | Q(state="handled", handled_at__isnull=False, handled_by__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["court", "state", "-id"], name="suggestion_desk_idx")]


SUGGESTION_FLOW = Flow(("handle", {SuggestionState.OPEN}, SuggestionState.HANDLED), field="state")


class Survey(models.Model):
    """A survey among the parties whose questions were answered in a period; ``size`` of ``population`` are asked.

    The draw can be repeated by anybody who has the list: the threads in the order of SHA-256 over ``seed`` and their public
    id, the first ``size`` of them. Never changed.
    """

    append_only = True

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    title = models.CharField(_("名称"), max_length=60)
    since = models.DateField(_("从"))
    until = models.DateField(_("到"))
    seed = models.CharField(_("抽样种子"), max_length=60)
    population = models.PositiveIntegerField(_("总体"))
    size = models.PositiveIntegerField(_("抽样数"))
    opened_at = models.DateTimeField()
    closes_at = models.DateTimeField(_("截止"))

    class Meta:
        verbose_name = _("满意度调查")
        constraints = [
            models.CheckConstraint(name="survey_sample_of_population", condition=Q(size__lte=F("population")))
        ]


class Invitation(models.Model):
    """Who was drawn. Whether the form came back is noted, the form itself knows no person."""

    public_id = PublicIdField()
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="invitations")
    thread = models.ForeignKey(Thread, models.PROTECT)
    division = models.ForeignKey(Division, models.PROTECT, null=True)
    is_returned = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("调查邀请")
        constraints = [models.UniqueConstraint(fields=["survey", "thread"], name="invitation_once")]


QUESTIONS = {
    "clear": _("答复说得明白吗"),
    "timely": _("答复及时吗"),
    "polite": _("态度怎么样"),
    "solved": _("问题解决了吗"),
}
"""What a survey asks, each in three levels."""


class SurveyForm(models.Model):
    """A form that came back, without name, number or time: only its survey and division. Never changed."""

    append_only = True

    public_id = PublicIdField()
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="forms")
    division = models.ForeignKey(Division, models.PROTECT, null=True)
    clear = models.CharField(QUESTIONS["clear"], max_length=12, choices=Satisfaction)
    timely = models.CharField(QUESTIONS["timely"], max_length=12, choices=Satisfaction)
    polite = models.CharField(QUESTIONS["polite"], max_length=12, choices=Satisfaction)
    solved = models.CharField(QUESTIONS["solved"], max_length=12, choices=Satisfaction)
    words = models.CharField(_("还想说的话"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("调查表")
