"""Where else than at the phone a person wants to be told: a mail address he confirmed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.fields import EncryptedTextField, PublicIdField
from common.flow import Flow
from common.keyed import KeyedField
from notifications.models.messages import Channel


class AddressState(models.TextChoices):
    LIVE = "live", _("在用")
    DEAD = "dead", _("收不到，要重新填")
    ENDED = "ended", _("不再用")


NOTICE_ADDRESS_FLOW = Flow(
    ("die", {AddressState.LIVE}, AddressState.DEAD),
    ("end", {AddressState.LIVE, AddressState.DEAD}, AddressState.ENDED),
    field="state",
)


class NoticeAddress(models.Model):
    """An address of an account at one channel, confirmed by who has it. It is dead once the carrier said that nothing arrives there."""

    public_id = PublicIdField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notice_addresses")
    channel = models.CharField(_("渠道"), max_length=6, choices=Channel)
    address = EncryptedTextField(_("地址"))
    address_index = KeyedField()
    state = models.CharField(_("状态"), max_length=5, choices=AddressState, default=AddressState.LIVE)
    confirmed_at = models.DateTimeField(_("确认时间"))
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("通知地址")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "channel"], name="notice_address_one", condition=~Q(state="ended")
            )
        ]
        indexes = [models.Index(fields=["channel", "address_index"], name="notice_address_idx")]
