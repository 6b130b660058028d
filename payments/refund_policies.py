"""Who may see refunds, say where the money goes, and decide about them (RELIABILITY §2 rows 23, 24, 27)."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.access import allows
from accounts.models import User
from cases.models import AccessBasis, Matter, Party
from cases.policies import empowered, live_access, visible_parties
from common import keyed
from common.actor import Actor, Kind
from courts.models import StaffPost
from payments.models import Bill, Refund
from payments.policies import visible_bills


def visible_refunds(actor: Actor) -> QuerySet[Refund]:
    """A party's own refunds with full sign-in (a scan login shows no money, SEC-22); finance of the court."""
    if actor.kind == Kind.SCAN:
        return Refund.objects.none()
    if actor.is_public and allows(actor, "payment.read"):
        return Refund.objects.filter(party__in=visible_parties(actor))
    if allows(actor, "refund.check"):
        return Refund.objects.filter(court_id=actor.court_id or 0)
    return Refund.objects.none()


def parties_to_take_money(actor: Actor) -> QuerySet[Party]:
    """The parties themselves, and those represented with 特别授权: who may say where the money goes, and ask for it."""
    if not actor.is_public or not allows(actor, "payee.name"):
        return Party.objects.none()
    special = empowered(Matter.MONEY).values("access_id")
    mine = live_access().filter(user_id=actor.user_id or 0)
    mine = mine.filter(~Q(basis=AccessBasis.REPRESENTATION) | Q(pk__in=special))
    return Party.objects.filter(pk__in=mine.values("party_id"))


def may_take_money(actor: Actor, party: Party | None) -> bool:
    """Whether the actor may do so for this party. One query."""
    return party is not None and parties_to_take_money(actor).filter(pk=party.pk).exists()


def can_ask(actor: Actor, bill: Bill) -> bool:
    """Applying by hand for what was paid on a bill."""
    may = allows(actor, "refund.ask") and may_take_money(actor, bill.party)
    return may and visible_bills(actor).filter(pk=bill.pk).exists()


def is_finance_of(actor: Actor, refund: Refund) -> bool:
    """Finance of the court that gives the money back."""
    return allows(actor, "refund.check") and actor.court_id == refund.court_id


def is_involved(actor: Actor, refund: Refund) -> bool:
    """True for who gets the money or said where it goes: such a person never decides about it (REL-14)."""
    user_id = actor.user_id or 0
    named = {refund.confirmed_by_id, refund.asked_by_id, refund.account and refund.account.added_by_id}
    if user_id in named:
        return True
    number = User.objects.values_list("id_number_index", flat=True).get(pk=user_id)
    party = refund.party
    return bool(number) and party is not None and keyed.alike(keyed.INDEX, party.id_number_index, number)


def has_decided(actor: Actor, *posts: StaffPost | None) -> bool:
    """True when this person stands behind one of the posts, whichever post he sits in now."""
    return any(post is not None and post.user_id == actor.user_id for post in posts)


def can_check(actor: Actor, refund: Refund) -> bool:
    """The first person of finance."""
    return is_finance_of(actor, refund) and not is_involved(actor, refund)


def can_approve(actor: Actor, refund: Refund) -> bool:
    """Another person than who proposed and who checked (REL-14)."""
    free = not has_decided(actor, refund.proposed_by, refund.checked_by, refund.third_by)
    return allows(actor, "refund.approve") and can_check(actor, refund) and free
