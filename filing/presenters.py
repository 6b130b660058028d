"""What the applicant's pages print: rows, groups and words, prepared from a draft. Decides nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cases.models import PartyKind, Side
from common.money import format_yuan
from common.versions import seen_of
from documents.models import ScanState, StoredFile
from filing.draft import AGENTS, CAPACITY, DELIVERY, EVIDENCE, SIDE_OF_TASK, Draft
from filing.elements import schema
from filing.forms import AgentForm, PartyForm
from filing.kept import agent_kept, person_kept
from filing.models import Capacity, Filing, FilingAgent, FilingMaterial, FilingParty
from filing.people import is_child
from filing.selectors import Answer, answers_by_task
from filing.tasklist import Gap, gaps_of, tasks_of

FROM_CHECK = "?from=check"
FOR_ALL = ("name", "id_kind", "id_number")
FOR_PERSON = ("gender", "born_on", "ethnicity", "phone", "address", "usual_address", "employer", "job")
FOR_BOTH = ("guardian_name", "guardian_relation", "guardian_id_number", "guardian_phone", "claim")
FOR_ORGANISATION: tuple[str, ...] = ("legal_representative", "job", "phone", "address", "registered_address")
FOR_ORGANISATION += ("organisation_type", "ownership")
STATES = {"todo": "todo", "partly": "part", "done": "done", "locked": "later", "optional": "later"}


def task_href(filing: Filing, key: str) -> str:
    """Where a task of the list begins."""
    if key in SIDE_OF_TASK:
        return reverse("filing:people", args=[filing.public_id, key])
    if key == EVIDENCE:
        return reverse("filing:evidence", args=[filing.public_id])
    if key in (DELIVERY, CAPACITY, AGENTS):
        return reverse(f"filing:{key}", args=[filing.public_id])
    return page_href(filing, key, "")


def page_href(filing: Filing, task: str, page: str) -> str:
    """One page of a task of the element form; its first page without ``page``."""
    if not page:
        found = schema.load(filing.form).task(task)
        page = found.pages[0].key if found else ""
    return reverse("filing:page", args=[filing.public_id, task, page])


def task_groups(draft: Draft) -> list[dict[str, Any]]:
    """Groups for the task list component."""
    written = [task.key for task in draft.form.tasks if not task.optional]
    people: list[dict[str, Any]] = []
    claims: list[dict[str, Any]] = []
    last: list[dict[str, Any]] = []
    for row in tasks_of(draft):
        place = claims if row.key in written else last if row.key in (EVIDENCE, DELIVERY) else people
        place.append(
            {
                "label": row.title,
                "hint": row.hint,
                "href": "" if row.state == "locked" else task_href(draft.filing, row.key),
                "state": STATES[row.state],
                "status": _("没有可以不填") if row.state == "optional" else "",
            }
        )
    return [
        {"title": _("都有谁"), "tasks": people},
        {"title": _("要求和理由"), "tasks": claims},
        {"title": _("材料和文书"), "tasks": last},
    ]


def open_tasks(draft: Draft) -> int:
    """How many tasks are not finished."""
    return sum(bool(task.gaps) for task in tasks_of(draft))


def gap_links(draft: Draft) -> list[dict[str, str]]:
    """Everything that is missing, each with a link to the place where it is filled in."""
    return [{"href": _gap_href(draft.filing, gap), "text": gap.message} for gap in gaps_of(draft)]


def _gap_href(filing: Filing, gap: Gap) -> str:
    if gap.task == EVIDENCE:
        return f"{task_href(filing, EVIDENCE)}#slot-{gap.place}"
    if gap.task in SIDE_OF_TASK and gap.place:
        return reverse("filing:person", args=[filing.public_id, gap.task, gap.place])
    if gap.task == AGENTS and gap.place:
        return reverse("filing:agent", args=[filing.public_id, gap.place])
    if gap.task in (*SIDE_OF_TASK, DELIVERY, AGENTS, CAPACITY):
        return task_href(filing, gap.task)
    return page_href(filing, gap.task, gap.place)


def person_rows(party: FilingParty, *, href: str = "") -> list[dict[str, Any]]:
    """All that was written about one person; empty lines of what nobody must know are left out."""
    legal = party.kind == PartyKind.LEGAL
    labels = {name: str(field.label) for name, field in _person_fields().items()}
    labels |= {"name": _("单位名称"), "id_number": _("统一社会信用代码")} if legal else {"name": _("姓名")}
    shown = {
        "id_kind": party.get_id_kind_display(),
        "born_on": _birthday(party.born_on, child=is_child(party)),
    }
    wanted = ("name", "id_number", *FOR_ORGANISATION) if legal else (*FOR_ALL, *FOR_PERSON)
    wanted += FOR_BOTH
    rows = [{"label": labels[name], "value": shown.get(name, getattr(party, name))} for name in wanted]
    rows = [row for row in rows if row["value"]]
    if party.claim_amount is not None:
        rows.append({"label": labels["claim_amount"], "value": format_yuan(party.claim_amount)})
    if party.address_unknown:
        rows.append({"label": _("能不能找到"), "value": _("现在找不到，要公告送达")})
    if party.is_deputy:
        rows.append({"label": _("代表人"), "value": _("大家推选的代表人")})
    if href:
        rows[0] |= {"href": href, "change": _("%(name)s的信息") % {"name": party.name}}
    return rows


def _birthday(day: date | None, *, child: bool) -> str:
    if day is None:
        return ""
    words = _("%(year)d年%(month)d月%(day)d日") % {"year": day.year, "month": day.month, "day": day.day}
    return words + _("（不满14周岁，由监护人代办）") if child else words


def _person_fields() -> dict[str, Any]:
    return PartyForm.base_fields


def people_cards(draft: Draft, task: str, *, query: str = "") -> list[dict[str, Any]]:
    """One card per person of a side."""
    filing, found = draft.filing, []
    people = draft.side(SIDE_OF_TASK[task])
    for number, party in enumerate(people, start=1):
        address = reverse("filing:person", args=[filing.public_id, task, party.public_id])
        word = draft.role(Side(party.side))
        found.append(
            {
                "title": f"{word}{number}" if len(people) > 1 else word,
                "name": party.name,
                "href": address + query,
                "rows": person_rows(party, href=address + query if draft.unlocked(task) else ""),
                "remove_href": reverse(
                    "filing:person_remove", args=[filing.public_id, task, party.public_id]
                ),
                "seen": seen_of(*person_kept(party).values()),
            }
        )
    return found


def agent_cards(draft: Draft, *, query: str = "") -> list[dict[str, Any]]:
    """One card per agent."""
    filing, found = draft.filing, []
    for agent in draft.agents:
        address = reverse("filing:agent", args=[filing.public_id, agent.public_id]) + query
        rows = agent_rows(agent)
        if draft.unlocked(AGENTS):
            rows[0] |= {"href": address, "change": _("%(name)s的信息") % {"name": agent.name}}
        title = _("代理人%(n)s") % {"n": agent.order} if len(draft.agents) > 1 else _("代理人")
        found.append(
            {
                "title": _("%(agent)s（您自己）") % {"agent": title} if agent.is_applicant else title,
                "name": agent.name,
                "rows": rows,
                "remove_href": reverse("filing:agent_remove", args=[filing.public_id, agent.public_id]),
                "seen": seen_of(*agent_kept(agent).values()),
            }
        )
    return found


def agent_rows(agent: FilingAgent) -> list[dict[str, Any]]:
    """All that was written about one agent."""
    labels = {name: str(field.label) for name, field in AgentForm.base_fields.items()}
    shown = {"kind": agent.get_kind_display(), "power": agent.get_power_display()}
    names = ("name", "kind", "power", "firm", "job", "licence", "relation", "id_number", "phone")
    rows = [{"label": labels[name], "value": shown.get(name, getattr(agent, name))} for name in names]
    return [row for row in rows if row["value"]]


def _capacity_section(draft: Draft) -> dict[str, Any]:
    filing = draft.filing
    row = {"label": _("您以什么身份来办"), "value": str(Capacity(filing.capacity).label)}
    if draft.unlocked(CAPACITY):
        row["href"] = task_href(filing, CAPACITY) + FROM_CHECK
    rows = [row]
    if filing.origin_number:
        rows.append({"label": _("原来的案号"), "value": filing.origin_number})
    if filing.separate_cases:
        rows.append({"label": _("一起审，还是每人一案"), "value": _("每人一案")})
    return {"title": _("谁来办"), "rows": rows}


def check_sections(draft: Draft) -> list[dict[str, Any]]:
    """The check page: people, answers, materials and delivery as summary lists with 修改 links."""
    filing = draft.filing
    sections = [_capacity_section(draft)]
    for side_task in SIDE_OF_TASK:
        for card in people_cards(draft, side_task, query=FROM_CHECK):
            sections.append({"title": f"{card['title']}：{card['name']}", "rows": card["rows"]})
    for card in agent_cards(draft, query=FROM_CHECK):
        sections.append({"title": f"{card['title']}：{card['name']}", "rows": card["rows"]})
    for task, answers in answers_by_task(draft):
        rows = [_answer_row(draft, task.key, answer) for answer in answers]
        if task.optional and not any(row["value"] for row in rows):
            rows = [rows[0] | {"value": _("没有请")}]
        sections.append({"title": task.title, "rows": rows})
    sections.append(
        {"title": _("证据照片"), "rows": [_slot_row(draft, slot, files) for slot, files in draft.slots()]}
    )
    chosen = {True: _("送到这个平台的收件箱"), False: _("寄纸质文书"), None: ""}[filing.e_delivery]
    row = {"label": _("文书怎么送给您"), "value": chosen}
    if draft.unlocked(DELIVERY):
        row["href"] = task_href(filing, DELIVERY) + FROM_CHECK
    sections.append({"title": _("送达方式"), "rows": [row]})
    return sections


def _answer_row(draft: Draft, task: str, answer: Answer) -> dict[str, Any]:
    row = {"label": answer.label, "value": answer.shown}
    if draft.unlocked(task):
        row["href"] = f"{page_href(draft.filing, task, answer.page)}{FROM_CHECK}"
    return row


def _slot_row(draft: Draft, slot: Any, files: list[FilingMaterial]) -> dict[str, Any]:
    names = "\n".join(material.file.display_name for material in files)
    row = {"label": slot.title, "value": names or ("" if slot.required else _("没有，可以不交"))}
    if draft.unlocked(EVIDENCE, slot.key):
        row["href"] = f"{task_href(draft.filing, EVIDENCE)}{FROM_CHECK}#slot-{slot.key}"
    return row


def file_row(file: StoredFile, remove_href: str) -> dict[str, Any]:
    """One kept file for the file list component, with a look at its cleaned copy."""
    infected = file.scan_state == ScanState.INFECTED
    door = "documents:preview" if file.preview_key else "documents:file"
    return {
        "name": file.display_name,
        "size": file.size_bytes,
        "note": _("共%(pages)s页") % {"pages": file.pages} if file.pages > 1 else "",
        "state": "err" if infected else "ok",
        "state_label": _("已收到，有病毒，已隔离，请换一份")
        if infected
        else _("已收到%(scan)s") % {"scan": file.scan_note},
        "href": "" if infected else reverse(door, args=[file.public_id]),
        "remove_href": remove_href,
        "remove_label": _("删掉"),
    }


def files(draft: Draft, found: list[FilingMaterial]) -> list[dict[str, Any]]:
    """Files of one slot for the file list component."""
    return [
        file_row(
            material.file,
            reverse("filing:material_remove", args=[draft.filing.public_id, material.public_id])
            if draft.unlocked(EVIDENCE, material.slot) and not draft.may_follow
            else "",
        )
        for material in found
    ]


def late_papers(draft: Draft) -> dict[str, Any] | None:
    """What the applicant is told while papers may follow (``filing/_late_papers.html``); None in any other case."""
    if not draft.may_follow:
        return None
    filing = draft.filing
    href = reverse("filing:evidence", args=[filing.public_id])
    missing = "、".join(draft.missing_papers())
    return {"missing": missing, "sent_at": filing.first_submitted_at, "due": filing.due_on, "href": href}


def slot_cards(draft: Draft, failures: dict[str, list[str]]) -> list[dict[str, Any]]:
    """The slots of the evidence page."""
    return [
        slot_card(
            slot,
            files(draft, found),
            failures,
            needed=slot.required,
            is_open=draft.unlocked(EVIDENCE, slot.key),
        )
        for slot, found in draft.slots()
    ]


def slot_card(
    slot: schema.Slot,
    kept: list[dict[str, Any]],
    failures: dict[str, list[str]],
    *,
    needed: bool,
    is_open: bool,
) -> dict[str, Any]:
    """One slot with its files, and what could not be kept just now."""
    return {
        "key": slot.key,
        "title": slot.title,
        "hint": slot.hint,
        "optional": not needed,
        "files": kept,
        "error": "；".join(failures.get(slot.key, [])),
        "open": is_open,
    }


def slot_errors(slots: list[dict[str, Any]], failures: dict[str, list[str]]) -> list[dict[str, str]]:
    """What could not be kept, with a link to its slot, for the summary on top; also what was sent to no slot."""
    shown = {slot["key"]: slot["title"] for slot in slots}
    return [
        {"href": f"#file-{key}", "text": f"{shown[key]}：{'；'.join(sentences)}"}
        if key in shown
        else {"href": "", "text": "；".join(sentences)}
        for key, sentences in failures.items()
    ]


def fix_items(draft: Draft) -> list[dict[str, Any]]:
    """What the correction notice asks for, each with the way to the place where it is fixed."""
    if draft.notice is None:
        return []
    rows = []
    for item in draft.notice.items.all():
        address = task_href(draft.filing, item.task)
        rows.append(
            {
                "title": item.title,
                "why": item.why,
                "how": item.how,
                "href": f"{address}#slot-{item.slot}" if item.slot else address,
                "task": next((task.title for task in tasks_of(draft) if task.key == item.task), ""),
            }
        )
    return rows
