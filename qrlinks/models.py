"""The one code of a case, scans and what people report about codes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Party
from common.fields import PublicIdField
from common.keyed import TOKEN, KeyedField
from courts.models import Court, StaffPost
from documents.models import Copy


class CaseCode(models.Model):
    """The code of a case: one switch over the tokens of all its copies. Made together with the case.

    ``ends_at`` is set when the case is closed, by the court's setting; from then on nobody gets in by scan.
    """

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    case = models.OneToOneField(Case, models.PROTECT, related_name="code")
    is_on = models.BooleanField(_("启用"), default=True)
    created_at = models.DateTimeField()
    ends_at = models.DateTimeField(_("停用时间"), null=True)

    class Meta:
        verbose_name = _("案件二维码")


class OffReason(models.TextChoices):
    """Why a code was switched off; short words that may stand in the record."""

    LOST = "lost", _("文书遗失")
    WRONG_PERSON = "wrong_person", _("送错了人")
    SUSPICIOUS = "suspicious", _("被仿冒或者有人乱猜")
    AUTHORITY_ENDED = "authority_ended", _("代理权已终止")
    PHONE_CHANGED = "phone_changed", _("当事人的手机号换了")
    CASE_CLOSED = "case_closed", _("案件已结")
    OTHER = "other", _("其他")


class CodeSwitch(models.Model):
    """The code of a whole case was switched off or on again. Never changed."""

    append_only = True

    code = models.ForeignKey(CaseCode, models.PROTECT, related_name="switches")
    on = models.BooleanField(_("启用"))
    reason = models.CharField(_("原因"), max_length=16, choices=OffReason, blank=True)
    by = models.ForeignKey(StaffPost, models.PROTECT)
    happened_at = models.DateTimeField()

    class Meta:
        verbose_name = _("案件二维码的停用和启用")
        constraints = [
            models.CheckConstraint(
                name="codeswitch_off_has_reason",
                condition=Q(on=True, reason="") | Q(on=False) & ~Q(reason=""),
            )
        ]


class VerificationState(models.TextChoices):
    OPEN = "open", _("核对中")
    PASSED = "passed", _("已通过")
    FAILED = "failed", _("未通过")


class Verification(models.Model):
    """One visitor's try to prove who he is after a scan. Kept for matching and not matching facts alike.

    ``copy`` and ``party`` are empty when nothing matched; the visitor never learns which (SEC-06, SEC-22).
    """

    public_id = PublicIdField()
    copy = models.ForeignKey(Copy, models.PROTECT, null=True)
    party = models.ForeignKey(Party, models.PROTECT, null=True)
    challenge = models.UUIDField(_("验证码"), null=True)
    browser = KeyedField(ring=TOKEN)
    state = models.CharField(max_length=8, choices=VerificationState, default=VerificationState.OPEN)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("扫码核验")
        constraints = [
            models.CheckConstraint(
                name="verification_finished_iff_not_open",
                condition=Q(state="open", finished_at=None) | ~Q(state="open") & Q(finished_at__isnull=False),
            )
        ]


class VisitWay(models.TextChoices):
    PHONE = "phone", _("手机验证码")
    COUNTER = "counter", _("窗口核对身份")


class Visit(models.Model):
    """A verified scan visit: shown to the party itself, never to judge or clerk (SEC-35). Never changed."""

    append_only = True

    public_id = PublicIdField()
    case = models.ForeignKey(Case, models.PROTECT)
    party = models.ForeignKey(Party, models.PROTECT)
    copy = models.ForeignKey(Copy, models.PROTECT, null=True)
    way = models.CharField(_("怎样核对"), max_length=8, choices=VisitWay, default=VisitWay.PHONE)
    happened_at = models.DateTimeField()

    class Meta:
        verbose_name = _("扫码访问")
        indexes = [models.Index(fields=["party", "-id"], name="visit_party_idx")]


class ReportKind(models.TextChoices):
    NOT_MINE = "not_mine", _("这不是我的文书")
    SUSPICIOUS = "suspicious", _("可疑的二维码")
    GUESSED = "guessed", _("核对次数太多")
    ALARM = "alarm", _("大量不认识的码")


class CodeReport(models.Model):
    """Somebody tells the court that a paper or a code is wrong; nothing is shown in return. Never changed."""

    append_only = True

    public_id = PublicIdField()
    kind = models.CharField(max_length=12, choices=ReportKind)
    copy = models.ForeignKey(Copy, models.PROTECT, null=True)
    words = models.CharField(_("说明"), max_length=500, blank=True)
    happened_at = models.DateTimeField()

    class Meta:
        verbose_name = _("二维码报告")


class ReportState(models.TextChoices):
    NEW = "new", _("待处理")
    TAKEN = "taken", _("处理中")
    SETTLED = "settled", _("已处理")


class ReportFinding(models.TextChoices):
    """What came out of a report."""

    OURS = "ours", _("是法院的码，没有问题")
    WRONG_PERSON = "wrong_person", _("送错了人，已通知重新送达")
    SWITCHED_OFF = "switched_off", _("已停用这份文书的码")
    FAKE = "fake", _("是仿冒的，已报告公安或相关单位")
    NOTHING = "nothing", _("查不清，记录备查")


class ReportStep(models.Model):
    """Somebody took a report or settled it; the newest step is its state. Never changed."""

    append_only = True

    report = models.ForeignKey(CodeReport, models.PROTECT, related_name="steps")
    state = models.CharField(max_length=8, choices=ReportState)
    finding = models.CharField(_("结果"), max_length=12, choices=ReportFinding, blank=True)
    words = models.CharField(_("说明"), max_length=500, blank=True)
    by = models.ForeignKey(StaffPost, models.PROTECT)
    happened_at = models.DateTimeField()

    class Meta:
        verbose_name = _("二维码报告的处理")
        constraints = [
            models.UniqueConstraint(fields=["report", "state"], name="reportstep_once"),
            models.CheckConstraint(
                name="reportstep_settled_has_finding",
                condition=Q(state="settled") & ~Q(finding="") | Q(state="taken", finding=""),
            ),
        ]


class CounterPass(models.Model):
    """A person without the phone on file was identified at a counter: a code for one scan login, used once.

    Kept as keyed hash. ``party`` is whom the paper of identity showed, ``copy`` the paper in hand.
    """

    public_id = PublicIdField()
    copy = models.ForeignKey(Copy, models.PROTECT)
    party = models.ForeignKey(Party, models.PROTECT)
    code_hash = KeyedField(ring=TOKEN, unique=True)
    issued_by = models.ForeignKey(StaffPost, models.PROTECT)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("窗口通行码")
