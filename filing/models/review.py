"""What the court does with an application: notices, rulings, hand-overs, views of the desk."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.fields import PublicIdField
from courts.models import Court, StaffPost
from filing.models.application import Filing


class RepeatReason(models.TextChoices):
    """Why a person is told a second time to correct; counted for the supervisor (R-15)."""

    UNANSWERED = "unanswered", _("上次要补的没有补齐")
    NEW_FACTS = "new_facts", _("补来的内容带出新问题")
    OVERLOOKED = "overlooked", _("上次审查漏看了")
    MISTAKEN = "mistaken", _("上次通知写错了")
    OTHER = "other", _("其他原因")


class CorrectionNotice(models.Model):
    """一次性补正通知: everything missing, told once (登记立案规定7; R-15). Never changed."""

    append_only = True

    public_id = PublicIdField()
    filing = models.ForeignKey(Filing, models.PROTECT, related_name="notices")
    round = models.PositiveSmallIntegerField(_("第几次"))
    words = models.TextField(_("补充说明"), blank=True)
    repeat_reason = models.CharField(_("再次补正的原因"), max_length=12, choices=RepeatReason, blank=True)
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


class RepeatProposal(models.Model):
    """再次补正 on material that did not change: sent only after the head of the filing division or a supervisor agrees.

    ``defects`` are the items as they would be sent (``filing.services.review.Defect``); ``fence`` is the page they were
    ticked on, so that nothing is sent about a newer sending. ``approved`` is empty until somebody decides.
    """

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    filing = models.ForeignKey(Filing, models.PROTECT, related_name="repeat_proposals")
    fence = models.PositiveIntegerField()
    defects = models.JSONField(_("要补的内容"))
    words = models.TextField(_("补充说明"), blank=True)
    reason = models.CharField(_("再次补正的原因"), max_length=12, choices=RepeatReason)
    reason_words = models.TextField(_("再次补正的理由"))
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(StaffPost, models.PROTECT, related_name="+")
    approved = models.BooleanField(_("同意"), null=True)
    answer = models.TextField(_("意见"), blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(StaffPost, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("再次补正的请示")
        constraints = [
            models.UniqueConstraint(
                fields=["filing"], condition=Q(approved=None), name="repeatproposal_one_open"
            ),
            models.CheckConstraint(
                name="repeatproposal_decision_whole",
                condition=Q(approved=None, decided_at=None, decided_by=None)
                | Q(approved__isnull=False, decided_at__isnull=False, decided_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["court", "-proposed_at"], name="repeatproposal_court_idx")]


class RefusalProposal(models.Model):
    """拟不予受理: a clerk's proposal with its reason; only a filing judge decides (登记立案规定9; R-17). Never changed."""

    append_only = True

    public_id = PublicIdField()
    filing = models.ForeignKey(Filing, models.PROTECT, related_name="refusal_proposals")
    ground = models.CharField(_("理由"), max_length=40)
    words = models.TextField(_("说明"))
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(StaffPost, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("不予受理建议")


class RefusalDecision(models.Model):
    """The filing judge's decision on a proposal: the ruling 不予受理 with its reasons, or back to the desk. Never changed."""

    append_only = True

    proposal = models.OneToOneField(RefusalProposal, models.PROTECT, related_name="decision")
    refused = models.BooleanField(_("不予受理"))
    reasons = models.TextField(_("裁定理由"))
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(StaffPost, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("不予受理裁定")


class HandOver(models.Model):
    """One application handed to the competent court, with the day by which that court decides (R-20). Never changed."""

    append_only = True

    public_id = PublicIdField()
    filing = models.ForeignKey(Filing, models.PROTECT, related_name="hand_overs")
    from_court = models.ForeignKey(Court, models.PROTECT, related_name="+")
    to_court = models.ForeignKey(Court, models.PROTECT, related_name="+")
    reason = models.TextField(_("移送理由"))
    due_on = models.DateField(_("最晚答复"))
    handed_at = models.DateTimeField()
    handed_by = models.ForeignKey(StaffPost, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("跨域移交")
        constraints = [
            models.CheckConstraint(
                name="handover_between_courts", condition=~Q(from_court=models.F("to_court"))
            )
        ]


class SavedView(models.Model):
    """A named filter of the clerk's queue; ``shared`` ones are seen by all intake clerks of the court."""

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    post = models.ForeignKey(StaffPost, models.CASCADE, related_name="saved_views")
    name = models.CharField(_("名称"), max_length=40)
    query = models.CharField(max_length=500)
    shared = models.BooleanField(_("给同事用"), default=False)

    class Meta:
        verbose_name = _("保存的视图")
        constraints = [models.UniqueConstraint(fields=["post", "name"], name="savedview_name_unique")]


class FilingComplaint(models.Model):
    """立案投诉: the court looks into it and answers within 15 days (登记立案规定13; R-19, D68)."""

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    filing = models.ForeignKey(Filing, models.PROTECT, related_name="complaints")
    words = models.TextField(_("投诉内容"))
    made_at = models.DateTimeField()
    due_on = models.DateField(_("最晚答复"))
    answer = models.TextField(_("答复"), blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(StaffPost, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("立案投诉")
        constraints = [
            models.CheckConstraint(
                name="filingcomplaint_answer_whole",
                condition=Q(answer="", answered_at=None, answered_by=None)
                | ~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["court", "due_on"], name="filingcomplaint_due_idx")]
