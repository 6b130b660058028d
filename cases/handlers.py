"""What a case does when something happened: its own papers, its stages, the defence period."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import AccountPhoneChange
from cases import services
from cases.models import Case, Party, Side, Track
from cases.papers import FIRST_PAPERS, NOTICES, issue_acceptance_papers
from cases.policies import visible_cases, visible_parties
from cases.services import batches, drafting
from cases.services.organisations import end_with_member
from common import clock
from common.actor import Actor, system
from documents.access import PARTY, register, register_held, register_simplified
from documents.models import Delivery, DeliveryState
from eventlog.models import Event
from eventlog.registry import Mode, on

ACTOR = system(str(_("案件流程")))


@on("cases.opened")
def issue_papers(event: Event) -> None:
    """The papers that the procedure sends out at its beginning."""
    issue_acceptance_papers(
        Case.objects.select_related("court", "cause").get(pk=event.subject_id),
        papers=event.payload.get("papers", FIRST_PAPERS),
        actor=ACTOR,
    )


@on("accounts.phone_changed", Mode.TOGETHER)
def follow_account_phone(event: Event) -> None:
    """The phone on file of a party follows the account of its owner; scan logins by the old one end with the change (SEC-25)."""
    services.follow_account(AccountPhoneChange.objects.get(pk=event.subject_id), actor=ACTOR)


@on("accounts.member_ended", Mode.TOGETHER)
def end_cases_of_member(event: Event) -> None:
    """Who left an organisation works in none of its cases any more, from the same transaction on (SEC-17)."""
    end_with_member(member_id=event.payload["member_id"], actor=ACTOR)


@on("payments.paid")
def note_fee_paid(event: Event) -> None:
    """A paid acceptance fee moves the case on; defendants served before that move it further."""
    case = services.record_fee_paid(case_id=event.payload["case_id"], actor=ACTOR)
    if services.all_defendants_served(case):
        services.record_defendants_served(case_id=case.pk, actor=ACTOR)


@on("documents.sent")
@on("documents.delivered")
def note_complaint_sent(event: Event) -> None:
    """The response notice has left the court for every addressee, by whatever way; a second copy that one of them asked for
    on paper holds nothing up."""
    paper = Delivery.objects.select_related("copy__paper").get(pk=event.subject_id).copy.paper
    if paper.template not in NOTICES:
        return
    copies = Delivery.objects.filter(copy__paper=paper)
    gone = (DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.FAILED)
    left = copies.filter(state__in=gone).values("copy__addressee_public_id")
    waiting = copies.filter(state=DeliveryState.WAITING).exclude(copy__addressee_public_id__in=left)
    if not waiting.exists():
        services.record_complaint_sent(case_id=Case.objects.get(public_id=paper.subject_public_id).pk)


@on("documents.delivered")
def note_defendant_served(event: Event) -> None:
    """The response notice with the complaint has reached a defendant."""
    delivery = Delivery.objects.select_related("copy__paper").get(pk=event.subject_id)
    if delivery.copy.paper.template not in NOTICES or delivery.delivered_at is None:
        return
    party = Party.objects.select_related("case__court").get(public_id=delivery.copy.addressee_public_id)
    if party.side == Side.DEFENDANT:
        services.start_defence_period(
            party=party,
            delivered_on=clock.beijing_day(delivery.delivered_at),
            source_event=event.public_id,
            actor=ACTOR,
            rule_id=NOTICES[delivery.copy.paper.template],
        )


@on("documents.issued")
def note_draft_sealed(event: Event) -> None:
    """A copy has its seal; when all have, the draft of the paper is done."""
    drafting.record_sealed(paper_public_id=event.payload["paper"])


@on("cases.draft_queued", mode=Mode.OUTSIDE)
def issue_queued_draft(event: Event) -> None:
    """One case of many: it goes out, or says why not; the others go on."""
    batches.issue_queued(draft_id=event.subject_id)


def may_open_copy(actor: Actor, party_public_id: UUID) -> bool:
    """A copy is opened by the party it is addressed to, and by court staff who see the case."""
    if actor.is_staff:
        return visible_cases(actor).filter(parties__public_id=party_public_id).exists()
    return visible_parties(actor).filter(public_id=party_public_id).exists()


def is_simplified(case_public_id: UUID) -> bool:
    """Small claims are a kind of the simplified procedure (民诉法165). One query."""
    return Case.objects.filter(
        public_id=case_public_id, track__in=(Track.SUMMARY, Track.SMALL_CLAIM)
    ).exists()


register(PARTY, may_open_copy)
register_held("cases.case", lambda actor: visible_cases(actor).values("public_id"))
register_simplified("cases.case", is_simplified)
