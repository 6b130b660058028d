"""Reads of the clerk's queue: views, filters, counts, workload. Fast however much the court has decided.

Every view stands on an index that holds the waiting rows (or the newest decisions) only, and nothing is counted further
than ``CAP``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from common import clock
from common.actor import Actor, Role
from courts.models import Court, StaffPost
from courts.posts import live_posts
from filing.models import CorrectionNotice, Filing, FilingParty, FilingStatus, HandOver, SavedView
from filing.policies import visible_filings, visible_hand_overs

CAP = 1000
RECENTLY = timedelta(days=30)
MOVED = "moved"
VIEWS = {
    "due": _("今天到期"),
    "mine": _("我的"),
    "unassigned": _("未分派"),
    "open": _("全部待审"),
    "returned": _("待补正"),
    "refusal": _("待法官决定"),
    "mediating": _("调解中"),
    MOVED: _("转入转出"),
    "decided": _("已办"),
}
SORTS = {"due": "due_on", "sent": "submitted_at", "amount": "amount"}


@dataclass(frozen=True)
class Wanted:
    """What the address asks for: a view, filters (empty = all) and the order (``-`` in front = descending)."""

    view: str = "open"
    words: str = ""
    applicant: str = ""
    cause: str = ""
    procedure: str = ""
    channel: str = ""
    due: str = ""
    round: str = ""
    sort: str = ""


def queue(actor: Actor, wanted: Wanted) -> QuerySet[Filing]:
    """A view of the queue with its filters, what has to be answered first on top (fairness)."""
    views = _views(actor)
    rows = visible_filings(actor).filter(views.get(wanted.view, views["open"]))
    rows = _narrowed(rows, wanted).select_related("cause", "claimed_by__user")
    again = CorrectionNotice.objects.filter(filing=OuterRef("pk"))
    return rows.annotate(again=Exists(again)).order_by(*_order(wanted))


def _order(wanted: Wanted) -> list[Any]:
    key = SORTS.get(wanted.sort.removeprefix("-"))
    if key is None:
        return ["-decided_at", "-id"] if wanted.view == "decided" else ["due_on", "id"]
    down = wanted.sort.startswith("-")
    return [F(key).desc(nulls_last=True) if down else F(key).asc(nulls_last=True), "-id" if down else "id"]


def _views(actor: Actor) -> dict[str, Q]:
    """What belongs to each view of applications; an unknown one is the whole queue."""
    waiting, now = Q(status=FilingStatus.SUBMITTED), clock.now()
    return {
        "due": waiting & Q(due_on__lte=clock.beijing_day(now)),
        "mine": waiting & Q(claimed_by_id=actor.post_id),
        "unassigned": waiting & (Q(claimed_by=None) | Q(claimed_until__lte=now)),
        "open": waiting,
        "returned": Q(status=FilingStatus.RETURNED),
        "refusal": Q(status=FilingStatus.REFUSAL),
        "mediating": Q(status=FilingStatus.MEDIATING),
        "decided": Q(decided_at__gte=now - RECENTLY),
    }


def _narrowed(rows: QuerySet[Filing], wanted: Wanted) -> QuerySet[Filing]:
    today = clock.today()
    if wanted.words:
        rows = rows.filter(Q(number__contains=wanted.words) | Q(Exists(_named(wanted.words))))
    if wanted.applicant:
        rows = rows.filter(Exists(_named(wanted.applicant).filter(side="plaintiff")))
    if wanted.cause:
        rows = rows.filter(cause__name__contains=wanted.cause)
    if wanted.procedure:
        rows = rows.filter(procedure=wanted.procedure)
    if wanted.channel:
        rows = rows.filter(channel=wanted.channel)
    if wanted.due == "late":
        rows = rows.filter(due_on__lt=today)
    elif wanted.due in ("today", "three"):
        rows = rows.filter(due_on__lte=today + timedelta(days=3 if wanted.due == "three" else 0))
    if wanted.round:
        told = Exists(CorrectionNotice.objects.filter(filing=OuterRef("pk")))
        rows = rows.filter(told if wanted.round == "again" else ~told)
    return rows


def _named(name: str) -> QuerySet[FilingParty]:
    return FilingParty.objects.filter(filing=OuterRef("pk"), name__contains=name)


class CappedPaginator(Paginator):  # Django gives it no type argument at run time
    """Pages over at most ``CAP`` rows: what lies deeper is found by narrowing, not by leafing; nothing counts a million."""

    @cached_property
    def count(self) -> int:
        return min(self._counted, CAP)

    @cached_property
    def _counted(self) -> int:
        rows: QuerySet[Filing] = self.object_list  # type: ignore[assignment]
        return capped(rows)

    @property
    def count_words(self) -> str:
        """The number as shown; 1000+ when there are more."""
        return count_words(self._counted)


def capped(rows: QuerySet[Any]) -> int:
    """How many rows, counted to one more than ``CAP`` at most. One query."""
    return rows.order_by()[: CAP + 1].count()


def count_words(number: int) -> str:
    return f"{CAP}+" if number > CAP else str(number)


class _Capped(Subquery):
    """How many rows a queryset has, counted to one more than ``CAP`` at most, inside a larger statement."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def queue_counts(actor: Actor) -> dict[str, str]:
    """The numbers on the tabs; none for what is done. One query."""
    rows = visible_filings(actor)
    views: dict[str, QuerySet[Any]] = {
        view: rows.filter(wanted) for view, wanted in _views(actor).items() if view != "decided"
    }
    views[MOVED] = visible_hand_overs(actor).filter(filing__status=FilingStatus.SUBMITTED)
    columns = {view: _Capped(some.values("pk")[: CAP + 1]) for view, some in views.items()}
    found = Court.objects.filter(pk=actor.court_id or 0).values_list(*columns.values()).first()
    return {view: count_words(number) for view, number in zip(columns, found or (), strict=False)}


def hand_overs(actor: Actor) -> QuerySet[HandOver]:
    """What came to or left the court, newest first."""
    rows = visible_hand_overs(actor).select_related("filing__cause", "from_court", "to_court")
    return rows.order_by("-id")


def colleagues(actor: Actor) -> list[StaffPost]:
    """Intake clerks of the court who are in post. One query."""
    posts = live_posts().filter(court_id=actor.court_id or 0, role=Role.INTAKE_CLERK)
    return list(posts.select_related("user").order_by("id"))


@dataclass(frozen=True)
class Load:
    """One clerk: applications in hand, and what he accepted or returned since Monday."""

    name: str
    open: int
    done: int


def workload(actor: Actor, clerks: list[StaffPost]) -> list[Load]:
    """Work per clerk of the court, in the order of their posts. Three queries over waiting rows and this week's only."""
    today = clock.today()
    monday = clock.start_of_day(today - timedelta(days=today.weekday()))
    mine = [post.pk for post in clerks]
    waiting = Filing.objects.filter(status=FilingStatus.SUBMITTED, claimed_by_id__in=mine)
    decided = Filing.objects.filter(deciding_court_id=actor.court_id, decided_at__gte=monday)
    told = CorrectionNotice.objects.filter(sent_by_id__in=mine, sent_at__gte=monday)
    in_hand = _by(waiting, "claimed_by_id")
    accepted, returned = _by(decided, "claimed_by_id"), _by(told, "sent_by_id")
    return [
        Load(post.user.name, in_hand.get(post.pk, 0), accepted.get(post.pk, 0) + returned.get(post.pk, 0))
        for post in clerks
    ]


def _by(rows: QuerySet[Any], column: str) -> dict[Any, int]:
    return dict(rows.order_by().values_list(column).annotate(Count("id")))


def saved_views(actor: Actor) -> list[SavedView]:
    """The clerk's own views and those that colleagues of the court share, by name. One query."""
    own_or_shared = Q(post_id=actor.post_id) | Q(shared=True)
    return list(
        SavedView.objects.filter(own_or_shared, court_id=actor.court_id or 0).order_by("name", "id")[:30]
    )


def repeats_by_reason(actor: Actor) -> dict[str, int]:
    """How often the court's people were told a second time to correct in the last year, by reason. One query."""
    since = clock.now() - timedelta(days=365)
    told = CorrectionNotice.objects.filter(
        filing__deciding_court_id=actor.court_id, round__gt=1, sent_at__gte=since
    )
    return _by(told, "repeat_reason")
