"""Who may see and do what with an application."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import Q, QuerySet

from accounts.access import allows
from cases.models import Party, Side
from cases.policies import live_access
from common.actor import Actor, Role
from courts.models import Division
from filing.models import (
    Batch,
    Filing,
    FilingComplaint,
    FilingStatus,
    HandOver,
    RefusalProposal,
    RepeatProposal,
    Visit,
)

FILING_DIVISION = "filing"
CROSSING_KINDS = ("CIVIL_", "ADMIN_FIRST", "EXEC_")


def visible_filings(actor: Actor) -> QuerySet[Filing]:
    """The only door to applications: the applicant's own; for intake clerks every sent one of their court; for a judge of
    the filing division those that a clerk proposed to refuse."""
    if actor.is_public and allows(actor, "filing.edit"):
        return Filing.objects.filter(applicant_id=actor.user_id)
    if allows(actor, "filing.review"):
        return Filing.objects.filter(deciding_court_id=actor.court_id, first_submitted_at__isnull=False)
    if is_filing_judge(actor):
        return Filing.objects.filter(pk__in=visible_refusals(actor).values("filing_id"))
    return Filing.objects.none()


def keyed_filings(actor: Actor) -> QuerySet[Filing]:
    """What this clerk keyed in for others, drafts included; a door of its own, so that the queue keeps its index."""
    if actor.post_id is None or not allows(actor, "filing.key"):
        return Filing.objects.none()
    return Filing.objects.filter(entered_by_id=actor.post_id)


def is_keyed_by(actor: Actor, filing: Filing) -> bool:
    """The clerk who keys in what the applicant brought on paper or tells him at home (代录); recorded as such."""
    keyed = filing.entered_by_id is not None and filing.entered_by_id == actor.post_id
    return keyed and allows(actor, "filing.key")


def as_helper(actor: Actor, filing: Filing) -> Actor:
    """How an act on this application is recorded: a clerk who keys it in by his own name, with channel and for whom."""
    if not is_keyed_by(actor, filing):
        return actor
    return replace(actor, channel=filing.channel, acting_for=filing.applicant_id)


def acts_for_applicant(actor: Actor, filing: Filing) -> bool:
    """The applicant himself, or the clerk who keys the application in for him."""
    return (actor.is_public and filing.applicant_id == actor.user_id) or is_keyed_by(actor, filing)


def can_edit(actor: Actor, filing: Filing) -> bool:
    """The applicant, while the application is a draft, has come back for correction, or waits for its papers (``Draft.unlocked``
    says for which part)."""
    waits = filing.status == FilingStatus.SUBMITTED and filing.materials_follow
    is_open = waits or filing.status in (FilingStatus.DRAFT, FilingStatus.RETURNED)
    return is_open and acts_for_applicant(actor, filing)


def visible_batches(actor: Actor) -> QuerySet[Batch]:
    """A person's own tables of claims; the court sees the applications that come of them, never the table."""
    if actor.is_public and allows(actor, "filing.create"):
        return Batch.objects.filter(applicant_id=actor.user_id)
    return Batch.objects.none()


def visible_visits(actor: Actor) -> QuerySet[Visit]:
    """A person's own appointments; for the intake desk all of its court."""
    if actor.is_public and allows(actor, "visit.book"):
        return Visit.objects.filter(user_id=actor.user_id or 0)
    if allows(actor, "visit.keep"):
        return Visit.objects.filter(court_id=actor.court_id or 0)
    return Visit.objects.none()


def can_review(actor: Actor, filing: Filing) -> bool:
    """An intake clerk of the deciding court."""
    return allows(actor, "filing.review") and filing.deciding_court_id == actor.court_id


def _sits_in_filing_division(actor: Actor) -> bool:
    return Division.objects.filter(
        pk=actor.division_id or 0, court_id=actor.court_id or 0, kind=FILING_DIVISION
    ).exists()


def is_filing_judge(actor: Actor) -> bool:
    """A judge of the filing division (立案庭), who alone rules 不予受理 (登记立案规定9). One query for judges."""
    return allows(actor, "filing.rule") and _sits_in_filing_division(actor)


def can_rule(actor: Actor, filing: Filing) -> bool:
    """A filing judge of the deciding court."""
    return filing.deciding_court_id == actor.court_id and is_filing_judge(actor)


def visible_refusals(actor: Actor) -> QuerySet[RefusalProposal]:
    """Proposals 不予受理 of the court, for its filing judges."""
    if not is_filing_judge(actor):
        return RefusalProposal.objects.none()
    return RefusalProposal.objects.filter(filing__deciding_court_id=actor.court_id)


def can_oversee(actor: Actor, court_id: int) -> bool:
    """A supervisor of the court, or the head of its filing division. One query for heads."""
    if not allows(actor, "filing.oversee") or actor.court_id != court_id:
        return False
    return actor.role == Role.SUPERVISOR or _sits_in_filing_division(actor)


def visible_repeats(actor: Actor) -> QuerySet[RepeatProposal]:
    """Questions for a second correction notice, for those who answer them."""
    if actor.court_id is None or not can_oversee(actor, actor.court_id):
        return RepeatProposal.objects.none()
    return RepeatProposal.objects.filter(court_id=actor.court_id)


def visible_complaints(actor: Actor) -> QuerySet[FilingComplaint]:
    """立案投诉: the complainant's own, and all of the court for those who answer them; never the clerks."""
    if actor.is_public:
        return FilingComplaint.objects.filter(filing__applicant_id=actor.user_id or 0)
    if actor.court_id is None or not can_oversee(actor, actor.court_id):
        return FilingComplaint.objects.none()
    return FilingComplaint.objects.filter(court_id=actor.court_id)


def visible_hand_overs(actor: Actor) -> QuerySet[HandOver]:
    """What came to or left the clerk's court; both courts see it with its clock (R-20)."""
    if not allows(actor, "filing.review"):
        return HandOver.objects.none()
    return HandOver.objects.filter(Q(from_court_id=actor.court_id) | Q(to_court_id=actor.court_id))


def can_defend(actor: Actor, party: Party) -> bool:
    """Who stands for a defendant and is signed in with a checked name: he himself or his representative; no scan login.
    One query."""
    if not actor.is_public or actor.scan is not None or not allows(actor, "filing.create"):
        return False
    bound = live_access().filter(party=party, user_id=actor.user_id or 0)
    return party.side == Side.DEFENDANT and bound.exists()


def may_cross(filing: Filing) -> bool:
    """跨域立案 is for first instance civil and administrative cases and for enforcement; nothing else is handed over
    (R-20)."""
    return filing.procedure.startswith(CROSSING_KINDS)
