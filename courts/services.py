"""Numbers, settings and posts of courts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.access import allows
from accounts.models import User, UserKind
from accounts.services.sessions import end_sign_ins
from common import clock
from common.actor import Actor, Role
from common.errors import Conflict, InvalidInput, NotAllowed, NotVisible
from courts import events
from courts.models import (
    APART,
    SUPPLIERS_POST,
    Counter,
    Court,
    CourtSetting,
    Division,
    Leave,
    StaffPost,
)
from courts.posts import leaves_to_end
from courts.settings import SETTINGS, read
from eventlog.services import act, emit

SUPPLIERS_ROLES = (Role.ADMIN,)


def next_number(court_id: int, kind: str, scope: str) -> int:
    """The next number of a counter, from 1. Locks the counter row until the surrounding act ends, so that a rolled
    back act leaves no gap (REL-31). RuntimeError outside a transaction.
    """
    return next_numbers(court_id, kind, scope, 1)[0]


def next_numbers(court_id: int, kind: str, scope: str, count: int) -> range:
    """The next ``count`` numbers of a counter, taken at once under the same lock."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a number is taken inside the act that uses it")
    Counter.objects.bulk_create([Counter(court_id=court_id, kind=kind, scope=scope)], ignore_conflicts=True)
    row = Counter.objects.select_for_update(no_key=True).get(court_id=court_id, kind=kind, scope=scope)
    row.value += count
    row.save(update_fields=["value"])
    return range(row.value - count + 1, row.value + 1)


def setting(court: Court | int, key: str) -> Any:
    """The typed value of a setting for a court, else the national default. KeyError for an unknown key. One query."""
    default = SETTINGS[key].default
    court_id = court if isinstance(court, int) else court.pk
    row = CourtSetting.objects.filter(court_id=court_id, key=key).first()
    return default if row is None else read(key, row.value)


def access_stream(court_code: str) -> str:
    """The stream of the day for who opened, scanned or exported what; judge and clerk never see it (SEC-35)."""
    return f"access:{court_code}:{clock.today().isoformat()}"


def settings_of(court_id: int, *keys: str) -> dict[str, Any]:
    """Several settings of a court at once, as :func:`setting` reads each. One query."""
    found = {key: SETTINGS[key].default for key in keys}
    rows = CourtSetting.objects.filter(court_id=court_id, key__in=keys).values_list("key", "value")
    return found | {key: read(key, value) for key, value in rows}


def change_setting(*, court_id: int, key: str, value: Any, actor: Actor) -> None:
    """Set one setting of one court, None for the national default; an audited act with old and new value.

    Raises InvalidInput for a wrong value.
    """
    try:
        if value is not None:
            SETTINGS[key].parse(value)
    except ValueError as error:
        raise InvalidInput(_("这个值不在允许的范围内。"), value=_("这个值不在允许的范围内。")) from error
    with act():
        row = CourtSetting.objects.select_for_update(no_key=True).filter(court_id=court_id, key=key).first()
        old = row.value if row else None
        court = Court.objects.get(pk=court_id)
        if value is None:
            CourtSetting.objects.filter(court_id=court_id, key=key).delete()
        else:
            CourtSetting.objects.update_or_create(court_id=court_id, key=key, defaults={"value": value})
        stream = f"court:{court.code}"
        emit(
            events.SETTING_CHANGED,
            subject=court,
            actor=actor,
            stream=stream,
            court_id=court_id,
            key=key,
            old=old,
            new=value,
        )


def start_post(
    *,
    user_id: int,
    court_id: int,
    role: Role,
    division: Division | None,
    actor: Actor,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    deputy: StaffPost | None = None,
) -> StaffPost:
    """Give a member of staff a role in a court from now or from ``starts_at``; public accounts never hold posts.

    InvalidInput for a role he holds in these days already, for two of the three administrations in one hand, and for a supplier's
    post that does not end within 30 days (SEC-63); a supplier's account lasts as long as the post.
    """
    with act():
        user = User.objects.select_for_update(no_key=True).get(pk=user_id)
        if user.kind != UserKind.STAFF:
            raise InvalidInput(_("只有工作人员账号可以任职。"))
        since = starts_at or clock.now()
        _check_post(user, court_id, role, since, ends_at)
        if user.company:
            user.valid_until = ends_at
            user.save(update_fields=["valid_until"])
        if user.posts.exists():
            user.session_epoch = end_sign_ins(user_id=user.pk)
        post = StaffPost.objects.create(
            user=user,
            court_id=court_id,
            division=division,
            role=role,
            starts_at=since,
            ends_at=ends_at,
            deputy=deputy,
            supplier=user.company,
        )
        court = Court.objects.get(pk=court_id)
        emit(
            events.POST_STARTED,
            subject=post,
            actor=actor,
            stream=f"court:{court.code}",
            court_id=court_id,
            role=role,
        )
    return post


def _check_post(user: User, court_id: int, role: Role, since: datetime, until: datetime | None) -> None:
    same_days = user.posts.filter(Q(ends_at=None) | Q(ends_at__gt=since))
    if until is not None:
        same_days = same_days.filter(starts_at__lt=until)
    held = set(same_days.values_list("court_id", "role"))
    if (court_id, role) in held:
        message = _("这几天已经有这个岗位了")
        raise InvalidInput(message, role=message)
    others = {other for _court, other in held}
    if role in APART and others & (set(APART) - {role}):
        message = _("系统管理员、督察、审计员要由三个人分别担任，这个人已经担任其中一个")
        raise InvalidInput(message, role=message)
    if user.company and role not in SUPPLIERS_ROLES:
        message = _("公司派来的人只能做系统管理")
        raise InvalidInput(message, role=message)
    if user.company and (until is None or until - since > SUPPLIERS_POST):
        message = _("公司派来的人，岗位要写明最后一天，最长30天")
        raise InvalidInput(message, until_on=message)


def end_post(*, post_id: int, actor: Actor) -> StaffPost:
    """End a post now; its rights end with the transaction (SEC-17). Raises Conflict when it is over already."""
    with act():
        post = (
            StaffPost.objects.select_for_update(of=("self",), no_key=True)
            .select_related("court")
            .get(pk=post_id)
        )
        now = clock.now()
        if post.ends_at is not None and post.ends_at <= now:
            raise Conflict(_("这个岗位已经结束。"), code="post_ended")
        post.ends_at = now
        post.save(update_fields=["ends_at"])
        end_sign_ins(user_id=post.user_id)
        stream = f"court:{post.court.code}"
        emit(
            events.POST_ENDED,
            subject=post,
            actor=actor,
            stream=stream,
            court_id=post.court_id,
            role=post.role,
        )
    return post


def set_leave(*, post_id: int, deputy_id: int, from_on: date, until_on: date, actor: Actor) -> Leave:
    """The holder of a post is away on these days, both included; the deputy answers in his place.

    The deputy holds a post of the same role in the same court and is not away himself. Raises InvalidInput otherwise and
    for days that are over or overlap another leave, NotAllowed for who does not head the division.
    """
    with act():
        posts = {
            post.pk: post
            for post in StaffPost.objects.select_for_update(of=("self",), no_key=True)
            .select_related("court")
            .filter(pk__in=[post_id, deputy_id])
            .order_by("pk")
        }
        post, deputy = posts[post_id], posts[deputy_id]
        led = (actor.court_id, actor.division_id) == (post.court_id, post.division_id)
        if not led or not allows(actor, "division.lead"):
            raise NotAllowed(_("休假由本庭庭长登记。"))
        _check_leave(post, deputy, from_on, until_on)
        leave = Leave.objects.create(
            post=post, deputy=deputy, from_on=from_on, until_on=until_on, entered_by_id=actor.post_id
        )
        emit(
            events.LEAVE_SET,
            subject=leave,
            actor=actor,
            stream=f"court:{post.court.code}",
            court_id=post.court_id,
            post=post.public_id,
            deputy=deputy.public_id,
            since=from_on,
            until=until_on,
        )
    return leave


def end_leave(*, leave_id: int, actor: Actor) -> Leave:
    """The holder is back, or the leave is called off: at once he answers again and the deputy no more (SEC-17).

    By the head of the division and by who entered it. NotVisible for others and for leaves that are over.
    """
    with act():
        found = leaves_to_end(actor).filter(pk=leave_id).first()
        if found is None:
            raise NotVisible(_("没有找到这条休假，可能已经结束。"))
        leave = (
            Leave.objects.select_for_update(of=("self",), no_key=True)
            .select_related("post__court", "post__user", "deputy")
            .get(pk=found.pk)
        )
        if leave.ended_at is not None:
            raise Conflict(_("这条休假刚刚有人结束了。"), code="leave_ended")
        leave.ended_at = clock.now()
        leave.save(update_fields=["ended_at"])
        emit(
            events.LEAVE_ENDED,
            subject=leave,
            actor=actor,
            stream=f"court:{leave.post.court.code}",
            court_id=leave.post.court_id,
            post=leave.post.public_id,
            deputy=leave.deputy.public_id,
            since=leave.from_on,
            until=leave.until_on,
        )
    return leave


def _check_leave(post: StaffPost, deputy: StaffPost, from_on: date, until_on: date) -> None:
    if until_on < from_on or until_on < clock.today():
        message = _("最后一天应在第一天之后，并且还没有过去")
        raise InvalidInput(message, until_on=message)
    if post.pk == deputy.pk or (post.court_id, post.role) != (deputy.court_id, deputy.role):
        message = _("代班的人应是本院同一岗位的另一个人")
        raise InvalidInput(message, deputy=message)
    days = Leave.objects.filter(ended_at=None, from_on__lte=until_on, until_on__gte=from_on)
    if days.filter(post=post).exists():
        message = _("这几天已经登记过休假")
        raise InvalidInput(message, from_on=message)
    if days.filter(post=deputy).exists():
        message = _("代班的人这几天自己也休假，请选别人")
        raise InvalidInput(message, deputy=message)
