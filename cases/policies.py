"""Who may see and do what with a case. The matrix of roles stands in ``accounts.access``."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.access import allows
from cases.models import AccessBasis, Case, CaseStaff, Party, PartyAccess
from common import clock
from common.actor import Actor, Kind, Role


def live_access() -> QuerySet[PartyAccess]:
    """Bindings between people and parties that hold now."""
    now = clock.sql_now()
    return PartyAccess.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now)


def live_staff() -> QuerySet[CaseStaff]:
    """Judges and case clerks who hold their case now."""
    return CaseStaff.objects.filter(ends_at=None)


def visible_cases(actor: Actor) -> QuerySet[Case]:
    """The only door to cases.

    Parties and their representatives: bound to a party. Scan login: its one case. Judge and case clerk: assigned to
    it. Intake clerk: of that court. Everybody else: none.
    """
    if not allows(actor, "case.read"):
        return Case.objects.none()
    if actor.kind == Kind.SCAN and actor.scan is not None:
        return Case.objects.filter(pk=actor.scan.case_id)
    if actor.is_public:
        mine = live_access().filter(user_id=actor.user_id or 0).values("party__case_id")
        return Case.objects.filter(pk__in=mine)
    if actor.role in (Role.JUDGE, Role.CASE_CLERK):
        return Case.objects.filter(pk__in=live_staff().filter(post_id=actor.post_id).values("case_id"))
    if actor.role == Role.INTAKE_CLERK:
        return Case.objects.filter(court_id=actor.court_id or 0)
    return Case.objects.none()


def visible_parties(actor: Actor) -> QuerySet[Party]:
    """Parties the actor stands for (public and scan), or all parties of visible cases (staff)."""
    if actor.kind == Kind.SCAN and actor.scan is not None:
        return Party.objects.filter(pk=actor.scan.party_id, case_id=actor.scan.case_id)
    if actor.is_public:
        return Party.objects.filter(
            pk__in=live_access().filter(user_id=actor.user_id or 0).values("party_id")
        )
    return Party.objects.filter(case__in=visible_cases(actor))


def represents(actor: Actor, party: Party) -> bool:
    """True when a signed-in person acts for this party without being it (agent, guardian, head of an organisation)."""
    mine = live_access().filter(party=party, user_id=actor.user_id or 0, basis=AccessBasis.REPRESENTATION)
    return actor.scan is None and mine.exists()


def is_case_staff(actor: Actor, case: Case) -> bool:
    """True for the judge and the case clerk who hold the case now."""
    if actor.role not in (Role.JUDGE, Role.CASE_CLERK):
        return False
    return live_staff().filter(case=case, post_id=actor.post_id).exists()
