"""The event log: append-only events in hash-chained streams, their outbox and their receipts."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.fields import PublicIdField


class StreamHead(models.Model):
    """Last entry of each stream; locked last in a transaction, in sorted order (REL-35)."""

    stream = models.CharField(_("链"), max_length=80, primary_key=True)
    seq = models.BigIntegerField(_("最后序号"), default=0)
    hash = models.CharField(_("最后哈希"), max_length=64, default="0" * 64)

    class Meta:
        verbose_name = _("链头")


class Event(models.Model):
    """One fact that happened. Never changed, never deleted; no names, numbers or texts of parties, ids only.

    ``hash`` covers the columns and the salted hash of the payload (SEC-43), so a payload can lawfully be erased
    while the chain stays valid. No enforced foreign key points here: the table is ready for monthly partitions.
    """

    append_only = True

    public_id = PublicIdField()
    name = models.CharField(_("事件"), max_length=60)
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    stream = models.CharField(_("链"), max_length=80)
    seq = models.BigIntegerField(_("序号"))
    previous_hash = models.CharField(_("前一哈希"), max_length=64)
    hash = models.CharField(_("哈希"), max_length=64)
    algorithm = models.CharField(_("算法"), max_length=16, default="sha256")
    happened_at = models.DateTimeField(_("时间"))
    court_id = models.BigIntegerField(_("法院"), null=True)
    subject_kind = models.CharField(_("对象类别"), max_length=40)
    subject_id = models.BigIntegerField(_("对象"))
    actor_kind = models.CharField(_("行为人类别"), max_length=12)
    actor_id = models.BigIntegerField(_("行为人"), null=True)
    actor_role = models.CharField(_("角色"), max_length=20, blank=True)
    actor_name = models.CharField(_("工作人员姓名"), max_length=100, blank=True)
    actor_court_id = models.BigIntegerField(_("行为人法院"), null=True)
    actor_post_id = models.BigIntegerField(_("岗位"), null=True)
    acting_for = models.BigIntegerField(_("代为办理"), null=True)
    channel = models.CharField(_("渠道"), max_length=12)
    request_id = models.CharField(_("请求号"), max_length=40, blank=True)
    payload = models.JSONField(_("内容"), default=dict)
    payload_salt = models.CharField(max_length=32)
    payload_hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("事件")
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="event_stream_seq_unique")]
        indexes = [
            # timeline of a case or filing, newest first
            models.Index(fields=["subject_kind", "subject_id", "-id"], name="event_subject_idx"),
            # what one person or one member of staff did
            models.Index(fields=["actor_kind", "actor_id", "-id"], name="event_actor_idx"),
        ]


class OutboxState(models.TextChoices):
    PENDING = "pending", _("待处理")
    DONE = "done", _("已处理")
    DEAD = "dead", _("多次失败")


class Outbox(models.Model):
    """One row per event and handler: what is still to be done because something happened."""

    event_id = models.BigIntegerField(_("事件"))
    handler = models.CharField(_("处理"), max_length=120)
    state = models.CharField(max_length=8, choices=OutboxState, default=OutboxState.PENDING)
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    next_at = models.DateTimeField(_("下次"))
    done_at = models.DateTimeField(_("完成"), null=True)
    last_error = models.CharField(_("最后一次出错"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("待办效果")
        constraints = [
            models.UniqueConstraint(fields=["event_id", "handler"], name="outbox_event_handler_unique")
        ]
        indexes = [
            # the relay's claim: due rows, oldest first
            models.Index(fields=["next_at", "id"], name="outbox_due_idx", condition=models.Q(state="pending"))
        ]


class Receipt(models.Model):
    """Signed text that proves an event: number, time, hash, stream, seq (SEC-45). Written with the event."""

    append_only = True

    public_id = PublicIdField()
    event_id = models.BigIntegerField(_("事件"), unique=True)
    text = models.TextField(_("回执内容"))
    signature = models.CharField(_("签名"), max_length=200)
    key_id = models.CharField(_("密钥"), max_length=16)

    class Meta:
        verbose_name = _("回执")
