"""Staff of a court: invited by an administrator, given and taken posts by two (row 37 of the matrix, SEC-08, SEC-15, SEC-63)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import allows
from accounts.models import User
from accounts.services import staff
from common import clock
from common.actor import Actor, Role
from common.errors import Conflict, InvalidInput, NotAllowed, NotVisible
from common.two_people import ProposalState, locked, require_reason, settle
from courts import events
from courts.models import (
    Division,
    StaffChange,
    StaffChangeKind,
    StaffPost,
)
from courts.people_selectors import is_walled_off, visible_changes, visible_person
from courts.services import end_post, start_post
from eventlog.services import act, emit

GIVEN_HERE = tuple(role for role in Role if role not in (Role.NONE, Role.LITIGANT, Role.LAWYER, Role.SYSTEM))
"""Roles of staff."""
Kind = StaffChangeKind


@dataclass(frozen=True)
class NewPost:
    """A post that is proposed; ``until_on`` is its last day."""

    role: Role
    division: Division | None = None
    from_on: date | None = None
    until_on: date | None = None
    deputy: StaffPost | None = None


def invite(*, username: str, name: str, staff_no: str, company: str, actor: Actor) -> tuple[User, str]:
    """A new colleague; the token of his invitation is shown to this administrator once. Posts come by two (below)."""
    _own_person(actor)
    if actor.court_id is None or not allows(actor, "people.invite"):
        raise NotAllowed(_("工作人员由本院系统管理员邀请。"))
    return staff.invite(
        username=username,
        name=name,
        staff_no=staff_no,
        company=company,
        court_id=actor.court_id,
        actor=actor,
    )


def disable(*, user_id: UUID, reason: str, actor: Actor) -> User:
    """One person is enough to switch an account off, at once; not one's own (row 37)."""
    require_reason(reason, _("请写清楚理由，例如哪一份任命文件"))
    with act():
        user = _person(user_id, actor)
        if user.pk == actor.user_id:
            raise NotAllowed(_("不能停用自己的账号。"))
        if not _keeps(actor, walled=False) and not _keeps(actor, walled=is_walled_off(user)):
            raise NotAllowed(_("这个人的账号由系统管理员停用。"))
        staff.disable_account(user=user, reason=reason, actor=actor, court_id=actor.court_id or 0)
    return user


def propose_post(*, user_id: UUID, wish: NewPost, reason: str, actor: Actor) -> StaffChange:
    """A role in the actor's court for somebody of it. Nothing changes yet. InvalidInput by field, NotAllowed."""
    if wish.role not in GIVEN_HERE:
        message = _("请从列出的选项里选")
        raise InvalidInput(message, role=message)
    if wish.until_on is not None and wish.until_on < (wish.from_on or clock.today()):
        message = _("最后一天不应早于第一天")
        raise InvalidInput(message, until_on=message)
    if any(place and place.court_id != actor.court_id for place in (wish.division, wish.deputy)):
        raise InvalidInput(_("庭室和代班的人要是本院的。"))
    if wish.deputy is not None and wish.deputy.role != wish.role:
        message = _("代班的人要有同样的岗位")
        raise InvalidInput(message, deputy=message)
    return _propose(Kind.START, user_id, reason, actor, walled=wish.role == Role.DISCIPLINE, **vars(wish))


def propose_end(*, user_id: UUID, post_id: UUID, reason: str, actor: Actor) -> StaffChange:
    """The end of a post of the actor's court. Nothing changes yet. NotVisible for a post that is none of his."""
    post = StaffPost.objects.filter(public_id=post_id, court_id=actor.court_id or 0).first()
    if post is None:
        raise NotVisible(_("没有这个页面。"))
    return _propose(Kind.END, user_id, reason, actor, walled=post.role == Role.DISCIPLINE, post=post)


def propose_enabling(*, user_id: UUID, reason: str, actor: Actor) -> StaffChange:
    """That an account that was switched off counts again. Conflict when it is on."""
    return _propose(Kind.ENABLE, user_id, reason, actor)


def propose_password(*, user_id: UUID, reason: str, actor: Actor) -> StaffChange:
    """A new invitation for somebody who forgot the password; he is told at once."""
    return _propose(Kind.PASSWORD, user_id, reason, actor)


def _propose(
    kind: Kind, user_id: UUID, reason: str, actor: Actor, *, walled: bool | None = None, **what: object
) -> StaffChange:
    require_reason(reason, _("请写清楚理由，例如哪一份任命文件"))
    with act():
        user = _person(user_id, actor)
        if user.pk == actor.user_id:
            raise NotAllowed(_("自己的岗位和账号由别人提出。"))
        if not _keeps(actor, walled=is_walled_off(user) if walled is None else walled):
            raise NotAllowed(str(WHO))
        if kind == Kind.ENABLE and user.is_active:
            raise Conflict(_("这个账号没有停用。"), code="account_enabled")
        try:
            with transaction.atomic():
                row = StaffChange.objects.create(
                    court_id=actor.court_id or 0,
                    user=user,
                    kind=kind,
                    reason=reason,
                    proposed_by_id=actor.user_id or 0,
                    proposed_at=clock.now(),
                    **what,
                )
        except IntegrityError:
            raise Conflict(_("同样的事项已经有人提出，在等另一人同意。"), code="change_waits") from None
        _record(events.STAFF_CHANGE_PROPOSED, row, actor)
    return row


WHO = gettext_lazy("督察岗位由督察室的两个人办，其他岗位由两位系统管理员办。")


DECIDED = {
    "agree": events.STAFF_CHANGED,
    "refuse": events.STAFF_CHANGE_REFUSED,
    "withdraw": events.STAFF_CHANGE_WITHDRAWN,
}


def decide(*, public_id: UUID, move: str, actor: Actor) -> tuple[StaffChange, str]:
    """Another one agrees, and it is done, or refuses; who proposed it withdraws. The token of a new invitation where the change makes
    one, else empty.

    NotAllowed for the wrong person and whom it concerns; InvalidInput where it is no longer possible (``start_post``).
    """
    _own_person(actor)
    with act():
        row = locked(visible_changes(actor), public_id)
        if not decides(actor, row):
            raise NotAllowed(str(WHO))
        settle(row, move, actor, not_by=(row.user_id,))
        token = _carry_out(row, actor) if row.state == ProposalState.AGREED else ""
        _record(DECIDED[move], row, actor)
    return row, token


def _carry_out(row: StaffChange, actor: Actor) -> str:
    if row.kind == Kind.START:
        _start(row, actor)
    elif row.kind == Kind.END:
        end_post(post_id=row.post_id or 0, actor=actor)
    elif row.kind == Kind.ENABLE:
        staff.enable_account(user=row.user, actor=actor, court_id=row.court_id)
    else:
        return staff.forget_password(user=row.user, actor=actor, court_id=row.court_id)
    return ""


def _start(row: StaffChange, actor: Actor) -> None:
    later = row.from_on is not None and row.from_on > clock.today()
    start_post(
        user_id=row.user_id,
        court_id=row.court_id,
        role=Role(row.role),
        division=row.division,
        actor=actor,
        starts_at=clock.start_of_day(row.from_on) if later and row.from_on else None,
        ends_at=clock.end_of_day(row.until_on) if row.until_on else None,
        deputy=row.deputy,
    )


def decides(actor: Actor, row: StaffChange) -> bool:
    """Whether the actor's office decides about it at all. One query for what is about a person."""
    if row.kind == Kind.START:
        return _keeps(actor, walled=row.role == Role.DISCIPLINE)
    if row.kind == Kind.END and row.post is not None:
        return _keeps(actor, walled=row.post.role == Role.DISCIPLINE)
    return _keeps(actor, walled=is_walled_off(row.user))


def _keeps(actor: Actor, *, walled: bool) -> bool:
    """Posts and accounts of the discipline office are its own; all others are the administrators'."""
    return allows(actor, "people.keep") and (actor.role == Role.DISCIPLINE) == walled


def _person(user_id: UUID, actor: Actor) -> User:
    _own_person(actor)
    user = visible_person(actor, user_id) if allows(actor, "people.keep") else None
    if user is None:
        raise NotVisible(_("没有这个页面。"))
    return user


def _own_person(actor: Actor) -> None:
    """A supplier's administrator looks after machines, not after people (SEC-63)."""
    if User.objects.filter(pk=actor.user_id or 0).exclude(company="").exists():
        raise NotAllowed(_("人员和岗位由本院自己的人管理。"))


def _record(name: str, row: StaffChange, actor: Actor) -> None:
    emit(
        name,
        subject=row,
        actor=actor,
        stream=f"person:{row.user.public_id}",
        court_id=row.court_id,
        user=row.user_id,
        kind=row.kind,
        role=row.role or (row.post.role if row.post else ""),
    )
