"""What the intake clerk does: take one application, return it once with everything missing, or accept it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.access import allows
from cases.models import Case
from common import clock
from common.actor import Actor, Role
from common.errors import Conflict, InvalidInput, NotAllowed, StaleVersion
from courts.calendar import deadline
from courts.models import StaffPost
from courts.posts import live_posts
from courts.services import setting
from courts.trail_services import require_witnessed
from eventlog.models import Event
from eventlog.services import act
from filing import events
from filing.handed_in import handed_in
from filing.models import (
    FILING_FLOW,
    CorrectionItem,
    CorrectionNotice,
    Filing,
    FilingStatus,
    RepeatProposal,
    RepeatReason,
)
from filing.policies import can_review
from filing.repeats import unchanged_since_notice
from filing.selectors import draft_of
from filing.services.acceptance import open_cases
from filing.services.drafts import record

LEASE = timedelta(minutes=20)


def for_review(filing_id: int, actor: Actor) -> Filing:
    """The application, locked, for an intake clerk of the court that decides; NotAllowed for everybody else."""
    filing = Filing.objects.select_for_update(of=("self",), no_key=True).get(pk=filing_id)
    if not can_review(actor, filing):
        raise NotAllowed(_("只有本院立案人员可以审查。"))
    return filing


def claim_filing(*, filing_id: int, actor: Actor) -> Filing:
    """Take an application for 20 minutes; the fencing number of the lease is ``filing.fence`` (REL-32).

    A lease of somebody else that still runs raises Conflict naming who; one's own is prolonged.
    """
    with act():
        filing = for_review(filing_id, actor)
        if filing.status != FilingStatus.SUBMITTED:
            raise _decided(filing)
        now = clock.now()
        held = filing.claimed_by_id and filing.claimed_until and filing.claimed_until > now
        if held and filing.claimed_by_id != actor.post_id:
            name = filing.claimed_by.user.name if filing.claimed_by else ""
            raise Conflict(_("%(name)s正在审这件，请先看下一件。") % {"name": name}, code="claimed")
        if not held or filing.claimed_by_id != actor.post_id:
            filing.fence += 1
            filing.claimed_by_id = actor.post_id
            record(events.CLAIMED, filing, actor, fence=filing.fence)
        filing.claimed_until = now + LEASE
        filing.save(update_fields=["fence", "claimed_by", "claimed_until"])
    return filing


def claim_next(*, actor: Actor, after_id: int = 0) -> Filing | None:
    """Take the application that has to be answered first and that nobody else has; None when there is no more.

    Two clerks who ask at the same moment get two applications: a row that is being taken is passed over (REL-30).
    What was given to a colleague, and what waits for a nod to a second notice, is left to those people.
    """
    if not allows(actor, "filing.review"):
        raise NotAllowed(_("只有本院立案人员可以审查。"))
    with act():
        now = clock.now()
        free = Q(claimed_by=None) | Q(claimed_by_id=actor.post_id) | Q(claimed_until__lte=now)
        found = (
            Filing.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
            .filter(free, deciding_court_id=actor.court_id, status=FilingStatus.SUBMITTED)
            .exclude(pk=after_id)
            .exclude(repeat_proposals__in=RepeatProposal.objects.filter(approved=None))
            .order_by("due_on", "id")
            .first()
        )
        return claim_filing(filing_id=found.pk, actor=actor) if found else None


@dataclass(frozen=True)
class Assigned:
    """How many applications went to the colleague, and how many stayed because somebody is at work on them."""

    given: int
    kept: int


def assign_filings(*, public_ids: list[UUID], post_id: int, actor: Actor) -> Assigned:
    """Give waiting applications to an intake clerk of the same court (UX §12: chores are in bulk, decisions are not).

    What a clerk has open right now stays with him. Raises InvalidInput when nothing or nobody was chosen.
    """
    if not allows(actor, "filing.review"):
        raise NotAllowed(_("只有本院立案人员可以分派。"))
    if not public_ids:
        raise InvalidInput(_("请先勾选要分派的申请"), picked=_("请先勾选要分派的申请"))
    colleague = live_posts().filter(pk=post_id, court_id=actor.court_id or 0, role=Role.INTAKE_CLERK).first()
    if colleague is None:
        raise InvalidInput(_("请选择分派给谁"), post=_("请选择分派给谁"))
    with act():
        now = clock.now()
        rows = Filing.objects.select_for_update(of=("self",), no_key=True).filter(
            public_id__in=public_ids, deciding_court_id=actor.court_id, status=FilingStatus.SUBMITTED
        )
        given = 0
        for filing in rows.order_by("id"):
            busy = filing.claimed_by_id not in (None, colleague.pk) and (filing.claimed_until or now) > now
            if busy and filing.claimed_by_id != actor.post_id:
                continue
            given += 1
            if filing.claimed_by_id != colleague.pk:
                _give(filing, colleague, actor)
    return Assigned(given, len(set(public_ids)) - given)


def _give(filing: Filing, colleague: StaffPost, actor: Actor) -> None:
    filing.claimed_by, filing.claimed_until = colleague, None
    filing.fence = F("fence") + 1
    filing.save(update_fields=["claimed_by", "claimed_until", "fence"])
    record(events.ASSIGNED, filing, actor, post=colleague.pk)


def hold(filing: Filing, actor: Actor, fence: int) -> None:
    """Only the newest lease decides; a late write with an old number is refused."""
    if filing.status != FilingStatus.SUBMITTED:
        raise _decided(filing)
    if filing.claimed_by_id not in (None, actor.post_id):
        raise Conflict(_("这件已由其他人接手，您的操作没有保存。"), code="lease_lost")
    if filing.claimed_by_id is None or filing.fence != fence:
        raise StaleVersion(_("您看的不是最新的一页，操作没有保存。请刷新页面，看过再办。"))


def _decided(filing: Filing) -> Conflict:
    """409 naming who decided and when (REL-30)."""
    names = [events.ACCEPTED, events.RETURNED, events.WITHDRAWN, events.REFUSAL_PROPOSED, events.REFUSED]
    names += [events.MEDIATION_STARTED]
    last = Event.objects.filter(subject_kind=filing._meta.label_lower, subject_id=filing.pk, name__in=names)
    event = last.order_by("-id").first()
    if event is None:
        return Conflict(_("这件申请还没有提交。"), code="not_submitted")
    when = event.happened_at.astimezone(clock.BEIJING)
    return Conflict(
        _("这件已由%(who)s在%(when)s办理，现在的状态是“%(state)s”。")
        % {
            "who": event.actor_name or _("申请人"),
            "when": f"{when:%m-%d %H:%M}",
            "state": filing.get_status_display(),
        },
        code="already_decided",
    )


@dataclass(frozen=True)
class Defect:
    """One thing to correct: which task and slot, what, why and how to fix it."""

    code: str
    task: str
    title: str
    why: str
    how: str
    slot: str = ""


def return_filing_for_correction(
    *,
    filing_id: int,
    fence: int,
    defects: list[Defect],
    words: str,
    reason_for_repeat: str,
    actor: Actor,
    repeat_reason: str = RepeatReason.OTHER,
) -> CorrectionNotice:
    """Send the one correction notice with everything that is missing (登记立案规定7; R-15).

    A second notice needs a reason; on material that did not change it needs the nod of the head or a supervisor too
    (``propose_repeat``), otherwise Conflict "needs_nod". Raises InvalidInput without a defect or without the reason.
    """
    with act():
        filing = for_review(filing_id, actor)
        hold(filing, actor, fence)
        check_notice(filing, defects, reason_for_repeat)
        if needs_nod(filing, defects):
            message = _("这些内容当事人没有改过，再次通知补正要先请庭长或院领导同意。")
            raise Conflict(message, code="needs_nod")
        return send_notice(
            filing, defects, words, reason_for_repeat, repeat_reason, actor.post_id or 0, actor
        )


def check_notice(filing: Filing, defects: list[Defect], reason_for_repeat: str) -> None:
    """InvalidInput for a notice without a defect, and for a second one without a reason."""
    if not defects:
        raise InvalidInput(_("请至少选一项要补的内容"), defects=_("请至少选一项要补的内容"))
    if filing.notices.exists() and not reason_for_repeat:
        message = _("已经通知过一次补正。请写明为什么还要再补，主管会看到")
        raise InvalidInput(message, reason_for_repeat=message)


def needs_nod(filing: Filing, defects: list[Defect]) -> bool:
    """True when a second notice would name something that says the same as before the first one was answered."""
    places = [(defect.task, defect.slot) for defect in defects]
    return filing.notices.exists() and bool(unchanged_since_notice(filing, places))


def send_notice(
    filing: Filing,
    defects: list[Defect],
    words: str,
    reason_for_repeat: str,
    repeat_reason: str,
    sent_by_id: int,
    actor: Actor,
) -> CorrectionNotice:
    """Return the locked application with a notice; the time to correct is the court's setting (D06). Inside an act."""
    round_number = filing.notices.count() + 1
    FILING_FLOW.move(filing, "return")
    filing.claimed_by, filing.claimed_until = None, None
    filing.version += 1
    filing.save(update_fields=["status", "claimed_by", "claimed_until", "version"])
    days = setting(filing.deciding_court_id, "correction_days")
    due = deadline("D06", clock.today(), court=filing.deciding_court, n=days, unit="day").due
    notice = CorrectionNotice.objects.create(
        filing=filing,
        round=round_number,
        words=words,
        repeat_reason=repeat_reason if round_number > 1 else "",
        reason_for_repeat=reason_for_repeat if round_number > 1 else "",
        due_on=due,
        sent_at=clock.now(),
        sent_by_id=sent_by_id,
    )
    CorrectionItem.objects.bulk_create(
        CorrectionItem(
            notice=notice, defect=d.code, task=d.task, slot=d.slot, title=d.title, why=d.why, how=d.how
        )
        for d in defects
    )
    record(events.RETURNED, filing, actor, round=round_number, defects=[d.code for d in defects], due_on=due)
    return notice


def accept_filing(*, filing_id: int, fence: int, actor: Actor) -> Case:
    """立案: one transaction opens the case with its number, parties, judge, bill and code; the first of several.

    Raises Conflict (409) naming who and when if it was decided already, or when the lease went to somebody else;
    StaleVersion (412) when the page showed an older round; GatewayUnavailable while the trail has no witness (SEC-44).
    """
    with act():
        filing = for_review(filing_id, actor)
        hold(filing, actor, fence)
        require_witnessed()
        FILING_FLOW.move(filing, "accept")
        filing.decided_at = clock.now()
        filing.claimed_until = None
        filing.version += 1
        filing.save(update_fields=["status", "decided_at", "claimed_until", "version"])
        case, *others = open_cases(filing, actor)
        record(
            events.ACCEPTED,
            filing,
            actor,
            case=case.public_id,
            more_cases=[other.public_id for other in others],
            **handed_in(draft_of(filing)),
        )
    return case
