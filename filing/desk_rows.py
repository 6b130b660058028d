"""Rows for the review desk's components: plain dicts and lists, no queries beyond what the draft holds."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cases.models import Side
from common.money import format_yuan
from common.pages import addresses
from common.templatetags.time_words import iso, staff_moment
from filing.elements import schema
from filing.elements.values import shown
from filing.forms import NoticeForm
from filing.models import Filing, FilingParty, FilingStatus
from filing.selectors import Answer, Draft

Row = dict[str, Any]
IMAGES = ("image/", "application/pdf")
PAGES_PER_FILE = 50


def queue_rows(filings: Iterable[Filing], now: datetime) -> list[Row]:
    """One page of the queue, every cell finished."""
    href = addresses("filing:review")
    return [{"href": href(filing.public_id)} | _queue_cells(filing, now) for filing in filings]


def _queue_cells(filing: Filing, now: datetime) -> Row:
    status = FilingStatus(filing.status)
    waiting = status == FilingStatus.SUBMITTED
    words = str(status.label)
    if waiting and filing.claimed_by and filing.claimed_until and filing.claimed_until > now:
        words = _("%(name)s 正在审") % {"name": filing.claimed_by.user.name}
    return {
        "number": filing.number,
        "cause": filing.cause.name,
        "applicant": filing.applicant.name,
        "amount": "—" if filing.amount is None else format_yuan(filing.amount),
        "sent_at": iso(filing.submitted_at) if filing.submitted_at else "",
        "sent": staff_moment(filing.submitted_at) if filing.submitted_at else "—",
        "due": filing.due_on if waiting else None,
        "status": words,
    }


def answer_rows(tasks: list[tuple[schema.Task, list[Answer]]]) -> list[Row]:
    """Given answers per task; what was not answered is left out for the clerk."""
    cards = [
        {"title": task.title, "rows": [{"label": a.label, "value": a.shown} for a in answers if a.shown]}
        for task, answers in tasks
    ]
    return [card for card in cards if card["rows"]]


def people_rows(draft: Draft) -> list[Row]:
    """Both sides with what the court needs to know them by; the clerk checks papers, so numbers are whole."""
    return [
        {"title": f"{side.label}{number}", "rows": _person_rows(party)}
        for side in (Side.PLAINTIFF, Side.DEFENDANT, Side.THIRD)
        for number, party in enumerate(draft.side(side), start=1)
    ]


def _person_rows(party: FilingParty) -> list[Row]:
    rows = [
        (_("姓名或名称"), party.name),
        (_("证件"), f"{party.get_id_kind_display()} {party.id_number}".strip()),
        (_("电话"), party.phone),
        (_("住所地"), party.address),
        (_("法定代表人"), party.legal_representative),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


def material_pages(draft: Draft) -> list[Row]:
    """Page images of all materials in the order of the list, for the viewer."""
    return [
        {
            "src": reverse("documents:file_page", args=[material.file.public_id, number]),
            "href": reverse("documents:file", args=[material.file.public_id]),
            "alt": _("%(title)s 第%(number)s页") % {"title": slot.title, "number": number},
            "label": f"{slot.title} · {material.file.display_name} · {number}/{material.file.pages}",
        }
        for slot, materials in draft.slots()
        for material in materials
        if material.file.preview_type.startswith(IMAGES)
        for number in range(1, min(material.file.pages, PAGES_PER_FILE) + 1)
    ]


def defect_groups(form: NoticeForm) -> list[list[Row]]:
    """The defect library by task, with what is ticked."""
    ticked = set(form["defects"].value() or [])
    groups: dict[str, list[Row]] = {}
    for defect in form.library.values():
        row = {
            "code": defect.code,
            "title": defect.title,
            "how": defect.how,
            "checked": defect.code in ticked,
        }
        groups.setdefault(defect.task, []).append(row)
    return list(groups.values())


@dataclass(frozen=True)
class Change:
    """One answer before and after a correction."""

    label: str
    before: str
    after: str


def changes(filing: Filing) -> list[Change]:
    """What a correction changed, from the two newest submissions (UX §6.3). One query; empty before a correction."""
    rounds = list(filing.submissions.order_by("-round")[:2])
    if len(rounds) < 2:
        return []
    after, before = (json.loads(submission.content) for submission in rounds)
    questions = schema.load(filing.form).questions
    found = [
        Change(
            questions[key].label if key in questions else key,
            _text(questions.get(key), before["answers"].get(key)),
            _text(questions.get(key), after["answers"].get(key)),
        )
        for key in sorted(set(before["answers"]) | set(after["answers"]))
        if before["answers"].get(key) != after["answers"].get(key)
    ]
    found += _changed_files(before["materials"], after["materials"])
    if before["parties"] != after["parties"]:
        found.append(Change(_("当事人信息"), _("已修改"), _("见下方")))
    return found


def _changed_files(before: list[Row], after: list[Row]) -> list[Change]:
    old = {(item["slot"], item["sha256"]): item["name"] for item in before}
    new = {(item["slot"], item["sha256"]): item["name"] for item in after}
    added = [Change(_("新增材料"), "", name) for key, name in new.items() if key not in old]
    return added + [Change(_("撤下材料"), name, "") for key, name in old.items() if key not in new]


def _text(question: schema.ElementField | None, value: Any) -> str:
    """An answer of a sealed submission for reading; of a question that the form asks no longer, as it was kept."""
    return shown(question, value) if question else str(value or "")
