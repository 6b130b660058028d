"""Identities at WeChat and DingTalk by which the owner of an account comes in (docs/adr/0040).

Such an identity is a shortcut to an account that exists, never an account: bound by its owner, freshly proven, and by nobody else. It
proves nothing about his name, and it replaces no second step.
"""

from __future__ import annotations

from django.conf import settings
from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import events
from accounts.models import OutsideIdentity, OutsideWay, User, UserKind
from accounts.services.sessions import end_sign_ins
from common import clock, crypto
from common.actor import Actor
from common.errors import Conflict, NotAllowed, NotVisible
from common.gateways import dingtalk_sign_in, weixin
from eventlog.services import act, emit


def ways_of(kind: str) -> list[OutsideWay]:
    """What this installation lets the public, or its staff, come in with."""
    on = {
        OutsideWay.WEIXIN: settings.WEIXIN_SIGN_IN and kind == UserKind.PUBLIC,
        OutsideWay.DINGTALK: settings.DINGTALK_SIGN_IN == "everybody"
        or (settings.DINGTALK_SIGN_IN == "staff" and kind == UserKind.STAFF),
    }
    return [way for way in OutsideWay if on[way]]


def ask_address(way: OutsideWay, state: str, back: str) -> str:
    """Where a person says that it is he; from there he comes back with a code."""
    if way == OutsideWay.WEIXIN:
        return weixin.ask_address(state, back)
    return dingtalk_sign_in.ask_address(state, back)


def who_gave(way: OutsideWay, code: str) -> str:
    """By what he is known there; empty for a code that is none, was used or is too old. GatewayUnavailable. Never inside an act."""
    return weixin.openid_of(code) if way == OutsideWay.WEIXIN else dingtalk_sign_in.union_id_of(code)


def live_of(user_id: int) -> QuerySet[OutsideIdentity]:
    """What an account is bound to."""
    return OutsideIdentity.objects.filter(user_id=user_id, ended_at=None).order_by("way")


def holder_of(way: OutsideWay, identity: str) -> User | None:
    """Whose shortcut this is, whatever has become of the account."""
    rows = OutsideIdentity.objects.filter(way=way, identity_index=_index(way, identity), ended_at=None)
    row = rows.select_related("user").first()
    return row.user if row else None


def bind(*, way: OutsideWay, identity: str, actor: Actor) -> None:
    """The owner, freshly proven, comes in with this identity from now on, instead of the one of before. Nothing when it is his already.

    Conflict for one that is bound to another account, NotAllowed for a helper and for a way that is not for him.
    """
    try:
        with act():
            user = _owner(actor)
            if way not in ways_of(user.kind):
                raise NotAllowed(_("没有这种登录方式。"))
            holder = holder_of(way, identity)
            if holder is not None and holder.pk != user.pk:
                raise _taken(way)
            if holder is None:
                _end(user, live_of(user.pk).filter(way=way), actor, why="replaced")
                row = OutsideIdentity.objects.create(
                    user=user, way=way, identity_index=_index(way, identity), bound_at=clock.now()
                )
                _record(events.OUTSIDE_BOUND, row, actor, court_id=actor.court_id)
    except IntegrityError as error:  # somebody else bound it in this moment
        raise _taken(way) from error


def end(*, way: OutsideWay, actor: Actor) -> User:
    """The owner does not come in by it any more; every sign-in ends, his own until its session is renewed. NotVisible when there is none."""
    with act():
        user = _owner(actor)
        if not _end(user, live_of(user.pk).filter(way=way), actor, why="owner"):
            raise NotVisible(_("没有这个页面。"))
        user.session_epoch = end_sign_ins(user_id=user.pk)
    return user


def end_all(*, user: User, actor: Actor, why: str, court_id: int | None = None) -> None:
    """What the account was proven by is lost, and its shortcuts with it (``why``: phone, factor, password). Inside an act."""
    _end(user, live_of(user.pk), actor, why=why, court_id=court_id)


def _end(
    user: User, rows: QuerySet[OutsideIdentity], actor: Actor, *, why: str, court_id: int | None = None
) -> int:
    found = list(rows.select_for_update(no_key=True))
    for row in found:
        row.user, row.ended_at = user, clock.now()
        row.save(update_fields=["ended_at"])
        _record(events.OUTSIDE_ENDED, row, actor, court_id=court_id or actor.court_id, why=why)
    return len(found)


def _owner(actor: Actor) -> User:
    user = User.objects.select_for_update(no_key=True).filter(pk=actor.user_id or 0).first()
    if user is None or actor.helper is not None or not (actor.is_public or actor.is_staff):
        raise NotAllowed(_("微信、钉钉登录由本人设置。"))
    return user


def _taken(way: OutsideWay) -> Conflict:
    words = _("这个%(way)s已经绑定了另一个账号，没有做任何改动。要换到这里，先用它登录那个账号，解除绑定。")
    return Conflict(words % {"way": way.label}, code="identity_taken")


def _index(way: OutsideWay, identity: str) -> str:
    return crypto.blind_index(f"{way} sign-in", identity)


def _record(name: str, row: OutsideIdentity, actor: Actor, *, court_id: int | None, **data: str) -> None:
    """Which way; never the identity."""
    stream = f"person:{row.user.public_id}"
    emit(
        name,
        subject=row,
        actor=actor,
        stream=stream,
        court_id=court_id,
        user=row.user_id,
        way=row.way,
        **data,
    )
