"""Machine checks shown to the clerk as hints only; they decide nothing (UX §6.2, R-80)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from cases.models import Side
from common.money import format_yuan
from filing.elements.values import sum_of
from filing.models import Filing, FilingParty, FilingStatus
from filing.selectors import Draft


@dataclass(frozen=True)
class Hint:
    """``fine`` tells a passed check from one to look at."""

    text: str
    fine: bool


def machine_hints(draft: Draft) -> list[Hint]:
    """Completeness, sums, identity of the applicant, the same dispute filed twice. Two queries."""
    return [_complete(draft), *_sums(draft), _applicant(draft), *_duplicate(draft)]


def _complete(draft: Draft) -> Hint:
    gaps = draft.gaps()
    if gaps:
        return Hint(_("缺：%(what)s") % {"what": "；".join(gap.message for gap in gaps)}, fine=False)
    return Hint(_("必填内容和材料都有"), fine=True)


def _sums(draft: Draft) -> list[Hint]:
    hints = []
    answers = draft.filing.answers
    for item in draft.form.fields():
        added, total = sum_of(item, answers), answers.get(item.key)
        if added is not None and total:
            fits = added <= Decimal(total)
            text = _("各项合计 %(sum)s，标的总额 %(total)s") % {
                "sum": format_yuan(added),
                "total": format_yuan(total),
            }
            hints.append(Hint(text, fine=fits))
    return hints


def _applicant(draft: Draft) -> Hint:
    user = draft.filing.applicant
    mine = draft.side(Side.PLAINTIFF)
    same = any(party.id_number and party.id_number == user.id_number for party in mine)
    return Hint(_("申请人实名信息与原告一致") if same else _("申请人不是原告本人，请核对代理手续"), fine=same)


def _duplicate(draft: Draft) -> list[Hint]:
    """Another live application of the same person against somebody with the same name."""
    names = [party.name for party in draft.side(Side.DEFENDANT)]
    twins = (
        Filing.objects.filter(
            applicant_id=draft.filing.applicant_id, deciding_court=draft.filing.deciding_court
        )
        .filter(pk__in=FilingParty.objects.filter(side=Side.DEFENDANT, name__in=names).values("filing_id"))
        .exclude(pk=draft.filing.pk)
        .exclude(status__in=[FilingStatus.DRAFT, FilingStatus.WITHDRAWN])
    )
    return [Hint(_("可能重复：%(number)s") % {"number": twin.number}, fine=False) for twin in twins[:3]]
