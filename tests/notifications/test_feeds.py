"""Private feeds: whoever has the address reads dates and news, case number and kind only, until it is ended."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable

from django.http import HttpResponse
from django.test import Client
from icalendar import Calendar

from accounts.models import User
from cases.models import Side
from feedback import services as feedback
from feedback.models import Topic
from notifications.feed_services import make_feed
from notifications.models import FeedAddress
from tests.api.test_cases import represented
from tests.support.court import Cast

NAMES = {"calendar": "calendar.ics", "events": "cases.atom"}


def look(cast: Cast, kind: str, who: str = "wang") -> Callable[..., HttpResponse]:
    _feed, token = make_feed(kind=kind, actor=cast.actors[who])

    def read(**headers: str) -> HttpResponse:
        answer: HttpResponse = Client().get(f"/feeds/{token}/{NAMES[kind]}", headers=headers)
        return answer

    return read


def test_a_calendar_has_every_date_of_the_pages(cast: Cast, run_outbox: Callable[..., int]) -> None:
    case = represented(cast, run_outbox)
    party = case.parties.get(side=Side.PLAINTIFF)
    thread = feedback.ask(case_id=case.pk, party_id=party.pk, topic=Topic.OTHER, text="问", actor=cast.zhang)
    answer = look(cast, "calendar")()
    assert answer["Content-Type"].startswith("text/calendar") and "no-store" in answer["Cache-Control"]
    found = {str(event["summary"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")}
    assert all(words.endswith(case.number) for words in found)
    assert found[f"交诉讼费 {case.number}"]["dtstart"].dt == case.bills.get().due_on
    assert found[f"法院最晚答复 {case.number}"]["dtstart"].dt == thread.reply_due_at.replace(microsecond=0)
    mine = case.deadlines.filter(party__in=[None, party]) | case.deadlines.filter(party=None)
    assert len(found) == mine.filter(state="running").count() + 2
    for name in ("张某", "李某", case.cause.name):
        assert name not in answer.content.decode()


def test_a_feed_has_what_the_timeline_has(cast: Cast, run_outbox: Callable[..., int]) -> None:
    case = represented(cast, run_outbox)
    answer = look(cast, "events")()
    atom = "{http://www.w3.org/2005/Atom}"
    titles = [
        entry.findtext(f"{atom}title") or ""
        for entry in ElementTree.fromstring(answer.content).iter(f"{atom}entry")
    ]
    page = cast.client("wang").get(f"/my/cases/{case.public_id}/timeline/").content.decode()
    assert f"立案 {case.number}" in titles
    assert [title for title in titles if title.removesuffix(f" {case.number}") not in page] == []
    for name in ("张某", "李某", case.cause.name):
        assert name not in answer.content.decode()


def test_who_has_it_already_gets_no_body(cast: Cast) -> None:
    represented(cast)
    for kind in NAMES:
        read = look(cast, kind)
        again = read(**{"If-None-Match": read()["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_an_address_opens_its_own_kind_until_it_is_ended(cast: Cast) -> None:
    represented(cast)
    feed, token = make_feed(kind="calendar", actor=cast.wang)
    assert token not in FeedAddress.objects.get().token_hash

    def statuses() -> list[int]:
        return [Client().get(f"/feeds/{token}/{name}").status_code for name in NAMES.values()]

    assert statuses() == [200, 404]
    User.objects.filter(pk=cast.users["wang"].pk).update(is_active=False)
    assert statuses() == [404, 404]
    User.objects.filter(pk=cast.users["wang"].pk).update(is_active=True)
    assert cast.client("chen").post(f"/my/feeds/{feed.public_id}/revoke/").status_code == 404
    assert statuses() == [200, 404]
    assert cast.client("wang").post(f"/my/feeds/{feed.public_id}/revoke/").status_code == 302
    assert statuses() == [404, 404]


def test_the_address_is_shown_once(cast: Cast) -> None:
    browser = cast.client("wang")
    for _click in range(2):
        assert browser.post("/my/feeds/", {"kind": "events", "form_key": "k"}).status_code == 302
    address = re.compile(r"/feeds/[\w-]{43}/cases\.atom")
    assert address.search(browser.get("/my/feeds/").content.decode())
    assert not address.search(browser.get("/my/feeds/").content.decode())
    assert FeedAddress.objects.count() == 1
