"""Decisions besides acceptance and correction: refusal by a judge, hand-over to the competent court, mediation first."""

from __future__ import annotations

from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor, Kind
from common.errors import Conflict, InvalidInput, NotAllowed
from courts.calendar import deadline
from courts.models import Court
from eventlog.services import act, one_by_one
from filing import events
from filing.grounds import GROUNDS
from filing.models import (
    FILING_FLOW,
    Channel,
    Filing,
    FilingStatus,
    HandOver,
    RefusalDecision,
    RefusalProposal,
)
from filing.policies import can_review, can_rule, may_cross
from filing.services.drafts import record
from filing.services.review import for_review, hold
from filing.services.submission import first_review, review_due

MEDIATION = "D72"


def _leave_desk(filing: Filing, *fields: str) -> None:
    """Save a move; whoever has the application open decides nothing more with that page."""
    filing.claimed_by, filing.claimed_until = None, None
    filing.fence += 1
    filing.version += 1
    filing.save(update_fields=["status", "claimed_by", "claimed_until", "fence", "version", *fields])


def propose_refusal(*, filing_id: int, fence: int, ground: str, words: str, actor: Actor) -> RefusalProposal:
    """拟不予受理: the clerk proposes with ground and words; a filing judge decides (民诉法126, 127; R-17).

    The day by which the court answers stays. Raises InvalidInput for an unknown ground or without words.
    """
    with act():
        filing = for_review(filing_id, actor)
        hold(filing, actor, fence)
        if ground not in GROUNDS:
            raise InvalidInput(_("请选择法律规定的理由"), ground=_("请选择法律规定的理由"))
        if not words:
            raise InvalidInput(_("请写明为什么"), words=_("请写明为什么"))
        FILING_FLOW.move(filing, "propose_refusal")
        _leave_desk(filing)
        proposal = RefusalProposal.objects.create(
            filing=filing,
            ground=ground,
            words=words,
            proposed_at=clock.now(),
            proposed_by_id=actor.post_id or 0,
        )
        record(events.REFUSAL_PROPOSED, filing, actor, ground=ground, due_on=filing.due_on)
    return proposal


def rule_on_refusal(*, proposal_id: int, refused: bool, reasons: str, actor: Actor) -> RefusalDecision:
    """The filing judge rules: 不予受理, and the signed ruling is issued; or the application goes back to the desk.

    Raises NotAllowed for anybody else and for the clerk who proposed it in another post, Conflict when it was decided.
    """
    with act():
        filing_id = RefusalProposal.objects.values_list("filing_id", flat=True).get(pk=proposal_id)
        filing = Filing.objects.select_for_update(of=("self",), no_key=True).get(pk=filing_id)
        proposal = RefusalProposal.objects.select_related("proposed_by").get(pk=proposal_id)
        if not can_rule(actor, filing) or proposal.proposed_by.user_id == actor.user_id:
            raise NotAllowed(_("不予受理由本院立案庭的法官决定，提出建议的人不能自己决定。"))
        if RefusalDecision.objects.filter(proposal=proposal).exists():
            raise Conflict(_("这份建议已经决定过了，请看最新情况。"), code="already_decided")
        if not reasons:
            raise InvalidInput(_("请写明理由"), reasons=_("请写明理由"))
        FILING_FLOW.move(filing, "refuse" if refused else "decline_refusal")
        filing.decided_at = clock.now() if refused else None
        _leave_desk(filing, "decided_at")
        decision = RefusalDecision.objects.create(
            proposal=proposal,
            refused=refused,
            reasons=reasons,
            decided_at=clock.now(),
            decided_by_id=actor.post_id or 0,
        )
        name = events.REFUSED if refused else events.REFUSAL_DECLINED
        record(name, filing, actor, proposal=proposal.public_id)
    return decision


def hand_over_filing(
    *, filing_id: int, fence: int, to_court: Court | None, reason: str, actor: Actor
) -> HandOver:
    """移送: the competent court decides from now on, with a clock of its own from today (R-20).

    Raises InvalidInput for a court that is not connected or for a kind that cannot cross, Conflict for an application
    that was handed over before: it goes to the common superior court, not round and round (民诉法37).
    """
    with act():
        filing = for_review(filing_id, actor)
        hold(filing, actor, fence)
        court = _competent(filing, to_court, reason)
        due = review_due(first_review(filing), court)
        step = HandOver.objects.create(
            filing=filing,
            from_court_id=filing.deciding_court_id,
            to_court=court,
            reason=reason,
            due_on=due,
            handed_at=clock.now(),
            handed_by_id=actor.post_id or 0,
        )
        filing.deciding_court, filing.due_on, filing.channel = court, due, Channel.CROSS
        _leave_desk(filing, "deciding_court", "due_on", "channel")
        record(events.HANDED_OVER, filing, actor, from_court=step.from_court_id, due_on=due)
    return step


def _competent(filing: Filing, to_court: Court | None, reason: str) -> Court:
    """The court to hand to, when it may be handed over at all."""
    if filing.hand_overs.exists():
        message = _("这件已经移送过一次，不能再移送。认为本院没有管辖权的，报上级法院指定管辖（民诉法37）。")
        raise Conflict(message, code="handed_over_before")
    if not may_cross(filing):
        message = _(
            "只有一审民商事、行政和强制执行三类申请可以跨域移送，这一类请告诉当事人到有管辖权的法院办"
        )
        raise InvalidInput(message, to_court=message)
    if to_court is None or not to_court.is_open or to_court.pk == filing.deciding_court_id:
        message = _("请选择另一家已接入的法院")
        raise InvalidInput(message, to_court=message)
    if not reason:
        raise InvalidInput(_("请写明移送理由"), reason=_("请写明移送理由"))
    return to_court


def ask_for_mediation(*, filing_id: int, fence: int, actor: Actor) -> Filing:
    """Ask the applicant whether he wants to try mediation first; the review goes on meanwhile (R-21, 民诉法125).

    Once per application: after a no nobody asks again (Conflict).
    """
    with act():
        filing = for_review(filing_id, actor)
        hold(filing, actor, fence)
        if filing.mediation_asked_at is not None:
            raise Conflict(_("已经问过当事人，不能反复动员调解。"), code="asked_before")
        filing.mediation_asked_at, filing.mediation_consent = clock.now(), None
        filing.save(update_fields=["mediation_asked_at", "mediation_consent"])
        record(events.MEDIATION_ASKED, filing, actor, due_on=filing.due_on)
    return filing


def answer_mediation(*, filing_id: int, consent: bool, actor: Actor) -> Filing:
    """The applicant's own answer. Yes: 30 days of mediation (D72), then the review goes on by itself. No: it stays.

    Raises NotAllowed for anybody else, Conflict when nobody asked or it was answered.
    """
    with act():
        filing = _own(filing_id, actor)
        asked = filing.mediation_asked_at is not None and filing.mediation_consent is None
        if not asked or filing.status != FilingStatus.SUBMITTED:
            raise Conflict(_("现在没有要您回答的调解问题，请看最新情况。"), code="not_asked")
        filing.mediation_consent = consent
        if not consent:
            filing.save(update_fields=["mediation_consent"])
            record(events.MEDIATION_DECLINED, filing, actor)
            return filing
        FILING_FLOW.move(filing, "divert")
        filing.due_on = deadline(MEDIATION, clock.today(), court=filing.deciding_court).due
        _leave_desk(filing, "mediation_consent", "due_on")
        record(events.MEDIATION_STARTED, filing, actor, due_on=filing.due_on)
    return filing


def end_mediation(*, filing_id: int, actor: Actor) -> Filing:
    """Back to the review with a new clock: by the applicant at any time, by a clerk of the court, or by the
    system when the thirty days are over. Raises InvalidTransition when it is not in mediation."""
    with act():
        filing = Filing.objects.select_for_update(of=("self",), no_key=True).get(pk=filing_id)
        his = actor.is_public and filing.applicant_id == actor.user_id
        if not (his or can_review(actor, filing) or actor.kind == Kind.SYSTEM):
            raise NotAllowed(_("只有申请人和本院立案人员可以结束调解。"))
        FILING_FLOW.move(filing, "resume")
        filing.due_on = review_due(first_review(filing), filing.deciding_court)
        _leave_desk(filing, "due_on")
        record(events.MEDIATION_ENDED, filing, actor, due_on=filing.due_on)
    return filing


def end_due_mediations(actor: Actor) -> int:
    """Every mediation whose thirty days are over goes back to the review; returns how many. Each is an act of its own."""
    over = Filing.objects.filter(status=FilingStatus.MEDIATING, due_on__lt=clock.today()).order_by("due_on")
    return one_by_one(over, lambda filing: end_mediation(filing_id=filing.pk, actor=actor))


def _own(filing_id: int, actor: Actor) -> Filing:
    filing = Filing.objects.select_for_update(of=("self",), no_key=True).get(pk=filing_id)
    if not actor.is_public or filing.applicant_id != actor.user_id:
        raise NotAllowed(_("只有申请人可以回答。"))
    return filing
