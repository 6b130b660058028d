"""The file of a case 案卷: its entries in order, what is kept from whom, its archiving, and requests to read it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from common.fields import PublicIdField
from common.flow import Flow
from courts.models import Court, StaffPost
from documents.models import Copy, Paper, StoredFile
from eventlog.models import Receipt


class Volume(models.TextChoices):
    """正卷 is for the court and the parties, 副卷 for the court alone (人民法院诉讼文书立卷归档办法)."""

    MAIN = "main", _("正卷")
    SIDE = "side", _("副卷")


class Section(models.TextChoices):
    """Parts of a file in their order, after 人民法院诉讼文书立卷归档办法; the second half belongs to the side volume."""

    COMPLAINT = "complaint", _("起诉书和附件")
    FEES = "fees", _("诉讼费用手续")
    NOTICES = "notices", _("受理、应诉等通知")
    DEFENCE = "defence", _("答辩状和附件")
    IDENTITY = "identity", _("身份证明和授权委托手续")
    EVIDENCE = "evidence", _("证据材料")
    PRESERVATION = "preservation", _("保全手续")
    SUMMONS = "summons", _("传票、开庭通知、公告")
    RECORDS = "records", _("调查、调解、庭审笔录")
    ARGUMENTS = "arguments", _("代理词和当事人意见")
    RULINGS = "rulings", _("判决书、裁定书、调解书")
    DELIVERY = "delivery", _("送达回证")
    OTHER = "other", _("其他材料")
    NOTES = "notes", _("阅卷笔录")
    REPORT = "report", _("审理报告")
    INTERNAL = "internal", _("内部请示和批复")
    DELIBERATION = "deliberation", _("合议庭评议笔录")
    COMMITTEE = "committee", _("审判委员会讨论记录")
    DRAFTS = "drafts", _("裁判文书原本和审签稿")
    CLOSED = "closed", _("其他不公开的材料")


SIDE_SECTIONS = (
    Section.NOTES,
    Section.REPORT,
    Section.INTERNAL,
    Section.DELIBERATION,
    Section.COMMITTEE,
    Section.DRAFTS,
    Section.CLOSED,
)
MAIN_SECTIONS = tuple(section for section in Section if section not in SIDE_SECTIONS)
ORDER = {section.value: place for place, section in enumerate(Section)}


class EntryKind(models.TextChoices):
    PAPER = "paper", _("法院文书")
    MATERIAL = "material", _("当事人提交")
    RECORD = "record", _("送达凭证")
    RECEIPT = "receipt", _("电子回执")
    ADDED = "added", _("法院入卷")


class Openness(models.TextChoices):
    """Which parties read an entry of the main volume before any order of a judge."""

    PARTIES = "parties", _("各方当事人")
    OWNERS = "owners", _("提交的一方")
    ADDRESSEES = "addressees", _("收件的一方")


class Entry(models.Model):
    """One document in the file of a case. Never changed: a correction is a new row that ``supersedes`` the old one.

    ``owners`` are the parties it came from or is for. ``source_key`` says what it was made from, so that news told twice
    makes one entry. ``number`` counts in the order of arrival. ``supplement``: it came after the file was archived.
    """

    append_only = True

    public_id = PublicIdField()
    case = models.ForeignKey(Case, models.PROTECT, related_name="file_entries")
    volume = models.CharField(_("卷别"), max_length=4, choices=Volume)
    section = models.CharField(_("类别"), max_length=12, choices=Section)
    number = models.PositiveIntegerField(_("入卷顺序"))
    title = models.CharField(_("名称"), max_length=200)
    kind = models.CharField(_("来源"), max_length=8, choices=EntryKind)
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="file_entries")
    copy = models.ForeignKey(Copy, models.PROTECT, null=True, related_name="file_entries")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="file_entries")
    receipt = models.ForeignKey(Receipt, models.PROTECT, null=True, related_name="+")
    pages = models.PositiveIntegerField(_("页数"), default=1)
    owners = ArrayField(models.BigIntegerField(), default=list)
    openness = models.CharField(_("谁可以看"), max_length=10, choices=Openness)
    filed_at = models.DateTimeField(_("形成或者收到的时间"))
    entered_at = models.DateTimeField(_("入卷时间"))
    entered_by = models.ForeignKey(StaffPost, models.PROTECT, null=True, related_name="+")
    source_key = models.CharField(max_length=120)
    supplement = models.BooleanField(_("补充卷"), default=False)
    withdrawn = models.BooleanField(_("已移出"), default=False)
    reason = models.CharField(_("更正的理由"), max_length=200, blank=True)
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, related_name="superseded_by")

    class Meta:
        verbose_name = _("卷内材料")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "source_key"], name="entry_source_once", condition=Q(supersedes=None)
            ),
            models.UniqueConstraint(
                fields=["case", "number"], name="entry_number_once", condition=Q(supersedes=None)
            ),
            models.CheckConstraint(
                name="entry_one_source",
                condition=Q(paper__isnull=False, copy=None, file=None, receipt=None)
                | Q(paper=None, copy__isnull=False, file=None, receipt=None)
                | Q(paper=None, copy=None, file__isnull=False, receipt=None)
                | Q(paper=None, copy=None, file=None, receipt__isnull=False),
            ),
            models.CheckConstraint(
                name="entry_section_of_volume",
                condition=Q(volume="side", section__in=SIDE_SECTIONS)
                | Q(volume="main") & ~Q(section__in=SIDE_SECTIONS),
            ),
            models.CheckConstraint(
                name="entry_correction_says_why", condition=Q(supersedes=None) | ~Q(reason="")
            ),
        ]
        indexes = [models.Index(fields=["case", "volume"], name="entry_case_idx")]

    def __str__(self) -> str:
        return self.title


class FileWords(models.Model):
    """What stands in an uploaded PDF or Word file, blanks left out, taken once by a worker for searching alone; "" for a scan.

    Made from the file and never shown: who may find it by its words is asked of its entries.
    """

    file = models.OneToOneField(StoredFile, models.CASCADE, related_name="words")
    words = models.TextField(_("文字"))
    taken_at = models.DateTimeField(_("读取时间"))

    class Meta:
        verbose_name = _("材料里的文字")

    def __str__(self) -> str:
        return str(self.file_id)


class Ground(models.TextChoices):
    """Why something is kept from somebody (民诉法71, 137; 解释220)."""

    TRADE_SECRET = "trade_secret", _("商业秘密")
    PRIVACY = "privacy", _("个人隐私")
    MINOR = "minor", _("未成年人")
    STATE_SECRET = "state_secret", _("国家秘密")
    OTHER = "other", _("法律规定的其他情形")


class Restriction(models.Model):
    """A judge's order that an entry, a page or a part of a page is open only to the parties it lists. Never changed: it
    ends by a row that ``lifts`` it.

    ``page`` None: the whole entry, which then is as if it were not there for everybody else. ``boxes``: parts of the page
    as [left, top, right, bottom] in thousandths, empty for the whole page.
    """

    append_only = True

    public_id = PublicIdField()
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="restrictions")
    ground = models.CharField(_("原因"), max_length=12, choices=Ground)
    reason = models.CharField(_("理由"), max_length=300)
    open_to = ArrayField(models.BigIntegerField(), default=list)
    page = models.PositiveIntegerField(_("页"), null=True)
    boxes = models.JSONField(default=list)
    decided_by = models.ForeignKey(StaffPost, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    lifts = models.OneToOneField("self", models.PROTECT, null=True, related_name="lifted_by")

    class Meta:
        verbose_name = _("限制查阅")
        ordering = ["id"]


class Archive(models.Model):
    """The file was bound 归档: its catalogue with page numbers and hashes as it then stood. Never changed."""

    append_only = True

    public_id = PublicIdField()
    case = models.OneToOneField(Case, models.PROTECT, related_name="file_archive")
    catalogue = models.JSONField(_("卷内目录"))
    catalogue_sha256 = models.CharField(max_length=64)
    archived_at = models.DateTimeField(_("归档时间"))
    archived_by = models.ForeignKey(StaffPost, models.PROTECT)

    class Meta:
        verbose_name = _("归档")


class Capacity(models.TextChoices):
    """Who asks to read a file that is not open to him by itself."""

    PARTY = "party", _("本案当事人（案卷已归档）")
    FORMER_AGENT = "former_agent", _("曾经的委托代理人")
    THIRD = "third", _("与案件处理结果有利害关系的人")
    OTHER = "other", _("其他人")


class RequestState(models.TextChoices):
    ASKED = "asked", _("等法院答复")
    GRANTED = "granted", _("同意查阅")
    REFUSED = "refused", _("不同意查阅")
    TAKEN_BACK = "taken_back", _("已撤回")


READING_REQUEST_FLOW = Flow(
    ("grant", {RequestState.ASKED}, RequestState.GRANTED),
    ("refuse", {RequestState.ASKED}, RequestState.REFUSED),
    ("take_back", {RequestState.ASKED}, RequestState.TAKEN_BACK),
    field="state",
)


class ReadingRequest(models.Model):
    """Somebody asks to read a file. ``case`` stays empty when no case of the court has the number he typed: he is told
    the same until the court answers. ``until_at`` is the end of what was granted."""

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="reading_requests")
    number_typed = models.CharField(_("案号"), max_length=60)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reading_requests")
    capacity = models.CharField(_("申请人身份"), max_length=12, choices=Capacity)
    reason = models.CharField(_("查阅的理由"), max_length=500)
    state = models.CharField(_("状态"), max_length=10, choices=RequestState, default=RequestState.ASKED)
    asked_at = models.DateTimeField(_("申请时间"))
    decided_at = models.DateTimeField(_("答复时间"), null=True)
    decided_by = models.ForeignKey(StaffPost, models.PROTECT, null=True, related_name="+")
    answer = models.CharField(_("答复的理由"), max_length=500, blank=True)
    until_at = models.DateTimeField(_("可以看到"), null=True)

    class Meta:
        verbose_name = _("阅卷申请")
        constraints = [
            models.UniqueConstraint(
                fields=["asked_by", "court", "number_typed"],
                name="readingrequest_one_open",
                condition=Q(state="asked"),
            ),
            models.CheckConstraint(
                name="readingrequest_until_iff_granted",
                condition=Q(state="granted", until_at__isnull=False, case__isnull=False)
                | ~Q(state="granted") & Q(until_at=None),
            ),
            models.CheckConstraint(
                name="readingrequest_decided_with_words",
                condition=Q(state__in=["asked", "taken_back"])
                | Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(answer=""),
            ),
        ]
        indexes = [
            # what waits in a court, oldest first
            models.Index(
                fields=["court", "id"], name="readingrequest_waiting_idx", condition=Q(state="asked")
            )
        ]
