"""The application 立案申请: what its applicant writes, adds and sends."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import IdKind
from cases.models import Case, PartyKind, PhoneOrigin, Side
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
    REFUSAL = "refusal", _("待法官决定")
    REFUSED = "refused", _("不予受理")
    MEDIATING = "mediating", _("先行调解")
    RECEIVED = "received", _("法院已收到")


S = FilingStatus
FILING_FLOW = Flow(
    ("submit", {S.DRAFT, S.RETURNED}, S.SUBMITTED),
    ("return", {S.SUBMITTED}, S.RETURNED),
    ("accept", {S.SUBMITTED}, S.ACCEPTED),
    ("withdraw", {S.DRAFT, S.SUBMITTED, S.RETURNED, S.MEDIATING}, S.WITHDRAWN),
    ("propose_refusal", {S.SUBMITTED}, S.REFUSAL),
    ("decline_refusal", {S.REFUSAL}, S.SUBMITTED),
    ("refuse", {S.REFUSAL}, S.REFUSED),
    ("divert", {S.SUBMITTED}, S.MEDIATING),
    ("resume", {S.MEDIATING}, S.SUBMITTED),
    # a pleading in a running case (答辩状) needs no decision of the court
    ("receive", {S.DRAFT}, S.RECEIVED),
)
DECIDED = (S.ACCEPTED, S.REFUSED, S.RECEIVED)


class Channel(models.TextChoices):
    """Which way an application came in (登记立案规定14; R-20)."""

    ONLINE = "online", _("网上")
    COUNTER = "counter", _("窗口代录")
    HOME_VISIT = "home_visit", _("上门立案")
    CROSS = "cross", _("跨域立案")
    BATCH = "batch", _("批量立案")
    API = "api", _("接口提交")


class Capacity(models.TextChoices):
    """In what capacity the account that files acts for the applicant (民诉法60-62)."""

    SELF = "self", _("我就是当事人本人")
    ORGANISATION = "organisation", _("我替单位办（法定代表人或单位工作人员）")
    AGENT = "agent", _("我是委托代理人")
    GUARDIAN = "guardian", _("我是监护人（法定代理人）")
    DEPUTY = "deputy", _("我是推选的代表人")


class AgentKind(models.TextChoices):
    """Who may act for a party (民诉法60, 61; 解释85-87)."""

    LAWYER = "lawyer", _("律师")
    LEGAL_WORKER = "legal_worker", _("基层法律服务工作者")
    RELATIVE = "relative", _("近亲属")
    EMPLOYEE = "employee", _("本单位工作人员")
    RECOMMENDED = "recommended", _("社区、单位或社会团体推荐的公民")


class Power(models.TextChoices):
    GENERAL = "general", _("一般授权")
    SPECIAL = "special", _("特别授权")


class Filing(models.Model):
    """One application. ``court`` took it in, ``deciding_court`` decides.

    ``answers`` holds what the element form asks about the dispute, per task and field key; the people stand in
    ``FilingParty`` because their numbers are encrypted. ``number`` (申请编号) is given at the first sending.
    ``materials_follow``: it was handed in while the storage took no files; papers are added until the court decides (REL-50).
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
    capacity = models.CharField(_("申请人身份"), max_length=12, choices=Capacity, default=Capacity.SELF)
    channel = models.CharField(_("来源"), max_length=12, choices=Channel, default=Channel.ONLINE)
    entered_by = models.ForeignKey(StaffPost, models.PROTECT, null=True, related_name="entered_filings")
    separate_cases = models.BooleanField(_("每人一案"), default=False)
    origin_case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="follow_up_filings")
    origin_number = models.CharField(_("原案号"), max_length=60, blank=True)
    mediation_consent = models.BooleanField(_("同意先行调解"), null=True)
    mediation_asked_at = models.DateTimeField(_("征求调解意见"), null=True)
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField(_("最后保存"))
    submitted_at = models.DateTimeField(_("提交时间"), null=True)
    first_submitted_at = models.DateTimeField(_("首次提交时间"), null=True)
    due_on = models.DateField(_("最晚答复"), null=True)
    materials_follow = models.BooleanField(_("材料后补"), default=False, db_default=False)
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
                condition=Q(status__in=["accepted", "refused", "received"], decided_at__isnull=False)
                | ~Q(status__in=["accepted", "refused", "received"]) & Q(decided_at=None),
            ),
            models.CheckConstraint(
                name="filing_number_iff_sent", condition=Q(number=None) | Q(first_submitted_at__isnull=False)
            ),
            models.CheckConstraint(
                name="filing_submitted_complete",
                condition=~Q(status__in=["submitted", "refusal", "mediating"])
                | Q(number__isnull=False, submitted_at__isnull=False, due_on__isnull=False),
            ),
        ]
        indexes = [
            # the clerk's queue: oldest due first
            models.Index(fields=["deciding_court", "status", "due_on", "id"], name="filing_queue_idx"),
            models.Index(fields=["applicant", "-id"], name="filing_applicant_idx"),
            # what was decided lately, and what a clerk has in hand, among a million decided ones
            models.Index(
                fields=["deciding_court", "-decided_at", "-id"],
                name="filing_decided_idx",
                condition=Q(decided_at__isnull=False),
            ),
            models.Index(
                fields=["claimed_by", "due_on", "id"],
                name="filing_in_hand_idx",
                condition=Q(status="submitted"),
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(self.public_id)

    @property
    def is_defence(self) -> bool:
        """True for a 答辩状, which answers the pleading of ``origin_case``."""
        return self.form.endswith(".defence")


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
    address_unknown = models.BooleanField(_("下落不明"), default=False)
    guardian_name = models.CharField(_("监护人姓名"), max_length=100, blank=True)
    guardian_relation = models.CharField(_("与当事人的关系"), max_length=40, blank=True)
    guardian_id_number = EncryptedTextField(_("监护人证件号码"), blank=True)
    guardian_phone = EncryptedTextField(_("监护人电话"), blank=True)
    is_deputy = models.BooleanField(_("推选的代表人"), default=False)
    claim = models.CharField(_("本人的请求"), max_length=300, blank=True)
    claim_amount = yuan_field(_("本人请求的金额"), null=True)

    class Meta:
        verbose_name = _("申请中的当事人")
        ordering = ["filing_id", "side", "order"]
        constraints = [
            models.UniqueConstraint(fields=["filing", "side", "order"], name="filingparty_order_unique")
        ]


class FilingAgent(models.Model):
    """Somebody who acts for the applicants of an application: at most two for each of them (民诉法61).

    ``is_applicant`` marks the account's own holder, who is bound to the case as a representative after acceptance.
    """

    public_id = PublicIdField()
    filing = models.ForeignKey(Filing, models.CASCADE, related_name="agents")
    order = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(_("代理人类型"), max_length=12, choices=AgentKind)
    name = models.CharField(_("姓名"), max_length=100)
    firm = models.CharField(_("单位"), max_length=100, blank=True)
    job = models.CharField(_("职务"), max_length=60, blank=True)
    licence = models.CharField(_("执业证号"), max_length=30, blank=True)
    relation = models.CharField(_("与当事人的关系"), max_length=40, blank=True)
    id_number = EncryptedTextField(_("证件号码"), blank=True)
    phone = EncryptedTextField(_("电话"), blank=True)
    power = models.CharField(_("代理权限"), max_length=8, choices=Power)
    is_applicant = models.BooleanField(_("就是填表的人"), default=False)

    class Meta:
        verbose_name = _("委托诉讼代理人")
        ordering = ["filing_id", "order"]
        constraints = [
            models.UniqueConstraint(fields=["filing", "order"], name="filingagent_order_unique"),
            models.UniqueConstraint(
                fields=["filing"], condition=Q(is_applicant=True), name="filingagent_one_applicant"
            ),
        ]


class FilingMaterial(models.Model):
    """A file put into a slot of the materials list (slot codes of ``guides`` materials).

    The common papers of a batch are kept once and lie in every application of that batch (docs/adr/0008).
    """

    public_id = PublicIdField()
    filing = models.ForeignKey(Filing, models.CASCADE, related_name="materials")
    slot = models.CharField(_("材料"), max_length=40)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="filing_materials")
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
