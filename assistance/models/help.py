"""Requests of a party for a person of the court: somebody beside him, somebody who shows the way, a call."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Party
from common import clock
from common.fields import EncryptedTextField, PublicIdField
from common.flow import Flow
from courts.models import Court, StaffPost


class HelpKind(models.TextChoices):
    """陪诉 (beside him at the court), 导访 (to the right window), a call back by telephone."""

    CALL = "call", _("请法院打电话给我")
    COMPANION = "companion", _("请人陪我办")
    GUIDE = "guide", _("请人带我找窗口")


class HelpState(models.TextChoices):
    ASKED = "asked", _("等法院安排")
    ARRANGED = "arranged", _("已安排")
    DONE = "done", _("已办好")
    UNREACHED = "unreached", _("没有联系上")
    CANCELLED = "cancelled", _("已取消")


HELP_LIVE = (HelpState.ASKED, HelpState.ARRANGED)
"""Somebody is waiting for somebody."""

HELP_REQUEST_FLOW = Flow(
    ("arrange", {HelpState.ASKED, HelpState.ARRANGED}, HelpState.ARRANGED),
    ("finish", {HelpState.ASKED, HelpState.ARRANGED}, HelpState.DONE),
    ("give_up", {HelpState.ASKED, HelpState.ARRANGED}, HelpState.UNREACHED),
    ("cancel", {HelpState.ASKED, HelpState.ARRANGED}, HelpState.CANCELLED),
    field="state",
)


class HelpRequest(models.Model):
    """One wish of one party in one case. ``post`` is who helps; ``meet_at`` when both meet, empty for a call."""

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    case = models.ForeignKey(Case, models.PROTECT, related_name="help_requests")
    party = models.ForeignKey(Party, models.PROTECT, related_name="help_requests")
    kind = models.CharField(_("要什么帮助"), max_length=10, choices=HelpKind)
    state = models.CharField(_("状态"), max_length=10, choices=HelpState, default=HelpState.ASKED)
    phone = EncryptedTextField(_("联系电话"))
    when = models.CharField(_("什么时候方便"), max_length=200)
    words = models.CharField(_("要帮什么"), max_length=500)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(_("最晚联系"))
    post = models.ForeignKey(StaffPost, models.PROTECT, null=True, related_name="help_requests")
    meet_at = models.DateTimeField(_("见面时间"), null=True)
    meet_place = models.CharField(_("见面地点"), max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(_("结果"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("求助")
        constraints = [
            models.CheckConstraint(
                name="helprequest_ended_iff_over",
                condition=Q(state__in=["asked", "arranged"], ended_at=None)
                | Q(state__in=["done", "unreached", "cancelled"], ended_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["party", "kind"],
                name="helprequest_one_of_a_kind",
                condition=Q(state__in=["asked", "arranged"]),
            ),
        ]
        indexes = [
            # the desk: what waits in a court, first due first
            models.Index(
                fields=["court", "due_at", "id"],
                name="helprequest_waiting_idx",
                condition=Q(state__in=["asked", "arranged"]),
            )
        ]

    @property
    def due_on(self) -> date:
        """The promised day; it ends at 24:00 in Beijing."""
        return clock.beijing_day(self.due_at)


class CallAttempt(models.Model):
    """Somebody rang the person. Never changed."""

    append_only = True

    help_request = models.ForeignKey(HelpRequest, models.PROTECT, related_name="calls")
    post = models.ForeignKey(StaffPost, models.PROTECT)
    reached = models.BooleanField(_("接通了"))
    words = models.CharField(_("说了什么"), max_length=500, blank=True)
    called_at = models.DateTimeField()

    class Meta:
        verbose_name = _("回电记录")
        ordering = ["id"]
