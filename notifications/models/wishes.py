"""What texts a person wants beside the inbox, and when the telephone stays quiet."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock


class NoticeGroup(models.TextChoices):
    """Groups of texts that may be switched off."""

    CASES = "cases", _("案件进展和答复")
    MONEY = "money", _("收到付款")
    DATES = "dates", _("预约和答复时间变动")
    REMINDERS = "reminders", _("提醒和调查")


class QuietHours(models.TextChoices):
    """Beijing hours in which only texts with a legal consequence go out: from, until."""

    NIGHT = "22-7", _("22:00到次日7:00")
    LONG = "21-8", _("21:00到次日8:00")
    SHORT = "23-6", _("23:00到次日6:00")
    NONE = "none", _("不设，随时可以发")

    def end_after(self, moment: datetime) -> datetime | None:
        """When the quiet hours end in which this moment lies; None outside of them."""
        if self == QuietHours.NONE:
            return None
        first, last = (int(hour) for hour in self.value.split("-"))
        local = moment.astimezone(clock.BEIJING)
        morning = clock.start_of_day(local.date()) + timedelta(hours=last)
        if local.hour < last:
            return morning
        return morning + timedelta(days=1) if local.hour >= first else None


class NoticeWishes(models.Model):
    """One row for a person who chose; nobody else has one. The inbox has everything in any case."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notice_wishes")
    muted = models.JSONField(_("不发短信的通知"), default=list)
    quiet = models.CharField(_("夜间不打扰"), max_length=5, choices=QuietHours)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("通知设置")
