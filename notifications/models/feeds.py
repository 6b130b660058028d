"""Private addresses that a calendar or a feed reader looks at."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.fields import PublicIdField
from common.keyed import TOKEN, KeyedField


class FeedKind(models.TextChoices):
    CALENDAR = "calendar", _("日历：期限和答复日期")
    EVENTS = "events", _("动态：我的案件发生的事")


class FeedAddress(models.Model):
    """A private address for one kind of feed: the token in it is kept only as keyed hash, and ends at any time."""

    public_id = PublicIdField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="feeds")
    kind = models.CharField(_("内容"), max_length=8, choices=FeedKind)
    token_hash = KeyedField(ring=TOKEN, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("订阅地址")
