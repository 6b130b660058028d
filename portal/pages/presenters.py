"""Rows for pages built from several apps."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.drafting.rules import may_write
from cases.models import Case, CaseRole, CaseStaff, Party, Representative, ServiceChoice, Side, Stage
from cases.selectors import representatives_of, service_choices_in, stage_steps
from cases.services import tracks_for
from common.actor import Actor
from common.money import format_yuan
from common.templatetags.time_words import day_words
from documents.models import Delivery, Paper, PaperState
from filing.draft import Draft
from filing.models import AgentKind, Power
from filing.selectors import answers_by_task
from filing.services.acceptance import DEPUTY, GUARDIAN, HEAD

Row = dict[str, Any]
STAGE_WORDS = {"done": "done", "current": "now", "todo": "todo"}


def stages(case: Case) -> list[Row]:
    """For the stage tracker."""
    return [{"label": step.label, "state": STAGE_WORDS[step.state]} for step in stage_steps(case)]


REPRESENTATIVES: dict[str, str | Promise] = {
    **dict(AgentKind.choices),
    GUARDIAN: gettext_lazy("监护人（法定代理人）"),
    DEPUTY: gettext_lazy("推选的代表人"),
    HEAD: gettext_lazy("法定代表人"),
}


def acting_words(one: Representative) -> str:
    """王律师（律师，某某律师事务所，特别授权）"""
    about = [REPRESENTATIVES.get(one.kind, one.kind), one.firm, dict(Power.choices).get(one.power, "")]
    return f"{one.name}（{'，'.join(str(word) for word in about if word)}）"


def people_rows(case: Case, parties: list[Party]) -> list[Row]:
    """Parties with who acts for each. One query."""
    acting = representatives_of(case)
    return [
        {"party": party, "acting": [acting_words(one) for one in acting.get(party.pk, ())]}
        for party in parties
    ]


def case_facts(
    case: Case, parties: list[Party], staff: dict[str, CaseStaff], linked: list[tuple[str, Case]]
) -> list[Row]:
    """Who and what, for the court. One query."""
    rows = []
    for row in people_rows(case, parties):
        party = row["party"]
        rows.append((f"{party.get_side_display()}{party.order}", party.name))
        rows += [(_("代理人、代表人"), words) for words in row["acting"]]
    rows.append((_("标的额"), format_yuan(case.amount) if case.amount is not None else ""))
    reasons = "；".join(case.track_reasons)
    rows.append((_("适用程序"), f"{case.get_track_display()}（{reasons}）" if reasons else ""))
    for role in CaseRole:
        member = staff.get(role)
        rows.append((str(role.label), member.post.user.name if member else ""))
    rows += [(_("相关案件（%(kind)s）") % {"kind": kind}, other.number) for kind, other in linked]
    return [{"label": label, "value": value} for label, value in rows]


def service_rows(case: Case, parties: list[Party]) -> list[Row]:
    """How papers reach each party and the address it confirmed, for the court. One query."""
    chosen = service_choices_in(case)
    return [
        {
            "label": f"{party.get_side_display()}{party.order} {party.name}",
            "value": _service_words(party, chosen.get(party.pk)),
            "href": reverse("pages:desk_service", args=[case.public_id, party.public_id]),
        }
        for party in parties
    ]


def _service_words(party: Party, choice: ServiceChoice | None) -> str:
    words = [_("没有同意电子送达，寄纸质文书")]
    if party.e_delivery_since:
        words = [_("同意电子送达，%(day)s起") % {"day": day_words(party.e_delivery_since)}]
    if choice and choice.postal_address:
        words.append(_("确认的收件地址：%(address)s") % {"address": choice.postal_address})
        words += [_("收件电话：%(phone)s") % {"phone": choice.postal_phone}] if choice.postal_phone else []
        words += [_("当事人请法院保密，不告诉对方")] if choice.confidential else []
    else:
        words.append(_("没有确认收件地址"))
    return "\n".join(words)


def copy_rows(case: Case, papers: list[Paper], actor: Actor) -> list[Row]:
    """Every copy of every paper with its delivery; whether the paper was corrected, and where who may corrects it."""
    rows = []
    later = {paper.supersedes_id: paper for paper in papers if paper.supersedes_id}
    for paper in papers:
        for copy in paper.copies.all():
            delivery: Delivery | None = getattr(copy, "delivery", None)
            rows.append(
                {
                    "title": paper.title,
                    "number": paper.number,
                    "replaced_by": later[paper.pk].number if paper.pk in later else "",
                    "correct": reverse("pages:draft_correct", args=[case.public_id, paper.public_id])
                    if paper.pk not in later and may_write(actor.role, paper.template)
                    else "",
                    "addressee": copy.addressee_name,
                    "serial": copy.serial,
                    "href": reverse("documents:paper", args=[copy.public_id])
                    if copy.state == PaperState.ISSUED
                    else "",
                    "state": delivery.get_state_display() if delivery else "",
                }
            )
    return rows


def defence_rows(drafts: list[Draft]) -> list[Row]:
    """Received 答辩状 for the court: who, when, every answer, every file."""
    return [
        {
            "title": _("%(name)s的答辩状") % {"name": draft.side(Side.PLAINTIFF)[0].name},
            "at": draft.filing.submitted_at,
            "rows": [
                {"label": answer.label, "value": answer.shown}
                for _task, answers in answers_by_task(draft)
                for answer in answers
                if answer.shown
            ],
            "files": material_rows(draft),
        }
        for draft in drafts
    ]


def material_rows(draft: Draft | None) -> list[Row]:
    """What was handed in with a pleading, by slot, for the court."""
    return [
        {
            "name": f"{slot.title} · {material.file.display_name}{material.file.scan_note}",
            "href": reverse("documents:file", args=[material.file.public_id]),
            "size": material.file.size_bytes,
        }
        for slot, materials in (draft.slots() if draft else [])
        for material in materials
    ]


def judge_acts(case: Case) -> list[Row]:
    """What the judge can do about the case as it stands. One query for a closed case."""
    if case.stage == Stage.CLOSED:
        closing = getattr(case, "closing", None)
        waits = closing is not None and closing.effective_on is None
        found = [(_("记生效日期"), "pages:close_effect")] if waits else []
    else:
        found = [(_("结案"), "pages:close_case")]
        if tracks_for(case):
            found.append((_("转换程序"), "pages:change_track"))
        found.append((_("法官助理"), "pages:assistant"))
        if case.amount is not None:
            found.append((_("变更标的额"), "pages:change_claim"))
    return [{"label": label, "href": reverse(name, args=[case.public_id])} for label, name in found]
