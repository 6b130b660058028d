"""Bills, orders, gateway notices, payments and the double-entry ledger."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Party
from common.fields import EncryptedTextField, PublicIdField, yuan_field
from common.flow import Flow
from courts.models import Court, StaffPost
from documents.models import StoredFile


class BillStatus(models.TextChoices):
    OPEN = "open", _("待交费")
    PAID = "paid", _("已交费")
    VOID = "void", _("已作废")


class Bill(models.Model):
    """What a party has to pay for a case, with the rule version, the inputs and the steps of the calculation."""

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    case = models.ForeignKey(Case, models.PROTECT, related_name="bills")
    party = models.ForeignKey(Party, models.PROTECT, related_name="bills")
    number = models.CharField(_("缴费编号"), max_length=40, unique=True)
    item = models.CharField(_("费用项目"), max_length=40)
    label = models.CharField(_("名称"), max_length=60)
    amount = yuan_field(_("金额"))
    inputs = models.JSONField(default=dict)
    steps = models.JSONField(default=list)
    rule_version = models.CharField(max_length=40)
    status = models.CharField(_("状态"), max_length=6, choices=BillStatus, default=BillStatus.OPEN)
    issued_at = models.DateTimeField()
    due_on = models.DateField(_("最晚交费"))
    paid_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("账单")
        constraints = [
            models.CheckConstraint(name="bill_amount_not_negative", condition=Q(amount__gte=0)),
            models.CheckConstraint(
                name="bill_paid_at_iff_paid",
                condition=Q(status="paid", paid_at__isnull=False) | ~Q(status="paid") & Q(paid_at=None),
            ),
            models.UniqueConstraint(
                fields=["case", "item"], name="bill_one_per_item", condition=~Q(status="void")
            ),
        ]
        indexes = [models.Index(fields=["court", "status", "due_on"], name="bill_chase_idx")]


BILL_FLOW = Flow(("pay", {BillStatus.OPEN}, BillStatus.PAID), ("void", {BillStatus.OPEN}, BillStatus.VOID))


class ReliefKind(models.TextChoices):
    """司法救助 (诉讼费用交纳办法44-47)."""

    DEFER = "defer", _("缓交")
    REDUCE = "reduce", _("减交")
    EXEMPT = "exempt", _("免交")


class ReliefState(models.TextChoices):
    ASKED = "asked", _("等法官决定")
    GRANTED = "granted", _("准予")
    REFUSED = "refused", _("不准予")
    WITHDRAWN = "withdrawn", _("已撤回")


RELIEF_FLOW = Flow(
    ("grant", {ReliefState.ASKED}, ReliefState.GRANTED),
    ("refuse", {ReliefState.ASKED}, ReliefState.REFUSED),
    ("withdraw", {ReliefState.ASKED}, ReliefState.WITHDRAWN),
    field="state",
)


class Relief(models.Model):
    """A payer's request to pay later, less or nothing, with the judge's answer and its reasons (art. 48)."""

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    bill = models.ForeignKey(Bill, models.PROTECT, related_name="reliefs")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reliefs")
    kind = models.CharField(_("申请什么"), max_length=8, choices=ReliefKind)
    ground = models.CharField(_("理由"), max_length=100)
    words = EncryptedTextField(_("家庭和收入情况"))
    state = models.CharField(_("状态"), max_length=10, choices=ReliefState, default=ReliefState.ASKED)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(StaffPost, models.PROTECT, null=True, related_name="reliefs")
    reasons = models.TextField(_("决定的理由"), blank=True)
    reduce_pct = models.DecimalField(_("减交的比例"), max_digits=5, decimal_places=2, null=True)
    defer_until = models.DateField(_("缓交到哪一天"), null=True)

    class Meta:
        verbose_name = _("缓减免申请")
        constraints = [
            models.UniqueConstraint(
                fields=["bill"], name="relief_one_open_per_bill", condition=Q(state="asked")
            ),
            models.CheckConstraint(
                name="relief_decided_with_reasons",
                condition=Q(state__in=["asked", "withdrawn"])
                | Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(reasons=""),
            ),
        ]
        indexes = [models.Index(fields=["court", "state"], name="relief_desk_idx")]


class ReliefPaper(models.Model):
    """A proof that belongs to a request."""

    relief = models.ForeignKey(Relief, models.PROTECT, related_name="papers")
    file = models.OneToOneField(StoredFile, models.PROTECT)
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = _("缓减免证明")


class OrderState(models.TextChoices):
    """States only move forward (REL-08)."""

    CREATED = "created", _("已生成")
    PENDING = "pending", _("等待付款")
    UNKNOWN = "unknown", _("正在确认，请勿重复支付")
    PAID = "paid", _("已付款")
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
    state = models.CharField(max_length=8, choices=OrderState, default=OrderState.CREATED)
    pay_url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    next_query_at = models.DateTimeField(null=True)
    queries = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("支付订单")
        constraints = [
            models.CheckConstraint(name="order_amount_positive", condition=Q(amount__gt=0)),
            models.UniqueConstraint(
                fields=["bill", "gateway"],
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
    field="state",
)


class GatewayNotice(models.Model):
    """One verified message of a gateway as received (REL-06, REL-07). Never changed."""

    append_only = True

    gateway = models.CharField(max_length=12)
    event_no = models.CharField(max_length=80)
    body = models.TextField()
    body_sha256 = models.CharField(max_length=64)
    outcome = models.CharField(_("处理结果"), max_length=20)
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = _("网关通知")
        constraints = [models.UniqueConstraint(fields=["gateway", "event_no"], name="notice_event_unique")]


class Payment(models.Model):
    """Money that a gateway confirmed, counted once per gateway transaction. Never changed."""

    append_only = True

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    order = models.ForeignKey(Order, models.PROTECT, related_name="payments")
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
        ]


class Account(models.TextChoices):
    """Accounts of the ledger; every court has its own set."""

    CLEARING = "clearing", _("网关待清算")
    FEES = "fees", _("诉讼费收入")
    SUSPENSE = "suspense", _("待处理款")


class Journal(models.Model):
    """One entry of the ledger with at least two lines; debits equal credits (REL-02). Never changed."""

    append_only = True

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    payment = models.OneToOneField(Payment, models.PROTECT, related_name="journal")
    note = models.CharField(max_length=100)
    posted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("记账凭证")


class Line(models.Model):
    """One line of a journal: a positive amount and a direction. Never changed."""

    append_only = True

    journal = models.ForeignKey(Journal, models.PROTECT, related_name="lines")
    account = models.CharField(max_length=12, choices=Account)
    direction = models.CharField(max_length=6, choices=[("debit", _("借")), ("credit", _("贷"))])
    amount = yuan_field(_("金额"))
    bill = models.ForeignKey(Bill, models.PROTECT, null=True)

    class Meta:
        verbose_name = _("分录")
        constraints = [models.CheckConstraint(name="line_amount_positive", condition=Q(amount__gt=0))]
