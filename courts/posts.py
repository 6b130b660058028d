"""Who holds which post now."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from common import clock
from common.actor import Actor, Role
from courts.models import Leave, StaffPost


def live_posts() -> QuerySet[StaffPost]:
    """Posts that are held now."""
    now = clock.sql_now()
    return StaffPost.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now, user__is_active=True
    )


def post_of_session(user_id: int, post_id: int | None) -> StaffPost | None:
    """The post a session works in: the chosen one while it is held, else the first. One query."""
    posts = list(live_posts().filter(user_id=user_id).order_by("id"))
    return next((post for post in posts if post.pk == post_id), posts[0] if posts else None)


def works_in(user_id: int, court_id: int) -> bool:
    """Whether somebody holds a post in this court now. One query."""
    return live_posts().filter(user_id=user_id, court_id=court_id).exists()


def live_leaves() -> QuerySet[Leave]:
    """Leaves of today that were not ended."""
    today = clock.today()
    return Leave.objects.filter(ended_at=None, from_on__lte=today, until_on__gte=today)


def leaves_to_come(court_id: int | None) -> QuerySet[Leave]:
    """Leaves of a court that run or lie ahead, first ones first, with the people."""
    found = Leave.objects.filter(ended_at=None, post__court_id=court_id or 0, until_on__gte=clock.today())
    return found.select_related("post__user", "deputy__user").order_by("from_on", "id")


def leaves_to_end(actor: Actor) -> QuerySet[Leave]:
    """Of these the ones a head may end: of his division, or entered by himself."""
    if actor.role != Role.HEAD or actor.post_id is None:
        return Leave.objects.none()
    own = Q(post__division_id=actor.division_id or 0) | Q(entered_by_id=actor.post_id)
    return leaves_to_come(actor.court_id).filter(own)


def posts_answered_for(post_id: int | None) -> list[int]:
    """The post itself and those it stands in for today. One query."""
    return [post_id or 0, *live_leaves().filter(deputy_id=post_id or 0).values_list("post_id", flat=True)]
