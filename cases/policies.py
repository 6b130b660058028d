"""Who may see and do what with a case. The matrix of roles stands in ``accounts.access``."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from accounts.access import allows
from accounts.models import User
from cases.drafting.rules import RULES, may_write
from cases.models import (
    AccessBasis,
    AuthorityBasis,
    Case,
    CaseStaff,
    DraftState,
    Matter,
    PaperBatch,
    PaperDraft,
    Participant,
    Party,
    PartyAccess,
    ReasonedRead,
    Representative,
    Side,
    Withdrawal,
)
from cases.routing import can_be_withdrawn
from common import clock
from common.actor import Actor, Kind, Role

GUARDIAN, HEAD = "guardian", "legal_rep"
FOR_THE_PARTY = (GUARDIAN, HEAD)
"""Representatives who act with all the party's rights: 法定代理人, 法定代表人."""
DEPUTY = "deputy"
SPECIAL = "special"
"""特别授权, the power without which an agent gives up nothing (民诉法62)."""


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


def live_representatives() -> QuerySet[Representative]:
    """Who acts for a party now. An agent whom the party asked online and who has not taken it up yet is none."""
    now = clock.sql_now()
    rows = Representative.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now)
    return rows.exclude(basis=AuthorityBasis.PARTY, access=None)


def empowered(matter: Matter) -> QuerySet[Representative]:
    """Those of them whose power covers this act: 法定代理人 and 法定代表人, agents whose special power names it (民诉法62).
    A deputy of many needs the consent of all (民诉法56)."""
    named = Q(power=SPECIAL) & (Q(matters=[]) | Q(matters__contains=[matter.value])) & ~Q(kind=DEPUTY)
    return live_representatives().filter(Q(kind__in=FOR_THE_PARTY) | named)


def can_appoint(actor: Actor, party: Party) -> bool:
    """The party itself and who has all its rights, with full sign-in: names agents, confirms and withdraws them. No agent."""
    if not actor.is_public or not allows(actor, "authority.give"):
        return False
    return _with_all_rights(actor).filter(party=party).exists()


def appointing_parties(actor: Actor, case: Case) -> set[int]:
    """The parties of a case for which :func:`can_appoint` says yes. One query."""
    if not actor.is_public or not allows(actor, "authority.give"):
        return set()
    return set(_with_all_rights(actor).filter(party__case=case).values_list("party_id", flat=True))


def _with_all_rights(actor: Actor) -> QuerySet[PartyAccess]:
    """Bindings of an account that is a party, or stands for it in everything."""
    head = live_representatives().filter(kind__in=FOR_THE_PARTY).values("access_id")
    mine = live_access().filter(user_id=actor.user_id or 0)
    return mine.filter(~Q(basis=AccessBasis.REPRESENTATION) | Q(pk__in=head))


def can_record_authority(actor: Actor, case: Case) -> bool:
    """Who holds the case, or sits at the counter of its court, and has seen the paper or the party."""
    if not actor.is_staff or not allows(actor, "authority.record"):
        return False
    return visible_cases(actor).filter(pk=case.pk).exists()


def represents(actor: Actor, party: Party) -> bool:
    """True when a signed-in person acts for this party without being it (agent, guardian, head of an organisation)."""
    mine = live_access().filter(party=party, user_id=actor.user_id or 0, basis=AccessBasis.REPRESENTATION)
    return actor.scan is None and mine.exists()


def can_choose_service(actor: Actor, party: Party) -> bool:
    """The party and who acts for it, with full sign-in: a code on a paper is not enough (解释136; 民诉法62)."""
    if not actor.is_public or not allows(actor, "service.choose"):
        return False
    return visible_parties(actor).filter(pk=party.pk).exists()


def can_record_choice(actor: Actor, party: Party) -> bool:
    """Who holds the case or sits at the counter of its court takes up what a party says (解释135)."""
    if not actor.is_staff or not allows(actor, "service.record"):
        return False
    return visible_cases(actor).filter(pk=party.case_id).exists()


def is_case_staff(actor: Actor, case: Case) -> bool:
    """True for the judge and the case clerk who hold the case now."""
    if actor.role not in (Role.JUDGE, Role.CASE_CLERK):
        return False
    return live_staff().filter(case=case, post_id=actor.post_id).exists()


def is_among(actor: Actor, staff: Iterable[CaseStaff]) -> bool:
    """The same with the live judge and clerk of the case at hand. No query."""
    known = actor.post_id is not None and actor.role in (Role.JUDGE, Role.CASE_CLERK)
    return known and any(row.post_id == actor.post_id for row in staff)


def can_close(actor: Actor, case: Case) -> bool:
    """The judge who holds the case now: ends it, changes procedure and amount, rules on a withdrawal."""
    return allows(actor, "case.close") and is_case_staff(actor, case)


def own_cases(actor: Actor) -> QuerySet[Case]:
    """Cases in which a member of staff is himself a party or acts for one: there he is no court (民诉法47).

    A union, so that each half stands on its index; with “or” between them every party of the province would be read.
    """
    me = User.objects.filter(pk=actor.user_id or 0).exclude(id_number_index="").values("id_number_index")
    bound = live_access().filter(user_id=actor.user_id or 0).values("party__case")
    named = Party.objects.filter(id_number_index__in=me).order_by().values("case")
    return Case.objects.filter(pk__in=bound.union(named))


def readable_with_reason(actor: Actor) -> QuerySet[Case]:
    """Cases a supervisor may ask to read: those of the court, never one of his own (RELIABILITY §2, rows 4 and 11, R)."""
    if not allows(actor, "case.read_with_reason") or actor.court_id is None:
        return Case.objects.none()
    return Case.objects.filter(court_id=actor.court_id).exclude(pk__in=own_cases(actor).values("pk"))


def open_with_reason(actor: Actor) -> QuerySet[Case]:
    """Of those the ones for which the actor's post gave a reason within the hour: reading only, nothing else (SEC-18)."""
    given = ReasonedRead.objects.filter(post_id=actor.post_id or 0, until_at__gt=clock.sql_now())
    return readable_with_reason(actor).filter(pk__in=given.values("case_id"))


def visible_reads(actor: Actor) -> QuerySet[ReasonedRead]:
    """Who read with a reason: in the actor's court for supervisor and discipline office; in a case for who holds it."""
    if allows(actor, "reads.list"):
        return ReasonedRead.objects.filter(case__court_id=actor.court_id or 0)
    if actor.role in (Role.JUDGE, Role.CASE_CLERK):
        return ReasonedRead.objects.filter(case__in=visible_cases(actor))
    return ReasonedRead.objects.none()


def can_draft_in(actor: Actor, case: Case, template: str) -> bool:
    """Judge, 书记员 and 法官助理 who hold the case; the intake clerk of its court for the papers of filing."""
    if not allows(actor, "paper.draft") or not may_write(actor.role, template):
        return False
    return visible_cases(actor).filter(pk=case.pk).exists()


def visible_drafts(actor: Actor) -> QuerySet[PaperDraft]:
    """Papers that are being written: those in cases the actor holds; for the intake clerk the papers of filing of the court;
    for the head of a division what a judge of it wrote and handed in. Nobody else: a draft is no paper yet."""
    rows = (
        PaperDraft.objects.filter(case__in=visible_cases(actor))
        if actor.is_staff
        else PaperDraft.objects.none()
    )
    if actor.role == Role.HEAD and allows(actor, "paper.approve") and actor.division_id is not None:
        handed_in = (DraftState.SUBMITTED, DraftState.RETURNED, DraftState.APPROVED, DraftState.ISSUED)
        return PaperDraft.objects.filter(
            case__court_id=actor.court_id or 0,
            case__division_id=actor.division_id,
            second_eyes=True,
            judge_wrote=True,
            state__in=handed_in,
        ).exclude(case__in=own_cases(actor))
    if not allows(actor, "paper.draft"):
        return PaperDraft.objects.none()
    return rows.filter(template__in=[name for name in RULES if may_write(actor.role, name)])


def visible_participants(actor: Actor) -> QuerySet[Participant]:
    """Witnesses, experts and the like, with address and phone: for judge, 书记员 and 法官助理 who hold the case. No party."""
    if not actor.is_staff or not allows(actor, "participant.keep"):
        return Participant.objects.none()
    return Participant.objects.filter(case__in=visible_cases(actor))


def can_keep_participants(actor: Actor, case: Case) -> bool:
    """Whoever reads them writes them down."""
    return actor.is_staff and allows(actor, "participant.keep") and is_case_staff(actor, case)


def visible_batches(actor: Actor) -> QuerySet[PaperBatch]:
    """Papers for many cases at once: those one made in this post."""
    if not allows(actor, "paper.batch"):
        return PaperBatch.objects.none()
    return PaperBatch.objects.filter(made_by_id=actor.post_id or 0)


def can_write_draft(actor: Actor, draft: PaperDraft) -> bool:
    """Whoever may begin such a paper in this case."""
    return can_draft_in(actor, draft.case, draft.template)


def can_decide_draft(actor: Actor, draft: PaperDraft) -> bool:
    """Signs off or returns a paper that needs a second pair of eyes: the judge of the case, or the head of the division for
    what the judge wrote himself (阅核, RELIABILITY §2). Nobody who wrote any of it, nobody in a case of his own."""
    if not allows(actor, "paper.approve") or not draft.second_eyes or actor.user_id in draft.writers:
        return False
    if not visible_drafts(actor).filter(pk=draft.pk).exists():
        return False
    return not own_cases(actor).filter(pk=draft.case_id).exists()


def parties_to_withdraw(actor: Actor, case: Case) -> list[Party]:
    """Parties who sued and for whom the actor may withdraw: himself, as guardian or head, as agent with special power.
    A deputy of many needs their consent in writing (民诉法56) and goes to the judge. Two queries."""
    if not actor.is_public or not allows(actor, "case.withdraw") or not can_be_withdrawn(case):
        return []
    bound = live_access().filter(user_id=actor.user_id or 0, party__case=case, party__side=Side.PLAINTIFF)
    own = Q(access__in=bound.exclude(basis=AccessBasis.REPRESENTATION))
    standing = Q(representatives__in=empowered(Matter.ADMIT).filter(access__in=bound))
    return list(Party.objects.filter(own | standing, case=case).distinct().order_by("order"))


def visible_withdrawals(actor: Actor) -> QuerySet[Withdrawal]:
    """Requests of the parties the actor stands for; for a judge those in the cases he holds."""
    if actor.kind == Kind.SCAN:
        return Withdrawal.objects.none()
    if actor.is_public:
        return Withdrawal.objects.filter(party__in=visible_parties(actor))
    if not allows(actor, "case.close"):
        return Withdrawal.objects.none()
    return Withdrawal.objects.filter(case__in=live_staff().filter(post_id=actor.post_id).values("case_id"))
