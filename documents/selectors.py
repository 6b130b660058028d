"""Reads of papers, copies, deliveries and files."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery

from common import clock, crypto
from common.actor import Actor, Kind
from common.two_people import ProposalState
from courts.calendar import deadline
from courts.models import Court
from documents import policies
from documents.events import READINGS
from documents.models import (
    Copy,
    Delivery,
    DeliveryFact,
    DeliveryFactKind,
    DeliveryMethod,
    DeliveryState,
    Office,
    Paper,
    PaperState,
    Seal,
    SealProposal,
    StoredFile,
    Wording,
)
from documents.rendering import codes
from eventlog.models import Event

NEVER = "-"
"""Hashed in place of a code that cannot exist, so that a wrong one costs as much as a right one."""


def papers_of(subject_kind: str, subject_public_id: uuid.UUID) -> list[Paper]:
    """All papers about one subject, newest first, with copies, deliveries and facts. Four queries."""
    facts = Prefetch("delivery__facts", queryset=DeliveryFact.objects.order_by("happened_at", "id"))
    copies = Copy.objects.select_related("delivery").prefetch_related(facts).order_by("id")
    return list(
        Paper.objects.filter(subject_kind=subject_kind, subject_public_id=subject_public_id)
        .prefetch_related(Prefetch("copies", queryset=copies))
        .order_by("-id")
    )


def copies_for(party_public_ids: list[uuid.UUID]) -> list[Copy]:
    """Issued copies addressed to these parties, newest first, with paper, delivery and facts: the inbox. ``replaced_by`` is
    the number of the paper that corrected theirs, None when nothing did. Two queries."""
    later = Paper.objects.filter(supersedes=OuterRef("paper_id")).values("number")[:1]
    return list(
        Copy.objects.filter(addressee_public_id__in=party_public_ids, state=PaperState.ISSUED)
        .select_related("paper__supersedes", "delivery")
        .annotate(replaced_by=Subquery(later))
        .prefetch_related("delivery__facts")
        .order_by("-issued_at", "-id")
    )


def held_copies(
    *,
    court_id: int | None = None,
    subject: tuple[str, uuid.UUID] | None = None,
    parties: list[uuid.UUID] | None = None,
) -> int:
    """How many copies wait because the seal or its time stamp is away, in a court, about a subject (kind and id), for these
    parties. 0 says that nothing is the matter. One query over the rows that wait.
    """
    rows = Copy.objects.filter(held_since__isnull=False)
    if court_id is not None:
        rows = rows.filter(paper__court_id=court_id)
    if subject is not None:
        rows = rows.filter(paper__subject_kind=subject[0], paper__subject_public_id=subject[1])
    if parties is not None:
        rows = rows.filter(addressee_public_id__in=parties)
    return rows.count()


def _live() -> QuerySet[Copy]:
    now = clock.sql_now()
    return Copy.objects.filter(state=PaperState.ISSUED, revoked_at=None, expires_at__gt=now).select_related(
        "paper__court", "delivery"
    )


def copy_by_token(text: str) -> Copy | None:
    """The live copy whose QR carries this token (any case), else None: malformed, unknown, revoked and expired look
    and cost the same. One query."""
    return _live().filter(token_hash=crypto.keyed_hash("token", codes.read_token(text) or NEVER)).first()


def copy_by_service_code(text: str) -> Copy | None:
    """The live copy with this printed 服务码, as people type it; else None. One query. Limits are the caller's."""
    code = codes.read_service_code(text) or NEVER
    return _live().filter(service_code_hash=crypto.keyed_hash("service_code", code)).first()


def issued_copy(*, token: str = "", service_code: str = "", serial: str = "") -> Copy | None:
    """The issued copy with this code, live or not: for staff who look at a paper in hand. One query."""
    rows = Copy.objects.filter(state=PaperState.ISSUED).select_related("paper__court", "delivery")
    if token:
        return rows.filter(token_hash=crypto.keyed_hash("token", token)).first()
    if service_code:
        return rows.filter(service_code_hash=crypto.keyed_hash("service_code", service_code)).first()
    return rows.filter(serial=serial).first() if serial else None


def copies_about(subject_kind: str, subject_public_id: uuid.UUID) -> list[Copy]:
    """Every issued copy of the papers about one subject, newest first. One query."""
    rows = Copy.objects.filter(
        paper__subject_kind=subject_kind, paper__subject_public_id=subject_public_id, state=PaperState.ISSUED
    )
    return list(rows.select_related("paper", "delivery").order_by("-id"))


def was_replaced(copy: Copy) -> bool:
    """Its code is off and a newer copy of the paper for the same addressee exists. One query at most."""
    newer = Copy.objects.filter(paper_id=copy.paper_id, addressee_public_id=copy.addressee_public_id)
    return copy.revoked_at is not None and newer.filter(pk__gt=copy.pk).exists()


def may_have_paper(copy: Copy) -> bool:
    """It came by the inbox, its code lives, and nobody asked for it on paper yet. One query, none with facts at hand."""
    delivery = copy.delivery
    arrived = delivery.method == DeliveryMethod.INBOX and delivery.state == DeliveryState.DELIVERED
    asked = (fact.kind == DeliveryFactKind.ASKED for fact in delivery.facts.all())
    return arrived and copy.revoked_at is None and not any(asked)


def paper_asked(copy: Copy) -> Copy | None:
    """The paper copy that was asked for in place of this one from the inbox, with its delivery; None when nobody asked. Two
    queries."""
    fact = copy.delivery.facts.filter(kind=DeliveryFactKind.ASKED).first()
    return Copy.objects.select_related("delivery").get(serial=fact.note) if fact else None


def delivery_to_reprint(actor: Actor, public_id: uuid.UUID) -> Delivery | None:
    """The delivery of a copy the actor may print anew, those to an inbox included. One query."""
    rows = Delivery.objects.filter(copy__in=policies.printable_copies(actor))
    return rows.select_related("copy__paper").filter(public_id=public_id).first()


def copy_for(actor: Actor, public_id: uuid.UUID) -> Copy | None:
    """An issued copy the actor may open, else None."""
    copy = (
        Copy.objects.filter(public_id=public_id, state=PaperState.ISSUED)
        .select_related("paper__court", "delivery")
        .first()
    )
    return copy if copy is not None and policies.can_open_copy(actor, copy) else None


def file_for(actor: Actor, public_id: uuid.UUID) -> StoredFile | None:
    """A file the actor may open, else None."""
    file = StoredFile.objects.filter(public_id=public_id).select_related("court").first()
    return file if file is not None and policies.can_open_file(actor, file) else None


def files_of(owner_kind: str, owner_public_id: uuid.UUID) -> list[StoredFile]:
    """Files of one owner in the order of receipt."""
    return list(
        StoredFile.objects.filter(owner_kind=owner_kind, owner_public_id=owner_public_id).order_by("id")
    )


def offices_of(court_id: int) -> list[Office]:
    """The offices that this court writes to, by kind and name. One query."""
    return list(Office.objects.filter(court_id=court_id, retired_at=None).order_by("kind", "name"))


def wordings_of(actor: Actor, template: str) -> list[Wording]:
    """Every version of the actor's court for one template, newest first, with who did what. One query."""
    rows = policies.visible_wordings(actor).filter(template=template)
    return list(rows.select_related("court", "proposed_by__user", "decided_by__user").order_by("-number"))


def seals_of(court_id: int) -> list[Seal]:
    """Every seal a court has or had in use, newest first. One query."""
    rows = Seal.objects.filter(court_id=court_id).select_related("division", "court")
    return list(rows.order_by("-used_from", "-id"))


def seal_proposals_of(actor: Actor) -> list[SealProposal]:
    """What waits for a second person, and the last that did not come into use, newest first. One query."""
    rows = policies.visible_seal_proposals(actor).exclude(state=ProposalState.AGREED)
    return list(rows.order_by("-proposed_at", "-id")[:SHOWN_PROPOSALS])


SHOWN_PROPOSALS = 20


VIEWS = (DeliveryState.WAITING, DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.DELIVERED)


@dataclass(frozen=True)
class PrintDesk:
    """The queue of one view and how many lie in each view; ``overdue`` counts what should have left already."""

    view: str
    counts: dict[str, int]
    overdue: int
    deliveries: QuerySet[Delivery]


def print_desk(
    actor: Actor, *, view: str = DeliveryState.WAITING, search: str = "", late_only: bool = False
) -> PrintDesk:
    """The print desk of the actor's court: earliest due day first, then oldest. Empty for everyone else.

    ``search`` finds a serial, a case number or a tracking number. One query for the counts, one for the page.
    """
    view = view if view in VIEWS else DeliveryState.WAITING
    visible = policies.visible_deliveries(actor)
    today = clock.today()
    counts: dict[str, int] = dict.fromkeys([str(name) for name in VIEWS], 0)
    overdue = 0
    late = Q(due_on__lt=today, state__in=(DeliveryState.WAITING, DeliveryState.FAILED))
    rows = visible.values("state").annotate(number=Count("id"), late=Count("id", filter=late)).order_by()
    for row in rows:
        if row["state"] in counts:
            counts[row["state"]] = row["number"]
            overdue += row["late"]
    found = visible.filter(state=view).select_related("copy__paper").prefetch_related("facts")
    if search:
        found = found.filter(
            Q(copy__serial__icontains=search)
            | Q(copy__paper__data__case_number__icontains=search)
            | Q(copy__addressee_name=search)
            | Q(pk__in=DeliveryFact.objects.filter(tracking_no=search).values("delivery_id"))
        )
    if late_only:
        found = found.filter(late)
    newest_first = view == DeliveryState.DELIVERED
    order = ["-delivered_at", "-id"] if newest_first else [F("due_on").asc(nulls_last=True), "id"]
    return PrintDesk(view, counts, overdue, found.order_by(*order))


def delivery_marked(actor: Actor, mark: str) -> Delivery | None:
    """The one delivery of the actor's print desk with exactly this serial, as typed or as a cover carries it
    (:func:`scanned_serial`), or on its way with this tracking number; None when there is none or when an envelope holds
    several. Three queries at most, none for an empty mark."""
    if not mark or actor.court_id is None:
        return None
    visible = policies.visible_deliveries(actor)
    province = Court.objects.filter(pk=actor.court_id).values_list("code", flat=True).first() or ""
    found = visible.filter(copy__serial__in=(mark, province[:1] + mark)).first()
    if found is not None:
        return found
    on_the_way = DeliveryFact.objects.filter(tracking_no=mark, kind=DeliveryFactKind.SENT)
    rows = visible.filter(pk__in=on_the_way.values("delivery_id"), state=DeliveryState.SENT)[:2]
    return rows[0] if len(rows) == 1 else None


def scanned_serial(copy: Copy) -> str:
    """The serial as a cover's code carries it: without the character of the province, which a scanner that types like a
    keyboard cannot type."""
    return copy.serial[1:]


def deliveries_among(actor: Actor, public_ids: list[uuid.UUID]) -> list[Delivery]:
    """Those of the actor's print desk whose pages exist, with copy and court, by addressee. One query."""
    rows = policies.visible_deliveries(actor).filter(public_id__in=public_ids, copy__state=PaperState.ISSUED)
    return list(rows.select_related("copy__paper", "court").order_by("copy__addressee_public_id", "id"))


def delivery_for(actor: Actor, public_id: uuid.UUID) -> Delivery | None:
    """A delivery of the actor's print desk with its copy, paper and facts, else None."""
    return (
        policies.visible_deliveries(actor)
        .filter(public_id=public_id)
        .select_related("copy__paper__court")
        .prefetch_related("facts")
        .first()
    )


def publication_over(delivery: Delivery) -> date:
    """The day on which a publication under way counts as delivery, from its last notice (民诉法95; D75)."""
    sent = [fact.happened_at for fact in delivery.facts.all() if fact.kind == DeliveryFactKind.SENT]
    return deadline("D75", clock.beijing_day(max(sent)), court=delivery.court).due


def is_late(delivery: Delivery, today: date) -> bool:
    """It should have left the court already and has not."""
    waiting = delivery.state in (DeliveryState.WAITING, DeliveryState.FAILED)
    return waiting and delivery.due_on is not None and delivery.due_on < today


@dataclass(frozen=True)
class DocumentRead:
    """One document that an account opened: when, in which role, what kind of thing, its public id, the request."""

    at: datetime
    role: str
    what: str
    subject: str
    request_id: str


def documents_read_by(user_id: int, since: datetime | None, until: datetime | None) -> Iterator[DocumentRead]:
    """Every document one account opened, oldest first, from the access streams (SEC-18); not for any page."""
    rows = Event.objects.filter(actor_id=user_id, name__in=READINGS)
    if since is not None:
        rows = rows.filter(happened_at__gte=since)
    if until is not None:
        rows = rows.filter(happened_at__lte=until)
    for event in rows.order_by("id").iterator():
        public_id = str(event.payload.get("public_id", event.subject_id))
        yield DocumentRead(
            event.happened_at, event.actor_role, event.subject_kind, public_id, event.request_id
        )


def openings_of_uploads(user_id: int, limit: int) -> list[tuple[Event, str]]:
    """Who of the court opened what this account handed in, newest first, with the file's name. Two queries."""
    names = dict(StoredFile.objects.filter(uploaded_by=user_id).values_list("pk", "display_name"))
    rows = Event.objects.filter(
        subject_kind="documents.storedfile",
        subject_id__in=list(names),
        name="documents.opened",
        actor_kind=Kind.STAFF,
    ).order_by("-id")
    return [(event, names[event.subject_id]) for event in rows[:limit]]
