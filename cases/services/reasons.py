"""Reading a case with a typed reason (SEC-18)."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from django.db.models import Count
from django.utils.translation import gettext as _

from cases import events
from cases.models import SHORTEST_REASON, ReasonedRead
from cases.policies import readable_with_reason
from common import clock
from common.actor import Actor, system
from common.errors import InvalidInput, NotVisible
from courts.models import Court
from courts.services import access_stream
from eventlog.models import Event
from eventlog.services import act, emit

OPEN_FOR = timedelta(hours=1)
"""How long a reason opens the case; afterwards it takes a new one."""


def read_with_reason(*, case_public_id: uuid.UUID, reason: str, actor: Actor) -> ReasonedRead:
    """Open a case for reading, for an hour. The reason is kept and shown to those who hold the case.

    On record in the court's access stream of the day. InvalidInput for a reason under ten characters, NotVisible for
    cases of other courts and the reader's own.
    """
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        message = _("请把理由写具体，至少10个字")
        raise InvalidInput(message, reason=message)
    with act():
        case = readable_with_reason(actor).select_related("court").filter(public_id=case_public_id).first()
        if case is None:
            raise NotVisible(_("没有找到这个案件。"))
        now = clock.now()
        read = ReasonedRead.objects.create(
            case=case, post_id=actor.post_id or 0, reason=reason, opened_at=now, until_at=now + OPEN_FOR
        )
        emit(
            events.READ_WITH_REASON,
            subject=read,
            actor=actor,
            stream=access_stream(case.court.code),
            court_id=case.court_id,
            case_id=case.pk,
        )
    return read


def list_reads(today: date) -> int:
    """Put on record, for each court in which somebody read with a reason, how often it was in the week before (Monday to Sunday in
    Beijing); its discipline office is told (SEC-18). Once for a court and week. How many courts."""
    monday = today - timedelta(days=today.weekday() + 7)
    start, end = clock.start_of_day(monday), clock.start_of_day(monday + timedelta(days=7))
    week = ReasonedRead.objects.filter(opened_at__gte=start, opened_at__lt=end)
    numbers = week.order_by().values_list("case__court").annotate(number=Count("id"))
    return sum(_list_week(court_id, monday, number) for court_id, number in sorted(numbers))


def _list_week(court_id: int, monday: date, number: int) -> bool:
    with act():
        court = Court.objects.select_for_update(no_key=True).get(pk=court_id)
        told = Event.objects.filter(
            subject_kind=court._meta.label_lower, subject_id=court.pk, name=events.READS_LISTED
        )
        if told.filter(payload__monday=monday.isoformat()).exists():
            return False
        emit(
            events.READS_LISTED,
            subject=court,
            actor=system("reads"),
            stream=f"court:{court.code}",
            court_id=court.pk,
            monday=monday,
            number=number,
        )
    return True
