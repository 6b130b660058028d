"""Other ways to the court: appointments and home visits, batches of claims."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common import clock
from common.fields import EncryptedTextField, PublicIdField
from common.flow import Flow
from courts.models import Court, StaffPost
from documents.models import StoredFile
from filing.models.application import Filing


class VisitKind(models.TextChoices):
    """预约立案 at the counter, 上门立案 at home (登记立案规定14)."""

    COUNTER = "counter", _("到窗口")
    HOME = "home", _("请法院上门")


class VisitSlot(models.Model):
    """A time in which the court receives ``capacity`` people, or drives out to them."""

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT, related_name="visit_slots")
    kind = models.CharField(max_length=8, choices=VisitKind)
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    capacity = models.PositiveSmallIntegerField(_("名额"))
    is_open = models.BooleanField(_("可预约"), default=True)

    class Meta:
        verbose_name = _("预约时段")
        constraints = [
            models.UniqueConstraint(fields=["court", "kind", "starts_at"], name="visitslot_unique"),
            models.CheckConstraint(
                name="visitslot_ends_after_start", condition=Q(ends_at__gt=models.F("starts_at"))
            ),
        ]

    @property
    def day(self) -> date:
        """The day in Beijing."""
        return clock.beijing_day(self.starts_at)

    @property
    def words(self) -> str:
        """3月21日（星期五）9:00–9:30, Beijing time."""
        start, end = (at.astimezone(clock.BEIJING) for at in (self.starts_at, self.ends_at))
        return gettext("%(month)s月%(day)s日（星期%(week)s）%(start)s–%(end)s") % {
            "month": start.month,
            "day": start.day,
            "week": "一二三四五六日"[start.weekday()],
            "start": f"{start.hour}:{start:%M}",
            "end": f"{end.hour}:{end:%M}",
        }


class VisitState(models.TextChoices):
    BOOKED = "booked", _("已预约")
    DONE = "done", _("已办理")
    CANCELLED = "cancelled", _("已取消")
    MISSED = "missed", _("未到")


VISIT_FLOW = Flow(
    ("finish", {VisitState.BOOKED}, VisitState.DONE),
    ("cancel", {VisitState.BOOKED}, VisitState.CANCELLED),
    ("miss", {VisitState.BOOKED}, VisitState.MISSED),
    field="state",
)


class Visit(models.Model):
    """One person's appointment; ``post`` is the member of staff who receives or visits."""

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    slot = models.ForeignKey(VisitSlot, models.PROTECT, related_name="visits")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="visits")
    state = models.CharField(max_length=10, choices=VisitState, default=VisitState.BOOKED)
    name = models.CharField(_("姓名"), max_length=100)
    phone = EncryptedTextField(_("电话"))
    address = models.CharField(_("上门地址"), max_length=300, blank=True)
    purpose = models.CharField(_("要办什么"), max_length=300)
    needs = models.CharField(_("需要的帮助"), max_length=200, blank=True)
    post = models.ForeignKey(StaffPost, models.PROTECT, null=True, related_name="visits")
    filing = models.ForeignKey(Filing, models.PROTECT, null=True, related_name="visits")
    booked_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("预约")
        indexes = [models.Index(fields=["court", "state"], name="visit_court_state_idx")]


class BatchState(models.TextChoices):
    READING = "reading", _("检查中")
    CHECKED = "checked", _("待确认")
    SENDING = "sending", _("提交中")
    DONE = "done", _("已完成")
    CANCELLED = "cancelled", _("已取消")


BATCH_FLOW = Flow(
    ("check", {BatchState.READING}, BatchState.CHECKED),
    ("send", {BatchState.CHECKED}, BatchState.SENDING),
    ("finish", {BatchState.SENDING}, BatchState.DONE),
    ("cancel", {BatchState.READING, BatchState.CHECKED}, BatchState.CANCELLED),
    field="state",
)


class Batch(models.Model):
    """Many claims of one applicant in one table; each row becomes an application of its own (DESIGN §3, filing).

    ``next_row`` is where the work goes on after a stop: rows before it are done. ``common`` is what all rows share, as
    JSON: capacity, the plaintiff, the agents, the way papers are delivered, the name under the statement.
    """

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="batches")
    form = models.CharField(_("诉状类型"), max_length=40)
    file = models.OneToOneField(StoredFile, models.PROTECT)
    common = EncryptedTextField(_("共同的内容"), blank=True)
    state = models.CharField(max_length=10, choices=BatchState, default=BatchState.READING)
    total_rows = models.PositiveIntegerField(_("总行数"), default=0)
    next_row = models.PositiveIntegerField(default=0)
    good_rows = models.PositiveIntegerField(_("可提交"), default=0)
    bad_rows = models.PositiveIntegerField(_("有问题"), default=0)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("批量立案")


class BatchMaterial(models.Model):
    """A paper that belongs to every row of a batch (营业执照, 授权委托书): kept once, put into each application."""

    public_id = PublicIdField()
    batch = models.ForeignKey(Batch, models.CASCADE, related_name="materials")
    slot = models.CharField(_("材料"), max_length=40)
    file = models.OneToOneField(StoredFile, models.PROTECT)
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = _("批量立案的共用材料")
        ordering = ["slot", "id"]


class BatchRow(models.Model):
    """One row of a batch: its problems by column, or the application it became."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("行号"))
    values = EncryptedTextField(_("内容"))
    problems = models.JSONField(_("问题"), default=dict)
    filing = models.OneToOneField(Filing, models.PROTECT, null=True, related_name="batch_row")

    class Meta:
        verbose_name = _("批量立案的一行")
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="batchrow_number_unique"),
            models.CheckConstraint(
                name="batchrow_good_becomes_filing", condition=Q(filing=None) | Q(problems={})
            ),
        ]
