"""Who reads far more than his work explains is slowed down and told of (SEC-18): against a stolen account and a curious one.

More than ``READS_AN_HOUR`` documents in an hour, or more in a day than five times what this person reads on a usual day of the
last thirty, gives one alarm an hour and lets a document go out only every few seconds. Nobody is locked out: a court must
be able to read. ``manage.py list_reads`` names every document one account opened.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from statistics import median

from django.conf import settings
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from accounts.services.limits import count, counted
from common import clock
from common.actor import Actor
from common.errors import TooManyRequests
from courts.models import Court
from courts.services import access_stream
from documents import events
from documents.models import Copy, StoredFile
from eventlog.models import Event
from eventlog.services import act, emit

log = logging.getLogger("portal.security")
HOUR, DAY = 3600, 86400
USUAL_DAYS = 30
TIMES_USUAL = 5
FEWEST_A_DAY = 50
"""Below this nothing is unusual, whatever the days before were like."""
LOOK_EVERY = 25
"""The usual day is reckoned at every so many documents only: it reads a month of events."""
PAUSE_SECONDS = 20


def brake(subject: StoredFile | Copy, *, actor: Actor) -> None:
    """Count one more document; TooManyRequests while this account is slowed down and the pause is not over.

    Turning the pages of one document within an hour counts once. Call it outside an act, before the document goes out.
    """
    opened = f"reads-of:{actor.key}:{subject.public_id}"
    if counted(opened, HOUR):
        return
    if _is_slowed(subject, actor) and count(f"reads-slow:{actor.key}", PAUSE_SECONDS) > 1:
        raise TooManyRequests(
            _(
                "短时间内打开的文书太多，请过%(seconds)s秒再打开下一份。要一次看很多材料，请下载案卷，或拨12368。"
            )
            % {"seconds": PAUSE_SECONDS},
            retry_after_seconds=PAUSE_SECONDS,
        )
    count(opened, HOUR)


def _is_slowed(subject: StoredFile | Copy, actor: Actor) -> bool:
    """Count one more, tell of it the first time in an hour that it is too much; slow until that hour is over."""
    this_hour, this_day = count(f"reads:{actor.key}", HOUR), count(f"reads-day:{actor.key}", DAY)
    if this_hour > settings.READS_AN_HOUR or _is_unusual(actor, this_day):
        if count(f"reads-alarm:{actor.key}", HOUR) == 1:
            _alarm(subject, actor, this_hour, this_day)
        return True
    return bool(counted(f"reads-alarm:{actor.key}", HOUR))


def _is_unusual(actor: Actor, this_day: int) -> bool:
    """More than five times this person's usual day; who has no usual day yet is measured by the hour alone."""
    if actor.user_id is None or this_day < FEWEST_A_DAY or this_day % LOOK_EVERY:
        return False
    today = clock.today()
    rows = (
        Event.objects.filter(
            actor_kind=actor.kind,
            actor_id=actor.user_id,
            name__in=events.READINGS,
            happened_at__gt=clock.now() - timedelta(days=USUAL_DAYS),
        )
        .annotate(day=TruncDate("happened_at", tzinfo=clock.BEIJING))
        .exclude(day=today)
        .values("day")
        .annotate(number=Count("id"))
        .order_by()
    )
    days = [row["number"] for row in rows]
    return bool(days) and this_day > TIMES_USUAL * median(days)


def _alarm(subject: StoredFile | Copy, actor: Actor, this_hour: int, this_day: int) -> None:
    court: Court = subject.court if isinstance(subject, StoredFile) else subject.paper.court
    log.warning("one account reads unusually much", extra={"hour": this_hour, "day": this_day})
    with act():
        emit(
            events.READ_MUCH,
            subject=subject,
            actor=actor,
            stream=access_stream(court.code),
            court_id=court.pk,
            hour=this_hour,
            day=this_day,
        )
