"""How a party wants its papers: electronic service 电子送达 or paper, and the address it confirmed for them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.parties import Party
from common.fields import EncryptedTextField, PublicIdField
from courts.models import Court, StaffPost


class ConsentBasis(models.TextChoices):
    """Why a party is taken to have consented to electronic service (在线诉讼规则29)."""

    SAID = "said", _("明确表示同意")
    AGREED = "agreed", _("诉讼前已经约定或者承诺")
    GAVE = "gave", _("在诉状、答辩状里主动提供电子地址")
    ACCEPTED = "accepted", _("接受已经完成的电子送达，没有表示不同意")


class ServiceChoice(models.Model):
    """One choice of a party in this case: papers to the inbox or on paper, and the 送达地址确认书 given with it. Never changed;
    the newest row counts, ``Party.e_delivery_since`` is the present state.

    ``wording`` is what the person read beforehand, in its version. ``postal_address`` is confirmed or empty;
    ``confidential`` asks the court to keep it from the other side (专递规定4). ``recorded_by`` is the post that took the
    choice up for the person, None when he did it himself; ``source`` is then what it was taken from (笔录, a form on paper),
    and ``chosen_by`` the account bound to the party, None without one.
    """

    append_only = True

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    party = models.ForeignKey(Party, models.PROTECT, related_name="service_choices")
    electronic = models.BooleanField(_("同意电子送达"))
    basis = models.CharField(_("同意的依据"), max_length=10, choices=ConsentBasis, blank=True)
    wording_version = models.CharField(_("告知内容的版本"), max_length=20)
    wording = models.TextField(_("告知内容"))
    postal_address = models.CharField(_("确认的收件地址"), max_length=300, blank=True)
    postal_phone = EncryptedTextField(_("收件电话"), blank=True)
    confidential = models.BooleanField(_("要求保密"), default=False)
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_by = models.ForeignKey(StaffPost, models.PROTECT, null=True, related_name="+")
    source = models.CharField(_("根据什么记录"), max_length=100, blank=True, default="", db_default="")
    chosen_at = models.DateTimeField(_("选择的时间"))

    class Meta:
        verbose_name = _("送达方式的选择")
        ordering = ["party_id", "id"]
        constraints = [
            models.CheckConstraint(
                name="servicechoice_basis_iff_electronic",
                condition=Q(electronic=True) & ~Q(basis="") | Q(electronic=False, basis=""),
            ),
            models.CheckConstraint(
                name="servicechoice_confidential_needs_address",
                condition=Q(confidential=False) | ~Q(postal_address=""),
            ),
        ]
