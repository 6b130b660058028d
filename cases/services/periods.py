"""Periods of a case: begun, done, no longer wanted."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from cases.models import Case, CaseDeadline, DeadlineState, Party
from cases.routing import trial_period
from common import clock
from courts.calendar import deadline, rule


def case_stream(case: Case) -> str:
    """The event stream of a case."""
    return f"case:{case.public_id}"


def start_deadline(
    case: Case,
    rule_id: str,
    start: date,
    *,
    label: str,
    party: Party | None = None,
    source_event: UUID | None = None,
) -> CaseDeadline:
    """Compute and store one period of a case with rule, start and calendar version. Inside an act."""
    by_the_hour = rule(rule_id).unit == "hour"
    period = deadline(rule_id, clock.now() if by_the_hour else start, court=case.court)
    due = period.due
    if isinstance(due, datetime):
        label = _("%(label)s（到%(when)s）") % {"label": label, "when": f"{due:%m-%d %H:%M}"}
        due = due.date()
    return CaseDeadline.objects.create(
        case=case,
        rule_id=rule_id,
        label=label,
        party=party,
        starts_on=start,
        due_on=due,
        confirmed=period.confirmed,
        calendar_version=period.calendar_version,
        source_event=source_event,
    )


def start_trial_period(case: Case) -> None:
    """The period in which the court has to finish, by track and procedure; none where the law sets none. Inside an act."""
    period = trial_period(case.procedure, case.track)
    if period is not None:
        rule_id, label = period
        start_deadline(case, rule_id, clock.beijing_day(case.accepted_at), label=label)


def record_answered(*, case: Case, party: Party, rule_id: str = "D12") -> bool:
    """The defence of this party is here: its period is done, also one that has not begun because its delivery is not on
    record yet. True when the defence came late. Inside an act."""
    today = clock.beijing_day(clock.now())
    period = case.deadlines.filter(rule_id=rule_id, party=party).first()
    if period is None:
        period = start_deadline(case, rule_id, today, label=_("提交答辩状"), party=party)
    finish_deadline(case, rule_id, party=party)
    return today > period.due_on


def finish_deadline(case: Case, rule_id: str, *, party: Party | None = None) -> None:
    """Mark the running periods of a rule as done, all or those of one party. Inside an act."""
    running = case.deadlines.filter(rule_id=rule_id, state=DeadlineState.RUNNING)
    if party is not None:
        running = running.filter(party=party)
    running.update(state=DeadlineState.DONE)
