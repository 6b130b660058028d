"""Tables of the portal itself: what kind of installation this database belongs to, when its jobs ran, what is held after a restore,
what must not be cleared, which rows were mended by two."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.fields import EncryptedTextField, PublicIdField
from common.flow import Flow
from common.two_people import Proposal, second_person
from documents.models import StoredFile


class Installation(models.Model):
    """One row. A process of another mode refuses this database (DESIGN §9); one that was moved is held (``portal.holding``)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    mode = models.CharField(_("运行方式"), max_length=12)
    database_id = models.CharField(_("数据库所在"), max_length=60, blank=True, db_default="")

    class Meta:
        verbose_name = _("安装")
        constraints = [
            models.CheckConstraint(name="installation_one_row", condition=models.Q(id=1)),
            models.CheckConstraint(
                name="installation_mode_known", condition=models.Q(mode__in=["demo", "test", "production"])
            ),
        ]

    def __str__(self) -> str:
        return self.mode


class Schedule(models.Model):
    """When a job of the timetable last ran (portal.timetable), and what came of it (REL-41)."""

    key = models.CharField(_("任务"), max_length=40, unique=True)
    known_at = models.DateTimeField(_("登记时间"))
    """Since when it should run; a job that never ran is late counted from here."""
    started_at = models.DateTimeField(_("最近一次开始"), null=True)
    finished_at = models.DateTimeField(_("最近一次结束"), null=True)
    succeeded_at = models.DateTimeField(_("最近一次成功"), null=True)
    handled = models.IntegerField(_("处理了几件"), null=True)
    result = models.CharField(_("出错"), max_length=100, blank=True, default="", db_default="")
    """Class of the error of the last run; empty after a good one."""
    failures = models.PositiveIntegerField(_("连续失败"), default=0, db_default=0)

    class Meta:
        verbose_name = _("定时任务")

    def __str__(self) -> str:
        return self.key

    @property
    def good_since(self) -> datetime:
        """The moment from which the next run is reckoned."""
        return self.succeeded_at or self.known_at


class Hold(models.Model):
    """Nothing leaves the house from ``since`` on until it is released; at most one of each kind at a time."""

    public_id = PublicIdField()
    since = models.DateTimeField(_("暂停时间"))
    restored = models.BooleanField(_("恢复备份后"), default=False)
    reason = models.CharField(_("原因"), max_length=200)
    released_at = models.DateTimeField(_("放行时间"), null=True)
    release_reason = models.CharField(_("放行理由"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("对外暂停")
        constraints = [
            models.UniqueConstraint(
                name="one_hold_at_a_time", fields=["restored"], condition=Q(released_at=None)
            ),
            models.CheckConstraint(
                name="hold_released_with_a_reason",
                condition=Q(released_at=None, release_reason="")
                | (Q(released_at__isnull=False) & ~Q(release_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class HeldKind(models.TextChoices):
    PERSON = "person", _("账号")
    CASE = "case", _("案件")
    FILING = "filing", _("立案申请")


class LegalHold(models.Model):
    """Nothing of this person, case or application is cleared or erased while it lasts: a dispute, an inquiry, an order (SEC-68)."""

    public_id = PublicIdField()
    kind = models.CharField(_("对象"), max_length=6, choices=HeldKind)
    thing = models.UUIDField(_("对象编号"))
    reason = models.CharField(_("理由"), max_length=200)
    placed_at = models.DateTimeField(_("开始时间"))
    placed_by_id = models.BigIntegerField(_("决定的人"))
    lifted_at = models.DateTimeField(_("解除时间"), null=True)
    lifted_by_id = models.BigIntegerField(_("解除的人"), null=True)
    lift_reason = models.CharField(_("解除的理由"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("依法保全不得删除")
        constraints = [
            models.UniqueConstraint(
                name="legal_hold_once", fields=["kind", "thing"], condition=Q(lifted_at=None)
            ),
            models.CheckConstraint(
                name="legal_hold_lifted_whole",
                condition=Q(lifted_at=None, lifted_by_id=None, lift_reason="")
                | Q(lifted_at__isnull=False, lifted_by_id__isnull=False) & ~Q(lift_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class KeyMove(models.Model):
    """How far a later key has been laid over the keyed hashes of its ring (common.keyed); `rotate_keys` alone writes it."""

    ring = models.CharField(max_length=8)
    key_id = models.CharField(max_length=8)
    moved_to = models.CharField(_("移到哪里"), max_length=64, blank=True)
    """The last value that has moved; ``~`` when all have."""

    class Meta:
        verbose_name = _("换密钥")
        constraints = [models.UniqueConstraint(name="keymove_once", fields=["ring", "key_id"])]

    def __str__(self) -> str:
        return f"{self.ring}:{self.key_id}"


class DataExport(models.Model):
    """Somebody asked for what is kept of him; the worker makes the file, which is there until ``ends_at`` (SEC-68)."""

    public_id = PublicIdField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="data_exports")
    asked_at = models.DateTimeField(_("申请时间"))
    file = models.OneToOneField(StoredFile, models.PROTECT, null=True, related_name="+")
    ready_at = models.DateTimeField(_("做好时间"), null=True)
    ends_at = models.DateTimeField(_("保存到"), null=True)

    class Meta:
        verbose_name = _("下载我的信息")
        constraints = [
            models.UniqueConstraint(
                name="dataexport_one_waiting", fields=["user"], condition=Q(ready_at=None)
            ),
            models.CheckConstraint(
                name="dataexport_ready_whole",
                condition=Q(file=None, ready_at=None, ends_at=None)
                | Q(file__isnull=False, ready_at__isnull=False, ends_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["user", "-id"], name="dataexport_user_idx")]

    def __str__(self) -> str:
        return str(self.public_id)


class ClosingState(models.TextChoices):
    ASKED = "asked", _("等法院核对")
    PROPOSED = "proposed", _("已核对，等另一个人决定")
    AGREED = "agreed", _("已注销")
    REFUSED = "refused", _("未同意")
    WITHDRAWN = "withdrawn", _("本人不注销了")


ACCOUNT_CLOSING_FLOW = Flow(
    ("propose", {ClosingState.ASKED}, ClosingState.PROPOSED),
    ("agree", {ClosingState.PROPOSED}, ClosingState.AGREED),
    ("refuse", {ClosingState.PROPOSED}, ClosingState.REFUSED),
    ("withdraw", {ClosingState.ASKED, ClosingState.PROPOSED}, ClosingState.WITHDRAWN),
    field="state",
)


class AccountClosing(Proposal):
    """A person wants his account closed and what may go erased: one of the court checks it, another decides (SEC-68)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="closings")
    asked_at = models.DateTimeField(_("申请时间"))
    state = models.CharField(max_length=9, choices=ClosingState, default=ClosingState.ASKED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(null=True)  # type: ignore[assignment]  # nobody has checked it yet
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answer = models.CharField(_("不同意的理由"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("注销账号")
        constraints = [
            models.UniqueConstraint(
                name="accountclosing_one_open", fields=["user"], condition=Q(state__in=["asked", "proposed"])
            ),
            models.CheckConstraint(
                name="accountclosing_second_person",
                condition=Q(state="asked", proposed_by=None, decided_by=None)
                | Q(state="withdrawn", decided_by=None)
                | Q(state="proposed", proposed_by__isnull=False, decided_by=None)
                | Q(state__in=["agreed", "refused"], proposed_by__isnull=False, decided_at__isnull=False)
                & ~Q(decided_by=models.F("proposed_by"))
                & Q(decided_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class Correction(Proposal):
    """Wrong values in the database, mended by two (SEC-47, ``portal.correction_services``).

    ``plan`` is JSON as ``portal.correction_plans`` writes it: which rows, old and new values; encrypted, because they may be about
    people. ``digest`` (SHA-256 over ``salt``, plan, reason and proposer) stands in the events of the trail too. ``court``: whose
    leaders decide; empty for rows of no court.
    """

    court = models.ForeignKey("courts.Court", models.PROTECT, null=True, related_name="+")
    plan = EncryptedTextField(_("更正内容"))
    reason = models.CharField(_("理由"), max_length=200)
    salt = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("数据更正")
        constraints = [second_person("correction_second_person")]
        indexes = [models.Index(fields=["court", "-id"], name="correction_court_idx")]
