"""Real names: the register is asked, what it cannot say now is asked again, what it cannot know is shown at the counter (SEC-09)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts import events
from accounts.access import allows
from accounts.models import (
    OPEN_STATES,
    REAL_NAME_CHECK_FLOW,
    IdKind,
    RealNameCheck,
    RealNameLevel,
    RealNameState,
    User,
    UserKind,
)
from accounts.services.limits import forget, limit
from accounts.services.people import verify_real_name
from common import clock, crypto, identity
from common.actor import Actor, system
from common.errors import GatewayUnavailable, InvalidInput, NotAllowed
from common.gateways import registers
from common.gateways.registers import Answer
from eventlog.services import act, emit

DAY, HOUR = 24 * 3600, 3600
TRIES_OF_ACCOUNT, TRIES_OF_ADDRESS, CONFIRMED_AN_HOUR = 5, 60, 60
AT_ONCE = 100
RESIDENT = (IdKind.ID_CARD, IdKind.RESIDENCE_PERMIT)
"""Papers whose numbers the register holds. Of others it may know nothing; then a clerk looks at the paper."""
JOB = system("实名核验")


@dataclass(frozen=True)
class Typed:
    """What the person says: name, kind and number of the paper."""

    name: str
    id_kind: str
    id_number: str

    @property
    def index(self) -> str:
        return crypto.blind_index("id_number", self.id_number)


def open_check(user: User) -> RealNameCheck | None:
    """What this account waits for. One query."""
    return RealNameCheck.objects.filter(user=user, state__in=OPEN_STATES).first()


def prove_real_name(
    *, user_id: int, name: str, id_kind: str, id_number: str, address: str, actor: Actor
) -> RealNameCheck | None:
    """Ask the register whether name and number belong together. None when they do: then the account has its real name.

    Otherwise what it waits for now: the register (asked again by a job), or the counter. A later answer of the person takes
    the place of an earlier one. InvalidInput when they do not belong together, with one sentence for every reason;
    TooManyRequests after five tries of an account or sixty of an address within a day.
    """
    checked = identity.check(id_kind, id_number, today=clock.today())
    if not checked.valid:
        raise InvalidInput(checked.message, id_number=checked.message)
    typed = Typed(name, id_kind, checked.normalized)
    _refuse_second(User.objects.get(pk=user_id))
    often = _("今天核对的次数太多了。请明天再试，或带证件到法院窗口办理。")
    limit(f"real-name:{user_id}", DAY, TRIES_OF_ACCOUNT, often)
    limit(f"real-name-address:{address}", DAY, TRIES_OF_ADDRESS, often)
    try:
        answer = registers.person(typed.id_kind, typed.name, typed.id_number)
    except GatewayUnavailable:
        answer = Answer.LATER
    with act():
        user = User.objects.select_for_update(no_key=True).get(pk=user_id)
        _refuse_second(user)
        for older in RealNameCheck.objects.filter(user=user, state__in=OPEN_STATES):
            _close(older, "withdraw")
        state = _state_for(answer, typed.id_kind)
        if state == RealNameState.CONFIRMED:
            _record(user, typed, "register", actor)
        elif state == RealNameState.REFUSED:
            _emit(events.REAL_NAME_REFUSED, user, actor)
        else:
            check = _keep(user, typed, state)
            _emit(events.REAL_NAME_WAITS, user, actor, at=state)
            return check
    if state == RealNameState.REFUSED:
        raise InvalidInput(_no_match())
    forget(f"real-name:{user_id}", DAY)
    return None


def ask_again() -> int:
    """Ask the register anew for everybody who waits and is due; gives how many were decided. Safe to run twice and in parallel.

    A register that does not answer ends the run; who was asked for in vain is asked for later, the others stay due.
    """
    decided = 0
    due = RealNameCheck.objects.filter(state=RealNameState.WAITING, next_at__lte=clock.sql_now())
    for check in due.order_by("next_at", "id")[:AT_ONCE]:
        try:
            answer = registers.person(check.id_kind, check.name, check.id_number)
        except GatewayUnavailable:
            _settle(check, Answer.LATER)
            break
        decided += _settle(check, answer)
    return decided


def _settle(known: RealNameCheck, answer: Answer) -> bool:
    """Decide what waits by the register's answer; False when it goes on waiting or somebody else decided it."""
    with act():
        user = User.objects.select_for_update(no_key=True).get(pk=known.user_id)
        check = RealNameCheck.objects.select_for_update(no_key=True).get(pk=known.pk)
        if check.state != RealNameState.WAITING or check.tries != known.tries:
            return False
        if user.real_name_level == RealNameLevel.REAL_NAME:
            _close(check, "withdraw")
            return True
        state = _state_for(answer, check.id_kind)
        if state == RealNameState.WAITING:
            check.tries += 1
            check.next_at = clock.now() + _pause(check.tries)
            check.save(update_fields=["tries", "next_at"])
            return False
        if state == RealNameState.CONFIRMED:
            _record(user, Typed(check.name, check.id_kind, check.id_number), "register", JOB)
            _close(check, "confirm")
        elif state == RealNameState.REFUSED:
            _close(check, "refuse")
            _emit(events.REAL_NAME_REFUSED, user, JOB)
        else:
            REAL_NAME_CHECK_FLOW.move(check, "to_counter")
            check.save(update_fields=["state"])
            _emit(events.REAL_NAME_WAITS, user, JOB, at=state)
    return True


def confirm_at_counter(*, phone: str, name: str, id_kind: str, id_number: str, actor: Actor) -> User:
    """A clerk has seen the paper and the person: the account that waits gets its real name.

    The phone is the account's, so that nobody else who typed the same name and number is confirmed in his place.
    InvalidInput when nobody waits with exactly these, NotAllowed for others, TooManyRequests above sixty an hour.
    """
    if not allows(actor, "identity.confirm"):
        raise NotAllowed(_("证件由立案窗口核对。"))
    limit(f"identity-counter:{actor.post_id}", HOUR, CONFIRMED_AN_HOUR, _("核对次数太多，请过一会儿再试。"))
    typed = Typed(name, id_kind, identity.normalize(id_number))
    with act():
        account = User.objects.filter(
            kind=UserKind.PUBLIC, is_active=True, phone_index=crypto.blind_index("phone", phone)
        )
        user = account.select_for_update(no_key=True).first()
        waiting = RealNameCheck.objects.filter(user=user, state__in=OPEN_STATES)
        check = waiting.filter(name=name, id_kind=id_kind, id_number_index=typed.index).first()
        if user is None or check is None or user.real_name_level == RealNameLevel.REAL_NAME:
            raise InvalidInput(
                _("没有找到等着核对的人。请本人先用这个手机号登录，填好姓名和证件，再照证件逐项核对。")
            )
        user = _record(user, typed, "counter", actor)
        _close(check, "confirm")
    return user


def _state_for(answer: Answer, id_kind: str) -> RealNameState:
    """A resident's number that nobody has is told like one that somebody else has."""
    if answer == Answer.UNKNOWN and id_kind not in RESIDENT:
        return RealNameState.COUNTER
    waiting = {Answer.MATCH: RealNameState.CONFIRMED, Answer.LATER: RealNameState.WAITING}
    return waiting.get(answer, RealNameState.REFUSED)


def _keep(user: User, typed: Typed, state: RealNameState) -> RealNameCheck:
    now = clock.now()
    return RealNameCheck.objects.create(
        user=user,
        name=typed.name,
        id_kind=typed.id_kind,
        id_number=typed.id_number,
        id_number_index=typed.index,
        state=state,
        asked_at=now,
        next_at=now + _pause(0),
    )


def _pause(tries: int) -> timedelta:
    """One minute, doubled with each try, at most an hour."""
    return timedelta(minutes=min(60, 2 ** min(tries, 6)))


def _close(check: RealNameCheck, move: str) -> None:
    REAL_NAME_CHECK_FLOW.move(check, move)
    check.name, check.id_number, check.id_number_index = "", "", ""
    check.decided_at = clock.now()
    check.save(update_fields=["state", "name", "id_number", "id_number_index", "decided_at"])


def _record(user: User, typed: Typed, basis: str, actor: Actor) -> User:
    return verify_real_name(
        user_id=user.pk, name=typed.name, id_kind=IdKind(typed.id_kind), id_number=typed.id_number,
        basis=basis, actor=actor,
    )  # fmt: skip


def _emit(name: str, user: User, actor: Actor, **data: Any) -> None:
    emit(name, subject=user, actor=actor, stream=f"person:{user.public_id}", **data)


def _refuse_second(user: User) -> None:
    if user.real_name_level == RealNameLevel.REAL_NAME:
        raise InvalidInput(_("您已经实名。姓名或证件有变化，请到法院窗口办理。"))


def _no_match() -> str:
    return _("核对不上，请检查姓名和证件号码")
