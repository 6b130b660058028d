"""When the portal was not to be reached: recorded by the system itself, or entered by two people where it could not see it
(``courts.outage_services``), told to everybody in a signed text (REL-51).

A record moves no period by itself: whoever was kept from acting may ask for more time within ten days after the obstacle is
gone, and the court decides (民诉法86, rule D79). The record is the proof for that.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from common.actor import Kind, system
from common.two_people import ProposalState
from courts import events
from courts.calendar import deadline
from courts.models import Heartbeat, Outage, OutageEntry, OutageService
from eventlog.models import Event
from eventlog.receipts import key_id, signature_of
from eventlog.services import act, emit

log = logging.getLogger(__name__)
STREAM = "portal:outages"
REMEDY_RULE = "D79"
"""障碍消除后申请顺延期限, 民诉法86."""

PERIODS: dict[OutageService, str | Promise] = {
    OutageService.FILING: gettext_lazy("起诉、申请的期限"),
    OutageService.MATERIALS: gettext_lazy("答辩、举证、补正的期限"),
    OutageService.PAYMENT: gettext_lazy("交费的期限"),
    OutageService.PAPERS: gettext_lazy("从收到文书起算的期限"),
    OutageService.MESSAGES: gettext_lazy("提出异议和申请的期限"),
}
"""Which periods somebody may have missed when a service did not work."""


def beat() -> Outage | None:
    """The portal was just seen answering. Records and returns the outage when the last time is too long ago.

    It ends with the first act of a person, else now: somebody who acted was served. None when there was none. Two beats at
    once record one outage (the row is locked).
    """
    with act():
        now = clock.now()
        Heartbeat.objects.bulk_create([Heartbeat(seen_at=now)], ignore_conflicts=True)
        row = Heartbeat.objects.select_for_update(no_key=True).get()
        last, row.seen_at = row.seen_at, max(now, row.seen_at)
        row.save(update_fields=["seen_at"])
        if now - last <= timedelta(seconds=settings.OUTAGE_SECONDS):
            return None
        ends_at = min(now, _first_act_after(last) or now)
        if ends_at - last <= timedelta(seconds=settings.OUTAGE_SECONDS):
            log.error("the portal served, but its heartbeat was missing")
            return None
        outage = Outage.objects.create(starts_at=last, ends_at=ends_at, recorded_at=now)
        emit(
            events.OUTAGE_RECORDED,
            subject=outage,
            actor=system("heartbeat"),
            stream=STREAM,
            starts_at=last,
            ends_at=ends_at,
        )
    log.error("an outage was recorded", extra={"seconds": round((ends_at - last).total_seconds())})
    return outage


def _first_act_after(instant: datetime) -> datetime | None:
    """Walks back from the newest event, so that the length of the trail does not matter; stops at 10,000."""
    first = None
    newest = Event.objects.exclude(actor_kind=Kind.SYSTEM).order_by("-pk")
    for happened_at in newest.values_list("happened_at", flat=True)[:10_000]:
        if happened_at <= instant:
            break
        first = min(first or happened_at, happened_at)
    return first


def outages_on(day: date) -> QuerySet[Outage]:
    """What was recorded of a day in Beijing; an outage over midnight belongs to both days."""
    begins = clock.start_of_day(day)
    return Outage.objects.filter(starts_at__lt=begins + timedelta(days=1), ends_at__gt=begins)


@dataclass(frozen=True)
class Window:
    """One outage as people read it: Beijing times, and the last day to ask for more time after it."""

    starts_at: datetime
    ends_at: datetime
    ask_until: date
    services: tuple[str, ...] = ()
    """What did not work, of one that two people entered; empty: the portal as a whole, recorded by itself."""

    @property
    def text(self) -> str:
        """One sentence; of an entered one with what did not work, and which periods it is about."""
        words = {
            "since": f"{self.starts_at.astimezone(clock.BEIJING):%Y-%m-%d %H:%M:%S}",
            "until": f"{self.ends_at.astimezone(clock.BEIJING):%Y-%m-%d %H:%M:%S}",
            "day": clock.spoken(self.ask_until),
        }
        if not self.services:
            return (
                _("%(since)s至%(until)s，没有系统正常运行的记录；因此耽误期限的，最晚%(day)s可以申请顺延")
                % words
            )
        words |= {
            "what": "、".join(str(OutageService(name).label) for name in self.services),
            "periods": "、".join(str(PERIODS[OutageService(name)]) for name in self.services),
        }
        return (
            _(
                "%(since)s至%(until)s，%(what)s不能正常使用（经两人核对登记）；因此耽误%(periods)s的，最晚%(day)s可以申请顺延"
            )
            % words
        )


def entries_on(day: date) -> QuerySet[OutageEntry]:
    """What two people entered of a day in Beijing."""
    begins = clock.start_of_day(day)
    rows = OutageEntry.objects.filter(state=ProposalState.AGREED, ends_at__gt=begins)
    return rows.filter(starts_at__lt=begins + timedelta(days=1)).order_by("starts_at", "id")


def windows_on(day: date) -> list[Window]:
    """The outages of a day, recorded and entered, oldest first. Two queries, and the calendar's for each."""
    found = [_window(row) for row in outages_on(day)]
    found += [_window(row, services=tuple(row.services)) for row in entries_on(day)]
    return sorted(found, key=lambda window: (window.starts_at, window.ends_at))


def _window(row: Outage | OutageEntry, *, services: tuple[str, ...] = ()) -> Window:
    return Window(row.starts_at, row.ends_at, deadline(REMEDY_RULE, row.ends_at).day, services)


def record_of(day: date) -> tuple[str, str]:
    """The text about a day, outages or none, and our signature over it (base64). Changes nothing."""
    lines = [window.text for window in windows_on(day)] or [_("这一天没有故障记录")]
    now = clock.now().astimezone(clock.BEIJING)
    text = "\n".join(
        [
            _("%(service)s 系统故障记录") % {"service": settings.SERVICE_NAME},
            _("日期：%(day)s") % {"day": day.isoformat()},
            *lines,
            _("依据：民事诉讼法第八十六条；是否准许顺延由法院决定"),
            _("出具：%(when)s（北京时间）") % {"when": f"{now:%Y-%m-%d %H:%M:%S}"},
            _("密钥：%(key)s") % {"key": key_id()},
        ]
    )
    return text, signature_of(text)
