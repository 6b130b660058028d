"""From the scan to satisfaction: how many go on at each step, by topic and by division. Nobody is named, nobody ranked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import allows
from common.actor import Actor
from common.errors import NotAllowed
from common.shares import HIDDEN_BELOW, Share
from feedback.figures import CONTENT, Period
from feedback.models import Clock, ClockKind, Rating, Thread, Topic
from qrlinks.models import Verification, Visit

STEPS: dict[str, str | Promise] = {
    "tried": gettext_lazy("核对身份"),
    "visits": gettext_lazy("核对通过，看到案件"),
    "asked": gettext_lazy("留言"),
    "answered": gettext_lazy("得到答复"),
    "rated": gettext_lazy("作了评价"),
    "content": gettext_lazy("满意或基本满意"),
}
OF_THREADS = ("asked", "answered", "rated", "content")


@dataclass(frozen=True)
class Step:
    """One step: how many reached it, and of how many of the step before (None for the first)."""

    label: str | Promise
    count: int
    of_before: Share | None


@dataclass(frozen=True)
class Part:
    """The steps from the message on (``OF_THREADS``) for one topic or division; None below five."""

    label: str
    counts: dict[str, int] | None


@dataclass(frozen=True)
class Funnel:
    """A period: all steps, and the later ones in parts."""

    steps: list[Step]
    topics: list[Part]
    divisions: list[Part]


def funnel(actor: Actor, period: Period) -> Funnel:
    """The supervisor's court. Scans are those of the period; messages are followed from the day they were written, however
    late their answer or rating came. A try whose facts matched nobody belongs to no court and is not counted. Four queries
    whatever the size. NotAllowed for other roles.
    """
    if not allows(actor, "figures.read"):
        raise NotAllowed(_("这个页面给院领导和审判管理人员使用。"))
    court = actor.court_id or 0
    scans = {
        "tried": Verification.objects.filter(
            copy__paper__court_id=court, **_within("created_at", period)
        ).count(),
        "visits": Visit.objects.filter(case__court_id=court, **_within("happened_at", period)).count(),
    }
    threads = _followed(Thread.objects.filter(court_id=court, **_within("opened_at", period)))
    topics = _counted(threads, "topic")
    counts = scans | {name: sum(row[name] for row in topics) for name in OF_THREADS}
    return Funnel(
        _steps(counts),
        _parts((str(Topic(row["topic"]).label), row) for row in topics),
        _parts(
            (row["case__division__name"] or _("未分庭室"), row)
            for row in _counted(threads, "case__division__name")
        ),
    )


def _within(field: str, period: Period) -> dict[str, Any]:
    return {f"{field}__gte": period.start, f"{field}__lt": period.end}


def _followed(threads: QuerySet[Thread]) -> QuerySet[Thread]:
    """Each message with what became of it; of several ratings the last one counts."""
    ratings = Rating.objects.filter(thread=OuterRef("pk")).order_by("-round")
    met = Clock.objects.filter(thread=OuterRef("pk"), kind=ClockKind.RESOLUTION, met_at__isnull=False)
    return threads.annotate(was_answered=Exists(met), last_level=Subquery(ratings.values("level")[:1]))


def _counted(threads: QuerySet[Thread], by: str) -> list[dict[str, Any]]:
    found = threads.values(by).annotate(
        asked=Count("pk"),
        answered=Count("pk", filter=Q(was_answered=True)),
        rated=Count("last_level"),
        content=Count("pk", filter=Q(last_level__in=CONTENT)),
    )
    return list(found.order_by(by))


def _steps(counts: dict[str, int]) -> list[Step]:
    """One visit may bring several messages, and somebody signed in asks without a scan: then there is no share."""
    found = [counts[key] for key in STEPS]
    shares = [None] + [Share(n, of) if n <= of else None for of, n in pairwise(found)]
    return [Step(label, n, share) for label, n, share in zip(STEPS.values(), found, shares, strict=True)]


def _parts(rows: Iterable[tuple[str, dict[str, Any]]]) -> list[Part]:
    return [
        Part(label, {name: row[name] for name in OF_THREADS} if row["asked"] >= HIDDEN_BELOW else None)
        for label, row in rows
    ]
