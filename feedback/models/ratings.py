"""What parties think of the answers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.fields import PublicIdField
from courts.models import Court
from feedback.models.threads import Thread


class Satisfaction(models.TextChoices):
    SATISFIED = "satisfied", _("满意")
    BASIC = "basic", _("基本满意")
    UNSATISFIED = "unsatisfied", _("不满意")


class Rating(models.Model):
    """A party's rating of one round of answers; 不满意 may ask for a second look once. Never changed."""

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
