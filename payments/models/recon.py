"""What gateway and bank say of a day, where it differs from the ledger, and the closing of the day (REL-16)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.fields import EncryptedTextField, PublicIdField, yuan_field
from common.flow import Flow
from courts.models import Court, StaffPost
from payments.models.orders import Payment
from payments.models.refunds import RefundPart


class Statement(models.Model):
    """A gateway's bill of a day as downloaded, or a bank list as imported; the same bytes come in once. Never changed.

    A gateway's bill covers the whole installation (``court`` None), a bank list is one court's.
    """

    append_only = True

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT, null=True)
    gateway = models.CharField(max_length=12)
    day = models.DateField(_("日期"))
    sha256 = models.CharField(max_length=64)
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(StaffPost, models.PROTECT, null=True)

    class Meta:
        verbose_name = _("对账单")
        constraints = [
            models.UniqueConstraint(
                fields=["court", "gateway", "day", "sha256"], name="statement_once", nulls_distinct=False
            )
        ]


class RowKind(models.TextChoices):
    PAYMENT = "payment", _("收款")
    REFUND = "refund", _("退款")


class StatementRow(models.Model):
    """One line of a statement in common words, amounts in yuan. Never changed."""

    append_only = True

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="rows")
    line = models.PositiveIntegerField(_("行号"))
    kind = models.CharField(max_length=8, choices=RowKind)
    out_no = models.CharField(_("商户单号"), max_length=40, blank=True)
    transaction_no = models.CharField(_("交易号或流水号"), max_length=80)
    amount = yuan_field(_("金额"))
    fee = yuan_field(_("手续费"), default=0)
    status = models.CharField(max_length=12)
    happened_at = models.DateTimeField()
    payer = EncryptedTextField(_("对方户名"), blank=True)
    summary = models.CharField(_("摘要"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("对账单明细")
        constraints = [models.UniqueConstraint(fields=["statement", "line"], name="statement_line_unique")]
        indexes = [
            models.Index(fields=["transaction_no"], name="statement_row_tx_idx"),
            models.Index(fields=["out_no"], name="statement_row_out_idx", condition=Q(kind="refund")),
        ]


class DifferenceKind(models.TextChoices):
    """The six differences of REL-16."""

    MISSING_HERE = "missing_here", _("对方有，本院没有")
    MISSING_THERE = "missing_there", _("本院有，对方没有")
    AMOUNT = "amount", _("金额不符")
    STATUS = "status", _("状态不符")
    FEE = "fee", _("手续费不符")
    DUPLICATE = "duplicate", _("重复")


class DifferenceState(models.TextChoices):
    OPEN = "open", _("待处理")
    RESOLVED = "resolved", _("已处理")
    GONE = "gone", _("再次对账已相符")


DIFFERENCE_FLOW = Flow(
    ("resolve", {DifferenceState.OPEN}, DifferenceState.RESOLVED),
    ("vanish", {DifferenceState.OPEN}, DifferenceState.GONE),
    ("return", {DifferenceState.GONE}, DifferenceState.OPEN),
    field="state",
)


class Difference(models.Model):
    """One thing that does not agree on a day; another run of the day finds the same row again."""

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT, null=True)
    gateway = models.CharField(max_length=12)
    day = models.DateField(_("日期"))
    kind = models.CharField(_("差异"), max_length=13, choices=DifferenceKind)
    reference = models.CharField(_("单号"), max_length=80)
    ours = yuan_field(_("本院金额"), null=True)
    theirs = yuan_field(_("对方金额"), null=True)
    payment = models.ForeignKey(Payment, models.PROTECT, null=True)
    part = models.ForeignKey(RefundPart, models.PROTECT, null=True)
    state = models.CharField(_("状态"), max_length=8, choices=DifferenceState, default=DifferenceState.OPEN)
    found_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(StaffPost, models.PROTECT, null=True)
    note = models.CharField(_("处理说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("对账差异")
        constraints = [
            models.UniqueConstraint(
                fields=["gateway", "day", "kind", "reference", "court"],
                name="difference_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="difference_resolved_with_words",
                condition=~Q(state="resolved") | Q(resolved_by__isnull=False) & ~Q(note=""),
            ),
        ]
        indexes = [models.Index(fields=["state", "day"], name="difference_desk_idx")]


class DayClose(models.Model):
    """A court's day, closed: sums of the day and balance of every account at its end. Never changed."""

    append_only = True

    court = models.ForeignKey(Court, models.PROTECT)
    day = models.DateField(_("日期"))
    totals = models.JSONField()
    balances = models.JSONField()
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(StaffPost, models.PROTECT)

    class Meta:
        verbose_name = _("日结")
        constraints = [models.UniqueConstraint(fields=["court", "day"], name="day_close_once")]
