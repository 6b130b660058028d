"""The one code of a case, scans and what people report about codes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Party
from common.fields import PublicIdField
from courts.models import Court
from documents.models import Copy


class CaseCode(models.Model):
    """The code of a case: one switch over the tokens of all its copies. Made together with the case."""

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    case = models.OneToOneField(Case, models.PROTECT, related_name="code")
    is_on = models.BooleanField(_("启用"), default=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("案件二维码")


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
    browser = models.CharField(max_length=64)
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


class Visit(models.Model):
    """A verified scan visit: shown to the party itself, never to judge or clerk (SEC-35). Never changed."""

    append_only = True

    public_id = PublicIdField()
    case = models.ForeignKey(Case, models.PROTECT)
    party = models.ForeignKey(Party, models.PROTECT)
    copy = models.ForeignKey(Copy, models.PROTECT, null=True)
    happened_at = models.DateTimeField()

    class Meta:
        verbose_name = _("扫码访问")
        indexes = [models.Index(fields=["party", "-id"], name="visit_party_idx")]


class ReportKind(models.TextChoices):
    NOT_MINE = "not_mine", _("这不是我的文书")
    SUSPICIOUS = "suspicious", _("可疑的二维码")
    GUESSED = "guessed", _("核对次数太多")


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
