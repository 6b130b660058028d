"""繁简分流: which procedure a new case takes, by rules that say why (民诉法160, 165, 166; 解释75, 256-257, 273-275)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Case, Outcome, Track
from common.money import format_yuan
from courts.models import CourtLevel

MANY_PEOPLE = 10
"""一方人数众多 begins with ten persons (解释75)."""

FIRST_INSTANCE = "CIVIL_"
"""Procedures of first instance in civil matters begin with this; all others have a course of their own."""

NO_SMALL_CLAIM = frozenset(
    {"婚姻家庭、继承纠纷", "婚姻家庭纠纷", "继承纠纷", "人格权纠纷", "物权保护纠纷", "所有权纠纷"}
)
"""Names in the cause's line of descent whose disputes are no small claims: persons and ownership (民诉法166)."""

TRIAL_PERIODS: dict[str, tuple[str, str | Promise]] = {
    Track.SMALL_CLAIM: ("D24", gettext_lazy("一审审理期限（小额诉讼）")),
    Track.SUMMARY: ("D23", gettext_lazy("一审审理期限（简易程序）")),
    Track.ORDINARY: ("D22", gettext_lazy("一审审理期限")),
}
OTHER_PERIODS: dict[str, tuple[str, str | Promise]] = {
    "PAYMENT_ORDER": ("D49", gettext_lazy("发出支付令的期限")),
    "PUBLIC_SUMMONS": ("D51", gettext_lazy("发出公告的期限")),
    "PRESERVE_LIT": ("D41", gettext_lazy("作出保全裁定的期限")),
    "EXEC_FIRST": ("D59", gettext_lazy("执行期限")),
    "EXEC_RESUME": ("D59", gettext_lazy("执行期限")),
    "EXEC_OBJECTION": ("D61", gettext_lazy("审查执行异议的期限")),
    "EXEC_THIRD": ("D62", gettext_lazy("审查案外人异议的期限")),
    "APPEAL": ("D25", gettext_lazy("二审审理期限")),
    "RETRIAL": ("D38", gettext_lazy("再审审查期限")),
    "CONFIRM": ("D54", gettext_lazy("审查司法确认的期限")),
    "SECURITY": ("D27", gettext_lazy("特别程序审理期限")),
    "ADMIN_FIRST": ("D28", gettext_lazy("行政一审审理期限")),
}
"""Rule and label of the court's own period per procedure (deadlines.json)."""
TRIAL_RULES = frozenset(found[0] for found in (*TRIAL_PERIODS.values(), *OTHER_PERIODS.values()))
"""Rules of the court's own periods."""
COLLECTING = ("EXEC_FIRST", "EXEC_RESUME", "BANKRUPTCY")
"""Procedures that end with what was obtained."""


@dataclass(frozen=True)
class Facts:
    """What the rules look at. ``causes`` is the cause with its ancestors by name; limits in yuan.

    ``many`` is the larger number of persons on one side; ``unknown_address`` means that a defendant must be served by
    publication.
    """

    procedure: str
    level: str
    causes: tuple[str, ...]
    amount: Decimal | None
    many: int
    unknown_address: bool
    small_claim_limit: Decimal
    summary_limit: Decimal


@dataclass(frozen=True)
class Route:
    """The track with every reason, in the words a person reads."""

    track: Track
    reasons: list[str]


def route(facts: Facts) -> Route:
    """The track of a case. Pure: the same facts give the same answer; a judge may change it later (民诉法170)."""
    if not facts.procedure.startswith(FIRST_INSTANCE):
        return Route(Track.OTHER, [_("不是民事一审案件，按该程序自己的规定办")])
    against = list(_against_summary(facts))
    if against:
        return Route(Track.ORDINARY, against)
    if facts.amount is not None and facts.amount > facts.summary_limit:
        text = _("标的额%(amount)s，超过本院适用简易程序的%(limit)s")
        return Route(Track.ORDINARY, [_filled(text, facts.amount, facts.summary_limit)])
    reasons = [_("基层法院一审，被告地址明确，人数不多（民诉法160）")]
    against = list(_against_small_claim(facts))
    if against:
        return Route(Track.SUMMARY, reasons + against)
    text = _("只请求给付金钱，标的额%(amount)s，不超过小额诉讼的%(limit)s（民诉法165）")
    return Route(
        Track.SMALL_CLAIM, [*reasons, _filled(text, facts.amount or Decimal(0), facts.small_claim_limit)]
    )


def _filled(text: str, amount: Decimal, limit: Decimal) -> str:
    return text % {"amount": format_yuan(amount), "limit": format_yuan(limit)}


def _against_summary(facts: Facts) -> Iterable[str]:
    if facts.level != CourtLevel.BASIC:
        yield _("简易程序只在基层法院适用（民诉法160）")
    if facts.unknown_address:
        yield _("被告下落不明，要公告送达，不能用简易程序（解释257）")
    if facts.many >= MANY_PEOPLE:
        yield _("一方有%(n)s人，属于人数众多，不能用简易程序（解释75、257）") % {"n": facts.many}


def _against_small_claim(facts: Facts) -> Iterable[str]:
    if NO_SMALL_CLAIM & set(facts.causes):
        yield _("涉及人身关系或者确认财产归谁，不能用小额诉讼（民诉法166）")
    elif facts.amount is None:
        yield _("没有金额，不能用小额诉讼（民诉法165）")
    elif facts.amount > facts.small_claim_limit:
        text = _("标的额%(amount)s，超过小额诉讼的%(limit)s（民诉法165）")
        yield _filled(text, facts.amount, facts.small_claim_limit)


def trial_period(procedure: str, track: str) -> tuple[str, str] | None:
    """Rule id and label of the period in which the court has to finish; None where the law sets none."""
    found = TRIAL_PERIODS.get(track) or OTHER_PERIODS.get(procedure)
    return (found[0], str(found[1])) if found else None


def outcomes_for(procedure: str) -> tuple[Outcome, ...]:
    """How a case of this procedure can end: an enforcement by being carried out or not, everything else by a decision."""
    collected = (Outcome.EXECUTED, Outcome.UNEXECUTED)
    if procedure in COLLECTING:
        return collected
    return tuple(outcome for outcome in Outcome if outcome not in collected)


def can_be_withdrawn(case: Case) -> bool:
    """Whether cases of this procedure end by withdrawal; an enforcement does not."""
    return Outcome.WITHDRAWN in outcomes_for(case.procedure)
