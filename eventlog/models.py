"""The event log: append-only events in hash-chained streams, their outbox and their receipts."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.fields import PublicIdField
from eventlog import offline


class StreamHead(models.Model):
    """Last entry of each stream; locked last in a transaction, in sorted order (REL-35)."""

    stream = models.CharField(_("链"), max_length=80, primary_key=True, db_collation="C")
    seq = models.BigIntegerField(_("最后序号"), default=0)
    hash = models.CharField(_("最后哈希"), max_length=64, default="0" * 64)
    anchored_seq = models.BigIntegerField(_("已锚定到"), default=0, db_default=0)
    """A shortcut to the streams that moved since; the marks are the truth (docs/adr/0024)."""

    class Meta:
        verbose_name = _("链头")
        indexes = [
            # what the next anchor takes in
            models.Index(
                fields=["stream"],
                name="head_unanchored_idx",
                condition=models.Q(seq__gt=models.F("anchored_seq")),
            )
        ]


class Event(models.Model):
    """One fact that happened. Never changed, never deleted; no names, numbers or texts of parties, ids only.

    ``hash`` covers the columns and the salted hash of the payload (SEC-43), so a payload can lawfully be erased
    while the chain stays valid. No enforced foreign key points here: the table is ready for monthly partitions.
    """

    append_only = True

    public_id = PublicIdField()
    name = models.CharField(_("事件"), max_length=60)
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    stream = models.CharField(_("链"), max_length=80, db_collation="C")
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

    def entry(self) -> dict[str, Any]:
        """The columns that the hash covers, and the hash, as ``eventlog.offline`` reads them."""
        made = {name: getattr(self, name) for name in offline.ENTRY_FIELDS}
        moment = self.happened_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
        return made | {"public_id": str(self.public_id), "happened_at": moment, "hash": self.hash}


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


class Anchor(models.Model):
    """The root over everything that was written since the anchor before it, as a text to be signed (SEC-44)."""

    append_only = True

    number = models.PositiveIntegerField(_("编号"), unique=True)
    cut_at = models.DateTimeField(_("时间"))
    first = models.BigIntegerField(_("从第几条"))
    last = models.BigIntegerField(_("到第几条"))
    streams = models.PositiveIntegerField(_("链数"))
    root = models.CharField(_("根哈希"), max_length=64)
    previous_hash = models.CharField(_("前一锚点哈希"), max_length=64)
    text = models.TextField(_("签名原文"))

    class Meta:
        verbose_name = _("锚点")
        ordering = ["-number"]

    @property
    def count(self) -> int:
        """Entries in it."""
        return self.last - self.first + 1


class AnchorMark(models.Model):
    """How far an anchor reaches in one stream: entries ``first`` to ``last``, the last with this hash."""

    append_only = True

    anchor_number = models.PositiveIntegerField(_("锚点"))
    stream = models.CharField(_("链"), max_length=80, db_collation="C")
    first = models.BigIntegerField(_("从"))
    last = models.BigIntegerField(_("到"))
    hash = models.CharField(_("末条哈希"), max_length=64)

    class Meta:
        verbose_name = _("锚点所及")
        constraints = [
            models.UniqueConstraint(fields=["stream", "first"], name="anchor_mark_stream_first_unique")
        ]
        indexes = [
            # the leaves of one anchor, for a proof
            models.Index(fields=["anchor_number", "stream"], name="anchor_mark_number_idx")
        ]


class ProofKind(models.TextChoices):
    SIGNATURE = "signature", _("签名")
    TIMESTAMP = "timestamp", _("时间戳")
    FOLDER = "folder", _("一次写入目录")


class AnchorProof(models.Model):
    """What makes an anchor count: the signature, and a witness outside of this installation. One row of a kind."""

    append_only = True

    anchor_number = models.PositiveIntegerField(_("锚点"))
    kind = models.CharField(_("类别"), max_length=9, choices=ProofKind)
    value = models.TextField(_("内容"), blank=True)
    """Base64 of the signature or of the time stamp's token."""
    key_id = models.CharField(_("密钥"), max_length=16, blank=True)
    made_at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("锚点证明")
        constraints = [
            models.UniqueConstraint(fields=["anchor_number", "kind"], name="anchor_proof_kind_unique")
        ]


class KeyKind(models.TextChoices):
    ANCHOR = "anchor", _("锚点密钥")
    RECEIPT = "receipt", _("回执密钥")


class TrailKey(models.Model):
    """Public halves of all keys that ever signed anchors and receipts; old ones stay, what they signed is checked by them."""

    append_only = True

    kind = models.CharField(_("用途"), max_length=7, choices=KeyKind)
    key_id = models.CharField(_("密钥"), max_length=16)
    public_pem = models.TextField(_("公钥"))
    since = models.DateTimeField(_("启用"))

    class Meta:
        verbose_name = _("公钥")
        constraints = [models.UniqueConstraint(fields=["kind", "key_id"], name="trail_key_unique")]
