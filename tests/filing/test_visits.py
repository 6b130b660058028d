"""Appointments and home visits: slots, one booking each, staff, and what is keyed in on the day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import QuerySet

from accounts.models import User
from common import clock
from common.errors import Conflict
from filing.models import Channel, Filing, Visit, VisitKind, VisitSlot, VisitState
from filing.services import visits as services
from notifications.models import Message
from portal.demo.cast import as_litigant
from tests.concurrency.together import Gate, at_once
from tests.filing.pages import refused, text_of
from tests.support.court import Cast

WISH = services.Wish(name="张某", phone="13800000001", purpose="朋友借钱不还")


def slots(cast: Cast, kind: VisitKind = VisitKind.COUNTER, capacity: int = 1) -> list[VisitSlot]:
    """Two half-hours tomorrow morning."""
    day = clock.today() + timedelta(days=1)
    hours = services.Hours(day, dt.time(9), dt.time(10), 30, capacity)
    services.open_slots(kind=kind, hours=hours, actor=cast.clerk)
    return list(VisitSlot.objects.filter(kind=kind).order_by("starts_at"))


def people(count: int) -> list[User]:
    from accounts.services import sign_in_by_phone

    return [sign_in_by_phone(phone=f"139000000{number:02d}") for number in range(count)]


def booked_at_once(slot: VisitSlot, users: list[User]) -> list[str]:
    """Everybody books this slot at the same moment; what each of them hears."""

    def book(user: User) -> Callable[[], Visit]:
        return lambda: services.book_visit(slot_id=slot.pk, wish=WISH, actor=as_litigant(user))

    results = at_once(*(book(user) for user in users))
    return sorted("booked" if isinstance(one, Visit) else getattr(one, "code", repr(one)) for one in results)


def test_who_booked_early_is_reminded_once_the_day_before(cast: Cast, run_outbox: Callable[..., int]) -> None:
    """Who booked for tomorrow has the confirmation in hand; who gave the place back is left in peace."""
    day = clock.today() + timedelta(days=3)
    services.open_slots(
        kind=VisitKind.COUNTER, hours=services.Hours(day, dt.time(9), dt.time(10), 30, 3), actor=cast.clerk
    )
    slot = VisitSlot.objects.order_by("starts_at").first()
    assert slot is not None
    early, gave_back, late = people(3)
    services.book_visit(slot_id=slot.pk, wish=WISH, actor=as_litigant(early))
    given = services.book_visit(slot_id=slot.pk, wish=WISH, actor=as_litigant(gave_back))
    services.cancel_visit(visit_id=given.pk, actor=as_litigant(gave_back))
    reminders = Message.objects.filter(kind="visit_reminded")
    for hours_before, reminded in ((30, 0), (23, 1), (22, 0), (-1, 0)):
        with clock.at(slot.starts_at - timedelta(hours=hours_before)):
            if hours_before == 23:
                services.book_visit(slot_id=slot.pk, wish=WISH, actor=as_litigant(late))
            assert services.remind_of_visits(cast.clerk) == reminded
            run_outbox()
    assert {message.user for message in reminders} == {early}
    assert all(slot.words in message.body for message in reminders)


@pytest.fixture
def meet_after_counting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those whom no lock keeps out stand together between counting the free places and taking one."""
    gate, original = Gate(10), services.places_left

    def count_then_wait(slot: VisitSlot) -> int:
        left = original(slot)
        gate.pass_through()
        return left

    monkeypatch.setattr(services, "places_left", count_then_wait)


def test_ten_at_once_never_exceed_the_capacity_of_a_slot(cast: Cast) -> None:
    slot = slots(cast, capacity=3)[0]
    assert booked_at_once(slot, people(10)) == ["booked"] * 3 + ["slot_full"] * 7
    assert Visit.objects.filter(slot=slot).count() == 3


@pytest.mark.usefixtures("meet_after_counting")
def test_control_without_the_lock_the_slot_is_overbooked(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    slot = slots(cast, capacity=3)[0]
    users = people(10)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **kwargs: self)
    booked_at_once(slot, users)
    assert Visit.objects.filter(slot=slot).count() > 3


def test_a_person_books_once_sees_it_and_cancels(cast: Cast, run_outbox: Callable[..., int]) -> None:
    first, second = slots(cast)
    browser = cast.client("zhang")
    assert "还有 1 个名额" in text_of(browser.get("/visits/"))
    data = {"name": "张某", "phone": "13800000001", "purpose": "朋友借钱不还", "form_key": "k"}
    places = {browser.post(f"/visits/{first.public_id}/", data)["Location"] for _click in range(5)}
    assert len(places) == 1 and Visit.objects.count() == 1
    assert first.words in text_of(browser.get("/my/"))
    again = browser.post(f"/visits/{second.public_id}/", data | {"form_key": "other"})
    assert again.status_code == 409 and "您已经预约了" in text_of(again)
    late = cast.client("chen").post(f"/visits/{first.public_id}/", data)
    assert late.status_code == 409 and "约满了" in text_of(late)
    address = places.pop()
    assert cast.client("chen").get(address).status_code == 404
    assert browser.post(f"{address}cancel/").status_code == 302
    assert Visit.objects.get().state == VisitState.CANCELLED
    assert cast.client("chen").post(f"/visits/{first.public_id}/", data).status_code == 302
    run_outbox()
    told = Message.objects.filter(user=cast.users["zhang"], channel="inbox").order_by("id")
    assert [message.kind for message in told] == ["visit_booked", "visit_cancelled"]
    assert str(first.starts_at.astimezone(clock.BEIJING).day) in told[0].body


def test_a_home_visit_needs_the_place_and_the_reason(cast: Cast) -> None:
    slot = slots(cast, VisitKind.HOME)[0]
    browser = cast.client("zhang")
    data = {"name": "张某", "phone": "13800000001", "purpose": "借款", "form_key": "k"}
    answer = browser.post(f"/visits/{slot.public_id}/", data | {"address": " "})
    refused(answer, "请填写上门的地址", "请填写为什么不能到法院")
    assert "借款" in text_of(answer)


def test_the_court_opens_assigns_and_keys_in_at_the_visit(cast: Cast, run_outbox: Callable[..., int]) -> None:
    desk = cast.client("clerk")
    day = clock.today() + timedelta(days=1)
    form = {
        "kind": "home",
        "day": day.isoformat(),
        "first": "9:00",
        "until": "12:00",
        "minutes": "90",
        "capacity": "1",
    }
    refused(desk.post("/desk/visits/new/", form | {"first": "9点"}), "请按 9:00 这样填写时间")
    refused(desk.post("/desk/visits/new/", form | {"until": "9:30"}), "排不出时段")
    assert desk.post("/desk/visits/new/", form).status_code == 302
    slot = VisitSlot.objects.order_by("starts_at")[0]
    assert VisitSlot.objects.count() == 2
    wish = services.Wish("张某", "13800000001", "借款不还", "某省某市示例区和平路1号", "卧床")
    visit = services.book_visit(slot_id=slot.pk, wish=wish, actor=cast.zhang)
    address = f"/desk/visits/{visit.public_id}/"
    assert "卧床" in text_of(desk.get(address))
    what: dict[str, Any] = {"form": "private_lending"}
    assert desk.post(f"{address}start/", what).status_code == 403, "nobody was assigned yet"
    foreign = desk.post(f"{address}assign/", {"post": cast.posts["clerk-b"].pk})
    assert foreign.status_code == 422
    assert desk.post(f"{address}assign/", {"post": cast.posts["clerk"].pk}).status_code == 302
    places = {desk.post(f"{address}start/", what)["Location"] for _click in range(3)}
    filing = Filing.objects.get()
    assert places == {f"/my/filings/{filing.public_id}/"}
    assert (filing.channel, filing.applicant, filing.entered_by) == (
        Channel.HOME_VISIT,
        cast.users["zhang"],
        cast.posts["clerk"],
    )
    assert desk.get(places.pop()).status_code == 200
    assert cast.client("zhang").get(f"/my/filings/{filing.public_id}/").status_code == 200
    assert cast.client("clerk2").get(f"/my/filings/{filing.public_id}/").status_code == 404
    assert desk.post(f"{address}end/", {"how": "missed"}).status_code == 422
    assert desk.post(f"{address}end/", {"how": "came"}).status_code == 302
    assert desk.post(f"{address}end/", {"how": "came"}).status_code == 409
    assert cast.client("clerk-b").get(address).status_code == 404
    run_outbox()
    assert Message.objects.filter(kind="visit_assigned", user=cast.posts["clerk"].user).exists()
    with clock.at(slot.ends_at + timedelta(hours=1)):
        other = services.book_visit
        with pytest.raises(Conflict):
            other(slot_id=slot.pk, wish=wish, actor=cast.actors["chen"])


def test_who_did_not_come_is_noted_after_the_time(cast: Cast) -> None:
    slot = slots(cast)[0]
    visit = services.book_visit(slot_id=slot.pk, wish=WISH, actor=cast.zhang)
    with clock.at(slot.ends_at):
        services.finish_visit(visit_id=visit.pk, came=False, actor=cast.clerk)
    visit.refresh_from_db()
    assert visit.state == VisitState.MISSED
