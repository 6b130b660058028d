"""A court's own words in paper templates, in versions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.flow import Flow
from common.two_people import Proposal, second_person
from courts.models import Court, StaffPost


class WordingState(models.TextChoices):
    PROPOSED = "proposed", _("待另一人同意")
    APPROVED = "approved", _("已同意")
    REFUSED = "refused", _("未同意")
    WITHDRAWN = "withdrawn", _("已撤回")


WORDING_FLOW = Flow(
    ("agree", {WordingState.PROPOSED}, WordingState.APPROVED),
    ("refuse", {WordingState.PROPOSED}, WordingState.REFUSED),
    ("withdraw", {WordingState.PROPOSED}, WordingState.WITHDRAWN),
    field="state",
)


class Wording(Proposal):
    """A court's own words in a paper template: ``texts`` by the slots of ``documents.rendering.wording``, in versions.

    Counts from ``effective_on`` once a second person agreed; going back is a new version with the old words.
    """

    court = models.ForeignKey(Court, models.PROTECT)
    template = models.CharField(_("模板"), max_length=40)
    number = models.PositiveIntegerField(_("版本"))
    texts = models.JSONField(_("用语"))
    note = models.CharField(_("为什么改"), max_length=200)
    effective_on = models.DateField(_("启用日期"))
    state = models.CharField(max_length=10, choices=WordingState, default=WordingState.PROPOSED)
    proposed_by = models.ForeignKey(StaffPost, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(StaffPost, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("文书用语")
        constraints = [
            models.UniqueConstraint(fields=["court", "template", "number"], name="wording_number_unique"),
            models.UniqueConstraint(
                fields=["court", "template"], name="wording_one_proposal", condition=Q(state="proposed")
            ),
            second_person("wording_second_person", agreed="approved"),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.number}"
