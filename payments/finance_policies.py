"""Who of finance sees which money: the rows of the own court, and what names no court at its highest court."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.access import allows
from common.actor import Actor, Role
from courts.models import Court
from courts.posts import live_posts
from payments.models import DayClose, Difference, Payment, ReviewItem, Statement, Suspense

_LEVELS = 4
"""Courts above a basic one, and one to spare."""


def keeps_ledger(actor: Actor, court_id: int | None) -> bool:
    """Finance of this court changes its books; what names no court is changed by :func:`looks_after_unclaimed`."""
    if not allows(actor, "ledger.keep"):
        return False
    return looks_after_unclaimed(actor) if court_id is None else court_id == actor.court_id


def looks_after_unclaimed(actor: Actor) -> bool:
    """Finance of a court above which no court has anybody of finance: what names no court is theirs. Two queries."""
    if actor.role != Role.FINANCE or actor.court_id is None:
        return False
    path = "__".join(["parent"] * _LEVELS)
    court = Court.objects.select_related(path).get(pk=actor.court_id)
    above = []
    while court.parent is not None:
        court = court.parent
        above.append(court.pk)
    return not live_posts().filter(role=Role.FINANCE, court_id__in=above).exists()


def _own(actor: Actor, *, unclaimed: bool) -> Q:
    own = Q(court_id=actor.court_id or 0)
    return own | Q(court=None) if unclaimed and looks_after_unclaimed(actor) else own


def visible_payments(actor: Actor) -> QuerySet[Payment]:
    """All money that came to the own court."""
    return Payment.objects.filter(_own(actor, unclaimed=False)) if _reads(actor) else Payment.objects.none()


def visible_suspense(actor: Actor) -> QuerySet[Suspense]:
    """Money of the own court that fits nothing, also what is resolved."""
    return Suspense.objects.filter(_own(actor, unclaimed=False)) if _reads(actor) else Suspense.objects.none()


def visible_reviews(actor: Actor) -> QuerySet[ReviewItem]:
    """Notices about orders of the own court, and those that name no order."""
    return (
        ReviewItem.objects.filter(_own(actor, unclaimed=True)) if _reads(actor) else ReviewItem.objects.none()
    )


def visible_differences(actor: Actor) -> QuerySet[Difference]:
    """Differences about money of the own court, and those that name no order of anybody."""
    return (
        Difference.objects.filter(_own(actor, unclaimed=True)) if _reads(actor) else Difference.objects.none()
    )


def visible_statements(actor: Actor) -> QuerySet[Statement]:
    """Bills of the gateways, which are everybody's, and the own court's bank lists."""
    mine = Q(court=None) | Q(court_id=actor.court_id or 0)
    return Statement.objects.filter(mine) if _reads(actor) else Statement.objects.none()


def visible_closes(actor: Actor) -> QuerySet[DayClose]:
    """Closed days of the own court."""
    return DayClose.objects.filter(_own(actor, unclaimed=False)) if _reads(actor) else DayClose.objects.none()


def _reads(actor: Actor) -> bool:
    return allows(actor, "ledger.read")
