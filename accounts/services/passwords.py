"""Rules of passwords (SEC-01): length, the shipped list of common ones, local words; for staff what a court's assessors may ask for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts import events
from accounts.models import User, UserKind
from common import clock
from common.actor import Actor
from common.errors import InvalidInput, NotAllowed
from eventlog.services import act, emit

PUBLIC_SHORTEST, STAFF_SHORTEST, LONGEST = 8, 12, 128
OF_THEIR_OWN = 4
"""So many letters or digits must be left of a password when the words that everybody here would guess are taken out."""
LOCAL_WORDS = (
    "人民法院", "法院", "法庭", "诉讼服务", "诉讼", "码上通", "密码",
    "mashangtong", "renminfayuan", "fayuan", "susong", "court", "mima", "password", "admin",
)  # fmt: skip
Names = Callable[[], Iterable[str]]
_court_names: Names | None = None
_common = CommonPasswordValidator()


def use_court_names(names: Names) -> None:
    """``courts`` hands in what its courts are called; this app lies below it."""
    global _court_names
    _court_names = names


def check_new_password(user: User, password: str) -> None:
    """InvalidInput for ``password`` when it is too short or long, common, or little but words that everybody would guess.

    Any character counts, blanks and pictures too. Asks the names of the courts with one query.
    """
    staff = user.kind == UserKind.STAFF
    shortest = STAFF_SHORTEST if staff else PUBLIC_SHORTEST
    if len(password) < shortest:
        _refuse(_("密码至少要%(count)s个字符，可以是一句话") % {"count": shortest})
    if len(password) > LONGEST:
        _refuse(_("密码最多128个字符"))
    try:
        _common.validate(password)
    except ValidationError:
        _refuse(_("这个密码太多人用，很容易被猜到，请换一个"))
    if _own_part(user, password) < OF_THEIR_OWN:
        _refuse(_("密码里大部分是姓名、手机号、用户名或法院的名称，很容易被猜到，请换一个"))
    if staff and settings.STAFF_PASSWORD_COMPLEX and not _is_complex(password):
        _refuse(_("密码里大写字母、小写字母、数字、其他符号，至少要有三种"))


def _refuse(message: str) -> None:
    raise InvalidInput(message, password=message)


def _own_part(user: User, password: str) -> int:
    """How many letters and digits are left without the local words."""
    names = (user.name, user.username, user.staff_no, user.phone, settings.SERVICE_NAME)
    words = {*LOCAL_WORDS, *names, *(_court_names() if _court_names else ())}
    left = password.casefold()
    for word in sorted((word.casefold() for word in words if len(word) > 1), key=len, reverse=True):
        left = left.replace(word, "")
    return len(set(re.findall(r"[^\s\-_.,!?@#*·，。！？]", left)))


def _is_complex(password: str) -> bool:
    kinds = (str.isupper, str.islower, str.isdigit, lambda char: not char.isalnum())
    return sum(any(kind(char) for char in password) for kind in kinds) >= 3


def change_own(*, user_id: int, password: str, actor: Actor) -> User:
    """The owner, freshly proven, sets or changes the password; every sign-in ends, his own until its session is renewed.

    InvalidInput for a bad one, NotAllowed for somebody else's.
    """
    if actor.user_id != user_id or not (actor.is_staff or actor.is_public):
        raise NotAllowed(_("密码由本人设置。"))
    with act():
        user = User.objects.select_for_update(no_key=True).get(pk=user_id)
        check_new_password(user, password)
        if user.has_usable_password() and check_password(password, user.password):
            _refuse(_("新密码和现在的一样，请换一个"))
        set_password(user, password)
        emit(events.PASSWORD_SET, subject=user, actor=actor, stream=f"person:{user.public_id}", user=user.pk)
    return user


def give_up(*, user_id: int, actor: Actor) -> User:
    """Somebody of the public signs in with codes only from now on. NotAllowed for staff."""
    if actor.user_id != user_id or not actor.is_public:
        raise NotAllowed(_("工作人员的密码不能取消。"))
    with act():
        user = User.objects.select_for_update(no_key=True).get(pk=user_id)
        end_password(user, actor)
    return user


def end_password(user: User, actor: Actor) -> None:
    """From now on a locked account signs in with codes only. Inside an act."""
    user.set_unusable_password()
    user.password_set_at = None
    user.save(update_fields=["password", "password_set_at"])
    emit(events.PASSWORD_ENDED, subject=user, actor=actor, stream=f"person:{user.public_id}")


def set_password(user: User, password: str) -> None:
    """Store a checked password of a locked row; every sign-in of the account ends with it (SEC-07)."""
    user.password, user.password_set_at = make_password(password), clock.now()
    user.save(update_fields=["password", "password_set_at"])


def must_change(user: User) -> bool:
    """Whether the court's installation asks for a new staff password after so many days, and these are over."""
    days = settings.STAFF_PASSWORD_DAYS
    if not days or user.kind != UserKind.STAFF:
        return False
    return clock.process_now() - (user.password_set_at or user.created_at) > timedelta(days=days)
