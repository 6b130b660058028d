"""Reads of cases and the people in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts.access import allows
from cases.models import (
    Case,
    CaseDeadline,
    CaseLink,
    CaseRole,
    CaseStaff,
    Closing,
    DeadlineState,
    DraftState,
    JudgeDraw,
    LinkKind,
    PaperDraft,
    Participant,
    Party,
    ReasonedRead,
    Representative,
    ServiceChoice,
    Side,
    Stage,
    Withdrawal,
    WithdrawalState,
)
from cases.policies import (
    live_representatives,
    live_staff,
    open_with_reason,
    readable_with_reason,
    visible_cases,
    visible_drafts,
    visible_parties,
    visible_reads,
    visible_withdrawals,
)
from common.actor import Actor
from common.errors import NotVisible


def case_for(actor: Actor, public_id: UUID | str) -> Case:
    """A case the actor may see, with court and cause; NotVisible otherwise. One query."""
    case = (
        visible_cases(actor)
        .filter(public_id=public_id)
        .select_related("court", "cause", "division", "closing")
        .first()
    )
    if case is None:
        raise NotVisible(_("没有这个页面。"))
    return case


def stood_for(actor: Actor, case: Case) -> list[Party]:
    """The parties the actor stands for in this case, in the order of the pleadings: himself, or all whom he represents.
    NotVisible when there is none. One query."""
    parties = list(visible_parties(actor).filter(case=case).order_by("id"))
    if not parties:
        raise NotVisible(_("没有这个页面。"))
    return parties


def cases_of(actor: Actor) -> QuerySet[Case]:
    """Visible cases, newest first, ready for a list."""
    return visible_cases(actor).select_related("court", "cause").order_by("-accepted_at", "-id")


def parties_of(case: Case) -> list[Party]:
    """All parties in the order of the pleadings. One query."""
    order = {Side.PLAINTIFF: 0, Side.DEFENDANT: 1, Side.THIRD: 2}
    return sorted(case.parties.all(), key=lambda party: (order[Side(party.side)], party.order))


def linked_cases(case: Case, actor: Actor) -> list[tuple[str, Case]]:
    """Cases that this one follows or that follow it, as far as the actor may see them, with the kind of link. One query."""
    links = CaseLink.objects.filter(Q(earlier=case) | Q(later=case)).select_related("earlier", "later")
    both = links.filter(earlier__in=visible_cases(actor), later__in=visible_cases(actor)).order_by("id")
    return [
        (link.get_kind_display(), link.later if link.earlier_id == case.pk else link.earlier) for link in both
    ]


def representatives_of(case: Case) -> dict[int, list[Representative]]:
    """Who acts for the parties now, by party. One query."""
    found: dict[int, list[Representative]] = {}
    for row in live_representatives().filter(party__case=case).order_by("id"):
        found.setdefault(row.party_id, []).append(row)
    return found


def agents_of(party: Party) -> list[Representative]:
    """Who acts or acted for a party, the newest first. One query."""
    return list(party.representatives.select_related("recorded_by__user").order_by("-id"))


def agents_in(case: Case) -> list[Representative]:
    """The same for all parties of a case. One query."""
    rows = Representative.objects.filter(party__case=case)
    return list(rows.select_related("party", "recorded_by__user").order_by("party_id", "-id"))


def mandates_of(actor: Actor) -> list[Representative]:
    """What somebody acts in now for others, newest first. One query."""
    if not actor.is_public:
        return []
    rows = live_representatives().filter(access__user_id=actor.user_id or 0)
    return list(rows.select_related("party__case__court", "party__case__cause").order_by("-id"))


def participants_of(case: Case) -> list[Participant]:
    """Witnesses, experts and the like who take part now, with the party that asked for each. One query."""
    return list(case.participants.filter(ends_at=None).select_related("asked_by").order_by("id"))


def staff_of(case: Case) -> dict[str, CaseStaff]:
    """Live judge and clerk by role, with the names. One query."""
    rows = live_staff().filter(case=case).select_related("post__user", "post__division")
    return {row.role: row for row in rows}


def judge_name(case: Case) -> str:
    """Name of the judge who holds the case now; empty before assignment. One query."""
    row = staff_of(case).get(CaseRole.JUDGE)
    return row.post.user.name if row else ""


def running_deadlines(case: Case, parties: Iterable[Party] | None = None) -> list[CaseDeadline]:
    """Running periods of the case with the party of each; for some parties only the court's and theirs. One query."""
    rows = case.deadlines.filter(state=DeadlineState.RUNNING).select_related("party")
    if parties is None:
        return list(rows)
    shown = {None, *(party.pk for party in parties)}
    return [row for row in rows if row.party_id in shown]


def running_deadlines_of(actor: Actor) -> list[CaseDeadline]:
    """Running periods in all cases of a person: the court's, and those of the parties he stands for. One query."""
    own = visible_parties(actor)
    rows = CaseDeadline.objects.filter(state=DeadlineState.RUNNING, case__in=own.values("case"))
    return list(rows.filter(Q(party=None) | Q(party__in=own)).select_related("case"))


@dataclass(frozen=True)
class StageStep:
    """One step of the stage tracker; ``state`` is done, current or todo."""

    label: str
    state: str


def stage_steps(case: Case) -> list[StageStep]:
    """The fixed stages with what is done; 提交 and 审查 lie behind every case. A closed one shows only the stages it
    went through; one query then."""
    order = list(Stage)
    if case.stage == Stage.CLOSED:
        before = Closing.objects.filter(case=case).values_list("stage", flat=True).first()
        last = order.index(Stage(before or Stage.HEARING))
        order = [stage for stage in order if order.index(stage) <= last or stage == Stage.CLOSED]
    reached = order.index(Stage(case.stage))
    steps = [StageStep(str(_("提交")), "done"), StageStep(str(_("审查")), "done")]
    for index, stage in enumerate(order):
        state = "done" if index <= reached else "current" if index == reached + 1 else "todo"
        steps.append(StageStep(str(stage.label), state))
    return steps


def assigned_in_division(actor: Actor) -> QuerySet[Case]:
    """Open cases of the division whose head the actor is, newest first, with the judge's name as ``judge``."""
    if not allows(actor, "case.reassign") or actor.division_id is None:
        return Case.objects.none()
    now = live_staff().filter(case=OuterRef("pk"), role=CaseRole.JUDGE)
    return (
        Case.objects.filter(court_id=actor.court_id or 0, division_id=actor.division_id, closed_at=None)
        .select_related("cause")
        .annotate(judge=Subquery(now.values("post__user__name")[:1]))
        .order_by("-accepted_at", "-id")
    )


def assignment_for(actor: Actor, public_id: UUID) -> Case:
    """One of these cases; NotVisible otherwise. One query."""
    case = assigned_in_division(actor).filter(public_id=public_id).first()
    if case is None:
        raise NotVisible(_("没有这个页面。"))
    return case


def draws_of(case: Case) -> list[JudgeDraw]:
    """How the judges of a case were drawn, newest first. One query."""
    return list(case.draws.select_related("chosen__user").order_by("-id"))


def withdrawals_of(actor: Actor, case: Case) -> list[Withdrawal]:
    """Requests to withdraw this case that the actor may read, newest first. One query."""
    rows = visible_withdrawals(actor).filter(case=case).select_related("party")
    return list(rows.order_by("-id"))


def withdrawal_for(actor: Actor, public_id: UUID) -> Withdrawal:
    """One request, with case, party and who decided; NotVisible otherwise. One query."""
    rows = visible_withdrawals(actor).select_related(
        "case__court", "case__cause", "party", "decided_by__user"
    )
    row = rows.filter(public_id=public_id).first()
    if row is None:
        raise NotVisible(_("没有这个页面。"))
    return row


def waiting_withdrawals(actor: Actor) -> list[Withdrawal]:
    """Requests that wait for this judge, oldest first. One query."""
    rows = visible_withdrawals(actor).filter(state=WithdrawalState.ASKED).select_related("case", "party")
    return list(rows.order_by("id"))


def withdrawals_in(case: Case) -> list[Withdrawal]:
    """Every request to withdraw that was not taken back, newest first: for the ruling about it. One query."""
    return list(case.withdrawals.exclude(state=WithdrawalState.TAKEN_BACK).order_by("-id"))


def draft_for(actor: Actor, public_id: UUID) -> PaperDraft:
    """One paper that is being written, with its case and who did what; NotVisible otherwise. One query."""
    rows = visible_drafts(actor).select_related(
        "case__court",
        "case__cause",
        "case__division",
        "drafted_by__user",
        "decided_by__user",
        "corrects",
        "paper",
    )
    draft = rows.filter(public_id=public_id).first()
    if draft is None:
        raise NotVisible(_("没有这个页面。"))
    return draft


def drafts_of(actor: Actor, case: Case) -> list[PaperDraft]:
    """Papers that are being written in a case and are not out yet, newest first. One query."""
    over = (DraftState.ISSUED, DraftState.DISCARDED)
    rows = visible_drafts(actor).filter(case=case).exclude(state__in=over)
    return list(rows.select_related("drafted_by__user").order_by("-id"))


def waiting_drafts(actor: Actor) -> list[PaperDraft]:
    """What waits for this judge or head to be signed off, oldest first: nothing that he wrote himself. One query."""
    rows = visible_drafts(actor).filter(state=DraftState.SUBMITTED, second_eyes=True)
    found = rows.select_related("case", "drafted_by__user").order_by("submitted_at", "id")
    return [row for row in found if actor.user_id not in row.writers]


def case_to_read(actor: Actor, public_id: UUID | str) -> Case:
    """A case a supervisor may open with a reason, opened or not; NotVisible otherwise. One query."""
    rows = readable_with_reason(actor).select_related("court", "cause", "division")
    case = rows.filter(public_id=public_id).first()
    if case is None:
        raise NotVisible(_("没有这个页面。"))
    return case


def case_numbered_to_read(actor: Actor, number: str) -> Case | None:
    """The same by its case number, written as :func:`common.case_numbers.normalize` does. One query."""
    return readable_with_reason(actor).filter(number=number).first()


def reading_of(actor: Actor, case: Case) -> ReasonedRead | None:
    """The reading of this post that is open now, with its reason; None when a reason has to be given first. Two queries."""
    if not open_with_reason(actor).filter(pk=case.pk).exists():
        return None
    return case.reasoned_reads.filter(post_id=actor.post_id).order_by("-until_at", "-id").first()


def reads_of(actor: Actor) -> QuerySet[ReasonedRead]:
    """Readings with a reason that the actor may know of, newest first, with case and reader."""
    return visible_reads(actor).select_related("case", "post__user").order_by("-opened_at", "-id")


def service_choice_of(party: Party) -> ServiceChoice | None:
    """The choice that counts now, None when the party never chose. One query."""
    return party.service_choices.order_by("-id").first()


def service_choices_in(case: Case) -> dict[int, ServiceChoice]:
    """The choice of each party of a case that counts now, by party; who never chose is missing. One query."""
    rows = ServiceChoice.objects.filter(party__case=case).order_by("party_id", "-id").distinct("party_id")
    return {row.party_id: row for row in rows}


def service_choices_of(party: Party) -> list[ServiceChoice]:
    """Every choice of a party in this case, newest first, with who chose. One query."""
    return list(party.service_choices.select_related("chosen_by").order_by("-id"))


def confirmed_address_of(party: Party) -> ServiceChoice | None:
    """The choice whose address for paper counts now, None while the party confirmed none in this case (解释137). One query."""
    choice = service_choice_of(party)
    return choice if choice and choice.postal_address else None


SAME_MATTER = (LinkKind.APPEAL, LinkKind.RETRIAL, LinkKind.ENFORCEMENT)
"""Cases in which an address confirmed before goes on (解释137)."""


def earlier_service_of(party: Party) -> ServiceChoice | None:
    """The address that the same person, by identity number, confirmed in the case which this one continues, with that
    case; the nearest case first. Two queries for each case back."""
    if not party.id_number_index:
        return None
    known, cases = {party.case_id}, {party.case_id}
    while cases:
        links = CaseLink.objects.filter(later__in=cases, kind__in=SAME_MATTER).exclude(earlier__in=known)
        cases = set(links.values_list("earlier_id", flat=True))
        known |= cases
        found = ServiceChoice.objects.filter(
            party__case__in=cases, party__id_number_index=party.id_number_index
        ).exclude(postal_address="")
        choice = found.select_related("party__case").order_by("-id").first()
        if choice is not None:
            return choice
    return None
