"""Messages to people and their states. Nobody calls this app; it listens to events."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.fields import EncryptedTextField, PublicIdField


class Channel(models.TextChoices):
    INBOX = "inbox", _("站内信")
    SMS = "sms", _("短信")
    MAIL = "mail", _("邮件")
    WEIXIN = "weixin", _("微信")


class MessageState(models.TextChoices):
    QUEUED = "queued", _("待发送")
    SENT = "sent", _("已发送")
    FAILED = "failed", _("发送失败")
    DROPPED = "dropped", _("过期未发")
    MERGED = "merged", _("并入另一条")
    ARRIVED = "arrived", _("已送到")
    BOUNCED = "bounced", _("没有送到")


class Message(models.Model):
    """One notice to one person by one channel; the text carries no case content and no parties (UX §7).

    ``phone`` is where it goes: of a mail its address. What bounced is a task of the court until somebody settled it:
    ``settled_by_id`` is the post.
    """

    public_id = PublicIdField()
    event_id = models.BigIntegerField()
    court_id = models.BigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_constraint=False)
    phone = EncryptedTextField(blank=True)
    recipient_key = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=6, choices=Channel)
    title = models.CharField(max_length=100)
    body = models.CharField(max_length=400)
    link = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8, choices=MessageState, default=MessageState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(_("已处理"), null=True)
    settled_by_id = models.BigIntegerField(_("处理人岗位"), null=True)

    class Meta:
        verbose_name = _("通知")
        constraints = [
            models.UniqueConstraint(
                fields=["event_id", "recipient_key", "channel", "kind"], name="notice_once_per_event"
            )
        ]
        indexes = [
            models.Index(fields=["user", "channel", "-id"], name="notice_inbox_idx"),
            models.Index(fields=["next_at"], name="notice_due_idx", condition=Q(state="queued")),
            # what goes out together to one person
            models.Index(
                fields=["recipient_key"], name="notice_waiting_idx", condition=Q(state="queued", attempts=0)
            ),
            # whom the court cannot reach
            models.Index(
                fields=["court_id", "-id"],
                name="notice_bounced_idx",
                condition=Q(state="bounced", settled_at=None),
            ),
        ]
