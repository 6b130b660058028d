"""Who reads which part of a case file. What somebody may not read is for him as if it were not there."""

from __future__ import annotations

import uuid

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.access import allows
from casefiles.models import Archive, Entry, Openness, ReadingRequest, RequestState, Restriction, Volume
from cases.models import Case, Party
from cases.policies import live_staff, open_with_reason, visible_cases, visible_parties
from common import clock
from common.actor import Actor, Kind, Role
from documents.models import Copy, PaperState

CASE_STAFF = (Role.JUDGE, Role.CASE_CLERK)


def live_entries() -> QuerySet[Entry]:
    """Entries as they stand now: newest corrections, nothing that was taken out."""
    return Entry.objects.filter(superseded_by=None, withdrawn=False)


def live_restrictions() -> QuerySet[Restriction]:
    """Orders that hold now."""
    return Restriction.objects.filter(lifts=None, lifted_by=None)


def granted_cases(actor: Actor) -> QuerySet[ReadingRequest]:
    """Requests of this person that the court granted and whose time runs."""
    return ReadingRequest.objects.filter(
        asked_by_id=actor.user_id or 0, state=RequestState.GRANTED, until_at__gt=clock.sql_now()
    )


def readable_cases(actor: Actor) -> QuerySet[Case]:
    """Cases whose file somebody may open at all.

    Parties and representatives until the file is archived, whoever was granted it while that lasts (民诉法52, 64;
    法释〔2002〕39号), a scan login its one case, judge and case clerk theirs, the intake clerk those of the court, a supervisor
    what he opened with a reason within the hour.
    """
    if not allows(actor, "file.read"):
        return Case.objects.none()
    if actor.is_public:
        granted = Case.objects.filter(pk__in=granted_cases(actor).values("case_id"))
        open_to_parties = visible_cases(actor).filter(file_archive=None)
        return Case.objects.filter(Q(pk__in=open_to_parties.values("pk")) | Q(pk__in=granted.values("pk")))
    if actor.role == Role.SUPERVISOR:
        return open_with_reason(actor)
    return visible_cases(actor)


def _sealed_to(party_keys: list[int]) -> Exists:
    """The entry is closed to everybody but the parties an order lists, and none of these is among them."""
    orders = live_restrictions().filter(entry=OuterRef("pk"), page=None)
    return Exists(orders.exclude(open_to__overlap=party_keys))


def _addressed_to(parties: list[tuple[int, uuid.UUID]]) -> Exists:
    copies = Copy.objects.filter(
        paper=OuterRef("paper_id"),
        state=PaperState.ISSUED,
        addressee_public_id__in=[public_id for _pk, public_id in parties],
    )
    return Exists(copies)


def own_parties(actor: Actor) -> list[tuple[int, uuid.UUID]]:
    """Key and public id of the parties the visitor stands for. One query."""
    if not (actor.is_public or actor.kind == Kind.SCAN):
        return []
    return list(visible_parties(actor).order_by("pk").values_list("pk", "public_id"))


def visible_entries(actor: Actor) -> QuerySet[Entry]:
    """The only door to entries. Judge and case clerk: everything in their cases. Intake clerk and supervisor with a
    reason: the main volume, sealed entries for the supervisor alone. Parties: of the main volume what is open to them and
    not sealed. Scan login: the papers addressed to its party. Who was granted reading: what is open to all parties.

    One query more for the public, which asks for whom they stand.
    """
    rows = live_entries().filter(case__in=readable_cases(actor).values("pk"))
    if actor.role in CASE_STAFF and actor.is_staff:
        return rows
    main = rows.filter(volume=Volume.MAIN)
    if actor.is_staff:
        return main if actor.role == Role.SUPERVISOR else main.exclude(_sealed_to([]))
    own = own_parties(actor)
    keys = [pk for pk, _public_id in own]
    addressed = Q(_addressed_to(own), openness=Openness.ADDRESSEES)
    unsealed = main.exclude(_sealed_to(keys))
    if actor.kind == Kind.SCAN:
        return unsealed.filter(addressed)
    mine = Party.objects.filter(pk__in=keys).values("case_id")
    as_party = Q(case__in=mine) & (addressed | Q(openness=Openness.OWNERS, owners__overlap=keys))
    return unsealed.filter(Q(openness=Openness.PARTIES) | as_party)


def reads_everything(actor: Actor) -> bool:
    """Nothing on a page is hidden from who holds the case or reads it with a reason (RELIABILITY §2, row 7)."""
    return actor.is_staff and actor.role in (*CASE_STAFF, Role.SUPERVISOR)


def is_sealed_to(actor: Actor, file_id: int) -> bool:
    """An order on the entry of this kept file, or on a page of it, closes the original to him. One query, two more where there is one."""
    entries = live_entries().filter(file_id=file_id)
    orders = live_restrictions().filter(entry__in=entries.values("pk"))
    if not orders.exists():
        return False
    if reads_everything(actor):
        return not visible_entries(actor).filter(file_id=file_id).exists()
    keys = [pk for pk, _public_id in own_parties(actor)]
    return orders.exclude(open_to__overlap=keys).exists()


def can_keep(actor: Actor, case: Case) -> bool:
    """Judge and case clerk of the case: put something in, correct the catalogue, archive."""
    if not actor.is_staff or not allows(actor, "file.keep"):
        return False
    return live_staff().filter(case=case, post_id=actor.post_id).exists()


def can_seal(actor: Actor, case: Case) -> bool:
    """The judge of the case (RELIABILITY §2, row 5)."""
    return allows(actor, "file.seal") and can_keep(actor, case)


def is_archived(case: Case) -> bool:
    """The file is bound: its order stays, what comes later goes to the supplement. One query."""
    return Archive.objects.filter(case=case).exists()


def visible_requests(actor: Actor) -> QuerySet[ReadingRequest]:
    """The public see their own; a judge those about the cases he holds, a head those of the court,
    never his own."""
    if actor.is_public and allows(actor, "file.ask"):
        return ReadingRequest.objects.filter(asked_by_id=actor.user_id or 0)
    if not actor.is_staff or not allows(actor, "file.decide"):
        return ReadingRequest.objects.none()
    of_court = ReadingRequest.objects.filter(court_id=actor.court_id or 0).exclude(asked_by_id=actor.user_id)
    if actor.role == Role.HEAD:
        return of_court
    return of_court.filter(case__in=live_staff().filter(post_id=actor.post_id).values("case_id"))
