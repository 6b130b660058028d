"""The double-entry ledger. A wrong entry is corrected by a new one, never edited."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.fields import PublicIdField, yuan_field
from courts.models import Court
from payments.models.bills import Bill
from payments.models.orders import Payment
from payments.models.refunds import Refund, RefundPart


class Account(models.TextChoices):
    """Accounts of the ledger; every court has its own set. Only clearing may be negative (REL-03)."""

    CLEARING = "clearing", _("网关待清算")
    CASH = "cash", _("窗口收款")
    BANK = "bank", _("诉讼费专户")
    FEES = "fees", _("诉讼费收入")
    SUSPENSE = "suspense", _("待处理款")
    PAYABLE = "payable", _("应退诉讼费")


class JournalKind(models.TextChoices):
    """What happened, with the two accounts it moves money between (debit, credit)."""

    RECEIPT = "receipt", _("收款")
    APPLY = "apply", _("待处理款抵账单")
    REFUND_DUE = "refund_due", _("批准退费")
    REFUND_PAID = "refund_paid", _("退费付出")
    TRANSFER = "transfer", _("本院资金划转")


class Journal(models.Model):
    """One entry of the ledger with at least two lines; debits equal credits (REL-02). Never changed.

    A receipt, an application and a transfer name their payment, the others their refund, a payout also its part: each happens once.
    """

    append_only = True

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    kind = models.CharField(max_length=12, choices=JournalKind, default=JournalKind.RECEIPT)
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="journals")
    refund = models.ForeignKey(Refund, models.PROTECT, null=True, related_name="journals")
    part = models.ForeignKey(RefundPart, models.PROTECT, null=True, related_name="journals")
    note = models.CharField(max_length=100)
    posted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("记账凭证")
        constraints = [
            models.UniqueConstraint(
                fields=["payment", "kind"],
                name="journal_once_per_payment",
                condition=Q(payment__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["refund", "kind"],
                name="journal_once_per_refund",
                condition=Q(refund__isnull=False, part=None),
            ),
            models.UniqueConstraint(
                fields=["part"], name="journal_once_per_part", condition=Q(part__isnull=False)
            ),
            models.CheckConstraint(
                name="journal_names_its_cause",
                condition=Q(
                    kind__in=["receipt", "apply", "transfer"], payment__isnull=False, refund=None, part=None
                )
                | Q(kind="refund_due", payment=None, refund__isnull=False, part=None)
                | Q(kind="refund_paid", payment=None, refund__isnull=False, part__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["court", "posted_at"], name="journal_day_idx")]


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


class LedgerCheck(models.Model):
    """One nightly look at all books, with what is wrong in them: kind, court and reference of each. Never changed."""

    append_only = True

    checked_at = models.DateTimeField()
    findings = models.JSONField()

    class Meta:
        verbose_name = _("账目核验")
