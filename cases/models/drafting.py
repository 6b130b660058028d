"""A paper that is being written: from the first words to the signed copies."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from common.fields import PublicIdField
from common.flow import Flow
from courts.models import Court, StaffPost
from documents.models import Paper
from documents.rendering.templates import TEMPLATES


class DraftState(models.TextChoices):
    DRAFT = "draft", _("起草中")
    SUBMITTED = "submitted", _("待签发")
    RETURNED = "returned", _("已退回修改")
    APPROVED = "approved", _("已签发，正在盖章")
    ISSUED = "issued", _("已发出")
    DISCARDED = "discarded", _("已作废")
    QUEUED = "queued", _("排队发出")


_OPEN = {DraftState.DRAFT, DraftState.RETURNED}
PAPER_DRAFT_FLOW = Flow(
    ("submit", _OPEN, DraftState.SUBMITTED),
    ("take_back", {DraftState.SUBMITTED}, DraftState.DRAFT),
    ("return", {DraftState.SUBMITTED}, DraftState.RETURNED),
    ("approve", {DraftState.SUBMITTED}, DraftState.APPROVED),
    ("issue_alone", _OPEN | {DraftState.QUEUED}, DraftState.APPROVED),
    ("queue", {DraftState.DRAFT}, DraftState.QUEUED),
    ("put_back", {DraftState.QUEUED}, DraftState.DRAFT),
    ("seal", {DraftState.APPROVED}, DraftState.ISSUED),
    ("discard", _OPEN, DraftState.DISCARDED),
    field="state",
)


class PaperBatch(models.Model):
    """One kind of paper for many cases at once 批量发文书: each case has its draft, which goes its own way."""

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    template = models.CharField(_("模板"), max_length=40)
    made_by = models.ForeignKey(StaffPost, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("提交时间"))

    class Meta:
        verbose_name = _("批量文书")
        indexes = [
            # the own ones, newest first
            models.Index(fields=["made_by", "-id"], name="paperbatch_post_idx")
        ]


class PaperDraft(models.Model):
    """文书稿. ``fields`` are the texts as typed, by the names of ``documents.rendering.fields``; ``addressees`` public ids
    of those it goes to (``cases.drafting.addressees``). ``writers`` are the users who changed any of it: none of them signs it off where ``second_eyes`` are wanted;
    ``judge_wrote``: the judge is one of them, so that the head of the division signs it off.

    ``version`` counts every change, so that a form and a decision say what they saw.
    """

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    case = models.ForeignKey(Case, models.PROTECT, related_name="drafts")
    template = models.CharField(_("模板"), max_length=40)
    fields = models.JSONField(_("内容"), default=dict)
    addressees = models.JSONField(_("收件人"), default=list)
    second_eyes = models.BooleanField(_("要另一个人签发"))
    corrects = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="corrections")
    state = models.CharField(_("状态"), max_length=10, choices=DraftState, default=DraftState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    writers = models.JSONField(default=list)
    judge_wrote = models.BooleanField(_("法官写过"), default=False)
    drafted_by = models.ForeignKey(StaffPost, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(_("起草时间"))
    submitted_at = models.DateTimeField(_("提交时间"), null=True)
    decided_by = models.ForeignKey(StaffPost, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("签发或者退回的时间"), null=True)
    reason = models.CharField(_("退回的理由"), max_length=500, blank=True)
    batch = models.ForeignKey(PaperBatch, models.PROTECT, null=True, related_name="drafts")
    failure = models.CharField(_("没有发成的原因"), max_length=300, blank=True, default="", db_default="")
    paper = models.OneToOneField(Paper, models.PROTECT, null=True, related_name="draft")

    class Meta:
        verbose_name = _("文书稿")
        constraints = [
            models.CheckConstraint(
                name="paperdraft_paper_iff_approved",
                condition=Q(state__in=["approved", "issued"], paper__isnull=False, decided_by__isnull=False)
                | ~Q(state__in=["approved", "issued"]) & Q(paper=None),
            ),
            models.CheckConstraint(
                name="paperdraft_second_eyes",
                condition=Q(second_eyes=False) | Q(decided_by=None) | ~Q(decided_by=models.F("drafted_by")),
            ),
            models.CheckConstraint(
                name="paperdraft_returned_says_why", condition=~Q(state="returned") | ~Q(reason="")
            ),
        ]
        indexes = [
            # what waits for the judge of a case
            models.Index(fields=["case", "state"], name="paperdraft_case_idx")
        ]

    def __str__(self) -> str:
        return self.get_state_display()

    @property
    def title(self) -> str:
        """What the paper is called, printed on its top."""
        return TEMPLATES[self.template].title


class DraftVersion(models.Model):
    """The text as it was handed in for signing off, each time. Never changed: the next reader sees what is new."""

    append_only = True

    draft = models.ForeignKey(PaperDraft, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    fields = models.JSONField()
    addressees = models.JSONField()
    written_by = models.ForeignKey(StaffPost, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = _("文书稿的版本")
        ordering = ["draft_id", "number"]
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="draftversion_unique")]
