"""The second step of a staff sign-in: an app's codes (RFC 6238), security keys (WebAuthn), recovery codes (SEC-04, docs/adr/0023)."""

from __future__ import annotations

import json
import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

import pyotp
import webauthn
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import PublicKeyCredentialDescriptor

from accounts import events
from accounts.models import FactorKind, RecoveryCode, SecondFactor, User, UserKind
from accounts.services.limits import count, limit
from common import clock, crypto, security
from common.actor import Actor
from common.errors import Conflict, InvalidInput, NotAllowed, NotVisible
from eventlog.services import act, emit

MOST_FACTORS, RECOVERY_CODES = 5, 10
TRIES, TRIES_SECONDS = 10, 900
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Of recovery codes: nothing that looks like something else."""
CHALLENGE = "webauthn"
CHALLENGE_SECONDS = 300
RECOVERY = "recovery"
"""How somebody proved himself who used a recovery code."""


# --- what a person has ---------------------------------------------------------------------------------------------
def live_factors(user_id: int) -> QuerySet[SecondFactor]:
    """Ways that work, oldest first."""
    return SecondFactor.objects.filter(user_id=user_id, ended_at=None).order_by("id")


def codes_left(user_id: int) -> int:
    """Recovery codes that are still good."""
    return RecoveryCode.objects.filter(user_id=user_id, ended_at=None).count()


def new_secret() -> str:
    """A shared secret for an app: 160 bits in Base32."""
    return pyotp.random_base32()


def app_address(user: User, secret: str) -> str:
    """What the QR code for an authenticator app says; it names the service and the account and lies in no database."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=settings.SERVICE_NAME)


def _owner(user_id: int, actor: Actor) -> User:
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if user.kind != UserKind.STAFF or actor.user_id != user.pk:
        raise NotAllowed(_("第二步验证由工作人员本人设置。"))
    return user


def _stream(user: User) -> str:
    return f"person:{user.public_id}"


def _add(user: User, actor: Actor, *, handle: str, **columns: object) -> SecondFactor:
    if live_factors(user.pk).count() >= MOST_FACTORS:
        raise InvalidInput(_("最多同时有5种验证方式，请先停用不用的。"))
    if SecondFactor.objects.filter(handle=handle).exists():
        raise Conflict(_("这种验证方式已经添加过了。"), code="factor_known")
    row = SecondFactor.objects.create(user=user, handle=handle, created_at=clock.now(), **columns)
    emit(events.FACTOR_ADDED, subject=row, actor=actor, stream=_stream(user), kind=str(row.kind))
    return row


# --- an app --------------------------------------------------------------------------------------------------------
def _step_of(secret: str, code: str, *, after: int) -> int | None:
    """The time step whose code this is, of the running one and its neighbours, if it is later than ``after``."""
    totp = pyotp.TOTP(secret)
    running = totp.timecode(clock.process_now())
    found = [
        step for step in (running - 1, running, running + 1) if crypto.same(totp.generate_otp(step), code)
    ]
    return next((step for step in found if step > after), None)


def add_app(*, user_id: int, secret: str, code: str, label: str, actor: Actor) -> SecondFactor:
    """Take an app into use: its first code proves that the secret arrived there. InvalidInput for a wrong code."""
    step = _step_of(secret, code, after=0)
    if step is None:
        message = _("验证码不对。请看手机的时间是不是自动校准的，再填应用里现在显示的6位数字")
        raise InvalidInput(message, code=message)
    with act():
        user = _owner(user_id, actor)
        handle = crypto.keyed_hash("factor", secret)
        return _add(user, actor, kind=FactorKind.APP, label=label, secret=secret, counter=step, handle=handle)


# --- a security key ------------------------------------------------------------------------------------------------
def _seal(user: User, challenge: bytes) -> str:
    until = clock.process_now() + timedelta(seconds=CHALLENGE_SECONDS)
    return crypto.encrypt(json.dumps([user.pk, challenge.hex(), until.isoformat()]), context=CHALLENGE)


def _open(user: User, sealed: str) -> bytes | None:
    """The challenge, once: None for somebody else's, for one that is over, and for one that was answered before."""
    try:
        user_id, challenge, until = json.loads(crypto.decrypt(sealed, context=CHALLENGE))
    except Exception:
        return None
    over = clock.process_now() > datetime.fromisoformat(until)
    if user_id != user.pk or over or count(f"challenge:{challenge}", 2 * CHALLENGE_SECONDS) > 1:
        return None
    return bytes.fromhex(challenge)


def _descriptors(user: User) -> list[PublicKeyCredentialDescriptor]:
    keys = live_factors(user.pk).filter(kind=FactorKind.KEY)
    return [PublicKeyCredentialDescriptor(id=webauthn.base64url_to_bytes(key.credential)) for key in keys]


def new_key_wish(user: User, *, host: str) -> tuple[str, str]:
    """For the browser: what it asks a new key (JSON), and the sealed challenge that comes back with the answer."""
    options = webauthn.generate_registration_options(
        rp_id=host.partition(":")[0],
        rp_name=settings.SERVICE_NAME,
        user_name=user.username,
        user_id=user.public_id.bytes,
        exclude_credentials=_descriptors(user),
    )
    return webauthn.options_to_json(options), _seal(user, options.challenge)


def add_key(
    *, user_id: int, answer: str, sealed: str, label: str, host: str, origin: str, actor: Actor
) -> SecondFactor:
    """Take a security key into use. InvalidInput when the answer does not fit what was asked."""
    challenge = _open(User.objects.get(pk=user_id), sealed)
    refused = InvalidInput(_("安全密钥没有登记成功，没有做任何改动。请再试一次。"))
    if challenge is None:
        raise refused
    try:
        found = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=host.partition(":")[0],
            expected_origin=origin,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise refused from error
    credential = bytes_to_base64url(found.credential_id)
    with act():
        user = _owner(user_id, actor)
        return _add(
            user,
            actor,
            kind=FactorKind.KEY,
            label=label,
            secret=bytes_to_base64url(found.credential_public_key),
            credential=credential,
            counter=found.sign_count,
            handle=crypto.keyed_hash("factor", credential),
        )


def key_wish(user: User, *, host: str) -> tuple[str, str] | None:
    """For the browser of somebody who has a key: what it asks it (JSON) and the sealed challenge; None without a key."""
    known = _descriptors(user)
    if not known:
        return None
    options = webauthn.generate_authentication_options(rp_id=host.partition(":")[0], allow_credentials=known)
    return webauthn.options_to_json(options), _seal(user, options.challenge)


def prove_by_key(*, user_id: int, answer: str, sealed: str, host: str, origin: str) -> str | None:
    """The kind of the factor when a live key of this person signed this challenge, else None. Counts the try first."""
    _count_try(user_id)
    user = User.objects.get(pk=user_id)
    challenge = _open(user, sealed)
    if challenge is None:
        return None
    with suppress(WebAuthnException, ValueError, KeyError, TypeError, AttributeError), act():
        handle = crypto.keyed_hash("factor", str(json.loads(answer)["id"]))
        keys = live_factors(user_id).select_for_update(no_key=True).filter(kind=FactorKind.KEY)
        key = keys.filter(handle=handle).first()
        if key is None:
            return None
        found = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=host.partition(":")[0],
            expected_origin=origin,
            credential_public_key=webauthn.base64url_to_bytes(key.secret),
            credential_current_sign_count=key.counter,
        )
        key.counter, key.last_used_at = found.new_sign_count, clock.now()
        key.save(update_fields=["counter", "last_used_at"])
        return str(FactorKind.KEY)
    security.note("factor_wrong", user_id=user_id, way="key")
    return None


# --- proving by what is typed ---------------------------------------------------------------------------------------
def _count_try(user_id: int) -> None:
    """Whoever comes here has the password: the account's own counter cannot be used up by a stranger."""
    limit(f"factor:{user_id}", TRIES_SECONDS, TRIES, _("错误次数太多，请15分钟后再试，或联系管理员。"))


def prove_by_code(*, user_id: int, code: str, actor: Actor) -> str | None:
    """How somebody proved himself with what he typed: an app's code or a recovery code; else None. Each is good once.

    Counts the try first; TooManyRequests after ten in a quarter of an hour.
    """
    _count_try(user_id)
    typed = "".join(code.split()).replace("-", "").lower()
    with act():
        user = User.objects.select_for_update(no_key=True).get(pk=user_id)
        for row in live_factors(user_id).filter(kind=FactorKind.APP):
            step = _step_of(row.secret, typed, after=row.counter)
            if step is not None:
                row.counter, row.last_used_at = step, clock.now()
                row.save(update_fields=["counter", "last_used_at"])
                return str(FactorKind.APP)
        hashed = crypto.keyed_hash(f"recovery:{user_id}", typed)
        recovery = RecoveryCode.objects.filter(user=user, code_hash=hashed, ended_at=None)
        if recovery.update(ended_at=clock.now()):
            emit(events.RECOVERY_USED, subject=user, actor=actor, stream=_stream(user))
            return RECOVERY
    security.note("factor_wrong", user_id=user_id, way="code")
    return None


def make_recovery_codes(*, user_id: int, actor: Actor) -> list[str]:
    """Ten new codes, to be shown once; the ones before are void."""
    with act():
        user = _owner(user_id, actor)
        if not live_factors(user_id).exists():
            raise InvalidInput(_("请先设置一种第二步验证方式。"))
        now = clock.now()
        RecoveryCode.objects.filter(user=user, ended_at=None).update(ended_at=now)
        codes = ["".join(secrets.choice(ALPHABET) for _place in range(10)) for _code in range(RECOVERY_CODES)]
        hashes = [crypto.keyed_hash(f"recovery:{user_id}", code) for code in codes]
        rows = [RecoveryCode(user=user, code_hash=hashed, created_at=now) for hashed in hashes]
        RecoveryCode.objects.bulk_create(rows)
        emit(events.RECOVERY_MADE, subject=user, actor=actor, stream=_stream(user))
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def end_factor(*, public_id: UUID, actor: Actor) -> None:
    """End one of one's own. The last one stays: another must be there first."""
    with act():
        user = _owner(actor.user_id or 0, actor)
        row = live_factors(user.pk).filter(public_id=public_id).first()
        if row is None:
            raise NotVisible(_("没有这个页面。"))
        if live_factors(user.pk).count() == 1:
            raise InvalidInput(_("这是最后一种验证方式。请先添加另一种，再停用它。"))
        row.ended_at = clock.now()
        row.save(update_fields=["ended_at"])
        emit(events.FACTOR_ENDED, subject=row, actor=actor, stream=_stream(user), kind=str(row.kind))
