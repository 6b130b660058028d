"""Sending an application: the moment that counts as filing (R-10), sealed as it was sent."""

from __future__ import annotations

import hashlib
import json
from datetime import date

from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor
from common.errors import InvalidInput, NotAllowed, StaleVersion
from common.versions import seen_of
from courts.calendar import deadline, rule
from courts.models import Court
from courts.services import next_numbers
from documents.services import takes_files
from eventlog.services import act
from filing import events
from filing.draft import EVIDENCE, Draft
from filing.kept import sending_kept
from filing.models import FILING_FLOW, Filing, FilingStatus, Submission
from filing.policies import acts_for_applicant, as_helper
from filing.procedures import procedure
from filing.selectors import draft_of
from filing.services.drafts import record
from filing.snapshot import content_of
from filing.tasklist import gaps_of

FIRST_REVIEW, REVIEW_AFTER_CORRECTION = "D01", "D02"


def materials_may_follow(draft: Draft) -> bool:
    """Whether a first application that lacks nothing but papers is taken without them: while the storage takes none (REL-50, REL-51).

    A few bytes are written to the storage to see, so never inside an act; nothing is asked of the storage in any other case.
    """
    if draft.filing.status != FilingStatus.DRAFT or draft.filing.is_defence:
        return False
    gaps = gaps_of(draft)
    return bool(gaps) and all(gap.task == EVIDENCE for gap in gaps) and not takes_files()


def submit_filing(
    *,
    filing_id: int,
    actor: Actor,
    signed_name: str = "",
    materials_follow: bool = False,
    seen: str | None = None,
) -> Filing:
    """Send a complete application; the review clock of seven days starts (民诉法126; anew after a correction, 解释208).

    ``signed_name`` is what the applicant wrote under the statement (具状人); it is sealed with the content. Writes the sealed submission and a signed receipt in the same transaction. Raises InvalidInput when something is
    missing (``fields`` maps task keys to sentences), InvalidTransition when it was sent already. With ``materials_follow`` (see
    ``materials_may_follow``) missing papers are no reason: they are added until the court decides. ``seen`` is what the page that was signed showed:
    StaleVersion when the application says something else by now (REL-34).
    """
    with act():
        filing = Filing.objects.select_for_update(of=("self",), no_key=True).get(pk=filing_id)
        if not acts_for_applicant(actor, filing):
            raise NotAllowed(_("只有申请人可以提交。"))
        FILING_FLOW.move(filing, "submit")
        must_be_as_signed(filing, seen)
        draft = draft_of(filing)
        refuse_incomplete(draft, without_papers=materials_follow)
        filing.materials_follow = materials_follow and bool(draft.missing_papers())
        rule_id = first_review(filing) if filing.first_submitted_at is None else REVIEW_AFTER_CORRECTION
        if filing.number is None:
            filing.number = application_numbers(filing.court_id, 1)[0]
        stamp(filing, due_on=review_due(rule_id, filing.deciding_court))
        filing.save()
        submission = sealed(draft, signed_name, round_number=filing.submissions.count() + 1)
        submission.save()
        record_sent(draft, submission, rule=rule_id, actor=actor)
    return filing


def must_be_as_signed(filing: Filing, seen: str | None) -> None:
    """StaleVersion when the page under which the name was written showed the locked application otherwise than it is (another tab)."""
    fresh = seen_of(*sending_kept(filing).values())
    if seen is not None and seen != fresh:
        words = _("这份申请刚才在别的窗口改过，还没有提交。请把下面的内容再看一遍，没有问题再提交。")
        raise StaleVersion(words, seen=fresh)


def first_review(filing: Filing) -> str:
    """Rule of the period in which the court answers a new application: seven days, five for a payment order, hours where
    somebody is in danger or property disappears."""
    return procedure(filing.procedure).review


def review_due(rule_id: str, court: Court) -> date:
    """The latest day of an answer that is counted from now; of a period in hours the day on which it ends."""
    by_the_hour = rule(rule_id).unit == "hour"
    return deadline(rule_id, clock.now() if by_the_hour else clock.today(), court=court).day


def stamp(filing: Filing, *, due_on: date) -> None:
    """The columns that change by sending: times, the day by which the court answers, and no clerk holds it."""
    now = clock.now()
    filing.first_submitted_at = filing.first_submitted_at or now
    filing.submitted_at = now
    filing.due_on = due_on
    filing.claimed_by, filing.claimed_until = None, None
    filing.fence += 1  # a clerk's page from before the correction decides nothing any more
    filing.version += 1


def sealed(draft: Draft, signed_name: str, *, round_number: int) -> Submission:
    """What is sent, sealed, with its hash; not saved yet."""
    content = json.dumps(content_of(draft, signed_name), ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(content.encode()).hexdigest()
    return Submission(
        filing=draft.filing,
        round=round_number,
        content=content,
        content_sha256=digest,
        submitted_at=draft.filing.submitted_at or clock.now(),
    )


def record_sent(draft: Draft, submission: Submission, *, rule: str, actor: Actor) -> None:
    """The event of sending with its signed receipt."""
    filing = draft.filing
    record(
        events.SUBMITTED,
        filing,
        as_helper(actor, filing),
        receipt=filing.number,
        round=submission.round,
        content_sha256=submission.content_sha256,
        files=[material.file.sha256 for material in draft.materials],
        rule=rule,
        due_on=filing.due_on,
        materials_follow=filing.materials_follow,
    )


def refuse_incomplete(draft: Draft, *, without_papers: bool = False) -> None:
    """Raise InvalidInput naming everything that is missing, by task; ``without_papers`` leaves those out."""
    gaps = [gap for gap in gaps_of(draft) if not (without_papers and gap.task == EVIDENCE)]
    if gaps:
        fields = {gap.task: gap.message for gap in reversed(gaps)}
        raise InvalidInput(_("还有没填完的内容，填好以后再提交。"), code="incomplete", **fields)


def application_numbers(court_id: int, count: int) -> list[str]:
    """申请编号 2025-0314-0087: by court and Beijing day (DESIGN §9); it is not a case number. ``count`` of them."""
    day = clock.today()
    taken = next_numbers(court_id, "filing", day.isoformat(), count)
    return [f"{day:%Y-%m%d}-{sequence:04d}" for sequence in taken]
