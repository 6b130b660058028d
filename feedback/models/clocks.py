"""The clocks of a thread: what was promised, when it stood still, who was told that it runs out."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courts.models import Court
from feedback.models.threads import Thread


class ClockKind(models.TextChoices):
    FIRST_ANSWER = "first_answer", _("首次答复")
    RESOLUTION = "resolution", _("办结答复")


class PauseReason(models.TextChoices):
    WAITS_FOR_PARTY = "party", _("等当事人补充")


class Clock(models.Model):
    """One promise of one round of a thread. At most one of each kind runs; ``services.clocks`` is the only writer.

    ``promised_at`` is what was promised at the start, ``due_at`` the same moved by the working time that the clock stood
    still. ``confirmed`` False (待确认): the holidays of a year it hangs on are not announced.
    """

    court = models.ForeignKey(Court, models.PROTECT)
    thread = models.ForeignKey(Thread, models.PROTECT, related_name="clocks")
    round = models.PositiveSmallIntegerField()
    kind = models.CharField(_("时限"), max_length=12, choices=ClockKind)
    started_at = models.DateTimeField(_("开始"))
    promised_at = models.DateTimeField(_("承诺的时间"))
    due_at = models.DateTimeField(_("最晚"))
    met_at = models.DateTimeField(_("办到的时间"), null=True)
    paused_seconds = models.PositiveIntegerField(_("暂停的工作秒数"), default=0)
    confirmed = models.BooleanField(_("已确定"), default=True)
    calendar_version = models.CharField(max_length=20, blank=True)
    next_at = models.DateTimeField(null=True)
    """When the next step of escalation falls; nothing while it stands still and after it was met."""

    class Meta:
        verbose_name = _("答复时限")
        constraints = [
            models.UniqueConstraint(
                fields=["thread", "kind"], name="clock_one_runs", condition=Q(met_at=None)
            ),
            models.CheckConstraint(
                name="clock_due_not_before_promise", condition=Q(due_at__gte=F("promised_at"))
            ),
            models.CheckConstraint(name="clock_met_stops", condition=Q(met_at=None) | Q(next_at=None)),
        ]
        indexes = [
            # the job that escalates: whatever is due for its next step
            models.Index(fields=["next_at"], name="clock_next_idx", condition=Q(next_at__isnull=False)),
            # how long answers took in a period, for one court
            models.Index(fields=["court", "kind", "met_at"], name="clock_met_idx"),
        ]


class Pause(models.Model):
    """A time in which a clock stood still; ended by ``resumed_at``."""

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="pauses")
    why = models.CharField(_("原因"), max_length=10, choices=PauseReason)
    paused_at = models.DateTimeField()
    resumed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("时限暂停")
        constraints = [
            models.UniqueConstraint(fields=["clock"], name="pause_one_open", condition=Q(resumed_at=None)),
            models.CheckConstraint(
                name="pause_ends_after_start",
                condition=Q(resumed_at=None) | Q(resumed_at__gte=F("paused_at")),
            ),
        ]
