"""What the court's own supervision does: a second correction notice needs a nod, a complaint about 立案 an answer."""

from __future__ import annotations

from dataclasses import asdict

from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor
from common.errors import Conflict, InvalidInput, NotAllowed
from courts.calendar import deadline
from eventlog.services import act
from filing import events
from filing.models import Filing, FilingComplaint, FilingStatus, RepeatProposal, RepeatReason
from filing.policies import can_oversee
from filing.services.drafts import record
from filing.services.review import Defect, check_notice, for_review, hold, needs_nod, send_notice

COMPLAINT = "D68"


def propose_repeat(
    *,
    filing_id: int,
    fence: int,
    defects: list[Defect],
    words: str,
    reason: str,
    reason_words: str,
    actor: Actor,
) -> RepeatProposal:
    """Ask for the nod to a second notice on material that did not change (R-15). The application stays with the clerk.

    Raises InvalidInput without defects or reason, Conflict while another one waits or when no nod is needed.
    """
    with act():
        filing = for_review(filing_id, actor)
        hold(filing, actor, fence)
        check_notice(filing, defects, reason_words)
        if reason not in RepeatReason:
            raise InvalidInput(_("请选择原因"), repeat_reason=_("请选择原因"))
        if not needs_nod(filing, defects):
            raise Conflict(_("这次不用请示，可以直接通知。"), code="no_nod_needed")
        if filing.repeat_proposals.filter(approved=None).exists():
            raise Conflict(_("这件已经有一份请示在等答复。"), code="waiting")
        filing.claimed_until = None  # his until it is answered, however long that takes
        filing.save(update_fields=["claimed_until"])
        proposal = RepeatProposal.objects.create(
            court_id=filing.deciding_court_id,
            filing=filing,
            fence=filing.fence,
            defects=[asdict(defect) for defect in defects],
            words=words,
            reason=reason,
            reason_words=reason_words,
            proposed_at=clock.now(),
            proposed_by_id=actor.post_id or 0,
        )
        record(events.REPEAT_PROPOSED, filing, actor, reason=reason)
    return proposal


def decide_repeat(*, proposal_id: int, approved: bool, answer: str, actor: Actor) -> RepeatProposal:
    """The nod or the no. With a nod the notice is sent at once, in the clerk's name.

    Raises NotAllowed for anybody but head and supervisor and for the person who asked, Conflict when it was answered
    or the application has moved on, InvalidInput for a no without a word why.
    """
    with act():
        filing_id = RepeatProposal.objects.values_list("filing_id", flat=True).get(pk=proposal_id)
        filing = Filing.objects.select_for_update(of=("self",), no_key=True).get(pk=filing_id)
        proposal = RepeatProposal.objects.select_related("proposed_by").get(pk=proposal_id)
        if not can_oversee(actor, proposal.court_id) or proposal.proposed_by.user_id == actor.user_id:
            raise NotAllowed(_("只有本院院领导和立案庭庭长可以答复。"))
        if proposal.approved is not None:
            raise Conflict(_("这份请示已经答复过了。"), code="already_decided")
        if not approved and not answer:
            raise InvalidInput(_("请写明为什么不同意"), answer=_("请写明为什么不同意"))
        moved_on = filing.status != FilingStatus.SUBMITTED or filing.fence != proposal.fence
        if approved and moved_on:
            message = _("这件申请已经有了变化，这份请示不能再发出，只能答复不同意。")
            raise Conflict(message, code="moved_on")
        proposal.approved, proposal.answer = approved, answer
        proposal.decided_at, proposal.decided_by_id = clock.now(), actor.post_id
        proposal.save(update_fields=["approved", "answer", "decided_at", "decided_by"])
        record(events.REPEAT_DECIDED, filing, actor, approved=approved, post=proposal.proposed_by_id)
        if approved:
            defects = [Defect(**values) for values in proposal.defects]
            send_notice(
                filing,
                defects,
                proposal.words,
                proposal.reason_words,
                proposal.reason,
                proposal.proposed_by_id,
                actor,
            )
    return proposal


def complain_about_filing(*, filing_id: int, words: str, actor: Actor) -> FilingComplaint:
    """立案投诉: by the applicant of a sent application, answered within 15 days (登记立案规定13; R-19, D68).

    Raises Conflict while an earlier one is not answered, InvalidInput without words.
    """
    with act():
        filing = Filing.objects.select_for_update(of=("self",), no_key=True).get(pk=filing_id)
        if not actor.is_public or filing.applicant_id != actor.user_id:
            raise NotAllowed(_("只有申请人可以投诉。"))
        if filing.first_submitted_at is None:
            raise Conflict(_("申请还没有提交，没有可以投诉的事。"), code="not_submitted")
        if not words:
            raise InvalidInput(_("请写明要投诉什么"), words=_("请写明要投诉什么"))
        if filing.complaints.filter(answered_at=None).exists():
            raise Conflict(_("您已经投诉过，法院正在查，请等答复。"), code="waiting")
        complaint = FilingComplaint.objects.create(
            court=filing.deciding_court,
            filing=filing,
            words=words,
            made_at=clock.now(),
            due_on=deadline(COMPLAINT, clock.today(), court=filing.deciding_court).due,
        )
        record(events.COMPLAINED, filing, actor, complaint=complaint.public_id, due_on=complaint.due_on)
    return complaint


def answer_complaint(*, complaint_id: int, answer: str, actor: Actor) -> FilingComplaint:
    """The answer of head or supervisor; once. Raises Conflict for the second one, InvalidInput without words."""
    with act():
        complaint = FilingComplaint.objects.select_for_update(of=("self",), no_key=True).get(pk=complaint_id)
        if not can_oversee(actor, complaint.court_id):
            raise NotAllowed(_("只有本院院领导和立案庭庭长可以答复。"))
        if complaint.answered_at is not None:
            raise Conflict(_("这件投诉已经答复过了。"), code="already_decided")
        if not answer:
            raise InvalidInput(_("请写明答复"), answer=_("请写明答复"))
        complaint.answer, complaint.answered_at = answer, clock.now()
        complaint.answered_by_id = actor.post_id
        complaint.save(update_fields=["answer", "answered_at", "answered_by"])
        record(events.COMPLAINT_ANSWERED, complaint.filing, actor, complaint=complaint.public_id)
    return complaint
