"""三个规定: members of staff record who asked about or meddled with a case; no superior stands in between (SEC-38)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from accounts.access import allows
from common import clock
from common.actor import Actor
from common.errors import Conflict, InvalidInput, NotAllowed
from complaints import sealing
from complaints.models import Kind, Matter, NoneStatement
from complaints.policies import author_key
from complaints.services import trail
from complaints.services.intake import OPENING, case_of, place
from eventlog.services import act


def record(*, content: dict[str, str], form_key: str, actor: Actor) -> Matter:
    """Record an interference: complete, at once, for good; a form sent twice is one record. It goes past whoever is named to those who may see it."""
    court_id, keys = _court_of(actor), sealing.look_ups("interference", f"{actor.user_id}:{form_key}")
    with act(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [OPENING])
        if (there := Matter.objects.filter(receipt__in=keys).first()) is not None:
            return there
        matter = Matter.objects.create(
            kind=Kind.INTERFERENCE,
            court_id=court_id,
            case_id=case_of(content["case_number"]),
            content=content,
            confidential=False,
            receipt=keys[0],
            author=author_key(actor.user_id or 0),
            received_at=clock.now(),
        )
        place(matter, f"{content['who']} {content['office']}")
        trail.write("interference.recorded", matter, actor.user_id)
    return matter


def state_none(*, month: date, actor: Actor) -> NoneStatement:
    """Nobody asked about a case in this month; once a month, for this month or the last."""
    with act():
        court_id = _court_of(actor)
        if month not in open_months():
            raise InvalidInput(_("只能填本月或者上月的。"), month=_("只能填本月或者上月的。"))
        if month in stated_months(actor):
            raise Conflict(_("这个月已经填过了。"), code="stated")
        statement = NoneStatement.objects.create(
            user_id=actor.user_id or 0, court_id=court_id, month=month, stated_at=clock.now()
        )
        trail.write("interference.none", None, actor.user_id, month=month)
    return statement


def _court_of(actor: Actor) -> int:
    if not allows(actor, "interference.record") or actor.court_id is None or actor.user_id is None:
        raise NotAllowed(_("只有法院工作人员填写过问记录。"))
    return actor.court_id


def open_months() -> list[date]:
    """First days of this month and the last."""
    this = clock.today().replace(day=1)
    return [this, (this - timedelta(days=1)).replace(day=1)]


def stated_months(actor: Actor) -> list[date]:
    """Months for which this person stated that there was nothing, newest first. One query."""
    rows = NoneStatement.objects.filter(user_id=actor.user_id or 0).order_by("-month")
    return list(rows.values_list("month", flat=True))
