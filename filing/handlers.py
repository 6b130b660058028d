"""The ruling 不予受理 is issued after it was made; and ``documents`` is told who opens the files of an application."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from cases.policies import visible_cases
from common.actor import Actor, system
from documents.access import PARTY, register
from eventlog.models import Event
from eventlog.registry import Mode, on
from filing.models import Filing, FilingStatus, RefusalProposal
from filing.papers import RULING_SUBJECT, issue_refusal_ruling
from filing.policies import keyed_filings, visible_batches, visible_filings
from filing.services import kept_pleadings
from filing.services.batch import PAPERS_OWNER, TABLE_OWNER
from filing.services.keyed import take_over

ACTOR = system(str(_("立案流程")))


def may_open_material(actor: Actor, filing_public_id: UUID) -> bool:
    """Whoever may see the application: the applicant and the intake clerks of the deciding court; once it is a case,
    its judge and case clerk, who also open what came with a received defence."""
    for filings in (visible_filings(actor), keyed_filings(actor)):
        if filings.filter(public_id=filing_public_id).exists():
            return True
    received = Q(
        follow_up_filings__public_id=filing_public_id, follow_up_filings__status=FilingStatus.RECEIVED
    )
    about = Q(filing_public_id=filing_public_id) | received
    return actor.is_staff and visible_cases(actor).filter(about).exists()


def may_open_table(actor: Actor, batch_public_id: UUID) -> bool:
    """A table of claims holds everybody's data: only the person who uploaded it."""
    return visible_batches(actor).filter(public_id=batch_public_id).exists()


def may_open_batch_paper(actor: Actor, batch_public_id: UUID) -> bool:
    """A paper common to a batch: whoever may see one of its applications."""
    if may_open_table(actor, batch_public_id):
        return True
    of_batch = Filing.objects.filter(batch_row__batch__public_id=batch_public_id)
    if visible_filings(actor).filter(pk__in=of_batch.values("pk")).exists():
        return True
    cases = visible_cases(actor).filter(filing_public_id__in=of_batch.values("public_id"))
    return actor.is_staff and cases.exists()


register("filing.filing", may_open_material)
register(kept_pleadings.OWNER_KIND, may_open_material)
register(TABLE_OWNER, may_open_table)
register(PAPERS_OWNER, may_open_batch_paper)


@on("filing.accepted", Mode.OUTSIDE)
@on("filing.received", Mode.OUTSIDE)
def keep_pleading(event: Event) -> None:
    """What was filled in online becomes a PDF for the file of the case."""
    kept_pleadings.keep_pleading(filing_id=event.subject_id, actor=ACTOR)


@on("filing.refused")
def issue_ruling(event: Event) -> None:
    """《不予受理裁定书》 to the applicant."""
    issue_refusal_ruling(RefusalProposal.objects.get(public_id=event.payload["proposal"]), actor=ACTOR)


def may_open_ruling(actor: Actor, party_public_id: UUID) -> bool:
    """The copy of a ruling: whoever filed for this person."""
    mine = visible_filings(actor).filter(parties__public_id=party_public_id)
    return actor.is_public and mine.exists()


register(f"{PARTY} of {RULING_SUBJECT}", may_open_ruling)


@on("accounts.verified")
def hand_keyed_to_owner(event: Event) -> None:
    """What a clerk keyed in for a person without an account is his as soon as he has signed in and proved who he is."""
    take_over(user_id=event.subject_id)
