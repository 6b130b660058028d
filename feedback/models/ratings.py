"""What parties think of the answers, and what a division mends when they think little of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.fields import PublicIdField
from common.flow import Flow
from courts.models import Court, Division, StaffPost
from feedback.models.threads import Thread


class Satisfaction(models.TextChoices):
    SATISFIED = "satisfied", _("满意")
    BASIC = "basic", _("基本满意")
    UNSATISFIED = "unsatisfied", _("不满意")


class Rating(models.Model):
    """A party's rating of one round of answers; 不满意 may ask for another look, twice in a thread. Never changed."""

    append_only = True

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    thread = models.ForeignKey(Thread, models.PROTECT, related_name="ratings")
    round = models.PositiveSmallIntegerField()
    level = models.CharField(_("评价"), max_length=12, choices=Satisfaction)
    words = models.CharField(_("意见"), max_length=500, blank=True)
    wants_reopening = models.BooleanField(_("请重新处理"), default=False)
    rated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("评价")
        constraints = [
            models.UniqueConstraint(fields=["thread", "round"], name="rating_once_per_round"),
            models.CheckConstraint(
                name="rating_reopening_only_unsatisfied",
                condition=Q(wants_reopening=False) | Q(level="unsatisfied"),
            ),
        ]


class ReworkState(models.TextChoices):
    OPEN = "open", _("待整改")
    DONE = "done", _("已整改")


class Rework(models.Model):
    """整改: the ratings of a division were low in a period; its head says what was wrong and what changes."""

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    division = models.ForeignKey(Division, models.PROTECT, related_name="reworks")
    since = models.DateField(_("从"))
    until = models.DateField(_("到"))
    content = models.PositiveIntegerField(_("满意和基本满意"))
    ratings = models.PositiveIntegerField(_("评价数"))
    answered = models.PositiveIntegerField(_("已答复"))
    state = models.CharField(_("状态"), max_length=6, choices=ReworkState, default=ReworkState.OPEN)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(_("最晚"))
    words = models.CharField(_("原因和改进"), max_length=1000, blank=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(StaffPost, models.PROTECT, null=True)

    class Meta:
        verbose_name = _("整改")
        constraints = [
            models.UniqueConstraint(fields=["division", "since", "until"], name="rework_once_per_period"),
            models.CheckConstraint(
                name="rework_done_iff_answered",
                condition=Q(state="open", done_at=None, done_by=None)
                | Q(state="done", done_at__isnull=False, done_by__isnull=False),
            ),
        ]


REWORK_FLOW = Flow(("finish_rework", {ReworkState.OPEN}, ReworkState.DONE), field="state")
