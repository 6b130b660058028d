"""Accounts of people who come to the counter or are visited at home; they take them over by signing in (UX 代录)."""

from __future__ import annotations

import uuid

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from accounts import events
from accounts.models import IdKind, RealNameLevel, User, UserKind
from common import clock, crypto, identity
from common.actor import Actor
from common.errors import InvalidInput, NotAllowed
from eventlog.services import act, emit

MADE_AT_COUNTER = "c-"
"""User names of accounts that a member of staff opened; nobody has signed in to one without a phone."""


def account_at_counter(*, name: str, id_kind: IdKind, id_number: str, phone: str, actor: Actor) -> User:
    """The account of the person who stands at the counter: by checked identity, else by phone, else a new one that is not
    verified. ``phone`` may be empty.

    Raises InvalidInput when the phone belongs to somebody with another checked identity, or the number is not well formed.
    """
    if not actor.is_staff:
        raise NotAllowed(_("只有工作人员可以代录。"))
    checked = identity.check(id_kind, id_number, today=clock.today())
    if not checked.valid:
        raise InvalidInput(checked.message, id_number=checked.message)
    index = crypto.blind_index("id_number", checked.normalized)
    with act():
        public = User.objects.filter(kind=UserKind.PUBLIC, is_active=True)
        known = public.filter(id_number_index=index, name=name).order_by("-real_name_level", "id").first()
        if known is not None:
            return known
        by_phone = User.objects.by_phone(phone).first() if phone else None
        if by_phone is not None and by_phone.real_name_level == RealNameLevel.REAL_NAME:
            message = _("这个手机号已经是别人的账号。请核对号码，没有别的号码可以不填")
            raise InvalidInput(message, phone=message)
        if by_phone is not None:
            return by_phone
        unique = uuid.uuid4().hex
        user = User.objects.create(
            kind=UserKind.PUBLIC,
            username=f"{MADE_AT_COUNTER}{unique}",
            name=name,
            phone=phone,
            phone_index=crypto.blind_index("phone", phone)
            if phone
            else crypto.keyed_hash("no-phone", unique),
            id_kind=id_kind,
            id_number=checked.normalized,
            id_number_index=index,
            password=make_password(None),
            created_at=clock.now(),
        )
        emit(events.SIGNED_UP, subject=user, actor=actor, stream=f"person:{user.public_id}")
    return user


def accounts_to_take_over(user: User) -> list[User]:
    """Unverified accounts that staff opened for exactly this checked person: same number, same name. One query."""
    if user.real_name_level != RealNameLevel.REAL_NAME or not user.id_number_index:
        return []
    opened = User.objects.filter(
        kind=UserKind.PUBLIC,
        username__startswith=MADE_AT_COUNTER,
        real_name_level=RealNameLevel.PHONE,
        id_number_index=user.id_number_index,
        name=user.name,
    )
    return list(opened.exclude(pk=user.pk))
