"""Deliveries 送达 and their facts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.fields import EncryptedTextField, PublicIdField
from common.flow import Flow
from courts.models import Court
from documents.delivery_rules import AddressOrigin, DeliveryMethod, Outcome, in_words
from documents.models.papers import Copy

ORIGINS = [
    (AddressOrigin.OWN.value, _("本人提供或者确认")),
    (AddressOrigin.KNOWN.value, _("能确认是本人的")),
    (AddressOrigin.NAMED.value, _("对方提供")),
]


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("待打印寄送")
    SENT = "sent", _("已发出")
    DELIVERED = "delivered", _("已送达")
    FAILED = "failed", _("未送达")
    REPLACED = "replaced", _("已换新份")


class Delivery(models.Model):
    """The delivery of one copy to one addressee: by inbox after consent, otherwise through the print desk.

    ``other_address`` is where it went, or goes, instead of the address on the copy; ``address_origin`` is of that one, which the
    addressee may have asked the court to keep from the other side (专递规定4); ``phone`` is for the messenger.
    """

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    copy = models.OneToOneField(Copy, models.PROTECT, related_name="delivery")
    method = models.CharField(_("方式"), max_length=12, choices=DeliveryMethod)
    state = models.CharField(_("状态"), max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    address_origin = models.CharField(
        _("地址由谁提供"),
        max_length=5,
        choices=ORIGINS,
        default=AddressOrigin.NAMED.value,
        db_default="named",
    )
    other_address = models.CharField(_("另一个地址"), max_length=300, blank=True, default="", db_default="")
    phone = EncryptedTextField(_("电话"), blank=True, default="", db_default="")
    keeps_address_secret = models.BooleanField(_("地址保密"), default=False, db_default=False)
    due_on = models.DateField(_("最晚发出"), null=True)
    delivered_at = models.DateTimeField(_("送达时间"), null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("送达")
        constraints = [
            models.CheckConstraint(
                name="delivery_delivered_at_iff_delivered",
                condition=Q(state="delivered", delivered_at__isnull=False)
                | ~Q(state="delivered") & Q(delivered_at=None),
            )
        ]
        indexes = [models.Index(fields=["court", "state", "due_on"], name="delivery_desk_idx")]

    def __str__(self) -> str:
        return self.get_state_display()

    @property
    def goes_to(self) -> str:
        """The address; needs the copy."""
        return self.other_address or self.copy.addressee_address


DELIVERY_FLOW = Flow(
    ("send", {DeliveryState.WAITING, DeliveryState.FAILED}, DeliveryState.SENT),
    ("deliver", {DeliveryState.WAITING, DeliveryState.SENT}, DeliveryState.DELIVERED),
    ("fail", {DeliveryState.SENT}, DeliveryState.FAILED),
    ("replace", {DeliveryState.WAITING, DeliveryState.FAILED}, DeliveryState.REPLACED),
    field="state",
)


class DeliveryFactKind(models.TextChoices):
    CREATED = "created", _("已生成")
    SENT = "sent", _("已发出")
    ARRIVED = "arrived", _("已到达收件箱")
    OPENED = "opened", _("已查看")
    SIGNED = "signed", _("已交付")
    TRIED = "tried", _("没有送到")
    RETURNED = "returned", _("被退回")
    OVER = "over", _("公告期满")
    ASKED = "asked", _("要求纸质文书")
    REPLACED = "replaced", _("已换新份")


BY_DAY = {
    DeliveryFactKind.SENT,
    DeliveryFactKind.SIGNED,
    DeliveryFactKind.TRIED,
    DeliveryFactKind.RETURNED,
}


class DeliveryFact(models.Model):
    """One thing that happened to a delivery, never changed (REL-23).

    ``outcome`` is what came of an attempt, ``rule`` the row of ``delivery_rules`` that says what it is worth; ``address`` is
    where a copy was sent.
    """

    append_only = True

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="facts")
    kind = models.CharField(max_length=10, choices=DeliveryFactKind)
    outcome = models.CharField(_("结果"), max_length=13, choices=Outcome, blank=True, db_default="")
    rule = models.CharField(max_length=20, blank=True, db_default="")
    happened_at = models.DateTimeField(_("发生时间"))
    recorded_at = models.DateTimeField(_("记录时间"))
    recorded_by_post = models.BigIntegerField(null=True)
    tracking_no = models.CharField(_("邮件号"), max_length=40, blank=True)
    address = models.CharField(_("寄往的地址"), max_length=300, blank=True, default="", db_default="")
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("送达事实")
        ordering = ["happened_at", "id"]
        indexes = [
            # mail that came back, by its number
            models.Index(fields=["tracking_no"], name="fact_tracking_idx", condition=~Q(tracking_no="")),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def ruling(self) -> str:
        """What this attempt is worth, with its articles; "" where nothing was tried."""
        return in_words(self.rule)

    @property
    def is_by_day(self) -> bool:
        """A paper form, a postmark or a publication knows only the day; the hour is its place in the order."""
        return self.kind == DeliveryFactKind.OVER or (
            self.recorded_by_post is not None and self.kind in BY_DAY
        )
