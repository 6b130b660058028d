"""Sending an application: the moment that counts as filing (R-10), sealed as it was sent."""

from __future__ import annotations

import hashlib
import json

from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor
from common.errors import InvalidInput, NotAllowed
from courts.calendar import deadline
from courts.services import next_number
from eventlog.services import act, emit
from filing import events
from filing.models import FILING_FLOW, Filing, Submission
from filing.selectors import Draft, draft_of
from filing.services.drafts import filing_stream
from filing.snapshot import content_of

FIRST_REVIEW, REVIEW_AFTER_CORRECTION = "D01", "D02"


def submit_filing(*, filing_id: int, actor: Actor, signed_name: str = "") -> Filing:
    """Send a complete application; the review clock of seven days starts (民诉法126; anew after a correction, 解释208).

    ``signed_name`` is what the applicant wrote under the statement (具状人); it is sealed with the content. Writes the sealed submission and a signed receipt in the same transaction. Raises InvalidInput when something is
    missing (``fields`` maps task keys to sentences), InvalidTransition when it was sent already.
    """
    with act():
        filing = Filing.objects.select_for_update(of=("self",), no_key=True).get(pk=filing_id)
        if filing.applicant_id != actor.user_id or not actor.is_public:
            raise NotAllowed(_("只有申请人可以提交。"))
        FILING_FLOW.move(filing, "submit")
        draft = draft_of(filing)
        _refuse_incomplete(draft)
        now = clock.now()
        rule = FIRST_REVIEW if filing.first_submitted_at is None else REVIEW_AFTER_CORRECTION
        if filing.number is None:
            filing.number = _application_number(filing)
        filing.first_submitted_at = filing.first_submitted_at or now
        filing.submitted_at = now
        filing.due_on = deadline(rule, clock.beijing_day(now), court=filing.deciding_court).due
        filing.claimed_by, filing.claimed_until = None, None
        filing.fence += 1  # a clerk's page from before the correction decides nothing any more
        filing.version += 1
        filing.save()
        round_number = filing.submissions.count() + 1
        content = json.dumps(content_of(draft, signed_name), ensure_ascii=False, sort_keys=True)
        digest = hashlib.sha256(content.encode()).hexdigest()
        Submission.objects.create(
            filing=filing, round=round_number, content=content, content_sha256=digest, submitted_at=now
        )
        emit(
            events.SUBMITTED,
            subject=filing,
            actor=actor,
            stream=filing_stream(filing),
            court_id=filing.deciding_court_id,
            receipt=filing.number,
            round=round_number,
            content_sha256=digest,
            files=[material.file.sha256 for material in draft.materials],
            rule=rule,
            due_on=filing.due_on,
        )
    return filing


def _refuse_incomplete(draft: Draft) -> None:
    gaps = draft.gaps()
    if gaps:
        fields = {gap.task: gap.message for gap in reversed(gaps)}
        raise InvalidInput(_("还有没填完的内容，填好以后再提交。"), code="incomplete", **fields)


def _application_number(filing: Filing) -> str:
    """申请编号 2025-0314-0087: by court and Beijing day (DESIGN §9); it is not a case number."""
    day = clock.today()
    sequence = next_number(filing.court_id, "filing", day.isoformat())
    return f"{day:%Y-%m%d}-{sequence:04d}"
