"""Orders, gateway notices, payments, and money that fits nothing."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.fields import PublicIdField, yuan_field
from common.flow import Flow
from courts.models import Court, StaffPost
from payments.models.bills import Bill


class OrderState(models.TextChoices):
    """States only move forward (REL-08). What comes back of a paid order shows in its own state."""

    CREATED = "created", _("已生成")
    PENDING = "pending", _("等待付款")
    UNKNOWN = "unknown", _("正在确认，请勿重复支付")
    PAID = "paid", _("已付款")
    PART_REFUNDED = "part_refunded", _("已部分退款")
    REFUNDED = "refunded", _("已全部退款")
    CLOSED = "closed", _("已关闭")


class Order(models.Model):
    """One attempt to pay a bill through a gateway; ``out_no`` is ours and re-used for every retry (REL-05)."""

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    bill = models.ForeignKey(Bill, models.PROTECT, related_name="orders")
    gateway = models.CharField(max_length=12)
    out_no = models.CharField(_("商户订单号"), max_length=40, unique=True)
    amount = yuan_field(_("金额"))
    payer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    state = models.CharField(max_length=13, choices=OrderState, default=OrderState.CREATED)
    way = models.CharField(_("付款方式"), max_length=12, blank=True)
    pay_url = models.TextField(blank=True)
    code_text = models.TextField(_("付款码内容"), blank=True)
    created_at = models.DateTimeField()
    next_query_at = models.DateTimeField(null=True)
    queries = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("支付订单")
        constraints = [
            models.CheckConstraint(name="order_amount_positive", condition=Q(amount__gt=0)),
            models.UniqueConstraint(
                fields=["bill"],
                name="order_one_live",
                condition=Q(state__in=["created", "pending", "unknown"]),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_query_at"], name="order_poll_idx", condition=Q(next_query_at__isnull=False)
            )
        ]


O = OrderState  # noqa: E741  (short name for the table below)
ORDER_FLOW = Flow(
    ("send", {O.CREATED}, O.PENDING),
    ("lose_sight", {O.CREATED, O.PENDING}, O.UNKNOWN),
    ("see_again", {O.UNKNOWN}, O.PENDING),
    ("pay", {O.CREATED, O.PENDING, O.UNKNOWN}, O.PAID),
    ("close", {O.CREATED, O.PENDING, O.UNKNOWN}, O.CLOSED),
    ("refund_part", {O.PAID, O.PART_REFUNDED}, O.PART_REFUNDED),
    ("refund_all", {O.PAID, O.PART_REFUNDED}, O.REFUNDED),
    field="state",
)
ORDER_LIVE = (O.CREATED, O.PENDING, O.UNKNOWN)
"""States of an order that may still bring its money (REL-12); a bill has one such order at most."""


class GatewayNotice(models.Model):
    """One verified message of a gateway as received (REL-06, REL-07). Never changed."""

    append_only = True

    gateway = models.CharField(max_length=12)
    event_no = models.CharField(max_length=80)
    body = models.TextField()
    said_sha256 = models.CharField(max_length=64)
    outcome = models.CharField(_("处理结果"), max_length=20)
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = _("网关通知")
        constraints = [models.UniqueConstraint(fields=["gateway", "event_no"], name="notice_event_unique")]


class Payment(models.Model):
    """Money that a gateway confirmed, or that finance found at the counter or in the bank list; counted once per
    transaction. ``order`` is None for a bank transfer that fits no bill. Never changed: what became of money in
    suspense is told by its :class:`Suspense`."""

    append_only = True

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="payments")
    gateway = models.CharField(max_length=12)
    transaction_no = models.CharField(_("网关交易号"), max_length=80)
    amount = yuan_field(_("金额"))
    paid_at = models.DateTimeField(_("付款时间"))
    recorded_at = models.DateTimeField()
    purpose = models.CharField(
        _("归属"), max_length=10, choices=[("fee", _("诉讼费")), ("suspense", _("待处理款"))]
    )

    class Meta:
        verbose_name = _("到账")
        constraints = [
            models.UniqueConstraint(fields=["gateway", "transaction_no"], name="payment_transaction_unique"),
            models.UniqueConstraint(
                fields=["order"], name="payment_one_fee_per_order", condition=Q(purpose="fee")
            ),
            models.CheckConstraint(name="payment_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="payment_fee_has_order", condition=Q(order__isnull=False) | Q(purpose="suspense")
            ),
        ]


class SuspenseReason(models.TextChoices):
    """Why money fits nothing (REL-09 to REL-11)."""

    LATE = "late", _("订单关闭后才到账")
    SETTLED = "settled", _("这笔费用已经交过或不用再交")
    AMOUNT = "amount", _("金额与账单不符")
    CURRENCY = "currency", _("币种不是人民币")
    UNMATCHED = "unmatched", _("对不上任何账单")


class SuspenseState(models.TextChoices):
    OPEN = "open", _("待处理")
    APPLIED = "applied", _("已抵账单")
    RETURNING = "returning", _("退款中")
    RETURNED = "returned", _("已退回")
    MOVED = "moved", _("本院资金划转")


SUSPENSE_FLOW = Flow(
    ("apply", {SuspenseState.OPEN}, SuspenseState.APPLIED),
    ("give_back", {SuspenseState.OPEN}, SuspenseState.RETURNING),
    ("keep", {SuspenseState.RETURNING}, SuspenseState.OPEN),
    ("returned", {SuspenseState.RETURNING}, SuspenseState.RETURNED),
    ("book_transfer", {SuspenseState.OPEN}, SuspenseState.MOVED),
    field="state",
)


class Suspense(models.Model):
    """Money received that is nobody's fee yet: made together with its payment, resolved by a bill or by giving it back."""

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    payment = models.OneToOneField(Payment, models.PROTECT, related_name="suspense")
    reason = models.CharField(_("原因"), max_length=10, choices=SuspenseReason)
    state = models.CharField(_("状态"), max_length=10, choices=SuspenseState, default=SuspenseState.OPEN)
    bill = models.ForeignKey(Bill, models.PROTECT, null=True, related_name="suspense")
    note = models.CharField(_("处理说明"), max_length=200, blank=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(StaffPost, models.PROTECT, null=True)

    class Meta:
        verbose_name = _("待处理款")
        constraints = [
            models.CheckConstraint(
                name="suspense_applied_to_a_bill", condition=~Q(state="applied") | Q(bill__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["court", "state"], name="suspense_desk_idx")]


class ReviewKind(models.TextChoices):
    """News of a gateway that cannot be true as it stands (REL-07, REL-08)."""

    CONFLICT = "conflict", _("同一通知编号，内容不同")
    UNKNOWN_ORDER = "unknown_order", _("没有这个订单")
    MERCHANT = "merchant", _("商户号不是本院的")
    IMPOSSIBLE = "impossible", _("与订单状态不符")


class ReviewItem(models.Model):
    """A verified notice that somebody of finance has to look at; ``court`` is None when no order names one, then the
    top court's finance looks."""

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT, null=True)
    kind = models.CharField(_("问题"), max_length=14, choices=ReviewKind)
    gateway = models.CharField(max_length=12)
    event_no = models.CharField(max_length=80)
    body = models.TextField()
    said_sha256 = models.CharField(max_length=64)
    order = models.ForeignKey(Order, models.PROTECT, null=True)
    received_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(StaffPost, models.PROTECT, null=True)
    note = models.CharField(_("处理说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("待核对的网关通知")
        constraints = [
            models.UniqueConstraint(fields=["gateway", "event_no", "said_sha256"], name="review_item_once"),
            models.CheckConstraint(
                name="review_closed_with_words",
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(note=""),
            ),
        ]
        indexes = [models.Index(fields=["court"], name="review_open_idx", condition=Q(closed_at=None))]
