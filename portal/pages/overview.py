"""What waits for a person, whose turn it is and what happened: reads that put several apps together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.roles import ROLE_WORDS
from cases.models import Case, CaseDeadline, Outcome, Party, Side, Stage, Track
from cases.papers import NOTICES
from cases.policies import visible_parties
from cases.services import case_stream
from common.actor import Actor, Kind, Role
from common.money import format_yuan
from documents.models import Copy, DeliveryFact, DeliveryFactKind, DeliveryMethod, PaperState
from eventlog.models import Event, Receipt
from eventlog.registry import NAMES, Timeline
from feedback.models import Thread
from feedback.policies import visible_threads
from feedback.selectors import unrated
from filing.models import CorrectionNotice, Filing, FilingStatus
from payments.models import Bill, Overdue, OverdueState, Payment, Refund, RefundState
from payments.refund_selectors import waiting_for
from payments.selectors import open_bills_of
from portal.correction_plans import words_of

MOST = 20
"""Things to do that are shown at once."""

Words = str | Promise


@dataclass(frozen=True)
class ToDo:
    """One thing to do: what, where, until when; ``number`` names the case or the application."""

    label: Words
    href: str
    number: str
    due: date | datetime | None = None


def to_dos(actor: Actor, filings: list[Filing]) -> list[ToDo]:
    """What waits for this person: corrections, fees, refunds, unread papers, answers. Six queries, and two for each refund
    that waits."""
    returned = [filing for filing in filings if filing.status == FilingStatus.RETURNED]
    notices = _newest_notices(returned)
    rows = [_fix(filing, notices[filing.pk]) for filing in returned]
    rows += [_add_papers(filing) for filing in filings if _waits_for_papers(filing)]
    rows += [_mediate(filing) for filing in filings if _is_asked(filing)]
    rows += [_pay(bill) for bill in open_bills_of(actor)[:MOST]]
    rows += [_take(refund) for refund in waiting_for(actor)[:MOST]]
    rows += _read(actor)
    rows += [_answer(thread) for thread in unrated(visible_threads(actor)).select_related("case")[:MOST]]
    return rows


def _newest_notices(filings: list[Filing]) -> dict[int, CorrectionNotice]:
    """The newest correction notice of each application with its number of ``defects``. One query."""
    found = CorrectionNotice.objects.filter(filing__in=filings).annotate(defects=Count("items"))
    return {notice.filing_id: notice for notice in found.order_by("round")}


def _fix(filing: Filing, notice: CorrectionNotice) -> ToDo:
    words = _("补%(n)d项材料") % {"n": notice.defects}  # type: ignore[attr-defined]  # annotated
    href = reverse("filing:fix", args=[filing.public_id])
    return ToDo(words, href, filing.number or "", notice.due_on)


def _waits_for_papers(filing: Filing) -> bool:
    return filing.materials_follow and filing.status == FilingStatus.SUBMITTED


def _add_papers(filing: Filing) -> ToDo:
    href = reverse("filing:evidence", args=[filing.public_id])
    return ToDo(_("补提交时没有传上的材料"), href, filing.number or "", filing.due_on)


def _is_asked(filing: Filing) -> bool:
    asked = filing.mediation_asked_at is not None and filing.mediation_consent is None
    return asked and filing.status == FilingStatus.SUBMITTED


def _mediate(filing: Filing) -> ToDo:
    href = reverse("filing:mediation", args=[filing.public_id])
    return ToDo(_("回答愿不愿意先调解"), href, filing.number or "")


def _pay(bill: Bill) -> ToDo:
    words = _("交诉讼费 ¥%(sum)s") % {"sum": f"{bill.amount:,.2f}"}
    return ToDo(words, reverse("payments:bill", args=[bill.public_id]), bill.case.number, bill.due_on)


def _take(refund: Refund) -> ToDo:
    words = _("确认怎么收退费 ¥%(sum)s") % {"sum": f"{refund.amount:,.2f}"}
    if refund.state == RefundState.FAILED:
        words = _("退费没有退成，请看能不能换账户 ¥%(sum)s") % {"sum": f"{refund.amount:,.2f}"}
    number = refund.case.number if refund.case else refund.number
    return ToDo(words, reverse("payments:refund", args=[refund.public_id]), number, refund.due_on)


def _answer(thread: Thread) -> ToDo:
    href = reverse("feedback:thread", args=[thread.case.public_id, thread.public_id])
    return ToDo(_("看答复，并评价"), href, thread.case.number)


def _read(actor: Actor) -> list[ToDo]:
    parties = {party.public_id: party.case for party in visible_parties(actor).select_related("case")}
    return [
        ToDo(
            _("看新文书：%(title)s") % {"title": copy.paper.title},
            reverse("pages:case_files", args=[parties[copy.addressee_public_id].public_id]),
            parties[copy.addressee_public_id].number,
        )
        for copy in unopened(parties)
    ]


def unopened(party_public_ids: Iterable[UUID]) -> list[Copy]:
    """Papers in the inbox of these parties that nobody has opened, newest first. One query."""
    opened = DeliveryFact.objects.filter(delivery__copy=OuterRef("pk"), kind=DeliveryFactKind.OPENED)
    mine = Copy.objects.filter(
        ~Exists(opened),
        addressee_public_id__in=list(party_public_ids),
        state=PaperState.ISSUED,
        revoked_at=None,
        delivery__method=DeliveryMethod.INBOX,
    )
    return list(mine.select_related("paper").order_by("-id")[:MOST])


def filing_rows(filings: Iterable[Filing]) -> list[dict[str, Any]]:
    """Applications that are not cases yet, with whose turn it is. One query."""
    filings = list(filings)
    notices = _newest_notices(filings)
    return [_filing_row(filing, notices.get(filing.pk)) for filing in filings]


def _filing_row(filing: Filing, notice: CorrectionNotice | None) -> dict[str, Any]:
    yours, turn, due = True, _("现在轮到您：填完并提交"), None
    href = reverse("filing:tasks", args=[filing.public_id])
    if filing.status == FilingStatus.SUBMITTED:
        yours, turn, due = False, _("现在轮到法院：立案庭审查中，最晚答复"), filing.due_on
        href = reverse("filing:sent", args=[filing.public_id])
    elif filing.status == FilingStatus.REFUSAL:
        yours, turn, due = False, _("现在轮到法院：立案法官决定是否受理，最晚答复"), filing.due_on
    elif filing.status == FilingStatus.MEDIATING:
        yours, turn, due = False, _("正在先行调解，最长到"), filing.due_on
    elif filing.status == FilingStatus.REFUSED:
        yours, turn = False, _("法院裁定不予受理，请看裁定书")
    elif notice is not None and filing.status == FilingStatus.RETURNED:
        turn, due = _("现在轮到您：把缺的材料补上"), notice.due_on
        href = reverse("filing:fix", args=[filing.public_id])
    return {"filing": filing, "yours": yours, "turn": turn, "due": due, "href": href}


@dataclass(frozen=True)
class Turn:
    """Whose turn it is in a case, in one sentence, and the one next thing to do when it is the reader's."""

    words: Words
    yours: bool = False
    href: str = ""
    action: Words = ""
    due: date | datetime | None = None


def next_turn(
    case: Case,
    party: Party,
    *,
    bill: Bill | None = None,
    refund: Refund | None = None,
    paper: Copy | None = None,
    answered: Thread | None = None,
    defence: CaseDeadline | None = None,
) -> Turn:
    """The one next thing: fee, refund to confirm, unread paper, answer to read, defence; otherwise whose turn the stage says."""
    if bill is not None:
        href = reverse("payments:bill", args=[bill.public_id])
        return Turn(_("现在轮到您：交诉讼费"), True, href, _("去交费"), bill.due_on)
    if refund is not None:
        href = reverse("payments:refund", args=[refund.public_id])
        return Turn(_("现在轮到您：确认怎么收退费"), True, href, _("去确认"), refund.due_on)
    if paper is not None:
        href = reverse("pages:case_files", args=[case.public_id])
        return Turn(_("现在轮到您：看新收到的文书"), True, href, _("看文书"))
    if answered is not None:
        href = reverse("feedback:thread", args=[case.public_id, answered.public_id])
        return Turn(_("现在轮到您：法院答复了，请看一看"), True, href, _("看答复"))
    if defence is not None:
        href = reverse("filing:defence", args=[case.public_id])
        return Turn(_("现在轮到您：可以写答辩状"), True, href, _("写答辩状"), defence.due_on)
    return Turn(_stage_turn(case, party))


def _stage_turn(case: Case, party: Party) -> Words:
    if case.stage == Stage.ACCEPTED:
        return _("现在轮到原告：交诉讼费")
    return {
        Stage.PAID: _("现在轮到法院：把起诉状副本送给被告"),
        Stage.SERVED: _("现在轮到法院：安排开庭，定了会通知您"),
        Stage.HEARING: _("现在轮到法院：审理和写裁判文书"),
        Stage.CLOSED: _("案件已经审结"),
    }[Stage(case.stage)]


def case_rows(actor: Actor, cases: Iterable[Case]) -> list[dict[str, Any]]:
    """Cases for the list with stage and turn. Five queries for any number of cases, and two for each refund that waits."""
    cases = list(cases)
    own: dict[int, list[Party]] = {}
    for party in visible_parties(actor).filter(case__in=cases).order_by("id"):
        own.setdefault(party.case_id, []).append(party)
    bills = {bill.case_id: bill for bill in reversed(open_bills_of(actor))}
    papers = {
        copy.addressee_public_id: copy
        for copy in unopened(p.public_id for mine in own.values() for p in mine)
    }
    answered = {thread.case_id: thread for thread in unrated(visible_threads(actor)).filter(case__in=cases)}
    refunds = {refund.case_id: refund for refund in reversed(waiting_for(actor))}
    rows = []
    for case in cases:
        party = own[case.pk][0]
        paper = next((papers[p.public_id] for p in own[case.pk] if p.public_id in papers), None)
        turn = next_turn(
            case,
            party,
            bill=bills.get(case.pk),
            refund=refunds.get(case.pk),
            paper=paper,
            answered=answered.get(case.pk),
        )
        rows.append({"case": case, "party": party, "side": Side(party.side).label, "turn": turn})
    return rows


@dataclass(frozen=True)
class Entry:
    """One line of a party's timeline; ``actor`` is a role with a staff name, never a party's name."""

    what: Words
    at: datetime
    actor: str
    text: str = ""
    files: tuple[dict[str, str], ...] = ()


def history(case: Case, own: list[Party], *, with_money: bool, limit: int = 100) -> list[Entry]:
    """What happened in a case as these parties, whom one person stands for, may see it, newest first.

    The court's acts are for all parties; of papers a party sees its own and that the response notice reached a
    defendant; the way through the intake desk only the plaintiffs; money only who may see the bill (SEC-22).
    """
    streams = [case_stream(case)] + (
        [f"filing:{case.filing_public_id}"] if any(p.side == Side.PLAINTIFF for p in own) else []
    )
    names = [entry.name for entry in NAMES.values() if entry.timeline is Timeline.PARTIES]
    shown = [name for name in names if not name.startswith("payments.")]
    events = list(Event.objects.filter(stream__in=streams, name__in=shown).order_by("-id")[:limit])
    if with_money:
        events += _money_events(own, [name for name in names if name not in shown])
    copies = copies_named_by(events)
    mine, receipts = {p.public_id for p in own}, _delivery_receipts(events)
    found = []
    for event in events:
        entry = entry_of(event, mine, copies)
        if entry is not None:  # files are an own copy's
            found.append(
                replace(entry, files=entry.files + receipts.get(event.pk, ())) if entry.files else entry
            )
    return sorted(found, key=lambda entry: entry.at, reverse=True)[:limit]


def _money_events(own: list[Party], names: list[str]) -> list[Event]:
    """What happened to the bills, payments, late bills and refunds of these parties. Five queries."""
    subjects = {
        "payments.bill": Bill.objects.filter(party__in=own),
        "payments.payment": Payment.objects.filter(order__bill__party__in=own),
        "payments.overdue": Overdue.objects.filter(bill__party__in=own),
        "payments.refund": Refund.objects.filter(party__in=own),
    }
    about = Q()
    for kind, rows in subjects.items():
        about |= Q(subject_kind=kind, subject_id__in=list(rows.values_list("pk", flat=True)))
    return list(Event.objects.filter(about, name__in=names))


def _delivery_receipts(events: list[Event]) -> dict[int, tuple[dict[str, str], ...]]:
    """Links to the signed receipt of each delivery and to its way into the trail (SEC-45), by event. One query."""
    told = [event.pk for event in events if event.name == "documents.delivered"]
    labels = (("pages:receipt", _("送达回执")), ("pages:receipt_proof", _("下载留痕证明（JSON）")))
    return {
        row.event_id: tuple(
            {"href": reverse(name, args=[row.public_id]), "label": label} for name, label in labels
        )
        for row in Receipt.objects.filter(event_id__in=told)
    }


def copies_named_by(events: list[Event]) -> dict[str, Copy]:
    """Copies that events speak of, by their public id. One query."""
    ids = {event.payload["copy"] for event in events if "copy" in event.payload}
    return {
        str(copy.public_id): copy for copy in Copy.objects.filter(public_id__in=ids).select_related("paper")
    }


def entry_of(event: Event, own: set[UUID], copies: dict[str, Copy]) -> Entry | None:
    """The line of an event for who stands for the parties ``own``; None when it is not for them."""
    words, actor = NAMES[event.name].label, _actor_words(event)
    copy = copies.get(event.payload.get("copy", ""))
    if copy is None:
        return Entry(words, event.happened_at, actor, _stage_text(event))
    if copy.addressee_public_id in own:
        if event.name == "documents.issued" and event.payload.get("method") == DeliveryMethod.INBOX:
            return None  # the delivery of the same moment says it
        link = {"href": reverse("documents:paper", args=[copy.public_id]), "label": copy.paper.title}
        return Entry(words, event.happened_at, actor, files=(link,))
    if event.name == "documents.delivered" and copy.paper.template in NOTICES:
        text = _("%(title)s，收件人：%(name)s") % {"title": copy.paper.title, "name": copy.addressee_name}
        return Entry(words, event.happened_at, actor, text)
    return None


def _stage_text(event: Event) -> str:
    """What the event says beyond its name."""
    said = event.payload
    if event.name in ("cases.closed", "cases.took_effect"):
        return str(Outcome(said["outcome"]).label)
    if event.name == "cases.track_changed":
        return f"{Track(said['old']).label} → {Track(said['new']).label}"
    if event.name == "cases.claim_changed":
        return f"{format_yuan(said['old'])} → {format_yuan(said['new'])}"
    if event.name == "cases.withdrawal_decided":
        return _("准许撤诉") if said["granted"] else _("不准许撤诉")
    if event.name == "portal.corrected":
        return "；".join(words_of(name) for name in said["what"])
    if event.name == "payments.overdue_decided":
        return str(OverdueState(said["state"]).label)
    if event.name != "cases.stage_changed":
        return ""
    if event.payload.get("free"):
        return _("这件不用先交费")
    return _("完成：%(stage)s") % {"stage": Stage(event.payload["after"]).label}


def _actor_words(event: Event) -> str:
    """Role and staff name; what the portal did by itself has nobody's name."""
    if event.actor_kind == Kind.SYSTEM:
        return ""
    role = ROLE_WORDS.get(Role(event.actor_role), "") if event.actor_role else ""
    return " ".join(part for part in (str(role), event.actor_name) if part)
