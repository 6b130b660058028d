"""Stored files, issued papers with their copies and codes, deliveries 送达 and their facts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.fields import PublicIdField
from common.flow import Flow
from courts.models import Court
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
    received_at = models.DateTimeField(_("收到时间"))

    class Meta:
        verbose_name = _("文件")
        indexes = [models.Index(fields=["owner_kind", "owner_public_id"], name="file_owner_idx")]

    def __str__(self) -> str:
        return self.display_name


class PaperState(models.TextChoices):
    REQUESTED = "requested", _("生成中")
    ISSUED = "issued", _("已生成")


class Paper(models.Model):
    """One issued paper 文书, numbered per court and year. Never changed; a corrected one supersedes it.

    ``subject_kind`` and ``subject_public_id`` name what it is about: this app knows no case. ``stream`` is the event
    stream of that subject, where everything that happens to the paper is recorded.
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
    dedupe_key = models.CharField(max_length=100, unique=True)

    class Meta:
        verbose_name = _("文书")
        indexes = [models.Index(fields=["subject_kind", "subject_public_id"], name="paper_subject_idx")]

    def __str__(self) -> str:
        return self.number


class Copy(models.Model):
    """One copy of a paper for one addressee, with its own code (SEC-20). Token and service code only as keyed hashes.

    ``addressee_public_id`` is the party; only the holder of a copy addressed to a party may use a phone number that
    the other side named for that party (DESIGN §9).
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
        ]

    def __str__(self) -> str:
        return self.serial


COPY_FLOW = Flow(("issue", {PaperState.REQUESTED}, PaperState.ISSUED), field="state")


ORIGINS = [
    (AddressOrigin.OWN.value, _("本人提供或者确认")),
    (AddressOrigin.KNOWN.value, _("能确认是本人的")),
    (AddressOrigin.NAMED.value, _("对方提供")),
]


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("待打印寄送")
    SENT = "sent", _("已发出")
    DELIVERED = "delivered", _("已送达")
    FAILED = "failed", _("未送达")
    REPLACED = "replaced", _("已换新份")


class Delivery(models.Model):
    """The delivery of one copy to one addressee: by inbox after consent, otherwise through the print desk."""

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

    ``outcome`` is what came of an attempt, ``rule`` the row of ``delivery_rules`` that says what it is worth.
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
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("送达事实")
        ordering = ["happened_at", "id"]

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
