"""The court tree, its people, its calendar, its settings and its counters; causes and type codes."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    ArrayField,
    DateRangeField,
    DateTimeRangeField,
    RangeBoundary,
    RangeOperators,
)
from django.db import models
from django.db.models import Func, Q, Value
from django.utils.translation import gettext_lazy as _

from common.actor import Role
from common.fields import PublicIdField
from common.two_people import Proposal, second_person


class CourtLevel(models.TextChoices):
    SUPREME = "supreme", _("最高")
    HIGH = "high", _("高级")
    INTERMEDIATE = "intermediate", _("中级")
    BASIC = "basic", _("基层")


class Court(models.Model):
    """A court; ``code`` is its 法院代字 (法〔2015〕137号)."""

    public_id = PublicIdField()
    code = models.CharField(_("代字"), max_length=12, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    level = models.CharField(_("审级"), max_length=12, choices=CourtLevel)
    city = models.CharField(_("所在市"), max_length=40, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    division_code = models.CharField(_("行政区划代码"), max_length=12, blank=True)
    former_codes = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    phone = models.CharField(_("电话"), max_length=40, blank=True)
    is_open = models.BooleanField(_("已接入"), default=False)

    class Meta:
        verbose_name = _("法院")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Division(models.Model):
    """A division 庭室 of a court: 立案庭, 民事审判第一庭 …"""

    court = models.ForeignKey(Court, models.PROTECT, related_name="divisions")
    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("类别"), max_length=20)

    class Meta:
        verbose_name = _("庭室")
        constraints = [models.UniqueConstraint(fields=["court", "name"], name="division_name_unique")]

    def __str__(self) -> str:
        return self.name


class TsTzRange(Func):
    """``tstzrange(from, until, '[)')`` for exclusion constraints."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class DateRange(Func):
    """``daterange(from, until, '[]')``: both days belong to it."""

    function = "DATERANGE"
    output_field = DateRangeField()


APART = (Role.ADMIN, Role.DISCIPLINE, Role.AUDITOR)
"""System, security and audit administration: three people, so nobody holds posts of two of them at a time (SEC-63)."""
SUPPLIERS_POST = timedelta(days=30)


class StaffPost(models.Model):
    """Who holds which role in which court and division, from when to when. One person can hold several posts."""

    public_id = PublicIdField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="posts")
    court = models.ForeignKey(Court, models.PROTECT, related_name="posts")
    division = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, related_name="posts")
    role = models.CharField(_("角色"), max_length=20)
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"), null=True, blank=True)
    deputy = models.ForeignKey("self", models.SET_NULL, null=True, blank=True)
    case_share = models.PositiveSmallIntegerField(_("分案比例"), default=100)
    """Percent of a full share of new cases: 50 for a head who also judges, 0 for none."""
    specialties = models.JSONField(_("专长案由"), default=list)
    """Codes of causes this judge takes first; sub-causes included."""
    supplier = models.CharField(_("所属公司"), max_length=100, blank=True, db_default="", default="")
    """The company its holder comes from (SEC-63): such a post ends within 30 days. Empty for the court's own people."""

    class Meta:
        verbose_name = _("岗位")
        constraints = [
            models.CheckConstraint(
                name="post_role_known", condition=Q(role__in=[r.value for r in Role if r])
            ),
            models.CheckConstraint(
                name="post_ends_after_start", condition=Q(ends_at=None) | Q(ends_at__gt=models.F("starts_at"))
            ),
            models.CheckConstraint(
                name="post_supplier_ends_in_30_days",
                condition=Q(supplier="")
                | Q(ends_at__isnull=False, ends_at__lte=models.F("starts_at") + SUPPLIERS_POST),
            ),
            ExclusionConstraint(
                name="post_three_administrators",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.NOT_EQUAL),
                    (TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(role__in=[role.value for role in APART]),
            ),
            ExclusionConstraint(
                name="post_no_overlap",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("court", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["court", "role"], name="post_court_role_idx")]


class StaffChangeKind(models.TextChoices):
    START = "start", _("任职")
    END = "end", _("结束岗位")
    ENABLE = "enable", _("重新启用账号")
    PASSWORD = "password", _("重新设置密码")


class StaffChange(Proposal):
    """What one administrator proposes about a member of staff and another agrees to (row 37 of the matrix); never his own.

    A new post has ``role``, ``division``, ``from_on`` (empty: from the agreement on) and ``until_on`` (the last day); the end of one
    has ``post``.
    """

    court = models.ForeignKey(Court, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="staff_changes")
    kind = models.CharField(_("事项"), max_length=8, choices=StaffChangeKind)
    role = models.CharField(_("角色"), max_length=20, blank=True)
    division = models.ForeignKey(Division, models.PROTECT, null=True, related_name="+")
    from_on = models.DateField(_("从"), null=True)
    until_on = models.DateField(_("到"), null=True)
    deputy = models.ForeignKey(StaffPost, models.PROTECT, null=True, related_name="+")
    post = models.ForeignKey(StaffPost, models.PROTECT, null=True, related_name="changes")
    reason = models.CharField(_("理由"), max_length=200)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("人员变动")
        constraints = [
            second_person("staff_change_second_person"),
            models.CheckConstraint(
                name="staff_change_not_own",
                condition=~Q(proposed_by=models.F("user"))
                & (Q(decided_by=None) | ~Q(decided_by=models.F("user"))),
            ),
            models.CheckConstraint(
                name="staff_change_says_what",
                condition=Q(kind="start", post=None) & ~Q(role="")
                | Q(kind="end", post__isnull=False)
                | Q(kind__in=["enable", "password"], post=None),
            ),
            models.UniqueConstraint(
                fields=["user", "kind", "role", "post"],
                name="staff_change_one_open",
                condition=Q(state="proposed"),
                nulls_distinct=False,
            ),
        ]
        indexes = [models.Index(fields=["court", "-id"], name="staff_change_court_idx")]


class Leave(models.Model):
    """Days on which the holder of a post is away and another post of the court answers in his place. Both days count.

    ``ended_at``: he came back early, or it was called off; from that moment it counts no more.
    """

    post = models.ForeignKey(StaffPost, models.PROTECT, related_name="leaves")
    deputy = models.ForeignKey(StaffPost, models.PROTECT, related_name="stands_in")
    from_on = models.DateField(_("从"))
    until_on = models.DateField(_("到"))
    entered_by = models.ForeignKey(StaffPost, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(_("提前结束"), null=True)

    class Meta:
        verbose_name = _("休假与代班")
        constraints = [
            models.CheckConstraint(
                name="leave_ends_after_start", condition=Q(until_on__gte=models.F("from_on"))
            ),
            models.CheckConstraint(name="leave_other_deputy", condition=~Q(deputy=models.F("post"))),
            ExclusionConstraint(
                name="leave_no_overlap",
                expressions=[
                    ("post", RangeOperators.EQUAL),
                    (DateRange("from_on", "until_on", Value("[]")), RangeOperators.OVERLAPS),
                ],
                condition=Q(ended_at=None),
            ),
        ]


class CourtDay(models.Model):
    """A day that differs from the plain week: public holiday or shifted working day. ``court`` empty = national."""

    court = models.ForeignKey(Court, models.PROTECT, null=True, blank=True)
    day = models.DateField(_("日期"))
    is_workday = models.BooleanField(_("上班"))
    name = models.CharField(_("名称"), max_length=40, blank=True)
    source = models.CharField(_("来源"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("节假日与调休")
        constraints = [
            models.UniqueConstraint(fields=["court", "day"], name="courtday_unique", nulls_distinct=False)
        ]


class CourtSetting(models.Model):
    """One setting of one court that differs from the national default (see ``courts.settings``)."""

    court = models.ForeignKey(Court, models.PROTECT, related_name="settings")
    key = models.CharField(_("设置"), max_length=60)
    value = models.JSONField(_("值"))

    class Meta:
        verbose_name = _("法院设置")
        constraints = [models.UniqueConstraint(fields=["court", "key"], name="setting_unique")]


class Counter(models.Model):
    """A number counter, locked inside the deciding transaction so that numbers have no gaps (REL-31).

    ``kind`` and ``scope`` name it: case numbers by year, special mark and type; application numbers by day;
    paper serials by year. Years and days are Beijing's.
    """

    court = models.ForeignKey(Court, models.PROTECT)
    kind = models.CharField(max_length=20)
    scope = models.CharField(max_length=40)
    value = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("编号计数")
        constraints = [models.UniqueConstraint(fields=["court", "kind", "scope"], name="counter_unique")]


class Heartbeat(models.Model):
    """One row: when the portal was last seen answering (``courts.outages``)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    seen_at = models.DateTimeField(_("最近一次正常"))

    class Meta:
        verbose_name = _("运行信号")
        constraints = [models.CheckConstraint(name="heartbeat_one_row", condition=Q(id=1))]


class Outage(models.Model):
    """A time in which nobody saw the portal answer; written by the system itself, never changed (REL-51)."""

    append_only = True

    starts_at = models.DateTimeField(_("最后一次正常"))
    ends_at = models.DateTimeField(_("恢复"))
    recorded_at = models.DateTimeField(_("记录时间"))

    class Meta:
        verbose_name = _("系统故障")
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                name="outage_ends_after_start", condition=Q(ends_at__gt=models.F("starts_at"))
            ),
            ExclusionConstraint(
                name="outage_no_overlap",
                expressions=[(TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS)],
            ),
        ]
        indexes = [models.Index(fields=["ends_at"], name="outage_end_idx")]


class OutageService(models.TextChoices):
    """What people could not do."""

    FILING = "filing", _("提交立案申请")
    MATERIALS = "materials", _("提交答辩、证据和补正材料")
    PAYMENT = "payment", _("交纳诉讼费")
    PAPERS = "papers", _("查看送达的文书")
    MESSAGES = "messages", _("留言和其他申请")


class OutageEntry(Proposal):
    """An outage that the system could not see itself, entered by two people (REL-51): the portal answered, but a service did not.

    ``services`` are values of ``OutageService``. Once agreed it stands in the outage record beside what the system recorded.
    """

    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("恢复"))
    services = ArrayField(models.CharField(max_length=10, choices=OutageService))
    reason = models.CharField(_("原因和依据"), max_length=200)
    proposed_by = models.ForeignKey(StaffPost, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(StaffPost, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("人工登记的系统故障")
        constraints = [
            second_person("outage_entry_second_person"),
            models.CheckConstraint(
                name="outage_entry_ends_after_start", condition=Q(ends_at__gt=models.F("starts_at"))
            ),
            models.CheckConstraint(name="outage_entry_names_services", condition=Q(services__len__gt=0)),
        ]
        indexes = [models.Index(fields=["ends_at"], name="outage_entry_end_idx", condition=Q(state="agreed"))]


class TrailRelease(Proposal):
    """Two people let acceptance and delivery go on for a day although nobody outside witnesses the trail (``courts.trail_services``)."""

    reason = models.CharField(_("理由"), max_length=200)
    proposed_by = models.ForeignKey(StaffPost, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(StaffPost, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("留痕中断时的放行")
        constraints = [
            second_person("trail_release_second_person"),
            models.UniqueConstraint(
                fields=["state"], name="trail_release_one_open", condition=Q(state="proposed")
            ),
        ]


class CauseVersion(models.TextChoices):
    CIVIL_2025 = "2025", _("民事案由（2026年1月1日起施行）")
    CIVIL_2020 = "2020", _("民事案由（2021年至2025年）")
    ADMINISTRATIVE = "administrative", _("行政案由")


class Cause(models.Model):
    """A cause of action 案由 (法〔2025〕226号; 法发〔2020〕44号)."""

    code = models.CharField(_("编码"), max_length=40, unique=True)
    version = models.CharField(_("版本"), max_length=14, choices=CauseVersion)
    level = models.PositiveSmallIntegerField(_("级"))
    number = models.CharField(_("编号"), max_length=20, blank=True)
    name = models.CharField(_("名称"), max_length=80)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    in_2020_version = models.BooleanField(_("2020年版已有"), default=False)
    sort_order = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("案由")
        ordering = ["sort_order"]

    def __str__(self) -> str:
        return self.name


class CaseType(models.Model):
    """A kind of case and its type code 类型代字 (法〔2015〕137号). Several kinds may share a code."""

    class_code = models.CharField(_("编号"), max_length=8, unique=True)
    class_name = models.CharField(_("大类"), max_length=40)
    case_type = models.CharField(_("案件类型"), max_length=60)
    type_code = models.CharField(_("代字"), max_length=8)
    portal_relevant = models.BooleanField(default=False)
    fee_rule_hint = models.CharField(max_length=60, blank=True)
    verification = models.CharField(max_length=60, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("案件类型")
        ordering = ["class_code"]
