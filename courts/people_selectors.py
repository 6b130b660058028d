"""Which members of staff belong to a court, and what is proposed about them (row 37 of the matrix)."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.access import allows
from accounts.models import Invitation, User, UserKind
from common import clock
from common.actor import Actor, Role
from courts.models import Court, Division, StaffChange, StaffPost


def held_or_coming() -> QuerySet[StaffPost]:
    """Posts whose time is not over, also of accounts that are switched off."""
    return StaffPost.objects.filter(Q(ends_at=None) | Q(ends_at__gt=clock.sql_now()))


def staff_of(court_id: int, words: str = "") -> QuerySet[User]:
    """Who holds or will hold a post in this court; and who holds none anywhere but was invited by it or held one here last.

    ``words``: part of a name, or a staff number or user name. Their posts come along in two queries more.
    """
    mine = Q(user=OuterRef("pk"), court_id=court_id)
    here = Exists(held_or_coming().filter(mine))
    anywhere = Exists(held_or_coming().filter(user=OuterRef("pk")))
    once = Exists(StaffPost.objects.filter(mine)) | Exists(Invitation.objects.filter(mine))
    people = User.objects.filter(here | ~anywhere & once, kind=UserKind.STAFF)
    if words:
        people = people.filter(Q(name__icontains=words) | Q(staff_no=words) | Q(username__iexact=words))
    posts = held_or_coming().select_related("court", "division").order_by("id")
    return people.prefetch_related(Prefetch("posts", posts, to_attr="posts_now")).order_by("staff_no", "id")


def visible_people(actor: Actor, words: str = "") -> QuerySet[User]:
    """The staff of the actor's own court, for its administrators, discipline office and auditor."""
    if actor.court_id is None or not allows(actor, "people.read"):
        return User.objects.none()
    return staff_of(actor.court_id, words)


def visible_person(actor: Actor, public_id: UUID) -> User | None:
    """One of them."""
    return visible_people(actor).filter(public_id=public_id).first()


def visible_changes(actor: Actor) -> QuerySet[StaffChange]:
    """What was proposed in the actor's court, newest first, with everybody in it."""
    if actor.court_id is None or not allows(actor, "people.read"):
        return StaffChange.objects.none()
    rows = StaffChange.objects.filter(court_id=actor.court_id)
    return rows.select_related(
        "user", "division", "proposed_by", "decided_by", "deputy__user", "post__division", "post__court"
    ).order_by("-id")


def is_walled_off(user: User) -> bool:
    """Whether somebody belongs to a discipline office: two of that office decide about him (row 37). One query."""
    return held_or_coming().filter(user=user, role=Role.DISCIPLINE).exists()


def divisions_of(court_id: int) -> QuerySet[Division]:
    """The divisions of a court by name."""
    return Division.objects.filter(court_id=court_id).order_by("name")


def deputies_in(court: Court | int, user: User) -> QuerySet[StaffPost]:
    """Posts of others in this court that could stand in for a new one."""
    court_id = court if isinstance(court, int) else court.pk
    posts = held_or_coming().filter(court_id=court_id, user__is_active=True).exclude(user=user)
    return posts.select_related("user", "division").order_by("user__staff_no", "id")
