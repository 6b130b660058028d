"""Bills and requests to pay them later, less or not at all."""

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


class BillReason(models.TextChoices):
    """When a bill arises: with the case, when more is due later (办法21; 解释199), or at its end (办法20, 29; 解释207)."""

    FIRST = "first", _("受理时交纳")
    TOP_UP = "top_up", _("补交")
    AFTERWARDS = "afterwards", _("结案后交纳")


class Bill(models.Model):
    """What a party has to pay for a case, with the rule version, the inputs and the steps of the calculation."""

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    case = models.ForeignKey(Case, models.PROTECT, related_name="bills")
    party = models.ForeignKey(Party, models.PROTECT, related_name="bills")
    number = models.CharField(_("缴费编号"), max_length=40, unique=True)
    item = models.CharField(_("费用项目"), max_length=40)
    label = models.CharField(_("名称"), max_length=60)
    reason = models.CharField(_("何时交"), max_length=10, choices=BillReason, default=BillReason.FIRST)
    source = models.UUIDField(_("起因"), null=True)
    amount = yuan_field(_("金额"))
    inputs = models.JSONField(default=dict)
    steps = models.JSONField(default=list)
    rule_version = models.CharField(max_length=40)
    status = models.CharField(_("状态"), max_length=6, choices=BillStatus, default=BillStatus.OPEN)
    issued_at = models.DateTimeField()
    due_on = models.DateField(_("最晚交费"))
    part = models.PositiveSmallIntegerField(_("第几期"), default=1)
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
                fields=["case", "party", "item", "reason", "source", "part"],
                name="bill_one_per_item",
                condition=~Q(status="void"),
                nulls_distinct=False,
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
    installments = models.PositiveSmallIntegerField(_("分几期交"), null=True)

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


class OverdueState(models.TextChoices):
    PROPOSED = "proposed", _("等法官决定")
    DEEMED_WITHDRAWN = "deemed", _("按撤诉处理")
    KEPT = "kept", _("给予新的期限")
    SETTLED = "settled", _("已交费，不用处理")


OVERDUE_FLOW = Flow(
    ("deem_withdrawn", {OverdueState.PROPOSED}, OverdueState.DEEMED_WITHDRAWN),
    ("keep", {OverdueState.PROPOSED}, OverdueState.KEPT),
    ("settle", {OverdueState.PROPOSED}, OverdueState.SETTLED),
    field="state",
)


class Overdue(models.Model):
    """A bill whose last day passed unpaid: 按撤诉处理 is proposed to the judge, who decides (立案规定11; 解释199, 213)."""

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    bill = models.OneToOneField(Bill, models.PROTECT, related_name="overdue")
    state = models.CharField(_("状态"), max_length=8, choices=OverdueState, default=OverdueState.PROPOSED)
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(StaffPost, models.PROTECT, null=True)
    reasons = models.TextField(_("决定的理由"), blank=True)

    class Meta:
        verbose_name = _("逾期未交费")
        constraints = [
            models.CheckConstraint(
                name="overdue_decided_with_reasons",
                condition=Q(state__in=["proposed", "settled"])
                | Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(reasons=""),
            ),
        ]
        indexes = [models.Index(fields=["court", "state"], name="overdue_desk_idx")]
