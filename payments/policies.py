"""Who may see and pay bills."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.access import allows
from cases.policies import is_case_staff, live_staff, visible_parties
from common.actor import Actor, Kind
from payments.models import Bill, Order, Overdue, Relief


def visible_bills(actor: Actor) -> QuerySet[Bill]:
    """A party's own bills with full sign-in (a scan login shows no money, SEC-22); clerks and finance of the court."""
    if actor.kind == Kind.SCAN or not allows(actor, "payment.read"):
        return Bill.objects.none()
    if actor.is_public:
        return Bill.objects.filter(party__in=visible_parties(actor))
    return Bill.objects.filter(court_id=actor.court_id or 0)


def can_pay(actor: Actor, bill: Bill) -> bool:
    """The party that owes it, or its representative, signed in."""
    return actor.is_public and allows(actor, "fee.pay") and visible_bills(actor).filter(pk=bill.pk).exists()


def visible_orders(actor: Actor) -> QuerySet[Order]:
    """Orders of visible bills."""
    return Order.objects.filter(bill__in=visible_bills(actor))


def visible_reliefs(actor: Actor) -> QuerySet[Relief]:
    """Requests about a party's own bills; for a judge those of the cases he holds."""
    if actor.is_public:
        return Relief.objects.filter(bill__in=visible_bills(actor))
    if not allows(actor, "relief.decide"):
        return Relief.objects.none()
    held = live_staff().filter(post_id=actor.post_id).values("case_id")
    return Relief.objects.filter(bill__case__in=held)


def can_decide(actor: Actor, relief: Relief) -> bool:
    """The judge who holds the case now."""
    return allows(actor, "relief.decide") and is_case_staff(actor, relief.bill.case)


def visible_overdues(actor: Actor) -> QuerySet[Overdue]:
    """For a judge those of the cases he holds; for everybody else none."""
    if not allows(actor, "case.close"):
        return Overdue.objects.none()
    held = live_staff().filter(post_id=actor.post_id).values("case_id")
    return Overdue.objects.filter(bill__case__in=held)
