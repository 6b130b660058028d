"""The clocks of a thread: what was promised, when it stood still, who was told that it runs out."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courts.models import Court, StaffPost
from feedback.models.threads import Level, Thread


class ClockKind(models.TextChoices):
    FIRST_ANSWER = "first_answer", _("首次答复")
    RESOLUTION = "resolution", _("办结答复")


class PauseReason(models.TextChoices):
    WAITS_FOR_PARTY = "party", _("等当事人补充")


class Step(models.TextChoices):
    """What happens as a clock runs out: an amber mark before the end, then somebody higher has it."""

    SOON = "soon", _("快到期")
    HEAD = "head", _("已超期，庭长督办")
    SUPERVISOR = "supervisor", _("已超期，院领导督办")


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
    worked_seconds = models.PositiveIntegerField(_("用了多少工作秒"), null=True)
    """Working time from the start until it was met, without the pauses."""
    last_step = models.CharField(max_length=10, choices=Step, blank=True)
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


class Escalation(models.Model):
    """A step that fell while the clock ran; each once. Never changed.

    ``falls_at`` is the moment by the clock, ``made_at`` when it was written down: a job that was late changes nothing in the
    first. ``new_due_at``: by when the person may expect an answer now that the promise was missed.
    """

    append_only = True

    court = models.ForeignKey(Court, models.PROTECT)
    clock = models.ForeignKey(Clock, models.PROTECT, related_name="escalations")
    step = models.CharField(_("督办"), max_length=10, choices=Step)
    falls_at = models.DateTimeField(_("时间"))
    due_at = models.DateTimeField(_("承诺的时间"))
    new_due_at = models.DateTimeField(_("新的时间"), null=True)
    post = models.ForeignKey(StaffPost, models.PROTECT, null=True)
    """Who has it from now on."""
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("督办记录")
        constraints = [
            models.UniqueConstraint(fields=["clock", "step"], name="escalation_once"),
            models.CheckConstraint(
                name="escalation_late_has_new_date",
                condition=Q(step=Step.SOON, new_due_at=None)
                | ~Q(step=Step.SOON) & Q(new_due_at__gt=F("due_at")),
            ),
        ]
        indexes = [models.Index(fields=["court", "-falls_at"], name="escalation_court_idx")]

    @property
    def holder(self) -> str:
        """The role of who has it, as people call it."""
        return str(Level.OVERSIGHT.label if self.step == Step.SUPERVISOR else Level.HEAD.label)


class Digest(models.Model):
    """The one message a member of staff gets on a working day about what waits. Never changed."""

    append_only = True

    post = models.ForeignKey(StaffPost, models.PROTECT)
    user_id = models.BigIntegerField()
    day = models.DateField()
    waiting = models.PositiveIntegerField(_("要答复"))
    soon = models.PositiveIntegerField(_("快到期"))
    late = models.PositiveIntegerField(_("已超期"))
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("每日汇总")
        constraints = [models.UniqueConstraint(fields=["user_id", "day"], name="digest_one_a_day")]
