"""网上立案: the application from draft to the court's decision."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import IdKind
from cases.models import PartyKind, PhoneOrigin, Side
from common.fields import EncryptedTextField, PublicIdField, yuan_field
from common.flow import Flow
from courts.models import Cause, Court, StaffPost
from documents.models import StoredFile


class FilingStatus(models.TextChoices):
    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待审查")
    RETURNED = "returned", _("待补正")
    ACCEPTED = "accepted", _("已立案")
    WITHDRAWN = "withdrawn", _("已撤回")


S = FilingStatus
FILING_FLOW = Flow(
    ("submit", {S.DRAFT, S.RETURNED}, S.SUBMITTED),
    ("return", {S.SUBMITTED}, S.RETURNED),
    ("accept", {S.SUBMITTED}, S.ACCEPTED),
    ("withdraw", {S.DRAFT, S.SUBMITTED, S.RETURNED}, S.WITHDRAWN),
)


class Filing(models.Model):
    """One application. ``court`` took it in, ``deciding_court`` decides.

    ``answers`` holds what the element form asks about the dispute, per task and field key; the people stand in
    ``FilingParty`` because their numbers are encrypted. ``number`` (申请编号) is given at the first sending.
    """

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT, related_name="filings_taken")
    deciding_court = models.ForeignKey(Court, models.PROTECT, related_name="filings_deciding")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="filings")
    number = models.CharField(_("申请编号"), max_length=20, null=True)
    status = models.CharField(_("状态"), max_length=10, choices=FilingStatus, default=S.DRAFT)
    procedure = models.CharField(_("程序"), max_length=40)
    form = models.CharField(_("诉状类型"), max_length=40)
    cause = models.ForeignKey(Cause, models.PROTECT)
    amount = yuan_field(_("标的总额"), null=True)
    precheck = models.JSONField(_("预检回答"), default=dict)
    answers = models.JSONField(_("诉状内容"), default=dict)
    e_delivery = models.BooleanField(_("同意电子送达"), null=True)
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField(_("最后保存"))
    submitted_at = models.DateTimeField(_("提交时间"), null=True)
    first_submitted_at = models.DateTimeField(_("首次提交时间"), null=True)
    due_on = models.DateField(_("最晚答复"), null=True)
    decided_at = models.DateTimeField(_("决定时间"), null=True)
    claimed_by = models.ForeignKey(StaffPost, models.PROTECT, null=True, related_name="claimed_filings")
    claimed_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(_("领取次数"), default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("立案申请")
        constraints = [
            models.UniqueConstraint(fields=["court", "number"], name="filing_number_unique"),
            models.CheckConstraint(
                name="filing_decided_at_iff_decided",
                condition=Q(status="accepted", decided_at__isnull=False)
                | ~Q(status="accepted") & Q(decided_at=None),
            ),
            models.CheckConstraint(
                name="filing_number_iff_sent", condition=Q(number=None) | Q(first_submitted_at__isnull=False)
            ),
            models.CheckConstraint(
                name="filing_submitted_complete",
                condition=~Q(status="submitted")
                | Q(number__isnull=False, submitted_at__isnull=False, due_on__isnull=False),
            ),
        ]
        indexes = [
            # the clerk's queue: oldest due first
            models.Index(fields=["deciding_court", "status", "due_on", "id"], name="filing_queue_idx"),
            models.Index(fields=["applicant", "-id"], name="filing_applicant_idx"),
        ]

    def __str__(self) -> str:
        return self.number or str(self.public_id)


class FilingParty(models.Model):
    """One person or organisation named in an application, with the fields of the element form."""

    public_id = PublicIdField()
    filing = models.ForeignKey(Filing, models.CASCADE, related_name="parties")
    side = models.CharField(max_length=10, choices=Side)
    order = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=8, choices=PartyKind, default=PartyKind.NATURAL)
    name = models.CharField(_("姓名或名称"), max_length=100)
    gender = models.CharField(_("性别"), max_length=4, blank=True)
    born_on = models.DateField(_("出生日期"), null=True)
    ethnicity = models.CharField(_("民族"), max_length=20, blank=True)
    employer = models.CharField(_("工作单位"), max_length=100, blank=True)
    job = models.CharField(_("职务"), max_length=60, blank=True)
    legal_representative = models.CharField(_("法定代表人"), max_length=100, blank=True)
    id_kind = models.CharField(_("证件类型"), max_length=24, choices=IdKind, blank=True)
    id_number = EncryptedTextField(_("证件号码"), blank=True)
    phone = EncryptedTextField(_("电话"), blank=True)
    phone_origin = models.CharField(max_length=12, choices=PhoneOrigin, blank=True)
    address = models.CharField(_("住所地"), max_length=300, blank=True)
    usual_address = models.CharField(_("经常居住地"), max_length=300, blank=True)
    registered_address = models.CharField(_("注册地"), max_length=300, blank=True)
    organisation_type = models.CharField(_("单位类型"), max_length=40, blank=True)
    ownership = models.CharField(_("所有制性质"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("申请中的当事人")
        ordering = ["filing_id", "side", "order"]
        constraints = [
            models.UniqueConstraint(fields=["filing", "side", "order"], name="filingparty_order_unique")
        ]


class FilingMaterial(models.Model):
    """A file put into a slot of the materials list (slot codes of ``guides`` materials)."""

    public_id = PublicIdField()
    filing = models.ForeignKey(Filing, models.CASCADE, related_name="materials")
    slot = models.CharField(_("材料"), max_length=40)
    file = models.OneToOneField(StoredFile, models.PROTECT)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("材料")
        ordering = ["slot", "id"]


class Submission(models.Model):
    """What was sent, each time it was sent, exactly: the content sealed, its hash in clear. Never changed."""

    append_only = True

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="submissions")
    round = models.PositiveSmallIntegerField(_("第几次"))
    content = EncryptedTextField(_("内容"))
    content_sha256 = models.CharField(max_length=64)
    submitted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("提交记录")
        constraints = [models.UniqueConstraint(fields=["filing", "round"], name="submission_round_unique")]


class CorrectionNotice(models.Model):
    """一次性补正通知: everything missing, told once (登记立案规定7; R-15). Never changed."""

    append_only = True

    public_id = PublicIdField()
    filing = models.ForeignKey(Filing, models.PROTECT, related_name="notices")
    round = models.PositiveSmallIntegerField(_("第几次"))
    words = models.TextField(_("补充说明"), blank=True)
    reason_for_repeat = models.TextField(_("再次补正的理由"), blank=True)
    due_on = models.DateField(_("补正期限"))
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(StaffPost, models.PROTECT)

    class Meta:
        verbose_name = _("补正通知")
        constraints = [
            models.UniqueConstraint(fields=["filing", "round"], name="notice_round_unique"),
            models.CheckConstraint(
                name="notice_repeat_has_reason", condition=Q(round=1) | ~Q(reason_for_repeat="")
            ),
        ]


class CorrectionItem(models.Model):
    """One defect of a notice, tied to the task and material slot where it is fixed. Never changed."""

    append_only = True

    notice = models.ForeignKey(CorrectionNotice, models.PROTECT, related_name="items")
    defect = models.CharField(_("问题"), max_length=40)
    task = models.CharField(_("所属步骤"), max_length=20)
    slot = models.CharField(_("材料"), max_length=40, blank=True)
    title = models.CharField(_("要补什么"), max_length=100)
    why = models.CharField(_("为什么"), max_length=300)
    how = models.CharField(_("怎么补"), max_length=300)

    class Meta:
        verbose_name = _("补正事项")
        ordering = ["id"]
