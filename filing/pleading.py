"""The whole pleading 诉状 as its form asks for it: people, claims, facts, evidence, statement (民诉法124)."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _

from cases.models import Side
from common.clock import beijing_day
from documents.rendering.pleadings import Pleading, Row, Section
from filing.draft import Draft
from filing.elements.defence import CLAIMS, FACTS, OWN
from filing.elements.model import TABLE, Answers, ElementField
from filing.elements.values import opened_answers, shown
from filing.models import Filing, FilingParty, FilingStatus
from filing.presenters import person_rows
from filing.selectors import draft_of
from filing.snapshot import sent_draft_of

PLEADED = ("诉讼请求", "事实与理由")
"""Parts of the official form that both sides read; what lies outside them is between the plaintiff and the court."""
DEFENDED = (CLAIMS, FACTS, OWN)
"""The same of a defence."""


def shared_questions(draft: Draft) -> dict[str, list[ElementField]]:
    """The answered questions of the parts that both sides read, by part: no person's data, no preservation, no material."""
    parts: dict[str, list[ElementField]] = {}
    wanted = DEFENDED if draft.filing.is_defence else PLEADED
    answers = opened_answers(draft.form, draft.filing.answers)
    for item in draft.form.fields():
        part = item.element.partition("/")[0]
        if part in wanted and item.is_asked(answers) and shown(item, answers.get(item.key)):
            parts.setdefault(part, []).append(item)
    return parts


def shared_answers(draft: Draft) -> dict[str, list[tuple[str, str]]]:
    """Label and answer of those questions, as texts, by part."""
    answers = opened_answers(draft.form, draft.filing.answers)
    return {
        part: [(item.label, shown(item, answers.get(item.key))) for item in items]
        for part, items in shared_questions(draft).items()
    }


def shared_pleading_of(filing: Filing) -> Pleading | None:
    """The pleading as both sides read it, for the file of the case: of the people the names alone. For an accepted application
    or a received defence, which nobody changes any more; None when nothing of those parts was filled in."""
    draft = draft_of(filing)
    answers = opened_answers(draft.form, filing.answers)
    sections = [
        Section(part, tuple(_row(item, answers) for item in items))
        for part, items in shared_questions(draft).items()
    ]
    if not sections:
        return None
    return Pleading(
        title=draft.form.title,
        caption=filing.cause.name,
        sections=(_names(draft), *sections),
        court=filing.deciding_court.name,
        signer_label=_("具状人（签名、盖章）"),
        signers=_signed_name(filing),
        signed_on=None if filing.submitted_at is None else beijing_day(filing.submitted_at),
    )


def _names(draft: Draft) -> Section:
    names: dict[str, list[str]] = {}
    for party in _in_order(draft):
        names.setdefault(draft.form.role(party.side), []).append(party.name)
    return Section(_("当事人"), tuple(Row(role, "\n".join(people)) for role, people in names.items()))


def pleading_of(filing: Filing, *, by_court: bool) -> Pleading:
    """The pleading as it stands: for the court what was sent, for its writer what he has written by now.

    Submission.DoesNotExist when the court asks for one that was never sent.
    """
    draft = sent_draft_of(filing) if by_court else draft_of(filing)
    unsent = filing.status in (FilingStatus.DRAFT, FilingStatus.RETURNED) and not by_court
    signers = "" if unsent else _signed_name(filing)
    return Pleading(
        title=draft.form.title,
        caption=filing.cause.name,
        sections=(*_people(draft), *_answers(draft), _evidence(draft)),
        court=filing.deciding_court.name,
        signer_label=_("具状人（签名、盖章）"),
        signers=signers,
        signed_on=None if unsent or filing.submitted_at is None else beijing_day(filing.submitted_at),
        draft=_("草稿，还没有提交") if unsent else "",
        footer=_("申请编号 %(number)s") % {"number": filing.number} if filing.number else "",
    )


def _signed_name(filing: Filing) -> str:
    content = json.loads(filing.submissions.latest("round").content)
    return str(content["signed_name"] or filing.applicant.name)


def _in_order(draft: Draft) -> list[FilingParty]:
    """Who writes stands first, as on every pleading."""
    return [party for side in Side for party in draft.side(side)]


def _people(draft: Draft) -> list[Section]:
    found = []
    for party in _in_order(draft):
        rows = [Row(str(row["label"]), str(row["value"])) for row in person_rows(party)]
        same_side = [other for other in draft.parties if other.side == party.side]
        number = str(party.order) if len(same_side) > 1 else ""
        found.append(Section(f"{draft.form.role(party.side)}{number}", tuple(rows)))
    return found


def _answers(draft: Draft) -> list[Section]:
    answers = opened_answers(draft.form, draft.filing.answers)
    found = []
    for task in draft.form.tasks:
        asked = [item for page in task.pages for item in page.fields if item.is_asked(answers)]
        rows = [_row(item, answers) for item in asked if answers.get(item.key) not in (None, "", [])]
        if rows:
            found.append(Section(task.title, tuple(rows)))
    return found


def _row(item: ElementField, answers: Answers) -> Row:
    value: Any = answers[item.key]
    if item.type != TABLE:
        return Row(item.label, shown(item, value))
    cells = tuple(tuple(shown(column, row.get(column.key)) for column in item.columns) for row in value)
    return Row(item.label, columns=tuple(column.label for column in item.columns), cells=cells)


def _evidence(draft: Draft) -> Section:
    rows = [
        Row(slot.title, "\n".join(material.file.display_name for material in materials))
        for slot, materials in draft.slots()
        if materials
    ]
    return Section(_("随附材料"), tuple(rows) or (Row(_("材料"), _("没有")),))
