"""Addresses of a person's own software that are told when something happens in his cases, and what was told."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.fields import EncryptedTextField, PublicIdField
from common.flow import Flow
from eventlog.registry import NAMES


class HookTopic(models.TextChoices):
    """What an address may be told of."""

    CASES = "cases", _("案件进展")
    PAPERS = "papers", _("文书和送达")
    FEES = "fees", _("缴费和退费")
    MESSAGES = "messages", _("留言和答复")


class EndpointState(models.TextChoices):
    WAITING = "waiting", _("等您确认")
    ON = "on", _("在用")
    FAILED = "failed", _("一直送不到，已停")
    OFF = "off", _("已停用")


WEBHOOK_ENDPOINT_FLOW = Flow(
    ("confirm", {EndpointState.WAITING, EndpointState.FAILED}, EndpointState.ON),
    ("fail", {EndpointState.ON}, EndpointState.FAILED),
    ("end", {EndpointState.WAITING, EndpointState.ON, EndpointState.FAILED}, EndpointState.OFF),
    field="state",
)


class WebhookEndpoint(models.Model):
    """An address of a person's own software. Nothing is sent before it has answered a challenge.

    ``failing_since`` and ``failures`` count from the first failure after the last success.
    """

    public_id = PublicIdField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="webhooks")
    url = models.CharField(_("接收地址"), max_length=300)
    secret = EncryptedTextField(_("签名密钥"))
    topics = models.JSONField(_("通知哪些事"), default=list)
    state = models.CharField(_("状态"), max_length=8, choices=EndpointState, default=EndpointState.WAITING)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("接收地址")
        indexes = [models.Index(fields=["user", "-id"], name="webhook_user_idx")]

    @property
    def topic_words(self) -> str:
        """What it is told of, in words."""
        return "、".join(str(HookTopic(name).label) for name in self.topics)


class HookState(models.TextChoices):
    QUEUED = "queued", _("等着送")
    DONE = "done", _("已送到")
    FAILED = "failed", _("没有送到")
    DROPPED = "dropped", _("不再送")


class WebhookDelivery(models.Model):
    """One event for one address. ``public_id`` is the id of the delivery, the same at every attempt: who gets it twice knows it.

    No content: kind, the thing's and the case's ids, and the time.
    """

    public_id = PublicIdField()
    endpoint = models.ForeignKey(WebhookEndpoint, models.PROTECT, related_name="deliveries")
    event_id = models.BigIntegerField(_("事件"))
    kind = models.CharField(_("事件"), max_length=60)
    case_public_id = models.UUIDField(_("案件"))
    object_public_id = models.UUIDField(_("对象"), null=True)
    happened_at = models.DateTimeField(_("时间"))
    state = models.CharField(_("状态"), max_length=8, choices=HookState, default=HookState.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    next_at = models.DateTimeField(_("下次"))
    last_status = models.PositiveSmallIntegerField(_("最后一次回应"), null=True)
    last_error = models.CharField(_("最后一次出错"), max_length=60, blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("送给软件的通知")
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event_id"], name="webhook_once_per_event")
        ]
        indexes = [
            # what is due, oldest first
            models.Index(fields=["next_at", "id"], name="webhook_due_idx", condition=Q(state="queued")),
            # the page of an address, newest first
            models.Index(fields=["endpoint", "-id"], name="webhook_page_idx"),
        ]

    @property
    def kind_words(self) -> str:
        """What happened, in words."""
        return str(NAMES[self.kind].label) if self.kind in NAMES else self.kind
