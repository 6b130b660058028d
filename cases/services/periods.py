"""Periods of a case: begun, done, no longer wanted."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from cases import events
from cases.models import Case, CaseDeadline, DeadlineState, Party
from cases.routing import trial_period
from common import clock
from common.actor import Actor
from courts.calendar import announced_until, deadline, rule, rules
from eventlog.services import emit, one_by_one


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
    if isinstance(period.due, datetime):
        label = _("%(label)s（到%(when)s）") % {"label": label, "when": f"{period.due:%m-%d %H:%M}"}
    return CaseDeadline.objects.create(
        case=case,
        rule_id=rule_id,
        label=label,
        party=party,
        starts_on=start,
        due_on=period.day,
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


def confirm_deadlines(actor: Actor) -> int:
    """Work out anew the running periods that were 待确认 and whose year has its holidays by now; how many there were.

    What changes is on record with the old and the new day. A day that would lie in the past stays: nobody can keep it any
    more. Safe to run twice and in parallel.
    """
    open_ones = CaseDeadline.objects.filter(
        confirmed=False, state=DeadlineState.RUNNING, due_on__lt=announced_until()
    )

    def confirm(row: CaseDeadline) -> None:
        found = deadline(row.rule_id, row.starts_on, court=row.case.court)
        old = row.due_on
        row.due_on = found.day if found.day >= clock.today() else old
        row.confirmed, row.calendar_version = True, found.calendar_version
        row.save(update_fields=["due_on", "confirmed", "calendar_version"])
        emit(
            events.DEADLINE_CONFIRMED,
            subject=row,
            actor=actor,
            stream=case_stream(row.case),
            court_id=row.case.court_id,
            old=old,
            due=row.due_on,
            moved=row.due_on != old,
        )

    by_day = open_ones.filter(rule_id__in=[key for key, one in rules().items() if one.unit != "hour"])
    return one_by_one(by_day.select_related("case__court").order_by("id"), confirm)
