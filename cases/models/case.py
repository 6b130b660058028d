"""The case and the court people who have it: the centre everything else refers to."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from common.fields import PublicIdField, yuan_field
from common.flow import Flow
from courts.models import Cause, Court, Division, StaffPost


class Stage(models.TextChoices):
    """Fixed stages of a case as people see them (UX §4, stage tracker)."""

    ACCEPTED = "accepted", _("立案")
    PAID = "paid", _("缴费")
    SERVED = "served", _("送达")
    HEARING = "hearing", _("开庭")
    CLOSED = "closed", _("结案")


class Track(models.TextChoices):
    """繁简分流: which procedure the case takes (民诉法160, 165; 解释256-283)."""

    SMALL_CLAIM = "small_claim", _("小额诉讼程序")
    SUMMARY = "summary", _("简易程序")
    ORDINARY = "ordinary", _("普通程序")
    OTHER = "other", _("其他程序")


class Case(models.Model):
    """A case 案件. It never changes court: appeal, retrial and enforcement are new cases joined by links."""

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    number = models.CharField(_("案号"), max_length=60, unique=True)
    year = models.PositiveSmallIntegerField()
    special = models.CharField(max_length=2, blank=True)
    type_code = models.CharField(max_length=8)
    sequence = models.PositiveIntegerField()
    cause = models.ForeignKey(Cause, models.PROTECT)
    procedure = models.CharField(_("程序"), max_length=40)
    amount = yuan_field(_("标的额"), null=True)
    track = models.CharField(_("适用程序"), max_length=12, choices=Track, default=Track.ORDINARY)
    track_reasons = models.JSONField(_("分流理由"), default=list)
    stage = models.CharField(_("阶段"), max_length=10, choices=Stage, default=Stage.ACCEPTED)
    division = models.ForeignKey(Division, models.PROTECT, null=True)
    filing_public_id = models.UUIDField(_("立案申请"))
    filing_part = models.PositiveSmallIntegerField(_("申请中的第几案"), default=1)
    accepted_at = models.DateTimeField(_("立案时间"))
    closed_at = models.DateTimeField(_("结案时间"), null=True)

    class Meta:
        verbose_name = _("案件")
        constraints = [
            models.UniqueConstraint(
                fields=["court", "year", "special", "type_code", "sequence"], name="case_number_parts_unique"
            ),
            models.UniqueConstraint(
                fields=["filing_public_id", "filing_part"], name="case_filing_part_unique"
            ),
            models.CheckConstraint(
                name="case_closed_at_iff_closed",
                condition=Q(stage="closed", closed_at__isnull=False) | ~Q(stage="closed") & Q(closed_at=None),
            ),
        ]
        indexes = [models.Index(fields=["court", "-accepted_at"], name="case_court_accepted_idx")]

    def __str__(self) -> str:
        return self.number

    @property
    def counted_files(self) -> tuple[uuid.UUID, ...]:
        """The ids with which files of this case are counted: its own first, then the application it was made of."""
        return (self.public_id, self.filing_public_id)


CASE_FLOW = Flow(
    ("fee_paid", {Stage.ACCEPTED}, Stage.PAID),
    ("served", {Stage.PAID}, Stage.SERVED),
    ("close", {Stage.ACCEPTED, Stage.PAID, Stage.SERVED, Stage.HEARING}, Stage.CLOSED),
    field="stage",
)


class LinkKind(models.TextChoices):
    """How one case follows from or belongs to another (DESIGN §9: a case never changes court)."""

    SAME_SUBMISSION = "same_submission", _("同一次申请")
    APPEAL = "appeal", _("上诉")
    RETRIAL = "retrial", _("再审")
    ENFORCEMENT = "enforcement", _("执行")
    RELATED = "related", _("关联")


class CaseLink(models.Model):
    """A typed link: ``later`` follows from ``earlier``."""

    earlier = models.ForeignKey(Case, models.PROTECT, related_name="later_links")
    later = models.ForeignKey(Case, models.PROTECT, related_name="earlier_links")
    kind = models.CharField(max_length=16, choices=LinkKind)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("案件关联")
        constraints = [
            models.UniqueConstraint(fields=["earlier", "later", "kind"], name="caselink_unique"),
            models.CheckConstraint(name="caselink_two_cases", condition=~Q(earlier=models.F("later"))),
        ]


class CaseRole(models.TextChoices):
    JUDGE = "judge", _("承办法官")
    CLERK = "clerk", _("书记员")
    ASSISTANT = "aide", _("法官助理")


class CaseStaff(models.Model):
    """Judge and case clerk of a case, from when to when."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="staff")
    post = models.ForeignKey(StaffPost, models.PROTECT, related_name="case_roles")
    role = models.CharField(max_length=8, choices=CaseRole)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("承办人员")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "role"], name="case_staff_one_live", condition=Q(ends_at=None)
            )
        ]
        indexes = [models.Index(fields=["post", "ends_at"], name="case_staff_post_idx")]


class JudgeDraw(models.Model):
    """随机分案 on record so that anybody can replay it: rule, seed, everyone considered with weight and why excluded.

    ``candidates`` is a list of ``{"post", "name", "load", "weight", "excluded"}``; the draw is
    ``cases.assignment.choose`` of seed and candidates. Never changed.
    """

    append_only = True

    case = models.ForeignKey(Case, models.PROTECT, related_name="draws")
    rule = models.CharField(_("规则"), max_length=20)
    seed = models.CharField(max_length=64)
    candidates = models.JSONField(_("候选法官"))
    chosen = models.ForeignKey(StaffPost, models.PROTECT, related_name="+")
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    drawn_at = models.DateTimeField()

    class Meta:
        verbose_name = _("分案记录")


SHORTEST_REASON = 10
"""Characters of a typed reason (SEC-18)."""


class ReasonedRead(models.Model):
    """A supervisor read a case that is not his to work on, and said why (SEC-18): open until ``until_at``, kept for good.

    Shown to those who hold the case, with the reason, and to its parties without it. Never changed.
    """

    append_only = True

    public_id = PublicIdField()
    case = models.ForeignKey(Case, models.PROTECT, related_name="reasoned_reads")
    post = models.ForeignKey(StaffPost, models.PROTECT)
    reason = models.CharField(_("查阅理由"), max_length=200)
    opened_at = models.DateTimeField(_("查阅时间"))
    until_at = models.DateTimeField(_("可以看到"))

    class Meta:
        verbose_name = _("凭理由查阅")
        constraints = [
            models.CheckConstraint(
                name="reasonedread_ends_after_start", condition=Q(until_at__gt=models.F("opened_at"))
            ),
            models.CheckConstraint(
                name="reasonedread_says_why", condition=GreaterThanOrEqual(Length("reason"), SHORTEST_REASON)
            ),
        ]
        indexes = [
            # what this post may read now
            models.Index(fields=["post", "-until_at"], name="reasonedread_post_idx"),
            # the list of the week
            models.Index(fields=["-opened_at"], name="reasonedread_time_idx"),
        ]
