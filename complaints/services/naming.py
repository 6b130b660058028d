"""Which members of staff a text names. Rather one too many: whoever is named only loses sight of it."""

from __future__ import annotations

import re

from common.actor import Role
from courts.models import StaffPost
from courts.posts import live_posts

TITLES: dict[str, frozenset[Role]] = {
    "法官": frozenset({Role.JUDGE, Role.HEAD}),
    "审判员": frozenset({Role.JUDGE, Role.HEAD}),
    "审判长": frozenset({Role.JUDGE, Role.HEAD}),
    "庭长": frozenset({Role.HEAD}),
    "院长": frozenset({Role.SUPERVISOR}),
    "书记员": frozenset({Role.CASE_CLERK, Role.INTAKE_CLERK}),
    "助理": frozenset({Role.CASE_CLERK, Role.JUDGE}),
    "书记": frozenset({Role.SUPERVISOR, Role.CASE_CLERK, Role.DISCIPLINE}),
    "主任": frozenset(Role),
    "督察": frozenset({Role.DISCIPLINE}),
}
LEADERS = re.compile(r"院长|院领导|法院领导|一把手")


def named_in(text: str, court_ids: list[int]) -> set[int]:
    """Users of these courts whom the text names: by full name, by staff number, by surname with a title (赵法官), or as
    the leaders of the court (院长). One query.
    """
    posts = live_posts().filter(court_id__in=court_ids).select_related("user")
    return {post.user_id for post in posts if _names(text, post, own=post.court_id == court_ids[0])}


def _names(text: str, post: StaffPost, *, own: bool) -> bool:
    name, number = post.user.name, post.user.staff_no
    if len(name) >= 2 and name in text:
        return True
    if len(number) >= 4 and re.search(rf"(?<![0-9]){re.escape(number)}(?![0-9])", text):
        return True
    titles = [title for title, roles in TITLES.items() if post.role in roles]
    if any(re.search(rf"{re.escape(name[:1])}[副]?{title}", text) for title in titles if name):
        return True
    return own and post.role == Role.SUPERVISOR and LEADERS.search(text) is not None
