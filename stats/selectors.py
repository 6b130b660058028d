"""Figures for the court: counts with numerator, denominator and period; never a ranking (indicators.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from accounts.access import allows
from cases.models import Case
from common import clock
from common.actor import Actor
from common.errors import NotAllowed
from common.shares import Share
from feedback.figures import Period
from feedback.models import Rating, Satisfaction, Thread, ThreadState
from filing.models import CorrectionNotice, Filing, FilingStatus
from payments.models import Payment
from qrlinks.models import Visit


@dataclass(frozen=True)
class Figures:
    """One court and period. Counts and rates only; nobody is named."""

    since: date
    until: date
    filed: int
    accepted: int
    waiting: int
    late_reviews: int
    repeated_notices: int
    payments: int
    visits: int
    asked: int
    answered: int
    late_answers: int
    answered_on_time: Share
    satisfied: Share
    satisfied_or_basic: Share
    reopened: int


def figures(actor: Actor, *, since: date, until: date) -> Figures:
    """The supervisor's figures for his court, days inclusive, Beijing time. Nine queries whatever the size.

    满意率 counts 满意 and 基本满意 over all ratings given; 满意 alone stands beside it (DESIGN §9).
    Raises NotAllowed for other roles.
    """
    if not allows(actor, "figures.read"):
        raise NotAllowed(_("这个页面给院领导和审判管理人员使用。"))
    period = Period(since, until)
    start, end = period.start, period.end
    court = actor.court_id or 0
    filings = Filing.objects.filter(deciding_court_id=court)
    waiting = filings.filter(status=FilingStatus.SUBMITTED)
    threads = Thread.objects.filter(court_id=court)
    now = clock.now()
    in_period = {"opened_at__gte": start, "opened_at__lt": end}
    counts = threads.filter(**in_period).aggregate(
        asked=Count("id"),
        answered=Count("id", filter=Q(state=ThreadState.ANSWERED)),
        on_time=Count("id", filter=Q(answered_at__lte=F("reply_due_at"))),
        due=Count("id", filter=Q(state=ThreadState.ANSWERED) | Q(reply_due_at__lt=now)),
        reopened=Count("id", filter=Q(round__gte=2)),
    )
    ratings = Rating.objects.filter(court_id=court, rated_at__gte=start, rated_at__lt=end).aggregate(
        all=Count("id"),
        satisfied=Count("id", filter=Q(level=Satisfaction.SATISFIED)),
        basic=Count("id", filter=Q(level=Satisfaction.BASIC)),
    )
    return Figures(
        since=since,
        until=until,
        filed=filings.filter(first_submitted_at__gte=start, first_submitted_at__lt=end).count(),
        accepted=Case.objects.filter(court_id=court, accepted_at__gte=start, accepted_at__lt=end).count(),
        waiting=waiting.count(),
        late_reviews=waiting.filter(due_on__lt=clock.today()).count(),
        repeated_notices=CorrectionNotice.objects.filter(
            filing__deciding_court_id=court, round__gt=1, sent_at__gte=start, sent_at__lt=end
        ).count(),
        payments=Payment.objects.filter(
            court_id=court, purpose="fee", recorded_at__gte=start, recorded_at__lt=end
        ).count(),
        visits=Visit.objects.filter(
            case__court_id=court, happened_at__gte=start, happened_at__lt=end
        ).count(),
        asked=counts["asked"],
        answered=counts["answered"],
        late_answers=threads.filter(state=ThreadState.OPEN, paused_at=None, reply_due_at__lt=now).count(),
        answered_on_time=Share(counts["on_time"], counts["due"]),
        satisfied=Share(ratings["satisfied"], ratings["all"]),
        satisfied_or_basic=Share(ratings["satisfied"] + ratings["basic"], ratings["all"]),
        reopened=counts["reopened"],
    )
