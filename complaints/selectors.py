"""Reads of the zone for its pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from cases.models import Case
from common.actor import Actor
from common.errors import NotVisible
from complaints.models import About, Enclosure, Kind, Matter, Word, WordKind
from complaints.policies import own_matters, visible_matters
from courts.models import Court


def matter_for(actor: Actor, public_id: UUID) -> Matter:
    """A matter this handler may see now; NotVisible otherwise, as for an unknown id."""
    matter = visible_matters(actor).filter(public_id=public_id).select_related("standing").first()
    if matter is None:
        raise NotVisible(_("没有这个页面。"))
    return matter


def own_matter(actor: Actor, public_id: UUID) -> Matter:
    """A complaint that this account wrote; NotVisible otherwise."""
    matter = (
        own_matters(actor).filter(public_id=public_id, kind=Kind.COMPLAINT).select_related("standing").first()
    )
    if matter is None:
        raise NotVisible(_("没有这个页面。"))
    return matter


def desk_rows(actor: Actor, kind: str) -> QuerySet[Matter]:
    """What this handler has to do with: open complaints by their day, then closed ones; records newest first."""
    rows = visible_matters(actor).filter(kind=kind).select_related("standing")
    if kind == Kind.COMPLAINT:
        return rows.order_by(F("standing__closed_at").desc(nulls_first=True), "standing__due_at", "id")
    return rows.order_by("-id")


@dataclass(frozen=True)
class Facts:
    """A matter in words, for a page."""

    matter: Matter
    court: str
    rows: list[dict[str, Any]]
    named: list[str]
    routed: list[dict[str, Any]]


def facts_of(matter: Matter) -> Facts:
    """Everything a handler reads beside the words. Five small queries."""
    courts = dict(Court.objects.filter(pk__in=_courts(matter)).values_list("pk", "name"))
    named = [row.user_id for row in matter.named.order_by("id")]
    names = dict(User.objects.filter(pk__in=named).values_list("pk", "name"))
    case = Case.objects.filter(pk=matter.case_id or 0).values_list("number", flat=True).first()
    routed = [
        {"court": courts[row.court_id], "role": row.role, "why": row.get_why_display(), "at": row.routed_at}
        for row in matter.routings.order_by("id")
    ]
    rows: list[dict[str, Any]] = [{"label": _("要反映谁"), "value": matter.content["who"]}]
    if matter.kind == Kind.COMPLAINT:
        rows += [
            {"label": _("什么问题"), "value": About(matter.content["about"]).label},
            {"label": _("什么时候的事"), "value": matter.content["when"]},
        ]
    else:
        rows += [
            {"label": _("过问人单位和职务"), "value": matter.content["office"]},
            {"label": _("过问的日期"), "value": matter.content["day"]},
        ]
    rows.append({"label": _("案号"), "value": case or matter.content["case_number"]})
    return Facts(matter, courts[matter.court_id], rows, [names[user] for user in named], routed)


def _courts(matter: Matter) -> list[int]:
    return [matter.court_id, *(row.court_id for row in matter.routings.all())]


KIND_WORDS = {
    "jpg": gettext_lazy("照片"),
    "png": gettext_lazy("图片"),
    "heic": gettext_lazy("照片"),
    "pdf": "PDF",
    "docx": "Word",
}


def files_of(matter: Matter) -> dict[int | None, list[dict[str, Any]]]:
    """Files by the word they came with (None: with the complaint itself), oldest first. They are named by kind and number:
    the name a file had can tell who sent it. One query.
    """
    found: dict[int | None, list[dict[str, Any]]] = {}
    for number, file in enumerate(Enclosure.objects.filter(matter=matter).order_by("id"), start=1):
        row = {
            "id": file.public_id,
            "label": f"{KIND_WORDS[file.kind]} {number}",
            "size": file.facts["size"],
            "pages": file.facts["pages"] if file.kind == "pdf" else 0,
            "shown": file.shown is not None,
            "only_text": file.kind == "docx",
        }
        found.setdefault(file.word_id, []).append(row)
    return found


def thread_of(matter: Matter, *, internal: bool) -> list[dict[str, Any]]:
    """What was written after the complaint itself, oldest first; notes of handlers only for handlers."""
    words = Word.objects.filter(matter=matter).order_by("id")
    files = files_of(matter)
    if not internal:
        words = words.exclude(kind=WordKind.INTERNAL)
    return [
        {
            "id": word.public_id,
            "role": WordKind(word.kind).label,
            "text": word.text,
            "at": word.written_at,
            "own": (word.kind == WordKind.AUTHOR) != internal,
            "internal": word.kind == WordKind.INTERNAL,
            "files": files.get(word.pk, []),
        }
        for word in words
    ]
