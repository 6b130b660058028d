"""Who may see a matter of the zone (RELIABILITY §2 rows 12–18). Asked anew at each read, nothing is remembered.

An office is a role in a court: the discipline office (督察) and the court's leaders (院领导), then those of the court
above. A matter comes to one office after the other; who of them may see it is decided person by person:

* whoever is named never, in any role (SJ always subtracts);
* nobody who reports to a person named: leaders of a court stand above everybody of that court and of the courts below,
  a division head above the division, and a discipline office does not look into itself;
* nobody who sits or sat in the case it is about;
* nobody in a matter of his own.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.access import allows
from cases.models import CaseStaff
from common.actor import Actor, Role
from complaints import sealing
from complaints.models import Matter, Named, Routing
from courts.models import Court
from courts.posts import live_posts

OFFICES = (Role.DISCIPLINE, Role.SUPERVISOR)


@dataclass(frozen=True)
class Office:
    """A role in a court."""

    court_id: int
    role: Role

    def people(self) -> list[int]:
        """Users who hold it now."""
        posts = live_posts().filter(court_id=self.court_id, role=self.role)
        return sorted(set(posts.values_list("user_id", flat=True)))


def courts_upwards(court_id: int | None) -> list[int]:
    """This court and those above it, nearest first. One small query a level."""
    found: list[int] = []
    while court_id is not None and court_id not in found:
        found.append(court_id)
        court_id = Court.objects.filter(pk=court_id).values_list("parent_id", flat=True).first()
    return found


def superiors_of(user_id: int) -> set[int]:
    """Users this one reports to now, and those he shares an office of the zone with."""
    above: set[int] = set()
    for post in live_posts().filter(user_id=user_id):
        posts = Q(role=Role.SUPERVISOR, court_id__in=courts_upwards(post.court_id))
        if post.division_id is not None:
            posts |= Q(role=Role.HEAD, division_id=post.division_id)
        if post.role == Role.DISCIPLINE:
            posts |= Q(role=Role.DISCIPLINE, court_id=post.court_id)
        above |= set(live_posts().filter(posts).values_list("user_id", flat=True))
    return above - {user_id}


def author_key(user_id: int) -> str:
    """By which the zone finds an account's own matters."""
    return sealing.look_up("author", str(user_id))


def author_keys(user_id: int) -> list[str]:
    """The same for rows of every key the zone ever had."""
    return sealing.look_ups("author", str(user_id))


def _kept_away(user_id: int) -> Q:
    """Matters that this user must not meet as a handler."""
    named = Named.objects.filter(matter=OuterRef("pk"), user_id__in={user_id} | superiors_of(user_id))
    sat = CaseStaff.objects.filter(post__user_id=user_id).values("case_id")
    return Q(Exists(named)) | Q(case_id__isnull=False, case_id__in=sat) | Q(author__in=author_keys(user_id))


def visible_matters(actor: Actor) -> QuerySet[Matter]:
    """What this handler may see and work on, in the office of the post he sits in, as long as he holds it."""
    if not allows(actor, "complaint.handle") or actor.user_id is None:
        return Matter.objects.none()
    mine = Routing.objects.filter(matter=OuterRef("pk"), court_id=actor.court_id or 0, role=actor.role)
    held = live_posts().filter(user_id=actor.user_id, court_id=actor.court_id or 0, role=actor.role)
    return Matter.objects.filter(Exists(mine), Exists(held)).exclude(_kept_away(actor.user_id))


def own_matters(actor: Actor) -> QuerySet[Matter]:
    """What this account wrote itself, unless it names him: who is named reads by nothing but a receipt code."""
    if actor.user_id is None:
        return Matter.objects.none()
    named = Named.objects.filter(matter=OuterRef("pk"), user_id=actor.user_id)
    return Matter.objects.filter(author__in=author_keys(actor.user_id)).exclude(Exists(named))


def may_handle(user_id: int, matter: Matter) -> bool:
    """Whether a person of an office is not kept away from this matter."""
    return not Matter.objects.filter(_kept_away(user_id), pk=matter.pk).exists()


def handlers_of(matter: Matter) -> dict[Office, list[int]]:
    """Who may see it now, by office it came to."""
    offices = [Office(row.court_id, Role(row.role)) for row in matter.routings.order_by("id")]
    return {office: [user for user in office.people() if may_handle(user, matter)] for office in offices}
