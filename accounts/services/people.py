"""Sign-in, sign-up, real-name level and the role of a session."""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.utils.translation import gettext as _

from accounts import events
from accounts.models import IdKind, OutsideWay, RealNameLevel, User, UserKind
from accounts.services import guessing, outside
from accounts.services.factors import live_factors
from accounts.services.phones import SIGNED_IN_WITH, finish_due
from common import clock, crypto, identity, security
from common.actor import Actor, Kind, Role
from common.errors import InvalidInput
from eventlog.services import act, emit


@lru_cache(maxsize=1)
def _unknown_password() -> str:
    """A hash of the configured kind that fits no password, for names that do not exist."""
    return make_password("no such user")


def person_actor(user: User, role: Role, **more: object) -> Actor:
    """The actor for a signed-in member of the public."""
    return Actor(kind=Kind.PUBLIC, role=role, user_id=user.pk, **more)  # type: ignore[arg-type]


def sign_in_by_phone(*, phone: str, channel: str = "web") -> User:
    """The account of a phone number whose code was just checked; made on first sign-in (public accounts only, SEC-15)."""
    with act():
        index = crypto.blind_index("phone", phone)
        user, created = User.objects.get_or_create(
            kind=UserKind.PUBLIC,
            phone_index=index,
            defaults={
                "username": f"{SIGNED_IN_WITH}{uuid.uuid4().hex}",
                "phone": phone,
                "password": make_password(None),
                "created_at": clock.now(),
            },
        )
        if not user.is_active:
            raise InvalidInput(_("这个账号已停用，请拨12368。"))
        actor = person_actor(user, Role.LITIGANT, channel=channel)
        name = events.SIGNED_UP if created else events.SIGNED_IN
        emit(name, subject=user, actor=actor, stream=f"person:{user.public_id}")
    return user


def staff_by_password(*, username: str, password: str, address: str) -> User | None:
    """The member of staff, or None; same work for known and unknown names (SEC-06), guesses counted per account, address and pair (SEC-05).

    Nobody is signed in yet: the second step follows, then :func:`record_staff_sign_in`.
    """
    guess = guessing.begin(username, address)
    user = User.objects.filter(kind=UserKind.STAFF, username=username).first()
    stored = user.password if user else _unknown_password()
    if not check_password(password, stored) or user is None or not user.can_sign_in():
        guess.wrong()
        return None
    guess.right()
    return user


def public_by_password(*, phone: str, password: str, address: str) -> User | None:
    """The account of a phone number and its password, signed in on record; None in every other case, with the same work (SEC-06).

    Raises TooManyRequests while the pair of number and address waits (SEC-05).
    """
    guess = guessing.begin_public(phone, address)
    finish_due(phone=phone)
    user = User.objects.by_phone(phone).first()
    stored = user.password if user and user.has_usable_password() else _unknown_password()
    if not check_password(password, stored) or user is None or not user.can_sign_in():
        guess.wrong()
        return None
    guess.right()
    with act():
        actor = person_actor(user, Role.LITIGANT)
        emit(events.SIGNED_IN, subject=user, actor=actor, stream=f"person:{user.public_id}", way="password")
    return user


def public_by_outside(*, way: OutsideWay, identity: str) -> User | None:
    """The account of the public that let this identity outside in, signed in on record (docs/adr/0040). None for one that nobody has
    bound, and all the same for an account that is switched off or one of staff (SEC-06)."""
    known = outside.holder_of(way, identity)
    if known is not None and known.phone:
        finish_due(phone=known.phone)  # another phone from a counter ends it
    with act():
        user = _let_in(way, identity, UserKind.PUBLIC)
        if user is not None:
            actor = person_actor(user, Role.LITIGANT)
            emit(events.SIGNED_IN, subject=user, actor=actor, stream=f"person:{user.public_id}", way=way)
    return user


def staff_by_outside(*, way: OutsideWay, identity: str) -> User | None:
    """The member of staff that let this identity outside in, for whom it replaces the password and nothing else: the second step
    follows, then :func:`record_staff_sign_in`. None as above, and for who has no second step yet: that is set up after the password."""
    user = _let_in(way, identity, UserKind.STAFF)
    if user is None or (settings.STAFF_SECOND_FACTOR and not live_factors(user.pk).exists()):
        return None
    return user


def _let_in(way: OutsideWay, identity: str, kind: UserKind) -> User | None:
    user = outside.holder_of(way, identity)
    if user is not None and user.kind == kind and user.can_sign_in():
        return user
    security.note("sign_in_failed", door=str(way), tried=security.stand_in("tried", identity))
    return None


def staff_themselves(user: User) -> Actor:
    """A member of staff before a post is chosen: who signs in, and sets up how."""
    return Actor(kind=Kind.STAFF, user_id=user.pk, name=user.name, staff_no=user.staff_no)


def record_staff_sign_in(user: User, *, factor: str, way: str = "") -> None:
    """Put a sign-in on record in the person's stream, with the kind of the second step (empty where there is none) and what came in
    place of the password."""
    with act():
        stream = f"person:{user.public_id}"
        instead: dict[str, Any] = {"way": way} if way else {}
        emit(
            events.SIGNED_IN,
            subject=user,
            actor=staff_themselves(user),
            stream=stream,
            factor=factor,
            **instead,
        )


def record_step_up(user: User, *, actor: Actor) -> None:
    """Put on record that somebody proved himself anew before an important act (SEC-08)."""
    with act():
        emit(events.STEPPED_UP, subject=user, actor=actor, stream=f"person:{user.public_id}")


def switch_role(*, user: User, role: Role, actor: Actor) -> None:
    """Record that a person goes on in another role (lawyer or litigant)."""
    if role == Role.LAWYER and not user.is_lawyer:
        raise InvalidInput(_("这个账号没有律师身份。"))
    with act():
        emit(
            events.ROLE_SWITCHED,
            subject=user,
            actor=actor,
            stream=f"person:{user.public_id}",
            role=role,
        )


def verify_real_name(
    *, user_id: int, name: str, id_kind: IdKind, id_number: str, actor: Actor, basis: str = "register"
) -> User:
    """Record name and identity number of an account that were confirmed by the register, or at the counter (``basis``); who
    asks stands in ``accounts.services.real_names`` (SEC-09). The number must be well formed for its kind.

    Raises InvalidInput with field messages; a person who already has a real name cannot change it here.
    """
    checked = identity.check(id_kind, id_number, today=clock.today())
    if not checked.valid:
        raise InvalidInput(checked.message, id_number=checked.message)
    with act():
        user = User.objects.select_for_update(no_key=True).get(pk=user_id)
        if user.real_name_level == RealNameLevel.REAL_NAME:
            raise InvalidInput(_("您已经实名。姓名或证件有变化，请到法院窗口办理。"))
        user.name, user.id_kind, user.id_number = name, id_kind, checked.normalized
        user.id_number_index = crypto.blind_index("id_number", checked.normalized)
        user.real_name_level = RealNameLevel.REAL_NAME
        user.save(update_fields=["name", "id_kind", "id_number", "id_number_index", "real_name_level"])
        emit(events.VERIFIED, subject=user, actor=actor, stream=f"person:{user.public_id}", basis=basis)
    return user


SUPPLIERS_STAY = timedelta(days=30)


def register_staff(
    *, username: str, password: str | None, name: str, staff_no: str, actor: Actor, company: str = ""
) -> User:
    """A staff account; rights come only from posts. Staff are invited, they never sign up (SEC-15). Without a password nobody
    signs in; the account of a supplier's (``company``) ends by itself after 30 days (SEC-63)."""
    with act():
        now = clock.now()
        user = User.objects.create(
            kind=UserKind.STAFF,
            username=username,
            name=name,
            staff_no=staff_no,
            password=make_password(password),
            created_at=now,
            password_set_at=now if password else None,
            company=company,
            valid_until=now + SUPPLIERS_STAY if company else None,
        )
        emit(events.SIGNED_UP, subject=user, actor=actor, stream=f"person:{user.public_id}")
    return user
