"""What happens to a case on its way: periods, withdrawal, its end, changes of procedure and of claims."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case, Stage, Track
from cases.models.parties import Party
from common.fields import PublicIdField, yuan_field
from common.flow import Flow


class DeadlineState(models.TextChoices):
    RUNNING = "running", _("进行中")
    DONE = "done", _("已完成")
    VOID = "void", _("不再适用")


class CaseDeadline(models.Model):
    """One legal or service period of a case with everything needed to compute it again (deadlines.md §1.10)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="deadlines")
    rule_id = models.CharField(max_length=8)
    label = models.CharField(_("事项"), max_length=80)
    party = models.ForeignKey(Party, models.PROTECT, null=True)
    starts_on = models.DateField(_("起算事实日"))
    due_on = models.DateField(_("届满日"))
    confirmed = models.BooleanField(_("日历已公布"))
    calendar_version = models.CharField(max_length=40)
    source_event = models.UUIDField(_("起算依据"), null=True)
    state = models.CharField(max_length=8, choices=DeadlineState, default=DeadlineState.RUNNING)

    class Meta:
        verbose_name = _("期限")
        ordering = ["due_on", "id"]


class WithdrawalState(models.TextChoices):
    ASKED = "asked", _("等法官决定")
    GRANTED = "granted", _("准许撤诉")
    REFUSED = "refused", _("不准许撤诉")
    TAKEN_BACK = "taken_back", _("已撤回申请")


WITHDRAWAL_FLOW = Flow(
    ("grant", {WithdrawalState.ASKED}, WithdrawalState.GRANTED),
    ("refuse", {WithdrawalState.ASKED}, WithdrawalState.REFUSED),
    ("take_back", {WithdrawalState.ASKED}, WithdrawalState.TAKEN_BACK),
    field="state",
)


class Withdrawal(models.Model):
    """撤诉申请 of a plaintiff or appellant; whether it is allowed is ruled by the judge (民诉法148, 180)."""

    public_id = PublicIdField()
    case = models.ForeignKey(Case, models.PROTECT, related_name="withdrawals")
    party = models.ForeignKey(Party, models.PROTECT, related_name="withdrawals")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="withdrawals")
    words = models.TextField(_("撤诉的理由"))
    state = models.CharField(_("状态"), max_length=10, choices=WithdrawalState, default=WithdrawalState.ASKED)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("courts.StaffPost", models.PROTECT, null=True)
    reasons = models.TextField(_("决定的理由"), blank=True)

    class Meta:
        verbose_name = _("撤诉申请")
        constraints = [
            models.UniqueConstraint(
                fields=["party"], name="withdrawal_one_open_per_party", condition=Q(state="asked")
            ),
            models.CheckConstraint(
                name="withdrawal_decided_with_reasons",
                condition=Q(state__in=["asked", "taken_back"])
                | Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(reasons=""),
            ),
        ]


class Outcome(models.TextChoices):
    """How a case ends (民诉法 结案方式), as far as fees follow from it."""

    WITHDRAWN = "withdrawn", _("准许撤诉")
    DEEMED_WITHDRAWN = "deemed_withdrawn", _("按撤诉处理")
    MEDIATED = "mediated", _("调解结案")
    JUDGED = "judged", _("判决结案")
    DISMISSED = "dismissed", _("驳回起诉")
    CRIMINAL = "criminal", _("移送刑事，民事不再审理")
    TERMINATED = "terminated", _("终结诉讼")
    EXECUTED = "executed", _("执行完毕")
    UNEXECUTED = "unexecuted", _("终结执行")


class Closing(models.Model):
    """How a case ended, once, and at which ``stage``. ``fee_borne`` is the part of the acceptance fee that the prepayer bears by the judgment or
    agreement, yuan, None where the law itself says it; ``obtained`` what an enforcement or bankruptcy brought in.
    ``effective_on`` stays empty until the paper has legal effect, and is the one column that is filled later."""

    public_id = PublicIdField()
    case = models.OneToOneField(Case, models.PROTECT, related_name="closing")
    outcome = models.CharField(_("结案方式"), max_length=16, choices=Outcome)
    stage = models.CharField(_("结案前的阶段"), max_length=10, choices=Stage, default=Stage.ACCEPTED)
    decided_on = models.DateField(_("裁判日期"))
    effective_on = models.DateField(_("生效日期"), null=True)
    fee_borne = yuan_field(_("原告方负担的诉讼费"), null=True)
    obtained = yuan_field(_("执行到位或清算的金额"), null=True)
    words = models.TextField(_("说明"), blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("courts.StaffPost", models.PROTECT)

    class Meta:
        verbose_name = _("结案")
        constraints = [
            models.CheckConstraint(
                name="closing_fee_borne_not_negative", condition=Q(fee_borne=None) | Q(fee_borne__gte=0)
            ),
            models.CheckConstraint(
                name="closing_effective_after_decision",
                condition=Q(effective_on=None) | Q(effective_on__gte=models.F("decided_on")),
            ),
        ]


class TrackChange(models.Model):
    """A change between simplified and ordinary procedure (民诉法170; 解释258). Never changed."""

    append_only = True

    public_id = PublicIdField()
    case = models.ForeignKey(Case, models.PROTECT, related_name="track_changes")
    old = models.CharField(max_length=12, choices=Track)
    new = models.CharField(max_length=12, choices=Track)
    reasons = models.TextField(_("理由"))
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("courts.StaffPost", models.PROTECT)

    class Meta:
        verbose_name = _("程序转换")


class ClaimChange(models.Model):
    """A change of the amount in dispute; ``before_end`` says whether court investigation was still going on (办法21).
    Never changed."""

    append_only = True

    public_id = PublicIdField()
    case = models.ForeignKey(Case, models.PROTECT, related_name="claim_changes")
    old = yuan_field(_("原标的额"))
    new = yuan_field(_("新标的额"))
    before_end = models.BooleanField(_("在法庭调查终结前"))
    reasons = models.TextField(_("理由"))
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("courts.StaffPost", models.PROTECT)

    class Meta:
        verbose_name = _("诉讼请求变更")
