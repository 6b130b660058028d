"""Reads of scan visits, reports and codes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from cases.models import Case, Party, ReasonedRead
from common import clock
from common.actor import Actor, Kind, ScanPass
from documents.models import Copy, PaperState
from documents.policies import printable_copies
from documents.selectors import copies_about
from eventlog.models import Event
from qrlinks import policies
from qrlinks.models import CaseCode, CodeReport, OffReason, ReportState, Visit, VisitWay
from qrlinks.services.codes import SUBJECT


def visits_of(parties: Iterable[Party], limit: int = 50) -> list[Visit]:
    """Scan visits in the names of these parties, newest first; shown to them only. One query."""
    found = Visit.objects.filter(party__in=list(parties)).select_related("copy__paper").order_by("-id")
    return list(found[:limit])


@dataclass(frozen=True)
class Look:
    """Somebody looked: when, who in words, what, in which case."""

    at: datetime
    who: str
    what: str
    case_id: int


def looks_of(parties: Iterable[Party], viewer: Actor, limit: int = 50) -> list[Look]:
    """谁在什么时候看过, newest first: everybody who got in by a code in the names of these parties, every opening of a paper
    addressed to them, by whomever, and every reading of their case with a reason (SEC-18; the reason itself is for those who
    hold the case). For the parties alone (SEC-35). Four queries."""
    own = list(parties)
    case_of = {party.public_id: party.case_id for party in own}
    looks = [
        Look(visit.happened_at, _entrance(visit), _paper(visit.copy), visit.case_id)
        for visit in visits_of(own, limit)
    ]
    addressed = Copy.objects.filter(addressee_public_id__in=[party.public_id for party in own])
    copies = {copy.pk: copy for copy in addressed.select_related("paper")}
    opened = Event.objects.filter(
        subject_kind="documents.copy", subject_id__in=list(copies), name="documents.opened"
    ).order_by("-id")
    looks += [
        Look(
            event.happened_at,
            _opener(event, viewer),
            _("打开了%(paper)s") % {"paper": _paper(copies[event.subject_id])},
            case_of[copies[event.subject_id].addressee_public_id],
        )
        for event in opened[:limit]
    ]
    read = ReasonedRead.objects.filter(case__in={party.case_id for party in own}).select_related("post__user")
    looks += [
        Look(
            row.opened_at,
            _("法院院领导 %(name)s") % {"name": row.post.user.name},
            _("写明理由查阅了本案和留言"),
            row.case_id,
        )
        for row in read.order_by("-opened_at")[:limit]
    ]
    return sorted(looks, key=lambda look: look.at, reverse=True)[:limit]


def _paper(copy: Copy | None) -> str:
    return (
        _("《%(title)s》 份号 %(serial)s") % {"title": copy.paper.title, "serial": copy.serial}
        if copy
        else ""
    )


def _entrance(visit: Visit) -> str:
    if visit.way == VisitWay.COUNTER:
        return str(_("有人以您的名义扫码进入，由窗口核对了身份证"))
    return str(_("有人以您的名义扫码进入，核对了手机验证码"))


def _opener(event: Event, viewer: Actor) -> str:
    if event.actor_kind == Kind.STAFF:
        return _("法院工作人员 %(name)s") % {"name": event.actor_name}
    if event.actor_kind == Kind.SCAN:
        return str(_("扫码进入的人"))
    if event.actor_id is not None and event.actor_id == viewer.user_id:
        return str(_("您的账号"))
    return str(_("当事人本人或者代理人的账号"))


def own_copy(parties: Iterable[Party], public_id: uuid.UUID) -> Copy | None:
    """An issued copy addressed to one of these parties, else None. One query."""
    rows = Copy.objects.filter(addressee_public_id__in=[party.public_id for party in parties])
    return rows.filter(public_id=public_id, state=PaperState.ISSUED).select_related("paper").first()


@dataclass(frozen=True)
class ScanView:
    """What the banner of a scan login says: until when, and the paper in hand for comparing (SEC-24)."""

    until: datetime
    copy: Copy


def scan_view(scan: ScanPass) -> ScanView:
    """Serial and check code are shown after the second factor only. One query."""
    return ScanView(scan.expires_at, Copy.objects.select_related("paper").get(pk=scan.copy_id))


def reports_page(actor: Actor, state: str) -> tuple[dict[str, int], QuerySet[Any]]:
    """How many reports the actor sees in each state, and those of one state, oldest first while open. One query for the
    counts."""
    visible = policies.visible_reports(actor)
    counts = dict.fromkeys(map(str, ReportState), 0)
    for row in visible.values("state").annotate(number=Count("id")).order_by():
        counts[row["state"] or ReportState.NEW] += row["number"]
    wanted = visible.filter(state=None) if state == ReportState.NEW else visible.filter(state=state)
    order = "-id" if state == ReportState.SETTLED else "id"
    return counts, wanted.select_related("copy__paper").order_by(order)


def report_for(actor: Actor, public_id: uuid.UUID) -> CodeReport | None:
    """One report with its steps, else None."""
    rows = policies.visible_reports(actor).select_related("copy__paper__court")
    return rows.prefetch_related("steps__by__user").filter(public_id=public_id).first()


def checked_copy(actor: Actor, public_id: uuid.UUID) -> Copy | None:
    """An issued copy of the actor's court, else None."""
    rows = printable_copies(actor).filter(public_id=public_id, state=PaperState.ISSUED)
    return rows.select_related("paper__court", "delivery").first()


def case_of(copy: Copy) -> Case | None:
    """The case a copy is about; None for papers about something else. One query."""
    if copy.paper.subject_kind != SUBJECT:
        return None
    return Case.objects.filter(public_id=copy.paper.subject_public_id).select_related("court", "code").first()


@dataclass(frozen=True)
class CodeState:
    """Whether a scan of this copy leads anywhere, and why not."""

    live: bool
    words: str
    since: datetime | None = None


def state_of(copy: Copy, code: CaseCode | None, *, why: str = "") -> CodeState:
    """In the order in which staff can do something about it. ``why`` is the recorded reason of a switched-off copy."""
    now = clock.now()
    if copy.revoked_at is not None:
        reason = OffReason(why).label if why in OffReason.values else ""
        words = _("这一份已停用") if why != "reprinted" else _("已换新份")
        return CodeState(False, f"{words}：{reason}" if reason else words, copy.revoked_at)
    if code is not None and not code.is_on:
        return CodeState(False, _("整个案件的码已停用"))
    if code is not None and code.ends_at is not None and code.ends_at <= now:
        return CodeState(False, _("案件已结，码已到期"), code.ends_at)
    if copy.expires_at is not None and copy.expires_at <= now:
        return CodeState(False, _("码已到期"), copy.expires_at)
    return CodeState(True, _("可以扫"))


def off_reasons(copies: Iterable[Copy]) -> dict[int, str]:
    """Recorded reason by key of the copies that were switched off. One query."""
    off = [copy.pk for copy in copies if copy.revoked_at is not None]
    rows = Event.objects.filter(
        subject_kind="documents.copy", subject_id__in=off, name="documents.copy_revoked"
    )
    return {row.subject_id: str(row.payload.get("reason", "")) for row in rows}


def codes_of(case: Case) -> list[tuple[Copy, CodeState]]:
    """Every copy about a case with the state of its code, newest first. Two queries."""
    copies = copies_about(SUBJECT, case.public_id)
    reasons = off_reasons(copies)
    return [(copy, state_of(copy, case.code, why=reasons.get(copy.pk, ""))) for copy in copies]
