"""Rows for the review desk's components: plain dicts and lists, no queries beyond what the draft holds."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cases.models import Side
from common import clock
from common.actor import Actor
from common.money import format_yuan
from common.pages import addresses
from common.templatetags.time_words import iso, staff_moment
from courts.calendar import deadline
from courts.services import setting
from filing.desk_queue import VIEWS
from filing.draft import Draft
from filing.elements import schema
from filing.elements.values import shown
from filing.forms.desk import NoticeForm
from filing.grounds import GROUNDS
from filing.models import Capacity, Filing, FilingParty, FilingStatus, HandOver, SavedView
from filing.people import is_child
from filing.policies import may_cross
from filing.presenters import agent_rows
from filing.procedures import is_prepaid, procedure
from filing.selectors import Answer
from filing.tasklist import tasks_of

Row = dict[str, Any]
IMAGES = ("image/", "application/pdf")
PAGES_PER_FILE = 50
OPEN_STATES = (FilingStatus.SUBMITTED, FilingStatus.REFUSAL, FilingStatus.MEDIATING)
"""States in which the court's day to answer runs."""


def queue_tabs(view: str, counts: dict[str, str]) -> list[Row]:
    """The views with their numbers; letters for G and then the letter."""
    letters = {"due": "d", "mine": "w", "unassigned": "n", "open": "a"}
    return [
        {
            "label": label,
            "href": f"?view={key}",
            "count": counts.get(key),
            "current": key == view,
            "key": letters.get(key, ""),
        }
        for key, label in VIEWS.items()
    ]


def moved_rows(steps: Iterable[HandOver], actor: Actor) -> list[Row]:
    """Hand-overs as both courts see them; only the court that decides opens the application."""
    href = addresses("filing:review")
    return [
        {
            "href": href(step.filing.public_id) if step.filing.deciding_court_id == actor.court_id else "",
            "number": step.filing.number,
            "cause": step.filing.cause.name,
            "from": step.from_court.name,
            "to": step.to_court.name,
            "reason": step.reason,
            "handed_at": iso(step.handed_at),
            "handed": staff_moment(step.handed_at),
            "due": step.due_on if step.filing.status == FilingStatus.SUBMITTED else None,
            "status": step.filing.get_status_display(),
        }
        for step in steps
    ]


def saved_rows(views: Iterable[SavedView], actor: Actor) -> list[Row]:
    """Saved views as links; one's own can be removed."""
    return [
        {
            "name": view.name,
            "href": f"?{view.query}",
            "own": view.post_id == actor.post_id,
            "shared": view.shared,
            "public_id": view.public_id,
        }
        for view in views
    ]


def queue_rows(filings: Iterable[Filing], now: datetime, ticked: Iterable[str] = ()) -> list[Row]:
    """One page of the queue, every cell finished. One query beside that of the page."""
    href, ticks, filings = addresses("filing:review"), set(ticked), list(filings)
    names = _who_applies(filings)
    return [
        {
            "href": href(filing.public_id),
            "public_id": filing.public_id,
            "ticked": str(filing.public_id) in ticks,
            "applicant": names.get(filing.pk, ""),
            **_queue_cells(filing, now),
        }
        for filing in filings
    ]


def _who_applies(filings: list[Filing]) -> dict[int, str]:
    """The first applicant of each and how many they are: not who sent it in, who may be the lawyer. One query."""
    found: dict[int, list[str]] = {}
    people = FilingParty.objects.filter(filing__in=filings, side=Side.PLAINTIFF).order_by(
        "filing_id", "order"
    )
    for filing_id, name in people.values_list("filing_id", "name"):
        found.setdefault(filing_id, []).append(name)
    several = _("%(name)s等%(n)s人")
    return {
        key: names[0] if len(names) == 1 else several % {"name": names[0], "n": len(names)}
        for key, names in found.items()
    }


def _queue_cells(filing: Filing, now: datetime) -> Row:
    status = FilingStatus(filing.status)
    waiting = status == FilingStatus.SUBMITTED
    words = str(status.label)
    if waiting and filing.claimed_by and filing.claimed_until and filing.claimed_until > now:
        words = _("%(name)s 正在审") % {"name": filing.claimed_by.user.name}
    elif waiting and filing.claimed_by and filing.claimed_until is None:
        words = _("分给 %(name)s") % {"name": filing.claimed_by.user.name}
    if getattr(filing, "again", False) and waiting:
        words = _("%(words)s · 补正后") % {"words": words}
    if waiting and filing.materials_follow:
        words = _("%(words)s · 材料后补") % {"words": words}
    return {
        "number": filing.number,
        "cause": filing.cause.name,
        "amount": "—" if filing.amount is None else format_yuan(filing.amount),
        "sent_at": iso(filing.submitted_at) if filing.submitted_at else "",
        "sent": staff_moment(filing.submitted_at) if filing.submitted_at else "—",
        "due": filing.due_on if status in OPEN_STATES else None,
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
    """Who applies and in what capacity, all sides, agents; the clerk checks papers, so numbers are whole."""
    filing = draft.filing
    about = [
        (_("以什么身份办"), str(Capacity(filing.capacity).label)),
        (_("原来的案号"), filing.origin_number),
        (_("一起审，还是每人一案"), _("每人一案") if filing.separate_cases else ""),
    ]
    cards = [{"title": _("谁来办"), "rows": _filled(about)}]
    cards += [
        {"title": f"{draft.role(side)}{number}", "rows": _person_rows(party)}
        for side in (Side.PLAINTIFF, Side.DEFENDANT, Side.THIRD)
        for number, party in enumerate(draft.side(side), start=1)
    ]
    return cards + [
        {"title": _("代理人%(n)s") % {"n": agent.order}, "rows": agent_rows(agent)} for agent in draft.agents
    ]


def _person_rows(party: FilingParty) -> list[Row]:
    rows = [
        (_("姓名或名称"), party.name),
        (_("证件"), f"{party.get_id_kind_display()} {party.id_number}".strip()),
        (_("电话"), party.phone),
        (_("住所地"), party.address),
        (_("法定代表人"), party.legal_representative),
        (_("能不能找到"), _("找不到，要公告送达") if party.address_unknown else ""),
        (_("不满14周岁"), _("敏感个人信息，只能按监护人同意的用途用") if is_child(party) else ""),
        (_("监护人"), _guardian(party)),
        (_("代表人"), _("大家推选的代表人") if party.is_deputy else ""),
        (_("他本人要什么"), party.claim),
        (_("他本人要的金额"), "" if party.claim_amount is None else format_yuan(party.claim_amount)),
    ]
    return _filled(rows)


def _guardian(party: FilingParty) -> str:
    words = (party.guardian_name, party.guardian_relation, party.guardian_id_number, party.guardian_phone)
    return " ".join(word for word in words if word)


def _filled(rows: list[tuple[str, str]]) -> list[Row]:
    return [{"label": label, "value": value} for label, value in rows if value]


def material_pages(draft: Draft) -> list[Row]:
    """Page images of all materials in the order of the list, for the viewer."""
    return [
        {
            "src": reverse("documents:file_page", args=[material.file.public_id, number]),
            "href": reverse("documents:file", args=[material.file.public_id]),
            "alt": _("%(title)s 第%(number)s页") % {"title": slot.title, "number": number},
            "label": f"{slot.title} · {material.file.display_name} · {number}/{material.file.pages}{material.file.scan_note}",
        }
        for slot, materials in draft.slots()
        for material in materials
        if material.file.preview_type.startswith(IMAGES)
        for number in range(1, min(material.file.pages, PAGES_PER_FILE) + 1)
    ]


def defect_groups(form: NoticeForm, draft: Draft) -> list[Row]:
    """The defect library by task, with what is ticked."""
    ticked = set(form["defects"].value() or [])
    titles = {task.key: task.title for task in tasks_of(draft)}
    groups: dict[str, list[Row]] = {}
    for defect in form.library.values():
        row = {
            "code": defect.code,
            "title": defect.title,
            "how": defect.how,
            "checked": defect.code in ticked,
        }
        groups.setdefault(defect.task, []).append(row)
    return [{"title": titles.get(task, ""), "rows": rows} for task, rows in groups.items()]


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


def correction_day(filing: Filing) -> date:
    """Until when the person would have to correct if the notice left today (D06)."""
    days = setting(filing.deciding_court_id, "correction_days")
    return deadline("D06", clock.today(), court=filing.deciding_court, n=days, unit="day").due


def review_extras(filing: Filing) -> Row:
    """What else the review page says: the story of the decision so far, what is due, what each decision sends out."""
    proposals = filing.refusal_proposals.select_related("proposed_by__user", "decision__decided_by__user")
    steps = list(filing.hand_overs.select_related("from_court", "to_court").order_by("id"))
    asked = filing.mediation_asked_at is not None
    late = filing.status == FilingStatus.SUBMITTED and bool(filing.due_on and filing.due_on < clock.today())
    return {
        "late": late,
        "proposals": [
            {
                "ground": GROUNDS[proposal.ground].label,
                "article": GROUNDS[proposal.ground].article,
                "words": proposal.words,
                "by": proposal.proposed_by.user.name,
                "at": proposal.proposed_at,
                "decision": getattr(proposal, "decision", None),
                "public_id": proposal.public_id,
            }
            for proposal in proposals.order_by("-id")
        ],
        "steps": steps,
        "can_move": may_cross(filing) and not steps,
        "can_ask": not asked,
        "mediation": _mediation_words(filing) if asked else "",
        "open_question": filing.repeat_proposals.filter(approved=None).exists(),
        "first_instance": filing.procedure.startswith("CIVIL_"),
        "cases": _cases_to_open(filing),
        "charged": is_prepaid(procedure(filing.procedure), filing.cause.name),
    }


def _cases_to_open(filing: Filing) -> int:
    """How many cases acceptance opens: one, or one for each applicant."""
    return filing.parties.filter(side=Side.PLAINTIFF).count() if filing.separate_cases else 1


def _mediation_words(filing: Filing) -> str:
    if filing.mediation_consent is None:
        return str(_("已问当事人愿不愿意先调解，还没有回答。不回答不影响审查。"))
    if filing.mediation_consent:
        return str(_("当事人同意先调解。"))
    return str(_("当事人不愿意先调解，请继续审查。"))
