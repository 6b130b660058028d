"""The paper that an application itself sends out: the ruling 不予受理."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from cases.models import Side
from common import clock
from common.actor import Actor
from courts.calendar import deadline
from documents.delivery_rules import AddressOrigin
from documents.models import Copy, PaperState
from documents.services import Addressee, issue
from filing.grounds import GROUNDS
from filing.models import Filing, RefusalProposal
from filing.services.drafts import filing_stream

RULING, RULING_SUBJECT = "refusal_ruling", "filing.filing"
APPEAL = "D33"


def issue_refusal_ruling(proposal: RefusalProposal, *, actor: Actor) -> None:
    """《不予受理裁定书》, a copy for each applicant: to the inbox after consent, else to the print desk. Safe to repeat."""
    filing = Filing.objects.select_related("deciding_court__parent", "cause").get(pk=proposal.filing_id)
    court, people = filing.deciding_court, list(filing.parties.all())
    mine = [party for party in people if party.side == Side.PLAINTIFF]
    ground = GROUNDS[proposal.ground]
    issue(
        template=RULING,
        subject_kind=RULING_SUBJECT,
        subject_public_id=filing.public_id,
        court_id=court.pk,
        title=_("不予受理裁定书"),
        data={
            "case_number": _("申请编号 %(number)s") % {"number": filing.number},
            "cause": filing.cause.name,
            "plaintiffs": [party.name for party in mine],
            "defendants": [party.name for party in people if party.side == Side.DEFENDANT],
            "received_on": clock.beijing_day(filing.submitted_at or filing.created_at).isoformat(),
            "sentence": ground.sentence,
            "article": ground.article,
            "reasons": proposal.decision.reasons,
            "judge": proposal.decision.decided_by.user.name,
            "higher_court": court.parent.name if court.parent else "",
        },
        addressees=[
            Addressee(
                party_public_id=party.public_id,
                name=party.name,
                address=party.address,
                by_inbox=bool(filing.e_delivery),
                due_on=None,
                address_origin=AddressOrigin.OWN,
            )
            for party in mine
        ],
        stream=filing_stream(filing),
        actor=actor,
        dedupe_key=f"{RULING}:{proposal.public_id}",
    )


@dataclass(frozen=True)
class Ruling:
    """What the applicant has in hand: his copy, when it counts as served, and until when he may appeal."""

    copy_public_id: UUID
    served_on: date | None
    appeal_until: date | None


def rulings_for(filing: Filing) -> list[Ruling]:
    """Copies of the ruling on an application that are ready, with the last day for the appeal (D33). Two queries."""
    parties = list(filing.parties.filter(side=Side.PLAINTIFF).values_list("public_id", flat=True))
    copies = Copy.objects.filter(
        addressee_public_id__in=parties, paper__template=RULING, state=PaperState.ISSUED
    )
    return [_ruling(copy, filing) for copy in copies.select_related("delivery").order_by("id")]


def _ruling(copy: Copy, filing: Filing) -> Ruling:
    delivered = copy.delivery.delivered_at
    if delivered is None:
        return Ruling(copy.public_id, None, None)
    day = clock.beijing_day(delivered)
    return Ruling(copy.public_id, day, deadline(APPEAL, day, court=filing.deciding_court).due)
