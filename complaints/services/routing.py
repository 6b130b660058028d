"""Which office a matter comes to: around whoever is named, those near him and the case's panel; never to nobody."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from common import clock
from common.actor import Role
from complaints.models import Matter, Routing, Why
from complaints.policies import OFFICES, Office, courts_upwards, handlers_of, may_handle

log = logging.getLogger(__name__)


def ladder(matter: Matter) -> Iterator[Office]:
    """Offices from the matter's own court upwards."""
    for court_id in courts_upwards(matter.court_id):
        for role in OFFICES:
            yield Office(court_id, role)


def route_up(matter: Matter, why: Why) -> Office:
    """To the next office that has somebody who may see it. Where no level has anybody, it waits at the highest: the
    office has it as soon as somebody holds the post, and the operator is told that it is empty.
    """
    been = {(row.court_id, row.role) for row in matter.routings.all()}
    steps = [office for office in ladder(matter) if (office.court_id, office.role) not in been]
    for office in steps:
        if any(may_handle(user, matter) for user in office.people()):
            return _to(matter, office, why)
    log.error("an office above is vacant")
    highest = Office(courts_upwards(matter.court_id)[-1], Role.SUPERVISOR)
    return _to(matter, highest, why) if highest in steps else highest


def _to(matter: Matter, office: Office, why: Why) -> Office:
    Routing.objects.create(
        matter=matter, court_id=office.court_id, role=office.role, why=why, routed_at=clock.now()
    )
    return office


def keep_handled(matter: Matter) -> None:
    """When nobody is left who may see it, the level above gets it."""
    if not any(handlers_of(matter).values()):
        route_up(matter, Why.CONFLICT)
