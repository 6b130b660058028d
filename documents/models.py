"""Stored files, issued papers with their copies and codes, deliveries 送达 and their facts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from common.fields import EncryptedTextField, PublicIdField
from common.flow import Flow
from courts.models import Court, Division, StaffPost, TsTzRange
from documents.delivery_rules import AddressOrigin, DeliveryMethod, Outcome, in_words


class ScanState(models.TextChoices):
    CHECKING = "checking", _("检查中")
    CLEAN = "clean", _("已检查")
    UNSCANNED = "unscanned", _("未扫描")
    INFECTED = "infected", _("有病毒")


class StoredFile(models.Model):
    """Original bytes under a random key, kept as received with their SHA-256 (SEC-55).

    ``owner_kind`` and ``owner_public_id`` name the row of the app that decides who opens it. ``preview_key`` is a
    cleaned copy for the screen (photo turned upright, EXIF gone, active PDF content dropped).
    """

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    owner_kind = models.CharField(max_length=40)
    owner_public_id = models.UUIDField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    display_name = models.CharField(_("文件名"), max_length=200)
    storage_key = models.CharField(max_length=80, unique=True)
    preview_key = models.CharField(max_length=80, blank=True)
    preview_type = models.CharField(max_length=40, blank=True)
    content_type = models.CharField(max_length=100)
    size_bytes = models.BigIntegerField(_("大小"))
    pages = models.PositiveIntegerField(_("页数"), default=1)
    sha256 = models.CharField(max_length=64)
    scan_state = models.CharField(max_length=10, choices=ScanState, default=ScanState.UNSCANNED)
    scan_tries = models.PositiveIntegerField(default=0, db_default=0)
    received_at = models.DateTimeField(_("收到时间"))

    class Meta:
        verbose_name = _("文件")
        indexes = [
            models.Index(fields=["owner_kind", "owner_public_id"], name="file_owner_idx"),
            # what waits for the scanner
            models.Index(
                fields=["scan_tries", "id"], name="file_checking_idx", condition=Q(scan_state="checking")
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def is_closed(self) -> bool:
        """Nobody but its sender opens it while the scanner has not said anything, and nobody when it is infected (SEC-53)."""
        return self.scan_state in (ScanState.CHECKING, ScanState.INFECTED)

    @property
    def scan_note(self) -> str:
        """What to say behind its name about the virus scan, in brackets; "" when it is clean."""
        return "" if self.scan_state == ScanState.CLEAN else f"（{self.get_scan_state_display()}）"


class PaperState(models.TextChoices):
    REQUESTED = "requested", _("生成中")
    ISSUED = "issued", _("已生成")


class Paper(models.Model):
    """One issued paper 文书, numbered per court and year. Never changed; a corrected one supersedes it.

    ``subject_kind`` and ``subject_public_id`` name what it is about: this app knows no case. ``stream`` is the event
    stream of that subject, where everything that happens to the paper is recorded. ``wording`` is the version of the
    court's own words with which it was made.
    """

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    template = models.CharField(_("模板"), max_length=40)
    title = models.CharField(_("标题"), max_length=100)
    number = models.CharField(_("文书编号"), max_length=40, unique=True)
    subject_kind = models.CharField(max_length=40)
    subject_public_id = models.UUIDField()
    data = models.JSONField(_("内容"))
    stream = models.CharField(_("链"), max_length=80)
    requested_at = models.DateTimeField()
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, blank=True)
    wording = models.ForeignKey("Wording", models.PROTECT, null=True, related_name="papers")
    dedupe_key = models.CharField(max_length=100, unique=True)

    class Meta:
        verbose_name = _("文书")
        indexes = [models.Index(fields=["subject_kind", "subject_public_id"], name="paper_subject_idx")]

    def __str__(self) -> str:
        return self.number

    @property
    def content(self) -> dict[str, Any]:
        """What its pages are printed from: its data, and the court's words as they were when it was made."""
        return self.data | {"wording": self.wording.texts} if self.wording else self.data


class Seal(models.Model):
    """Which certificate seals for a court from when to when, by its name at the signer (docs/adr/0017). A row only ever ends.

    Without ``templates`` it is the court's own seal (院印) and stands on everything. A division's seal stands only on the papers
    that its row lists: what must carry the court's own, rulings above all, is simply not listed.
    """

    court = models.ForeignKey(Court, models.PROTECT, related_name="seals")
    division = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, related_name="seals")
    templates = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    name = models.CharField(_("签章名"), max_length=40)
    certificate = models.TextField(_("证书"))
    fingerprint = models.CharField(_("证书指纹"), max_length=64)
    used_from = models.DateTimeField(_("启用"))
    used_until = models.DateTimeField(_("停用"), null=True, blank=True)

    class Meta:
        verbose_name = _("电子签章")
        constraints = [
            models.CheckConstraint(
                name="seal_of_division_lists_papers",
                condition=Q(division=None, templates=[]) | Q(division__isnull=False) & ~Q(templates=[]),
            ),
            ExclusionConstraint(
                name="seal_one_at_a_time",
                expressions=[
                    ("court", RangeOperators.EQUAL),
                    (Coalesce("division", 0), RangeOperators.EQUAL),
                    (TsTzRange("used_from", "used_until", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Copy(models.Model):
    """One copy of a paper for one addressee, with its own code (SEC-20). Token and service code only as keyed hashes.

    ``addressee_public_id`` is the party; only the holder of a copy addressed to a party may use a phone number that
    the other side named for that party (DESIGN §9). ``sm3`` is the national digest of the same bytes as ``sha256``;
    ``seal`` is the row it was sealed by (None: the installation's own), ``held_since`` says since when a copy waits because
    signer or time stamp do not answer.
    """

    public_id = PublicIdField()
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="copies")
    serial = models.CharField(_("份号"), max_length=50, unique=True)
    addressee_public_id = models.UUIDField()
    addressee_name = models.CharField(_("收件人"), max_length=100)
    addressee_address = models.CharField(_("地址"), max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=PaperState, default=PaperState.REQUESTED)
    token_hash = models.CharField(max_length=64, unique=True, null=True)
    service_code_hash = models.CharField(max_length=64, unique=True, null=True)
    check_code = models.CharField(_("校验码"), max_length=6, blank=True)
    file_key = models.CharField(max_length=80, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    sm3 = models.CharField(max_length=64, blank=True, default="", db_default="")
    seal = models.ForeignKey(Seal, models.PROTECT, null=True, blank=True, related_name="+")
    held_since = models.DateTimeField(_("等电子签章"), null=True)
    issued_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("文书份")
        constraints = [
            models.CheckConstraint(
                name="copy_issued_has_file_and_code",
                condition=Q(state="requested", token_hash=None, issued_at=None)
                | Q(state="issued", token_hash__isnull=False, issued_at__isnull=False) & ~Q(sha256=""),
            )
        ]
        indexes = [
            # the inbox of a party
            models.Index(fields=["addressee_public_id"], name="copy_addressee_idx"),
            # is this file one of ours
            models.Index(fields=["sha256"], name="copy_sha256_idx"),
            # how many wait while sealing is away: nearly always none
            models.Index(fields=["paper"], name="copy_held_idx", condition=Q(held_since__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.serial


COPY_FLOW = Flow(("issue", {PaperState.REQUESTED}, PaperState.ISSUED), field="state")


ORIGINS = [
    (AddressOrigin.OWN.value, _("本人提供或者确认")),
    (AddressOrigin.KNOWN.value, _("能确认是本人的")),
    (AddressOrigin.NAMED.value, _("对方提供")),
]


class OfficeKind(models.TextChoices):
    COURT = "court", _("法院")
    PROCURATORATE = "procuratorate", _("检察院")
    POLICE = "police", _("公安机关")
    REGISTRY = "registry", _("登记机关")
    BANK = "bank", _("银行和支付机构")
    DETENTION = "detention", _("监狱、看守所")
    OTHER = "other", _("其他单位")


class Office(models.Model):
    """An outside office that a court writes to; copies of a letter are addressed to it by ``public_id``."""

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    kind = models.CharField(_("是什么单位"), max_length=13, choices=OfficeKind)
    name = models.CharField(_("单位全称"), max_length=100)
    address = models.CharField(_("地址"), max_length=300)
    phone = models.CharField(_("电话"), max_length=40, blank=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("往来单位")
        constraints = [
            models.UniqueConstraint(
                fields=["court", "name"], condition=Q(retired_at=None), name="office_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("待打印寄送")
    SENT = "sent", _("已发出")
    DELIVERED = "delivered", _("已送达")
    FAILED = "failed", _("未送达")
    REPLACED = "replaced", _("已换新份")


class Delivery(models.Model):
    """The delivery of one copy to one addressee: by inbox after consent, otherwise through the print desk.

    ``other_address`` is where it went, or goes, instead of the address on the copy; ``address_origin`` is of that one, which the
    addressee may have asked the court to keep from the other side (专递规定4); ``phone`` is for the messenger.
    """

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    copy = models.OneToOneField(Copy, models.PROTECT, related_name="delivery")
    method = models.CharField(_("方式"), max_length=12, choices=DeliveryMethod)
    state = models.CharField(_("状态"), max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    address_origin = models.CharField(
        _("地址由谁提供"),
        max_length=5,
        choices=ORIGINS,
        default=AddressOrigin.NAMED.value,
        db_default="named",
    )
    other_address = models.CharField(_("另一个地址"), max_length=300, blank=True, default="", db_default="")
    phone = EncryptedTextField(_("电话"), blank=True, default="", db_default="")
    keeps_address_secret = models.BooleanField(_("地址保密"), default=False, db_default=False)
    due_on = models.DateField(_("最晚发出"), null=True)
    delivered_at = models.DateTimeField(_("送达时间"), null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("送达")
        constraints = [
            models.CheckConstraint(
                name="delivery_delivered_at_iff_delivered",
                condition=Q(state="delivered", delivered_at__isnull=False)
                | ~Q(state="delivered") & Q(delivered_at=None),
            )
        ]
        indexes = [models.Index(fields=["court", "state", "due_on"], name="delivery_desk_idx")]

    def __str__(self) -> str:
        return self.get_state_display()

    @property
    def goes_to(self) -> str:
        """The address; needs the copy."""
        return self.other_address or self.copy.addressee_address


DELIVERY_FLOW = Flow(
    ("send", {DeliveryState.WAITING, DeliveryState.FAILED}, DeliveryState.SENT),
    ("deliver", {DeliveryState.WAITING, DeliveryState.SENT}, DeliveryState.DELIVERED),
    ("fail", {DeliveryState.SENT}, DeliveryState.FAILED),
    ("replace", {DeliveryState.WAITING, DeliveryState.FAILED}, DeliveryState.REPLACED),
    field="state",
)


class DeliveryFactKind(models.TextChoices):
    CREATED = "created", _("已生成")
    SENT = "sent", _("已发出")
    ARRIVED = "arrived", _("已到达收件箱")
    OPENED = "opened", _("已查看")
    SIGNED = "signed", _("已交付")
    TRIED = "tried", _("没有送到")
    RETURNED = "returned", _("被退回")
    OVER = "over", _("公告期满")
    ASKED = "asked", _("要求纸质文书")
    REPLACED = "replaced", _("已换新份")


BY_DAY = {
    DeliveryFactKind.SENT,
    DeliveryFactKind.SIGNED,
    DeliveryFactKind.TRIED,
    DeliveryFactKind.RETURNED,
}


class DeliveryFact(models.Model):
    """One thing that happened to a delivery, never changed (REL-23).

    ``outcome`` is what came of an attempt, ``rule`` the row of ``delivery_rules`` that says what it is worth; ``address`` is
    where a copy was sent.
    """

    append_only = True

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="facts")
    kind = models.CharField(max_length=10, choices=DeliveryFactKind)
    outcome = models.CharField(_("结果"), max_length=13, choices=Outcome, blank=True, db_default="")
    rule = models.CharField(max_length=20, blank=True, db_default="")
    happened_at = models.DateTimeField(_("发生时间"))
    recorded_at = models.DateTimeField(_("记录时间"))
    recorded_by_post = models.BigIntegerField(null=True)
    tracking_no = models.CharField(_("邮件号"), max_length=40, blank=True)
    address = models.CharField(_("寄往的地址"), max_length=300, blank=True, default="", db_default="")
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("送达事实")
        ordering = ["happened_at", "id"]
        indexes = [
            # mail that came back, by its number
            models.Index(fields=["tracking_no"], name="fact_tracking_idx", condition=~Q(tracking_no="")),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def ruling(self) -> str:
        """What this attempt is worth, with its articles; "" where nothing was tried."""
        return in_words(self.rule)

    @property
    def is_by_day(self) -> bool:
        """A paper form, a postmark or a publication knows only the day; the hour is its place in the order."""
        return self.kind == DeliveryFactKind.OVER or (
            self.recorded_by_post is not None and self.kind in BY_DAY
        )


class WordingState(models.TextChoices):
    PROPOSED = "proposed", _("待另一人同意")
    APPROVED = "approved", _("已同意")
    REFUSED = "refused", _("未同意")
    WITHDRAWN = "withdrawn", _("已撤回")


WORDING_FLOW = Flow(
    ("approve", {WordingState.PROPOSED}, WordingState.APPROVED),
    ("refuse", {WordingState.PROPOSED}, WordingState.REFUSED),
    ("withdraw", {WordingState.PROPOSED}, WordingState.WITHDRAWN),
    field="state",
)


class Wording(models.Model):
    """A court's own words in a paper template: ``texts`` by the slots of ``documents.rendering.wording``, in versions.

    Counts from ``effective_on`` once a second person agreed; going back is a new version with the old words.
    """

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    template = models.CharField(_("模板"), max_length=40)
    number = models.PositiveIntegerField(_("版本"))
    texts = models.JSONField(_("用语"))
    note = models.CharField(_("为什么改"), max_length=200)
    effective_on = models.DateField(_("启用日期"))
    state = models.CharField(max_length=10, choices=WordingState, default=WordingState.PROPOSED)
    proposed_by = models.ForeignKey(StaffPost, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(StaffPost, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("文书用语")
        constraints = [
            models.UniqueConstraint(fields=["court", "template", "number"], name="wording_number_unique"),
            models.UniqueConstraint(
                fields=["court", "template"], name="wording_one_proposal", condition=Q(state="proposed")
            ),
            models.CheckConstraint(
                name="wording_second_person",
                condition=Q(
                    state__in=["approved", "refused"], decided_by__isnull=False, decided_at__isnull=False
                )
                & ~Q(decided_by=models.F("proposed_by"))
                | Q(state__in=["proposed", "withdrawn"], decided_by=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.number}"


class DamageKind(models.TextChoices):
    MISSING = "missing", _("缺失")
    CHANGED = "changed", _("内容不符")


class Damage(models.Model):
    """Kept bytes that were missing or changed when somebody looked (SEC-55); ended when they are back.

    ``public_id`` is that of a `StoredFile` or of a `Copy`.
    """

    court = models.ForeignKey(Court, models.PROTECT)
    public_id = models.UUIDField()
    is_paper = models.BooleanField()
    kind = models.CharField(_("情况"), max_length=8, choices=DamageKind)
    found_at = models.DateTimeField(_("发现时间"))
    recovered_at = models.DateTimeField(_("恢复时间"), null=True)

    class Meta:
        verbose_name = _("损坏的文件")
        constraints = [
            models.UniqueConstraint(
                fields=["public_id"], condition=Q(recovered_at=None), name="damage_one_open_per_file"
            )
        ]
        indexes = [models.Index(fields=["court", "recovered_at"], name="damage_court_idx")]

    def __str__(self) -> str:
        return self.get_kind_display()


class FixityRound(models.Model):
    """How far the present comparison of all kept bytes has come; one row for files, one for papers.

    Each run goes on after ``last_pk``; a new round starts on another day when the last one was ended.
    """

    subject = models.CharField(max_length=10, unique=True)
    last_pk = models.BigIntegerField(default=0)
    checked = models.BigIntegerField(_("已核对"), default=0)
    started_at = models.DateTimeField(_("开始"))
    ended_at = models.DateTimeField(_("完成"), null=True)

    class Meta:
        verbose_name = _("完整性核对")

    def __str__(self) -> str:
        return self.subject
