"""Private feeds of one's own cases: a calendar (RFC 5545) and an Atom feed. Case number and kind of thing only; whoever has
the address reads it without sign-in, so it says no name and no content."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event

from accounts.models import User
from accounts.services import limit
from accounts.services.people import person_actor
from cases.selectors import running_deadlines_of
from common.actor import Actor, Role
from common.requests import client_address
from feedback.selectors import open_threads_of
from notifications.models import FeedKind
from notifications.selectors import holder_of_feed
from payments.selectors import open_bills_of
from portal.pages.happenings import happenings_of

LOOKS_PER_MINUTE = 60
NEWEST = 50


@dataclass(frozen=True)
class Entry:
    """One date of a calendar: what, in which case, when (a day, or an instant)."""

    key: str
    words: str
    case_public_id: uuid.UUID
    number: str
    when: date | datetime
    known_since: datetime


def _holder(request: HttpRequest, token: str, kind: FeedKind) -> Actor:
    """Who is behind the address; 404 for a wrong, ended or foreign one, the same for all."""
    limit(f"feed:{client_address(request)}", 60, LOOKS_PER_MINUTE, _("请求过于频繁，请稍后再试"))
    user: User | None = holder_of_feed(token[:100], kind)
    if user is None:
        raise Http404
    role = Role.LAWYER if user.is_lawyer else Role.LITIGANT
    return person_actor(user, role, channel="feed")


@login_not_required
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Running periods, fees to pay and promised answers."""
    actor = _holder(request, token, FeedKind.CALENDAR)
    found = Calendar()
    found.add("prodid", "-//court portal//my cases//ZH")
    found.add("version", "2.0")
    found.add("x-wr-calname", settings.SERVICE_NAME)
    found.add("refresh-interval;value=duration", "PT1H")
    for entry in _dates(actor):
        found.add_component(_event(entry))
    return _answer(request, found.to_ical(), "text/calendar; charset=utf-8")


def _dates(actor: Actor) -> Iterator[Entry]:
    """Everything with a date that the pages show this person. Three queries."""
    for row in running_deadlines_of(actor):
        words = row.label if row.confirmed else _("%(words)s（待确认）") % {"words": row.label}
        yield _entry(f"deadline:{row.pk}", words, row.case, row.due_on)
    for bill in open_bills_of(actor):
        yield _entry(f"bill:{bill.public_id}", _("交诉讼费"), bill.case, bill.due_on)
    for thread in open_threads_of(actor):
        yield _entry(f"thread:{thread.public_id}", _("法院最晚答复"), thread.case, thread.reply_due_at)


def _entry(key: str, words: str, case: object, when: date | datetime) -> Entry:
    return Entry(key, str(words), case.public_id, case.number, when, case.accepted_at)  # type: ignore[attr-defined]


def _event(entry: Entry) -> Event:
    """A whole day, or an instant of no length. Its id says nothing and stays the same as long as the date exists."""
    event = Event()
    event.add("uid", f"{uuid.uuid5(entry.case_public_id, entry.key)}@{settings.SITE_HOST}")
    event.add("dtstamp", entry.known_since)
    event.add("summary", f"{entry.words} {entry.number}")
    event.add("dtstart", entry.when)
    if not isinstance(entry.when, datetime):
        event.add("dtend", entry.when + timedelta(days=1))
    event.add("url", settings.PUBLIC_URL + reverse("pages:case", args=[entry.case_public_id]))
    event.add("class", "PRIVATE")
    return event


@login_not_required
@require_safe
def events(request: HttpRequest, token: str) -> HttpResponse:
    """The newest things that happened in all cases of the holder."""
    actor = _holder(request, token, FeedKind.EVENTS)
    feed = Atom1Feed(
        title=_("我的案件动态 - %(name)s") % {"name": settings.SERVICE_NAME},
        link=settings.PUBLIC_URL + reverse("pages:my"),
        description="",
        feed_guid=f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, settings.PUBLIC_URL)}",
    )
    for row in happenings_of(actor, NEWEST):
        feed.add_item(
            title=f"{row.words} {row.number}",
            link=settings.PUBLIC_URL + reverse("pages:case_timeline", args=[row.case_public_id]),
            description="",
            unique_id=f"urn:uuid:{row.public_id}",
            updateddate=row.at,
        )
    return _answer(request, feed.writeString("utf-8").encode(), "application/atom+xml; charset=utf-8")


def _answer(request: HttpRequest, body: bytes, kind: str) -> HttpResponse:
    """The feed, or 304 when the reader has it already."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"}
    if tag in [known.removeprefix("W/") for known in parse_etags(request.headers.get("If-None-Match", ""))]:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(body, content_type=kind, headers=headers)
