"""Appointments 预约立案 and home visits 上门立案 (登记立案规定14): slots of the court, one booking per person, staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from accounts.access import allows
from common import clock
from common.actor import Actor, Role
from common.errors import Conflict, InvalidInput, NotAllowed
from courts.models import Court
from courts.posts import live_posts
from eventlog.services import act, emit, one_by_one
from filing import events
from filing.models import VISIT_FLOW, Visit, VisitKind, VisitSlot, VisitState

MOST_SLOTS, MOST_PEOPLE, MOST_DAYS_AHEAD = 48, 50, 90
REMIND_BEFORE = timedelta(days=1)


@dataclass(frozen=True)
class Hours:
    """A morning or a day cut into slots: from, until, minutes of each, people in each."""

    day: date
    first: time
    until: time
    minutes: int
    capacity: int

    def slots(self) -> list[tuple[datetime, datetime]]:
        """Begin and end of each whole slot, Beijing time."""
        start = datetime.combine(self.day, self.first, clock.BEIJING)
        end, step = datetime.combine(self.day, self.until, clock.BEIJING), timedelta(minutes=self.minutes)
        found = []
        while start + step <= end:
            found.append((start, start + step))
            start += step
        return found


def open_slots(*, kind: VisitKind, hours: Hours, actor: Actor) -> int:
    """Offer the slots of one day; those that exist are left alone. The number of new ones.

    Raises InvalidInput with sentences by field for a day that is past or too far, hours without a slot, a wrong capacity.
    """
    court_id = _keeper(actor)
    slots = hours.slots()
    wrong = {}
    if not clock.today() <= hours.day <= clock.today() + timedelta(days=MOST_DAYS_AHEAD):
        wrong["day"] = _("日期应在今天到90天以内")
    if not slots or len(slots) > MOST_SLOTS:
        wrong["until"] = _("这段时间排不出时段，请核对开始、结束时间和每段多少分钟")
    if not 1 <= hours.capacity <= MOST_PEOPLE:
        wrong["capacity"] = _("名额应在1到50之间")
    if wrong:
        raise InvalidInput(next(iter(wrong.values())), **wrong)
    with act():
        rows = [
            VisitSlot(court_id=court_id, kind=kind, starts_at=start, ends_at=end, capacity=hours.capacity)
            for start, end in slots
        ]
        before = VisitSlot.objects.filter(court_id=court_id, kind=kind).count()
        VisitSlot.objects.bulk_create(rows, ignore_conflicts=True)
        new = VisitSlot.objects.filter(court_id=court_id, kind=kind).count() - before
        court = Court.objects.get(pk=court_id)
        emit(
            events.VISITS_OPENED,
            subject=court,
            actor=actor,
            stream=f"court:{court.code}",
            court_id=court_id,
            kind=kind,
            day=hours.day,
            slots=new,
        )
    return new


def _keeper(actor: Actor) -> int:
    if actor.court_id is None or not allows(actor, "visit.keep"):
        raise NotAllowed(_("预约由本院立案窗口安排。"))
    return actor.court_id


@dataclass(frozen=True)
class Wish:
    """What a person writes when booking; ``address`` and ``needs`` matter for a home visit."""

    name: str
    phone: str
    purpose: str
    address: str = ""
    needs: str = ""


def book_visit(*, slot_id: int, wish: Wish, actor: Actor) -> Visit:
    """Take a place in a slot. The slot's row is locked, so that its capacity is never exceeded.

    A person holds one appointment of a kind at a time; booking the same slot again gives the same appointment. Raises
    Conflict when the slot is full, closed or past, or another appointment is still open.
    """
    if actor.user_id is None or not allows(actor, "visit.book"):
        raise NotAllowed(_("预约由当事人自己办理。请用自己的手机号登录，或拨12368。"))
    with act():
        slot = VisitSlot.objects.select_for_update(of=("self",), no_key=True).get(pk=slot_id)
        open_now = Visit.objects.filter(
            user_id=actor.user_id,
            state=VisitState.BOOKED,
            slot__kind=slot.kind,
            slot__ends_at__gt=clock.now(),
        ).select_related("slot")
        held = open_now.first()
        if held is not None and held.slot_id == slot.pk:
            return held
        if held is not None:
            raise Conflict(
                _("您已经预约了%(when)s。要换时间，请先取消那一个。") % {"when": held.slot.words},
                code="booked_already",
            )
        if not slot.is_open or slot.starts_at <= clock.now():
            raise Conflict(_("这个时段已经过了或者停了，请换一个时间。"), code="slot_closed")
        if places_left(slot) < 1:
            raise Conflict(_("这个时段刚刚约满了，请换一个时间。"), code="slot_full")
        if slot.kind == VisitKind.HOME and not (wish.address and wish.needs):
            message = _("请写明上门的地址和不能到法院的原因")
            raise InvalidInput(
                message, **{name: message for name in ("address", "needs") if not getattr(wish, name)}
            )
        visit = Visit.objects.create(
            court_id=slot.court_id,
            slot=slot,
            user_id=actor.user_id,
            name=wish.name,
            phone=wish.phone,
            address=wish.address if slot.kind == VisitKind.HOME else "",
            purpose=wish.purpose,
            needs=wish.needs,
            booked_at=clock.now(),
        )
        _record(visit, events.VISIT_BOOKED, actor)
    return visit


def places_left(slot: VisitSlot) -> int:
    """How many may still book. One query."""
    taken = slot.visits.filter(state__in=[VisitState.BOOKED, VisitState.DONE, VisitState.MISSED]).count()
    return slot.capacity - taken


def _record(visit: Visit, name: str, actor: Actor, **data: Any) -> None:
    stream = f"visit:{visit.public_id}"
    emit(name, subject=visit, actor=actor, stream=stream, court_id=visit.court_id, **data)


def _locked(visit_id: int) -> Visit:
    return Visit.objects.select_for_update(of=("self",), no_key=True).select_related("slot").get(pk=visit_id)


def cancel_visit(*, visit_id: int, actor: Actor) -> Visit:
    """The person or the court gives a place back. Raises InvalidTransition when it is over already."""
    with act():
        visit = _locked(visit_id)
        if not (actor.is_public and visit.user_id == actor.user_id) and visit.court_id != _keeper(actor):
            raise NotAllowed(_("只有预约的人和本院可以取消。"))
        _end(visit, "cancel")
        _record(visit, events.VISIT_CANCELLED, actor)
    return visit


def _end(visit: Visit, move: str) -> None:
    VISIT_FLOW.move(visit, move)
    visit.ended_at = clock.now()
    visit.save(update_fields=["state", "ended_at"])


def finish_visit(*, visit_id: int, came: bool, actor: Actor) -> Visit:
    """Over: the person was received, or did not come. Raises InvalidInput before the day."""
    with act():
        visit = _locked(visit_id)
        if visit.court_id != _keeper(actor):
            raise NotAllowed(_("预约由本院立案窗口安排。"))
        if not came and visit.slot.starts_at > clock.now():
            raise InvalidInput(_("时间还没到，不能记为未到。"))
        _end(visit, "finish" if came else "miss")
        _record(visit, events.VISIT_ENDED, actor, came=came)
    return visit


def assign_visit(*, visit_id: int, post_id: int, actor: Actor) -> Visit:
    """Name the intake clerk who receives or drives out. Raises InvalidInput for somebody who holds no such post here."""
    with act():
        visit = _locked(visit_id)
        if visit.court_id != _keeper(actor):
            raise NotAllowed(_("预约由本院立案窗口安排。"))
        if visit.state != VisitState.BOOKED:
            raise Conflict(_("这个预约已经结束，不用再指派。"), code="visit_over")
        post = live_posts().filter(pk=post_id, court_id=visit.court_id, role=Role.INTAKE_CLERK).first()
        if post is None:
            message = _("请从本院立案人员里选")
            raise InvalidInput(message, post=message)
        if visit.post_id == post.pk:
            return visit
        visit.post = post
        visit.save(update_fields=["post"])
        _record(visit, events.VISIT_ASSIGNED, actor, post=post.pk)
    return visit


def remind_of_visits(actor: Actor) -> int:
    """Remind everybody whose appointment begins within a day, once; who booked later than that has the confirmation in
    hand. Returns how many. Each is an act of its own."""
    now = clock.now()
    waiting = Visit.objects.filter(
        state=VisitState.BOOKED,
        reminded_at=None,
        slot__starts_at__gt=now,
        slot__starts_at__lte=now + REMIND_BEFORE,
        booked_at__lt=F("slot__starts_at") - REMIND_BEFORE,
    )

    def remind(visit: Visit) -> None:
        visit.reminded_at = now
        visit.save(update_fields=["reminded_at"])
        _record(visit, events.VISIT_REMINDED, actor)

    return one_by_one(waiting.order_by("slot__starts_at"), remind)
