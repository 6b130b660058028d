"""Another phone for an account: by its owner, or at the counter when the phone is gone (docs/adr/0028)."""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts import events
from accounts.access import allows
from accounts.models import (
    ACCOUNT_PHONE_CHANGE_FLOW,
    AccountPhoneChange,
    IdKind,
    PhoneChangeState,
    PhoneChangeWay,
    RealNameLevel,
    User,
    UserKind,
)
from accounts.services import outside
from accounts.services.limits import limit
from accounts.services.passwords import end_password
from accounts.services.sessions import end_sign_ins
from accounts.services.tokens import revoke_all
from common import clock, crypto, identity, keyed
from common.actor import Actor, system
from common.errors import Conflict, InvalidInput, NotAllowed, NotVisible
from eventlog.services import act, emit

WAIT = timedelta(hours=24)
"""From the counter to the moment in which the new number counts: time for the owner to say no."""
NO_PAYEE = timedelta(hours=24)
"""So long after a change nobody says with this account where money goes."""
LOOKS_AN_HOUR = 20
SIGNED_IN_WITH = "p-"
"""User names of accounts that began with a phone; the rest is random."""


def change_own(*, user_id: int, phone: str, actor: Actor) -> User:
    """The owner, freshly proven by the old phone, has read a code at the new one: it counts at once, and every sign-in ends.

    A number that another account has: that account loses it and keeps everything else; the two are never merged. InvalidInput for
    the number one has, NotAllowed for somebody else's account.
    """
    if actor.user_id != user_id or not actor.is_public:
        raise NotAllowed(_("手机号由本人换。"))
    with act():
        user = _locked(user_id)
        _check_other(user, phone)
        _stop_waiting(user, actor)
        now = clock.now()
        row = AccountPhoneChange.objects.create(
            user=user,
            way=PhoneChangeWay.SELF,
            old_phone=user.phone,
            old_phone_index=user.phone_index,
            new_phone=phone,
            new_phone_index=crypto.blind_index("phone", phone),
            asked_at=now,
            takes_effect_at=now,
        )
        return _complete(row, actor)


def person_at_counter(
    *, name: str, id_kind: IdKind, id_number: str, actor: Actor, login_phone: str = ""
) -> User:
    """The account of a real-named person whose paper the clerk has in his hand: name and number exactly. At most twenty looks an hour.

    Of several accounts of one person ``login_phone`` says which: the number he signed in with, also one that is another's now.
    InvalidInput when there is none, or several and no number tells them apart; NotAllowed for who is no clerk. Call it outside an act.
    """
    _check_clerk(actor)
    limit(f"lost-phone:{actor.user_id}", 3600, LOOKS_AN_HOUR, _("核对的次数太多，请过一会儿再试。"))
    checked = identity.check(id_kind, id_number, today=clock.today())
    if not checked.valid:
        raise InvalidInput(checked.message, id_number=checked.message)
    found = list(
        User.objects.filter(
            kind=UserKind.PUBLIC,
            real_name_level=RealNameLevel.REAL_NAME,
            is_active=True,
            id_kind=id_kind,
            id_number_index=crypto.blind_index("id_number", checked.normalized),
            name=name,
        ).order_by("id")
    )
    if not found:
        message = _("没有姓名和证件号码都一致的实名账号。请对照证件核对")
        raise InvalidInput(message, id_number=message)
    return found[0] if len(found) == 1 and not login_phone else _the_one_meant(found, login_phone)


def _the_one_meant(found: list[User], login_phone: str) -> User:
    """A number that none of them has now is taken for the lost one of the only account without a number."""
    if not login_phone:
        message = _("这个人有不止一个实名账号。请填他要办的那个账号原来登录用的手机号")
        raise InvalidInput(message, login_phone=message)
    index = crypto.blind_index("phone", login_phone)
    with_it = [user for user in found if keyed.alike(keyed.INDEX, user.phone_index, index)]
    fits = with_it or [user for user in found if not user.phone]
    if len(fits) != 1:
        message = _("按这个手机号找不到他的账号。请本人想一想原来登录用的是哪个号码")
        raise InvalidInput(message, login_phone=message)
    return fits[0]


def begin_at_counter(*, user_id: int, phone: str, actor: Actor) -> AccountPhoneChange:
    """The clerk has checked the paper, and the person has read out the code that came to the new number: it counts in 24 hours.

    Both numbers are told; the owner stops it from any sign-in, or with the code of the text at a counter. Conflict while one waits.
    """
    _check_clerk(actor)
    code = f"{secrets.randbelow(10**8):08d}"
    with act():
        user = _locked(user_id)
        _check_other(user, phone)
        if waiting_of(user) is not None:
            raise Conflict(_("这个账号已经有一次换号在等待生效。"), code="phone_change_waits")
        now = clock.now()
        row = AccountPhoneChange.objects.create(
            user=user,
            way=PhoneChangeWay.COUNTER,
            old_phone=user.phone,
            old_phone_index=user.phone_index,
            new_phone=phone,
            new_phone_index=crypto.blind_index("phone", phone),
            asked_at=now,
            takes_effect_at=now + WAIT,
            asked_by_id=actor.user_id,
            court_id=actor.court_id,
            stop_code=code,
            stop_code_hash=_code_hash(code),
        )
        _record(events.PHONE_CHANGE_ASKED, row, actor)
    return row


def stop_own(*, user_id: int, actor: Actor) -> None:
    """The owner is signed in and says no. NotVisible when nothing waits."""
    with act():
        row = _open(AccountPhoneChange.objects.filter(user_id=user_id))
        if row is None or actor.user_id != user_id:
            raise NotVisible(_("没有等待生效的换号。"))
        _stop(row, actor)


def stop_by_code(*, code: str, actor: Actor) -> None:
    """Somebody at a counter shows the text that came to the old number. InvalidInput for a code that stops nothing."""
    _check_clerk(actor)
    limit(f"stop-phone:{actor.user_id}", 3600, LOOKS_AN_HOUR, _("核对的次数太多，请过一会儿再试。"))
    with act():
        row = _open(AccountPhoneChange.objects.filter(stop_code_hash=_code_hash(code)))
        if row is None:
            message = _("没有等待生效的换号用这个停止码。请核对短信")
            raise InvalidInput(message, code=message)
        _stop(row, actor)


def finish_due(*, phone: str = "") -> int:
    """What has waited its day takes effect; with ``phone`` only what is about this number, before somebody signs in with it. How many."""
    due = AccountPhoneChange.objects.filter(
        state=PhoneChangeState.WAITING, takes_effect_at__lte=clock.sql_now()
    )
    if phone:
        index = crypto.blind_index("phone", phone)
        due = due.filter(Q(new_phone_index=index) | Q(user__phone_index=index))
    done = 0
    for pk in list(due.order_by("id").values_list("pk", flat=True)):
        with act():
            row = _open(AccountPhoneChange.objects.filter(pk=pk))
            if row is not None:
                _complete(row, system(str(_("换手机号"))))
                done += 1
    return done


def waiting_of(user: User) -> AccountPhoneChange | None:
    """What waits for this account."""
    return AccountPhoneChange.objects.filter(user=user, state=PhoneChangeState.WAITING).first()


def visible_phone_changes(actor: Actor) -> QuerySet[AccountPhoneChange]:
    """What the clerks of the actor's court entered."""
    if actor.court_id is None or not allows(actor, "phone.restore"):
        return AccountPhoneChange.objects.none()
    rows = AccountPhoneChange.objects.filter(court_id=actor.court_id)
    return rows.select_related("user", "asked_by").order_by("-id")


def changed_lately(user_id: int) -> bool:
    """Whether the account has had another phone for less than a day: a thief of a number is not to take money with it."""
    since = clock.sql_now() - NO_PAYEE
    done = AccountPhoneChange.objects.filter(user_id=user_id, state=PhoneChangeState.DONE)
    return done.filter(ended_at__gt=since).exists()


def _complete(row: AccountPhoneChange, actor: Actor) -> User:
    """The new number counts: who else has it loses it, all sign-ins of both end, and codes of old copies with the old number."""
    holder = (
        User.objects.filter(kind=UserKind.PUBLIC, phone_index=row.new_phone_index)
        .exclude(pk=row.user_id)
        .first()
    )
    if holder is not None:
        _release(_locked(holder.pk), actor)
    user = _locked(row.user_id)
    user.phone, user.phone_index = row.new_phone, row.new_phone_index
    if user.username.startswith(SIGNED_IN_WITH):
        user.username = f"{SIGNED_IN_WITH}{uuid.uuid4().hex}"
    user.save(update_fields=["phone", "phone_index", "username"])
    user.session_epoch = end_sign_ins(user_id=user.pk)
    if row.way == PhoneChangeWay.COUNTER:  # WeChat was on the phone that is gone (docs/adr/0040)
        _end_shortcuts(user, actor, court_id=row.court_id)
    ACCOUNT_PHONE_CHANGE_FLOW.move(row, "complete")
    row.ended_at = clock.now()
    row.save(update_fields=["state", "ended_at"])
    _record(events.PHONE_CHANGED, row, actor)
    return user


def _release(holder: User, actor: Actor) -> None:
    """The account of somebody whose number is another's now: it waits for its owner at a counter."""
    unique = uuid.uuid4().hex
    holder.phone, holder.phone_index = "", crypto.keyed_hash("no-phone", unique)
    if holder.username.startswith(SIGNED_IN_WITH):
        holder.username = f"r-{unique}"
    holder.save(update_fields=["phone", "phone_index", "username"])
    end_sign_ins(user_id=holder.pk)
    _end_shortcuts(holder, actor)
    emit(events.PHONE_LOST, subject=holder, actor=actor, stream=f"person:{holder.public_id}", user=holder.pk)


def _end_shortcuts(user: User, actor: Actor, court_id: int | None = None) -> None:
    """Whoever had the phone may have made them. Feeds, webhooks and addresses of notices end with the event (``notifications``)."""
    if user.has_usable_password():
        end_password(user, actor)
    outside.end_all(user=user, actor=actor, why="phone", court_id=court_id)
    revoke_all(user=user, actor=actor)


def _stop(row: AccountPhoneChange, actor: Actor) -> None:
    ACCOUNT_PHONE_CHANGE_FLOW.move(row, "stop")
    row.ended_at = clock.now()
    row.save(update_fields=["state", "ended_at"])
    _record(events.PHONE_CHANGE_STOPPED, row, actor)


def _stop_waiting(user: User, actor: Actor) -> None:
    row = _open(AccountPhoneChange.objects.filter(user=user))
    if row is not None:
        _stop(row, actor)


def _open(rows: QuerySet[AccountPhoneChange]) -> AccountPhoneChange | None:
    rows = rows.select_related("user").select_for_update(of=("self",), no_key=True)
    return rows.filter(state=PhoneChangeState.WAITING).first()


def _locked(user_id: int) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=user_id, kind=UserKind.PUBLIC)


def _check_other(user: User, phone: str) -> None:
    if keyed.alike(keyed.INDEX, user.phone_index, crypto.blind_index("phone", phone)):
        message = _("这就是现在用的手机号")
        raise InvalidInput(message, phone=message)


def _check_clerk(actor: Actor) -> None:
    if actor.court_id is None or not allows(actor, "phone.restore"):
        raise NotAllowed(_("丢了手机的人由立案窗口核对证件后换号。"))


def _code_hash(code: str) -> str:
    return crypto.keyed_hash("stop-phone", code)


def _record(name: str, row: AccountPhoneChange, actor: Actor) -> None:
    stream = f"person:{row.user.public_id}"
    emit(name, subject=row, actor=actor, stream=stream, court_id=row.court_id, user=row.user_id)
