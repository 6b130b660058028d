"""Money that goes back: what, why, to whom, in which parts, decided by whom."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Party
from common.fields import EncryptedTextField, PublicIdField, yuan_field
from common.flow import Flow
from common.keyed import KeyedField
from courts.models import Court, StaffPost
from payments.models.bills import Bill
from payments.models.orders import Payment


class PayeeAccount(models.Model):
    """A bank account of a party, named for refunds. A changed one ends the old row and waits a day (REL-14).

    Without a party it is the account that a transfer which fits nobody came from, as finance read it in the bank list.
    """

    public_id = PublicIdField()
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="payee_accounts")
    holder = EncryptedTextField(_("户名"))
    bank = models.CharField(_("开户银行"), max_length=100)
    number = EncryptedTextField(_("账号"))
    number_index = KeyedField(db_index=True)
    tail = models.CharField(_("账号末四位"), max_length=4)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="payee_accounts")
    added_at = models.DateTimeField()
    usable_from = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("收款账户")
        constraints = [
            models.UniqueConstraint(fields=["party"], name="payee_one_live", condition=Q(ended_at=None)),
        ]


class RefundReason(models.TextChoices):
    """Why money goes back (诉讼费用交纳办法15, 16, 18, 21, 25-28, 53; 解释207)."""

    WITHDRAWN = "withdrawn", _("撤诉，减半收取")
    MEDIATED = "mediated", _("调解结案，减半收取")
    SIMPLIFIED = "simplified", _("适用简易程序，减半收取")
    WON = "won", _("胜诉，由对方负担")
    DISMISSED = "dismissed", _("驳回起诉等，全额退还")
    CLAIM_REDUCED = "claim_reduced", _("减少诉讼请求，退差额")
    OVERPAID = "overpaid", _("多交或重复交费")
    ASKED = "asked", _("当事人申请")


class RefundState(models.TextChoices):
    """The stages as the person sees them."""

    ASKED = "asked", _("已申请，等财务核对")
    PROPOSED = "proposed", _("等您确认收款方式")
    CONFIRMED = "confirmed", _("等财务复核")
    CHECKED = "checked", _("等财务审批")
    APPROVED = "approved", _("已批准，准备退出")
    SENDING = "sending", _("退款中")
    FAILED = "failed", _("没有退成，正在重办")
    DONE = "done", _("已退回")
    REFUSED = "refused", _("不予退费")


REFUND_ENDED = (RefundState.DONE, RefundState.REFUSED)
RS = RefundState
REFUND_FLOW = Flow(
    ("propose", {RS.ASKED}, RS.PROPOSED),
    ("confirm", {RS.PROPOSED}, RS.CONFIRMED),
    ("return", {RS.CONFIRMED, RS.CHECKED}, RS.PROPOSED),
    ("check", {RS.CONFIRMED}, RS.CHECKED),
    ("approve", {RS.CHECKED}, RS.APPROVED),
    ("send", {RS.APPROVED, RS.FAILED}, RS.SENDING),
    ("fail", {RS.SENDING}, RS.FAILED),
    ("finish", {RS.SENDING}, RS.DONE),
    ("refuse", {RS.ASKED, RS.PROPOSED, RS.CONFIRMED, RS.CHECKED}, RS.REFUSED),
    ("reroute", {RS.FAILED}, RS.CONFIRMED),
    field="state",
)
"""``reroute``: what failed goes to another account, which two people have to look at again."""


class Route(models.TextChoices):
    ORIGINAL = "original", _("原路退回")
    BANK = "bank", _("转到银行账户")


class Refund(models.Model):
    """One refund of a case: the sum with its steps, the 15-day clock, and who decided it.

    Who checks, who approves and who gets the money are different people (REL-14); ``third_by`` is needed above the
    court's ``refund_third_above``.
    """

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="refunds")
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="refunds")
    bill = models.ForeignKey(Bill, models.PROTECT, null=True, related_name="refunds")
    number = models.CharField(_("退费编号"), max_length=40, unique=True)
    reason = models.CharField(_("原因"), max_length=14, choices=RefundReason)
    source = models.UUIDField(
        _("起因"), null=True, help_text="public id of what caused it; with reason: once"
    )
    amount = yuan_field(_("金额"))
    steps = models.JSONField(default=list)
    rule_version = models.CharField(max_length=40, blank=True)
    words = EncryptedTextField(_("申请的理由"), blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="refunds_asked"
    )
    route = models.CharField(_("收款方式"), max_length=8, choices=Route, blank=True)
    account = models.ForeignKey(PayeeAccount, models.PROTECT, null=True)
    account_words = models.CharField(_("多案使用同一账户的说明"), max_length=200, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=RefundState, default=RefundState.ASKED)
    proposed_at = models.DateTimeField()
    due_on = models.DateField(_("最晚退还"))
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    proposed_by = models.ForeignKey(StaffPost, models.PROTECT, null=True, related_name="+")
    checked_by = models.ForeignKey(StaffPost, models.PROTECT, null=True, related_name="+")
    third_by = models.ForeignKey(StaffPost, models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(StaffPost, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    answer = models.TextField(_("给当事人的说明"), blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("退费")
        constraints = [
            models.CheckConstraint(name="refund_amount_positive", condition=Q(amount__gt=0)),
            models.UniqueConstraint(
                fields=["reason", "source", "party"],
                name="refund_once_per_cause",
                condition=Q(source__isnull=False) & ~Q(state="refused"),
            ),
            models.CheckConstraint(
                name="refund_two_people",
                condition=Q(approved_by=None)
                | Q(checked_by__isnull=False) & ~Q(approved_by=models.F("checked_by")),
            ),
            models.CheckConstraint(
                name="refund_third_is_another",
                condition=Q(third_by=None)
                | ~Q(third_by=models.F("checked_by"))
                & (Q(approved_by=None) | ~Q(third_by=models.F("approved_by"))),
            ),
            models.CheckConstraint(
                name="refund_refused_with_words", condition=~Q(state="refused") | ~Q(answer="")
            ),
            models.CheckConstraint(
                name="refund_done_at_iff_done",
                condition=Q(state="done", done_at__isnull=False) | ~Q(state="done") & Q(done_at=None),
            ),
        ]
        indexes = [models.Index(fields=["court", "state", "due_on"], name="refund_desk_idx")]


class PartState(models.TextChoices):
    """A refund part at the gateway or the bank: accepted is not done (REL-13)."""

    WAITING = "waiting", _("待发出")
    SENT = "sent", _("已发出，等结果")
    UNKNOWN = "unknown", _("已发出，结果未知")
    DONE = "done", _("已到账")
    FAILED = "failed", _("被退回")
    DROPPED = "dropped", _("改用其他方式")


PART_LIVE = (PartState.WAITING, PartState.SENT, PartState.UNKNOWN, PartState.DONE, PartState.FAILED)
"""States that hold money of their payment; a dropped part gives it free again."""
PS = PartState
REFUND_PART_FLOW = Flow(
    ("send", {PS.WAITING, PS.FAILED}, PS.SENT),
    ("lose_sight", {PS.SENT}, PS.UNKNOWN),
    ("see_again", {PS.UNKNOWN}, PS.SENT),
    ("finish", {PS.SENT, PS.UNKNOWN, PS.FAILED}, PS.DONE),
    ("fail", {PS.SENT, PS.UNKNOWN}, PS.FAILED),
    ("drop", {PS.WAITING, PS.FAILED}, PS.DROPPED),
    field="state",
)
"""A gateway may still pay out what it called failed before: then the money is with the person."""


class RefundPart(models.Model):
    """What of a refund comes out of one payment, with our own number that is committed before the call (REL-05).

    The live parts of a payment never exceed it (trigger, REL-03); no part goes out without an approved refund.
    """

    public_id = PublicIdField()
    refund = models.ForeignKey(Refund, models.PROTECT, related_name="parts")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="parts")
    out_no = models.CharField(_("商户退款单号"), max_length=40, unique=True)
    route = models.CharField(max_length=8, choices=Route)
    amount = yuan_field(_("金额"))
    state = models.CharField(max_length=8, choices=PartState, default=PartState.WAITING)
    gateway_no = models.CharField(_("网关退款单号或银行流水号"), max_length=80, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    next_query_at = models.DateTimeField(null=True)
    queries = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    failure = models.CharField(_("没有成功的原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("退款单")
        constraints = [
            models.CheckConstraint(name="refund_part_amount_positive", condition=Q(amount__gt=0)),
            models.UniqueConstraint(
                fields=["refund", "payment"], name="refund_part_one_live", condition=~Q(state="dropped")
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_query_at"],
                name="refund_part_poll_idx",
                condition=Q(next_query_at__isnull=False),
            )
        ]


class BankList(models.Model):
    """A list of transfers handed to the bank, fixed in the same act that marks its parts as sent (F-09). Never changed."""

    append_only = True

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    number = models.CharField(_("付款清单编号"), max_length=40, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(StaffPost, models.PROTECT)

    class Meta:
        verbose_name = _("付款清单")
        indexes = [models.Index(fields=["court", "-made_at"], name="banklist_court_idx")]


class BankListRow(models.Model):
    """One transfer of a list, with the account it goes to. Never changed."""

    append_only = True

    list = models.ForeignKey(BankList, models.PROTECT, related_name="rows")
    part = models.ForeignKey(RefundPart, models.PROTECT, related_name="bank_rows")
    account = models.ForeignKey(PayeeAccount, models.PROTECT)

    class Meta:
        verbose_name = _("付款清单行")
        constraints = [models.UniqueConstraint(fields=["list", "part"], name="banklist_part_once")]
