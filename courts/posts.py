"""Who holds which post now."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from common import clock
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


def live_leaves() -> QuerySet[Leave]:
    """Leaves of today."""
    today = clock.today()
    return Leave.objects.filter(from_on__lte=today, until_on__gte=today)


def posts_answered_for(post_id: int | None) -> list[int]:
    """The post itself and those it stands in for today. One query."""
    return [post_id or 0, *live_leaves().filter(deputy_id=post_id or 0).values_list("post_id", flat=True)]
