"""Which certificate seals for a court or a division, from when to when, and what was proposed."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from common.two_people import Proposal, second_person
from courts.models import Court, Division, StaffPost, TsTzRange


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


class SealProposal(Proposal):
    """A seal that somebody wants to take into use: in use only when a second person has agreed to this very certificate."""

    court = models.ForeignKey(Court, models.PROTECT, related_name="+")
    division = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, related_name="+")
    templates = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    name = models.CharField(_("签章名"), max_length=40)
    certificate = models.TextField(_("证书"))
    fingerprint = models.CharField(_("证书指纹"), max_length=64)
    proposed_by = models.ForeignKey(StaffPost, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(StaffPost, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("启用电子签章")
        constraints = [
            models.UniqueConstraint(
                "court",
                Coalesce("division", 0),
                name="seal_proposal_one_open",
                condition=Q(state="proposed"),
            ),
            second_person("seal_proposal_second_person"),
        ]

    def __str__(self) -> str:
        return self.name
