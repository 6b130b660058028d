"""我想……: what the court knows already answers first, before somebody has to write and wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.models import Case, CaseDeadline, CaseRole, Party, Side, Stage
from cases.routing import can_be_withdrawn
from cases.selectors import StageStep, running_deadlines, staff_of, stage_steps
from common.actor import Actor
from feedback.models import Topic

DATED = frozenset({Topic.PROGRESS, Topic.MATERIAL, Topic.APPOINTMENT})
"""Topics that the running periods answer."""


@dataclass(frozen=True)
class Fact:
    """One thing known at once, with where to go on."""

    label: str
    text: str
    href: str = ""
    link: str = ""


@dataclass(frozen=True)
class AtOnce:
    """What the page shows before the form."""

    stages: list[StageStep] = field(default_factory=list)
    deadlines: list[CaseDeadline] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)


def at_once(actor: Actor, case: Case, own: Sequence[Party], topic: Topic) -> AtOnce:
    """Everything the court can say about a topic without a judge: at most two queries."""
    return AtOnce(
        stages=stage_steps(case) if topic in (Topic.PROGRESS, Topic.APPOINTMENT) else [],
        deadlines=running_deadlines(case, own) if topic in DATED else [],
        facts=_FACTS[topic](actor, case, own),
    )


def _progress(_actor: Actor, case: Case, _own: Sequence[Party]) -> list[Fact]:
    judge = staff_of(case).get(CaseRole.JUDGE)
    who = _("承办法官%(name)s") % {"name": judge.post.user.name} if judge else _("还没有确定承办法官")
    past = reverse("pages:case_timeline", args=[case.public_id])
    return [Fact(_("谁在办"), who), Fact(_("办到哪里了"), _("每一步都记着时间"), past, _("看办理经过"))]


def _material(_actor: Actor, case: Case, _own: Sequence[Party]) -> list[Fact]:
    if case.closed_at is not None:
        return [_closed()]
    return [
        Fact(_("网上交"), _("在下面写明交什么、证明什么，附上照片或文件就行")),
        Fact(_("到窗口交或者邮寄"), _place(case, _("写明案号%(number)s") % {"number": case.number})),
        Fact(_("什么时候交"), _("在举证期限里交。过了期限，请在留言里说明原因")),
    ]


def _statement(actor: Actor, case: Case, own: Sequence[Party]) -> list[Fact]:
    if case.closed_at is not None:
        return [_closed()]
    facts = []
    if actor.scan is None:
        money = reverse("pages:case_money", args=[case.public_id])
        facts.append(Fact(_("交费有困难"), _("可以申请缓交、减交、免交，不用留言"), money, _("看本案的费用")))
        if any(party.side == Side.PLAINTIFF for party in own) and can_be_withdrawn(case):
            back = reverse("pages:withdraw", args=[case.public_id])
            facts.append(Fact(_("不想告了"), _("可以申请撤诉，不用留言"), back, _("申请撤诉")))
    facts.append(Fact(_("地址、电话变了"), _("写明新的地址、电话和从哪天起用")))
    facts.append(Fact(_("对方已经履行"), _("写明哪天、多少钱、怎么给的，附上凭证")))
    return facts


def _appointment(_actor: Actor, case: Case, _own: Sequence[Party]) -> list[Fact]:
    if case.stage == Stage.CLOSED:
        hearing = _("案件已经结案，不再开庭")
    elif case.stage == Stage.HEARING:
        hearing = _("已经进入开庭阶段，时间和法庭以传票为准")
    else:
        hearing = _("还没有排定。定了会送传票，也会显示在案件页面上")
    return [
        Fact(_("下一次开庭"), hearing),
        Fact(_("想约或者想改时间"), _("在下面写明哪几天方便、哪几天不行和原因，有证明的附上")),
        Fact(_("想见法官"), _("法官不单独会见一方当事人。要当面说的，由法院安排时间，通知双方")),
    ]


def _paper(_actor: Actor, case: Case, _own: Sequence[Party]) -> list[Fact]:
    files = reverse("pages:case_files", args=[case.public_id])
    return [
        Fact(_("没收到"), _("每份文书什么时候送、怎么送，都记着"), files, _("看全部文书和送达")),
        Fact(_("写错了"), _("在下面选那一份，写明哪里错了、应该怎么写")),
    ]


def _other(_actor: Actor, case: Case, _own: Sequence[Party]) -> list[Fact]:
    call = _("拨%(hotline)s，马上有人接") % {"hotline": settings.COURT_HOTLINE}
    return [
        Fact(_("急事"), call),
        Fact(_("怎么办手续"), _("常见问题里多半有"), reverse("public:help"), _("看常见问题")),
    ]


def _closed() -> Fact:
    return Fact(_("案件已经结案"), _("不再接收材料和情况说明。不服裁判的，请看裁判文书上写的上诉期限和办法"))


def _place(case: Case, note: str) -> str:
    court = case.court
    parts = [court.name, court.address, _("电话%(phone)s") % {"phone": court.phone} if court.phone else ""]
    return "，".join([*(part for part in parts if part), note])


_FACTS = {
    Topic.PROGRESS: _progress,
    Topic.MATERIAL: _material,
    Topic.STATEMENT: _statement,
    Topic.APPOINTMENT: _appointment,
    Topic.PAPER: _paper,
    Topic.OTHER: _other,
}
