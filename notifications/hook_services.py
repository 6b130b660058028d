"""Addresses of people's own software: registered, confirmed by a challenge, told, switched off when they stay silent.

Signatures follow Standard Webhooks: HMAC-SHA256 with the endpoint's secret over id, time and body.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import secrets
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import RealNameLevel, User
from accounts.services import limit
from cases.policies import live_access
from common import clock, crypto
from common.actor import Actor, system
from common.errors import Conflict, InvalidInput, NotAllowed, NotVisible
from common.gateways import breaker, hooks
from eventlog.holding import is_held
from eventlog.models import Event
from eventlog.relay import MAX_ATTEMPTS, pause_after
from eventlog.services import act, emit
from eventlog.wake import RUN_JOB, wake_after_commit
from notifications import events
from notifications.hook_events import TOPIC_OF, concern_of, people_of
from notifications.models import (
    WEBHOOK_ENDPOINT_FLOW,
    EndpointState,
    HookState,
    HookTopic,
    WebhookDelivery,
    WebhookEndpoint,
)
from payments.gateways.breaker import ROWS, note_answer, note_failure

log = logging.getLogger(__name__)
SEND_WEBHOOKS = "notifications.send_webhooks"
JOB = "webhooks"
"""Its place in the timetable. Woken as a job it runs once at a time: however many addresses are slow, one worker waits for them."""
ROUND_SECONDS = 60.0
"""A round begins no call after this; what is left is first in the next one."""
SHARE_SECONDS = 15.0
"""What waits for an address that took so much of a round waits for a later one, so that other addresses have their turn."""
REST = timedelta(seconds=10)
MOST_ENDPOINTS = 5
CHALLENGES_PER_HOUR = 20
LEASE = timedelta(seconds=45)
LEAST_FAILURES = 5
"""So many calls in a row must have failed, besides the days, before an address is switched off."""
SECRET_PREFIX = "whsec_"  # noqa: S105  (how Standard Webhooks marks a secret)


def add_endpoint(*, url: str, topics: Sequence[str], actor: Actor) -> WebhookEndpoint:
    """Register an address; its ``secret`` is to be shown once. Nothing is sent there before :func:`confirm_endpoint`.

    InvalidInput for a wrong address, no topic or the sixth live address; NotAllowed without a checked identity.
    """
    hooks.check_url(url)
    if not topics or not set(HookTopic.values) >= set(topics):
        message = _("请选要通知哪些事")
        raise InvalidInput(message, topics=message)
    with act():
        user = User.objects.select_for_update(no_key=True).filter(pk=actor.user_id or 0).first()
        if user is None or not actor.is_public or user.real_name_level != RealNameLevel.REAL_NAME:
            raise NotAllowed(_("实名以后才能登记接收地址。"))
        if (
            WebhookEndpoint.objects.filter(user=user).exclude(state=EndpointState.OFF).count()
            >= MOST_ENDPOINTS
        ):
            raise InvalidInput(_("最多同时有5个接收地址，请先停用不用的。"))
        endpoint = WebhookEndpoint.objects.create(
            user=user,
            url=url,
            secret=SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode(),
            topics=[name for name in HookTopic.values if name in topics],
            created_at=clock.now(),
        )
        _record(events.WEBHOOK_ADDED, endpoint, actor)
    return endpoint


def confirm_endpoint(*, public_id: UUID, actor: Actor) -> WebhookEndpoint:
    """Ask the address to repeat a random word; when it does, it is told from now on. Also after it was switched off.

    Conflict with a sentence when it does not answer as it should. One outside call, outside every transaction.
    """
    endpoint = _mine(public_id, actor)
    message = _("确认太频繁了，请过一会儿再试")
    limit(f"webhook-challenge:{actor.user_id}", 3600, CHALLENGES_PER_HOUR, message)
    word = secrets.token_urlsafe(24)
    body = json.dumps({"type": "webhook.challenge", "challenge": word}).encode()
    reply = _call(endpoint, f"challenge-{word[:8]}", body)
    if reply is None:
        raise Conflict(_("这个地址刚才几次都没有回应，先停一会儿。请过1分钟再确认。"))
    if not reply.taken or not _repeats(reply.body, word):
        raise Conflict(_why_not(reply))
    with act():
        endpoint = _mine(public_id, actor, lock=True)
        WEBHOOK_ENDPOINT_FLOW.move(endpoint, "confirm")
        endpoint.confirmed_at, endpoint.failing_since, endpoint.failures = clock.now(), None, 0
        endpoint.save(update_fields=["state", "confirmed_at", "failing_since", "failures"])
        _record(events.WEBHOOK_CONFIRMED, endpoint, actor)
    return endpoint


def _why_not(reply: hooks.Reply) -> str:
    if reply.error == "NotPublic":
        return _("这个地址不在公网上，法院的系统到不了。请换一个公网能访问的地址。")
    if reply.status is None:
        return _("这个地址没有回应。请确认软件已经开着、网址没有写错，再试一次。")
    return _("这个地址有回应，但没有照原样回复确认内容。请按接口说明设置好软件，再试一次。")


def _repeats(body: bytes, word: str) -> bool:
    try:
        answer = json.loads(body)
    except ValueError:
        return False
    return isinstance(answer, dict) and crypto.same(str(answer.get("challenge", "")), word)


def end_endpoint(*, public_id: UUID, actor: Actor) -> None:
    """Nothing is sent there any more; what waits is dropped."""
    with act():
        _end(_mine(public_id, actor, lock=True), actor)


def end_all(*, user: User, actor: Actor) -> None:
    """Every address of an account. Inside an act."""
    rows = WebhookEndpoint.objects.select_for_update(no_key=True).filter(user=user)
    for endpoint in rows.exclude(state=EndpointState.OFF).order_by("id"):
        endpoint.user = user
        _end(endpoint, actor)


def _end(endpoint: WebhookEndpoint, actor: Actor) -> None:
    WEBHOOK_ENDPOINT_FLOW.move(endpoint, "end")
    endpoint.save(update_fields=["state"])
    _drop_waiting(endpoint)
    _record(events.WEBHOOK_ENDED, endpoint, actor)


def send_again(*, public_id: UUID, delivery_id: UUID, actor: Actor) -> None:
    """Give a delivery its tries back, whatever came of it. Conflict while the address is not in use."""
    with act():
        endpoint = _mine(public_id, actor, lock=True)
        found = WebhookDelivery.objects.select_for_update(no_key=True).filter(endpoint=endpoint)
        delivery = found.filter(public_id=delivery_id).first()
        if delivery is None:
            raise NotVisible(_("没有这个页面。"))
        if endpoint.state != EndpointState.ON:
            raise Conflict(_("这个接收地址现在没有在用，请先确认。"))
        delivery.state, delivery.attempts, delivery.next_at = HookState.QUEUED, 0, clock.now()
        delivery.save(update_fields=["state", "attempts", "next_at"])
        wake_after_commit(RUN_JOB, JOB)


def _mine(public_id: UUID, actor: Actor, *, lock: bool = False) -> WebhookEndpoint:
    rows = WebhookEndpoint.objects.select_for_update(no_key=True) if lock else WebhookEndpoint.objects
    endpoint = rows.filter(public_id=public_id, user_id=actor.user_id or 0).first()
    if endpoint is None or not actor.is_public:
        raise NotVisible(_("没有这个页面。"))
    return endpoint


def _record(name: str, endpoint: WebhookEndpoint, actor: Actor, **data: Any) -> None:
    stream = f"person:{endpoint.user.public_id}"
    emit(name, subject=endpoint, actor=actor, stream=stream, **data)


def queue(event: Event) -> None:
    """Write a delivery for each address that hears of this event; a repeat adds nothing (REL-20)."""
    live = WebhookEndpoint.objects.filter(state=EndpointState.ON, topics__contains=[TOPIC_OF[event.name]])
    if not live.exists():
        return
    concern = concern_of(event)
    if concern is None:
        return
    now = clock.now()
    told = live.filter(user_id__in=people_of(concern, event), user__is_active=True)
    rows = [
        WebhookDelivery(
            endpoint=endpoint,
            event_id=event.pk,
            kind=event.name,
            case_public_id=concern.case.public_id,
            object_public_id=concern.thing,
            happened_at=event.happened_at,
            created_at=now,
            next_at=now,
        )
        for endpoint in told
    ]
    if rows:
        WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True)
        wake_after_commit(RUN_JOB, JOB)


def signed(secret: str, identity: str, body: bytes) -> dict[str, str]:
    """Headers that prove a message: id, time and HMAC over both and the body."""
    moment = str(int(clock.process_now().timestamp()))
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    mac = hmac.new(key, f"{identity}.{moment}.".encode() + body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "court-portal-webhooks/1",
        "webhook-id": identity,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }


def body_of(delivery: WebhookDelivery) -> bytes:
    """Kind, ids and time; who wants to know more asks the API."""
    thing = str(delivery.object_public_id) if delivery.object_public_id else None
    data = {"case": str(delivery.case_public_id), "id": thing}
    body = {"type": delivery.kind, "timestamp": delivery.happened_at.isoformat(), "data": data}
    return json.dumps(body).encode()


def send_due(limit: int = 200) -> int:
    """Send what is due, oldest first; each its own short transactions around one call. Safe to run in parallel. Nothing while it is held.

    An address that answers slowly has its share of the round and no more.
    """
    if is_held():
        return 0
    sent, began = 0, time.monotonic()
    taken: dict[int, float] = defaultdict(float)
    while sent < limit and (called := time.monotonic()) - began < ROUND_SECONDS:
        delivery = _claim()
        if delivery is None:
            break
        sent += _send(delivery)
        taken[delivery.endpoint_id] += time.monotonic() - called
        if taken[delivery.endpoint_id] >= SHARE_SECONDS:
            _wait(delivery.endpoint_id, clock.now() + REST)
    return sent


def _claim() -> WebhookDelivery | None:
    """The oldest due delivery, its next try pushed out, so that a killed worker's comes back by itself."""
    with transaction.atomic():
        delivery = (
            WebhookDelivery.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(state=HookState.QUEUED, next_at__lte=clock.now())
            .select_related("endpoint")
            .order_by("next_at", "id")
            .first()
        )
        if delivery is not None:
            delivery.attempts += 1
            delivery.next_at = clock.now() + LEASE
            delivery.save(update_fields=["attempts", "next_at"])
    return delivery


def _call(endpoint: WebhookEndpoint, identity: str, body: bytes) -> hooks.Reply | None:
    """One call past the breaker of this address (REL-59), which no other address shares: one firm's software holds up nobody else's.
    None while it is left alone."""
    code = f"h{endpoint.pk}"
    if not breaker.admit(ROWS, code):
        return None
    reply = hooks.post(endpoint.url, body, signed(endpoint.secret, identity, body))
    # in a row, however long it takes: between two calls of this address there may be many slow ones of others
    note_failure(code, None) if reply.failed else note_answer(code)
    return reply


def _put_off(delivery: WebhookDelivery) -> None:
    """Nobody called: it keeps its tries, and whatever else waits for this address waits with it."""
    later = clock.now() + breaker.PAUSE
    mine = WebhookDelivery.objects.filter(pk=delivery.pk, state=HookState.QUEUED)
    mine.update(attempts=delivery.attempts - 1, next_at=later)
    _wait(delivery.endpoint_id, later)


def _wait(endpoint_id: int, until: datetime) -> None:
    """What is queued for this address waits until then."""
    queued = WebhookDelivery.objects.filter(endpoint=endpoint_id, state=HookState.QUEUED)
    queued.filter(next_at__lt=until).update(next_at=until)


def _send(delivery: WebhookDelivery) -> bool:
    """Whether it is off the queue for now; False while its address is left alone."""
    endpoint = delivery.endpoint
    if endpoint.state != EndpointState.ON or not _may_know(delivery):
        WebhookDelivery.objects.filter(pk=delivery.pk).update(state=HookState.DROPPED)
        return True
    reply = _call(endpoint, str(delivery.public_id), body_of(delivery))
    if reply is None:
        _put_off(delivery)
        return False
    waiting = WebhookDelivery.objects.filter(pk=delivery.pk, state=HookState.QUEUED)
    if reply.taken:
        waiting.update(state=HookState.DONE, done_at=clock.now(), last_status=reply.status, last_error="")
        WebhookEndpoint.objects.filter(pk=endpoint.pk).exclude(failures=0).update(
            failures=0, failing_since=None
        )
        return True
    log.warning("webhook not taken", extra={"attempts": delivery.attempts, "status": reply.status})
    waiting.update(
        state=HookState.FAILED if delivery.attempts >= MAX_ATTEMPTS else HookState.QUEUED,
        next_at=clock.now() + pause_after(delivery.attempts),
        last_status=reply.status,
        last_error=reply.error,
    )
    _count_failure(endpoint.pk, delivery)
    return True


def _may_know(delivery: WebhookDelivery) -> bool:
    """Rights count when it is sent, not when it was written; that they ended is the one thing told afterwards. One query."""
    if delivery.kind == "cases.authority_ended":
        return True
    user, case = delivery.endpoint.user_id, delivery.case_public_id
    return live_access().filter(user_id=user, user__is_active=True, party__case__public_id=case).exists()


def _count_failure(endpoint_id: int, delivery: WebhookDelivery) -> None:
    """Count it; an address that took nothing for WEBHOOK_OFF_DAYS is switched off and its owner told."""
    with act():
        endpoint = WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
        now = clock.now()
        endpoint.failing_since = endpoint.failing_since or now
        endpoint.failures += 1
        endpoint.save(update_fields=["failing_since", "failures"])
        long_enough = now - endpoint.failing_since >= timedelta(days=settings.WEBHOOK_OFF_DAYS)
        if endpoint.state == EndpointState.ON and long_enough and endpoint.failures >= LEAST_FAILURES:
            WEBHOOK_ENDPOINT_FLOW.move(endpoint, "fail")
            endpoint.save(update_fields=["state"])
            _drop_waiting(endpoint)
            actor = system(str(_("通知系统")))
            _record(events.WEBHOOK_FAILED, endpoint, actor, case=delivery.case_public_id)


def _drop_waiting(endpoint: WebhookEndpoint) -> None:
    endpoint.deliveries.filter(state=HookState.QUEUED).update(state=HookState.DROPPED)
