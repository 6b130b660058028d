"""One message per person and working day about what waits, instead of one for each thing."""

from __future__ import annotations

from accounts.models import User
from common import clock
from common.actor import Actor, Role
from courts.calendar import calendar_for
from courts.models import StaffPost
from courts.posts import live_leaves, live_posts
from eventlog.services import act, emit
from feedback import events
from feedback.models import Digest
from feedback.watch import Waiting, waiting_for_post

READERS = (Role.JUDGE, Role.CASE_CLERK, Role.HEAD, Role.SUPERVISOR)


def send_digests(actor: Actor) -> int:
    """The digests of today for everybody for whom something waits, on working days of the court; returns how many were made.

    Who is away gets none: the deputy's counts contain it. Safe to run twice, in parallel and late.
    """
    today = clock.today()
    away = live_leaves().values("post_id")
    done = Digest.objects.filter(day=today).values("user_id")
    posts = live_posts().filter(role__in=READERS).exclude(pk__in=away).exclude(user_id__in=done)
    by_user: dict[int, list[StaffPost]] = {}
    for post in posts.select_related("court", "user").order_by("id"):
        if calendar_for(post.court).is_workday(today):
            by_user.setdefault(post.user_id, []).append(post)
    return sum(_send(user_id, own, actor) for user_id, own in by_user.items())


def _send(user_id: int, posts: list[StaffPost], actor: Actor) -> int:
    found = Waiting()
    for post in posts:
        found += waiting_for_post(post)
    if not found:
        return 0
    with act():
        User.objects.select_for_update(no_key=True).get(pk=user_id)
        today = clock.today()
        if Digest.objects.filter(user_id=user_id, day=today).exists():
            return 0
        digest = Digest.objects.create(
            post=posts[0],
            user_id=user_id,
            day=today,
            waiting=found.waiting,
            soon=found.soon,
            late=found.late,
            made_at=clock.now(),
        )
        emit(
            events.DIGEST_MADE,
            subject=digest,
            actor=actor,
            stream=f"court:{posts[0].court.code}",
            court_id=posts[0].court_id,
        )
    return 1
