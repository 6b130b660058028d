"""Machine checks shown to the clerk as hints only; they decide nothing (UX §6.2, R-80)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from cases.models import PartyKind, Side
from common import clock
from common.identity import KINDS, check
from common.money import format_yuan
from documents.services.legibility import looks_unreadable
from filing.draft import Draft
from filing.elements.values import sum_of
from filing.models import Filing, FilingMaterial, FilingParty, FilingStatus
from filing.tasklist import gaps_of
from guides.materials import identity_materials

MOST_PHOTOS = 30


@dataclass(frozen=True)
class Hint:
    """``fine`` tells a passed check from one to look at."""

    text: str
    fine: bool


def machine_hints(draft: Draft) -> list[Hint]:
    """Completeness, legibility, sums, numbers of papers, the people, the court, the same dispute twice. Two queries."""
    return [
        _complete(draft),
        *_pages(draft),
        *_legibility(draft),
        *_sums(draft),
        *_shares(draft),
        *_numbers(draft),
        *_both_sides(draft),
        _applicant(draft),
        *_authority(draft),
        *_court(draft),
        *_duplicate(draft),
    ]


def _complete(draft: Draft) -> Hint:
    gaps = gaps_of(draft)
    if gaps:
        return Hint(_("缺：%(what)s") % {"what": "；".join(gap.message for gap in gaps)}, fine=False)
    return Hint(_("必填内容和材料都有"), fine=True)


def _pages(draft: Draft) -> list[Hint]:
    """An identity card has two sides; one file in two places is one paper."""
    hints = []
    cards = [m.file for m in draft.materials if m.slot == "ID_CARD"]
    natural = [party for party in draft.side(Side.PLAINTIFF) if party.kind == PartyKind.NATURAL]
    if cards and sum(file.pages for file in cards) < 2 * len(natural):
        hints.append(Hint(_("身份证要正反两面，现在的页数不够"), fine=False))
    seen: dict[str, FilingMaterial] = {}
    for material in draft.materials:
        twin = seen.setdefault(material.file.sha256, material)
        if twin is not material:
            text = _("“%(name)s”和“%(twin)s”是同一个文件")
            names = {"name": material.file.display_name, "twin": twin.file.display_name}
            hints.append(Hint(text % names, fine=False))
    return hints


def _legibility(draft: Draft) -> list[Hint]:
    words = {"blurred": _("可能模糊"), "pale": _("可能太淡或空白"), "dark": _("可能太暗")}
    found = [(m.file, looks_unreadable(m.file)) for m in draft.materials[:MOST_PHOTOS]]
    return [
        Hint(_("“%(name)s”%(what)s") % {"name": file.display_name, "what": words[what]}, fine=False)
        for file, what in found
        if what
    ]


def _shares(draft: Draft) -> list[Hint]:
    """Claims of several plaintiffs add up to the amount of the application."""
    shares = [p.claim_amount for p in draft.side(Side.PLAINTIFF) if p.claim_amount is not None]
    total = draft.filing.amount
    if not shares or total is None:
        return []
    added = sum(shares, Decimal(0))
    text = _("各原告请求合计 %(sum)s，标的总额 %(total)s")
    return [Hint(text % {"sum": format_yuan(added), "total": format_yuan(total)}, fine=added == total)]


def _numbers(draft: Draft) -> list[Hint]:
    wrong = []
    for party in draft.parties:
        if party.id_number and party.id_kind in KINDS:
            answer = check(party.id_kind, party.id_number, today=clock.today())
            if not answer.valid:
                wrong.append(Hint(f"{party.name}：{answer.message}", fine=False))
    if wrong or not any(party.id_number for party in draft.parties):
        return wrong
    return [Hint(_("证件号码校验位都对"), fine=True)]


def _both_sides(draft: Draft) -> list[Hint]:
    """The same person for and against himself (one number, or one name where a number is missing)."""
    theirs = draft.side(Side.DEFENDANT)
    return [
        Hint(_("%(name)s既是原告又是被告") % {"name": me.name}, fine=False)
        for me in draft.side(Side.PLAINTIFF)
        if any(me.id_number == he.id_number != "" or me.name == he.name for he in theirs)
    ]


def _authority(draft: Draft) -> list[Hint]:
    """Papers of the agents who act, by kind of agent (民诉法61, 62)."""
    there = {material.slot for material in draft.materials}
    kinds = {agent.kind for agent in draft.agents}
    wanted = {
        paper.code: paper.name
        for kind in sorted(kinds)
        for paper in identity_materials().get(f"agent_{kind}", ())
        if paper.requirement == "required"
    }
    missing = [name for code, name in wanted.items() if code not in there]
    if not kinds:
        return []
    if missing:
        return [Hint(_("代理手续还缺：%(what)s") % {"what": "、".join(missing)}, fine=False)]
    return [Hint(_("代理手续齐全"), fine=True)]


def _court(draft: Draft) -> list[Hint]:
    """民诉法22: by the defendant's home, when his address names another city than the court's."""
    court = draft.filing.deciding_court
    addresses = [p.usual_address or p.address for p in draft.side(Side.DEFENDANT)]
    addresses = [address for address in addresses if address]
    if not court.city or not addresses or any(court.city in address for address in addresses):
        return []
    text = _("被告住所地不在%(city)s，请核对管辖（民诉法22、24）")
    return [Hint(text % {"city": court.city}, fine=False)]


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
