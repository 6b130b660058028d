"""Licences of lawyers (律师执业证): the register is asked once an agent is named and again after half a year; the clerk sees the answer."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q

from cases.models import LicenceState, Representative
from cases.policies import live_representatives
from common import clock
from common.errors import GatewayUnavailable
from common.gateways import registers
from common.gateways.registers import Answer
from eventlog.services import act

LAWYER = "lawyer"
AT_ONCE = 50
GOOD_FOR = timedelta(days=180)


def check_licences() -> int:
    """Ask the register of lawyers about licences of living authorities that were never asked for, or long ago; gives how many
    answers were written. Safe to run twice and in parallel; a register that does not answer ends the run."""
    done, before = 0, clock.now() - GOOD_FOR
    due = live_representatives().filter(
        Q(licence_checked_at=None) | Q(licence_checked_at__lt=before),
        kind=LAWYER,
        party__case__closed_at=None,
    )
    for row in due.exclude(licence="").order_by("licence_checked_at", "id")[:AT_ONCE]:
        try:
            answer, until = registers.lawyer(row.name, row.licence)
        except GatewayUnavailable:
            break
        if answer != Answer.LATER:
            done += _write(row, state_of(answer, until), until)
    return done


def state_of(answer: Answer, until: date | None) -> LicenceState:
    """What the clerk reads. A licence whose last day has passed is no licence."""
    if answer != Answer.MATCH:
        return LicenceState.OTHER if answer == Answer.NO_MATCH else LicenceState.UNKNOWN
    return LicenceState.EXPIRED if until is not None and until < clock.today() else LicenceState.VALID


def _write(known: Representative, state: LicenceState, until: date | None) -> bool:
    """False when another run was faster or the licence is another one by now."""
    with act():
        same = Representative.objects.filter(
            pk=known.pk, licence=known.licence, licence_checked_at=known.licence_checked_at
        )
        return bool(same.update(licence_state=state, licence_until=until, licence_checked_at=clock.now()))
