"""The places of a paper where a court may put its own words: data, never code. What the law says there cannot be changed.

A text goes into ``content.wording``; where it stands on the page is written in ``base.typ``.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from documents.rendering.templates import TEMPLATES


@dataclass(frozen=True)
class Slot:
    """One place; ``longest`` in characters, so that the layout of the page holds."""

    name: str
    label: str | Promise
    hint: str | Promise
    longest: int
    several_lines: bool = False


PLAIN = Slot(
    "plain",
    _("说明框里的本院提示"),
    _("接在“您要做什么”“到什么时候”下面，用大白话写。例如：来院请走东门，带身份证过安检"),
    150,
)
CONTACT = Slot(
    "contact", _("联系方式的补充"), _("接在“查询和联系”后面。例如：工作日上午9:00到11:30有人接电话"), 150
)
NOTES = Slot("notes", _("文书末尾的附注"), _("印在落款下面，一行一条"), 300, several_lines=True)

WITH_CONTACT = frozenset(
    {
        "acceptance_notice", "admin_response_notice", "appeal_notice", "appearance_notice", "application_notice",
        "correction_notice", "enforcement_notice", "evidence_notice", "fee_notice", "panel_notice", "payment_receipt",
        "property_report_order", "refund_notice", "response_notice", "summons",
    }
)  # fmt: skip
"""Templates that have the point 查询和联系."""


def slots_of(template: str) -> tuple[Slot, ...]:
    """The places of one template. KeyError for an unknown one."""
    TEMPLATES[template]
    return (PLAIN, CONTACT, NOTES) if template in WITH_CONTACT else (PLAIN, NOTES)
