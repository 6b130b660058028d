"""Who drafts a paper and who signs it off 签发: one row per template, with its reason.

A template without a row is made by its process (the fee notice by the bill, the refusal ruling 不予受理 by the filing
judge's decision, the receipt by the payment) and is not drafted by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Side
from common.actor import Role

BENCH = frozenset({Role.JUDGE, Role.CASE_CLERK})
WITH_INTAKE = BENCH | {Role.INTAKE_CLERK}
EXECUTION = "EXEC_"
"""How the codes of enforcement procedures begin."""


class Audience(StrEnum):
    """To whom a paper can go at all."""

    PARTIES = "parties"
    OFFICES = "offices"
    """Offices outside the court that it writes to."""
    CALLED = "called"
    """Who is called to a hearing and is no party: agents, witnesses, experts and the like (解释227)."""


@dataclass(frozen=True)
class Rule:
    """``drafted_by`` are the roles that write it: judge, 书记员 and 法官助理 of the case, the intake clerk of its court.

    ``second_eyes``: the judge of the case signs it off, or the head of the division where the judge wrote it himself; never
    who wrote any of it. Without it who drafts also issues. ``sides`` are the parties ticked beforehand of a paper that goes to
    parties. ``only_correct``: the paper goes out by itself, by hand only a corrected one.
    """

    drafted_by: frozenset[Role]
    second_eyes: bool
    sides: frozenset[Side]
    reason: str | Promise
    enforcement: bool | None = None
    only_correct: bool = False
    goes_to: Audience = Audience.PARTIES


_EVERYBODY = frozenset(Side)
_NOBODY: frozenset[Side] = frozenset()
_SUED, _SUING = frozenset({Side.DEFENDANT}), frozenset({Side.PLAINTIFF})
_CLERKS_WORK = _("程序事项，由书记员办理，不必另一个人审核")
_FIRST_PAPER = _("立案时自动发出；写错了由立案人员更正，不必另一个人审核")
_RULED = _("裁判文书由审判人员署名，起草的人不能自己签发（民事诉讼法第一百五十七条）")
_MEDIATED = _("调解书由审判人员署名，起草的人不能自己签发（民事诉讼法第一百条）")
_OUTSIDE = _("以法院名义对外发函，由法官签发，起草的人不能自己签发")
_ENFORCED = _("对被执行人设定义务，由法官签发，起草的人不能自己签发")

RULES: dict[str, Rule] = {
    "summons": Rule(BENCH, False, _EVERYBODY, _CLERKS_WORK, enforcement=False),
    "appearance_notice": Rule(
        BENCH, False, _NOBODY, _CLERKS_WORK, enforcement=False, goes_to=Audience.CALLED
    ),
    "evidence_notice": Rule(BENCH, False, _EVERYBODY, _CLERKS_WORK, enforcement=False),
    "panel_notice": Rule(BENCH, False, _EVERYBODY, _CLERKS_WORK, enforcement=False),
    "integrity_card": Rule(WITH_INTAKE, False, _EVERYBODY, _CLERKS_WORK),
    "service_address_form": Rule(WITH_INTAKE, False, _EVERYBODY, _CLERKS_WORK),
    "mediation_paper": Rule(BENCH, True, _EVERYBODY, _MEDIATED, enforcement=False),
    "withdrawal_ruling": Rule(BENCH, True, _EVERYBODY, _RULED, enforcement=False),
    "preservation_ruling": Rule(BENCH, True, _EVERYBODY, _RULED, enforcement=False),
    "enforcement_notice": Rule(BENCH, True, _SUED, _ENFORCED, enforcement=True),
    "property_report_order": Rule(BENCH, True, _SUED, _ENFORCED, enforcement=True),
    "official_letter": Rule(BENCH, True, _NOBODY, _OUTSIDE, goes_to=Audience.OFFICES),
    "acceptance_notice": Rule(WITH_INTAKE, False, _SUING, _FIRST_PAPER, only_correct=True),
    "application_notice": Rule(WITH_INTAKE, False, _SUING, _FIRST_PAPER, only_correct=True),
    "response_notice": Rule(WITH_INTAKE, False, _SUED, _FIRST_PAPER, only_correct=True),
    "admin_response_notice": Rule(WITH_INTAKE, False, _SUED, _FIRST_PAPER, only_correct=True),
    "appeal_notice": Rule(WITH_INTAKE, False, _SUED, _FIRST_PAPER, only_correct=True),
}


def templates_for(role: Role | str, case: Case) -> list[str]:
    """What somebody of this role may begin for the case, in the order of the table; corrections are begun at the paper."""
    enforced = case.procedure.startswith(EXECUTION)
    return [
        name
        for name, rule in RULES.items()
        if role in rule.drafted_by and not rule.only_correct and rule.enforcement in (None, enforced)
    ]


def may_write(role: Role | str, template: str) -> bool:
    """Whether this role writes such papers at all."""
    return template in RULES and role in RULES[template].drafted_by
