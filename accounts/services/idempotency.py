"""Once-only writes (REL-04): one key per form or API call, its request hash, its stored answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, OperationalError, connection
from django.utils.translation import gettext as _

from accounts.models import IdempotencyKey
from common import clock
from common.actor import Actor
from common.errors import InProgress, InvalidInput
from eventlog.services import act

LOCK_NOT_AVAILABLE = "55P03"
"""SQLSTATE of a lock that was not given within ``lock_timeout``."""
GIVEN_UP = frozenset({"40P01", "40001"})
"""SQLSTATEs of a deadlock and of a conflict of transactions: nothing of the act stays, and the same act may succeed the next time."""
TRIES = 3


def request_hash(data: Any) -> str:
    """SHA-256 of the canonical JSON of what was sent."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, cls=DjangoJSONEncoder)
    return hashlib.sha256(text.encode()).hexdigest()


def once(*, actor: Actor, route: str, key: str, body_hash: str, write: Callable[[], str]) -> str:
    """Run ``write`` once for (actor, route, key) and return its answer text; a repeat gets the same answer.

    Another body under the same key raises InvalidInput (422); a repeat while the first runs raises InProgress (409).
    Key and write are one act and commit together: a crash in between leaves neither. When the database gives the act up for
    another one, it is tried again, TRIES times in all (REL-35): only here is it known that doing it again does it once. So
    ``write`` must not use up anything outside the database.
    """
    if not (0 < len(key) <= 100 and key.isascii() and key.isprintable()):
        raise InvalidInput(_("这张表单已失效，请刷新页面再试。"), code="idempotency_key")
    try:
        return _tried(lambda: _once(actor.key, route, key, body_hash, write))
    except IntegrityError:
        stored = IdempotencyKey.objects.filter(actor_key=actor.key, route=route, key=key).first()
        if stored is None:
            raise
    if stored.request_hash != body_hash:
        raise InvalidInput(_("这张表单已经用别的内容提交过了，请刷新页面再试。"), code="idempotency_reused")
    return stored.answer


def _once(actor_key: str, route: str, key: str, body_hash: str, write: Callable[[], str]) -> str:
    with act():
        row = _take(actor_key=actor_key, route=route, key=key, request_hash=body_hash)
        row.answer = write()
        row.save(update_fields=["answer"])
    return row.answer


def _tried(work: Callable[[], str]) -> str:
    """The act, again when the database gave it up; inside another act only that one can be tried again."""
    for _try in range(TRIES - 1):
        try:
            return work()
        except OperationalError as error:
            if connection.in_atomic_block or getattr(error.__cause__, "pgcode", "") not in GIVEN_UP:
                raise
    return work()


def _take(**columns: str) -> IdempotencyKey:
    """The row of a key; waits for another act that has taken it, and says so when that takes too long."""
    try:
        return IdempotencyKey.objects.create(**columns, created_at=clock.now())
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") == LOCK_NOT_AVAILABLE:
            raise InProgress(_("正在处理，请稍等几秒再看结果。")) from error
        raise
