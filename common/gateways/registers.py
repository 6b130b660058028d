"""The register of identities (身份核验服务) over HTTP: do a name and a number belong together, is a lawyer's licence good?

``POST <IDENTITY_URL>/people`` with JSON ``{"kind", "name", "number"}``, answered by ``{"answer": …}`` with one of
:class:`Answer`; ``POST <IDENTITY_URL>/lawyers`` with ``{"name", "licence"}``, answered by ``{"answer", "until"}`` (a day, or
empty). Both sides prove themselves as portal and sealing service do (``common.gateways.seals``): an HMAC with
``IDENTITY_SECRET`` over all of the request with a time and a number used once, and one over that number and all of the answer.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from urllib.parse import urlsplit

import httpcore
from django.conf import settings
from django.utils.translation import gettext as _

from common import clock
from common.errors import GatewayUnavailable
from common.gateways import breaker
from common.gateways import seals as protocol
from common.gateways.deadline import Backend
from common.gateways.sms import refuse_inside_transaction

PEOPLE, LAWYERS, ORGANISATIONS = "/people", "/lawyers", "/organisations"
ANSWER_BYTES = 64 * 1024
_TROUBLE = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)


class Answer(StrEnum):
    """What a register says."""

    MATCH = "match"
    NO_MATCH = "no_match"
    UNKNOWN = "unknown"
    """It holds no papers of this kind, or not this number."""
    LATER = "later"
    """It is there, and cannot say now."""


def person(kind: str, name: str, number: str) -> Answer:
    """Whether this number of an identity paper belongs to this name. GatewayUnavailable when no believable answer comes;
    never inside a transaction."""
    told = ask(PEOPLE, {"kind": kind, "name": name, "number": number})
    try:
        return Answer(told.get("answer", ""))
    except ValueError as error:
        raise _unavailable() from error


def lawyer(name: str, licence: str) -> tuple[Answer, date | None]:
    """Whether this licence (律师执业证号) is this lawyer's, and the last day it is good for. Raises as :func:`person` does."""
    told = ask(LAWYERS, {"name": name, "licence": licence})
    try:
        until = told.get("until", "")
        return Answer(told.get("answer", "")), date.fromisoformat(until) if until else None
    except ValueError as error:
        raise _unavailable() from error


def organisation(name: str, code: str, head: str, head_number: str) -> Answer:
    """Whether name, credit code and head (by name and identity number) of an organisation belong together. Raises as
    :func:`person` does."""
    told = ask(ORGANISATIONS, {"name": name, "code": code, "head": head, "head_number": head_number})
    try:
        return Answer(told.get("answer", ""))
    except ValueError as error:
        raise _unavailable() from error


def ask(path: str, facts: Mapping[str, str]) -> dict[str, str]:
    """One question, proven both ways, with a deadline over all of it, no redirects and no proxies; a register that fails again and
    again is left alone (REL-59)."""
    refuse_inside_transaction()
    url = f"{settings.IDENTITY_URL}{path}"
    body = json.dumps(facts).encode()
    moment, nonce = str(int(clock.process_now().timestamp())), secrets.token_hex(16)
    proof = protocol.request_proof(
        settings.IDENTITY_SECRET, method="POST", path=urlsplit(url).path, app=settings.IDENTITY_APP,
        moment=moment, nonce=nonce, body=body,
    )  # fmt: skip
    headers = {
        "Content-Type": "application/json",
        protocol.APP: settings.IDENTITY_APP,
        protocol.TIME: moment,
        protocol.NONCE: nonce,
        protocol.PROOF: proof,
    }
    with breaker.guarded(url, (*_TROUBLE, ValueError, RecursionError), _unavailable):
        status, proven, content = _exchange(url, headers, body)
        expected = protocol.answer_proof(settings.IDENTITY_SECRET, nonce=nonce, status=status, body=content)
        if status != 200 or not protocol.is_same(expected, proven):
            raise ValueError("refused, or an answer of somebody else")
        told = json.loads(content)
        if not isinstance(told, dict):
            raise ValueError("not an answer")
    return {str(name): str(value) for name, value in told.items()}


def _exchange(url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, str, bytes]:
    """Status, proof and body of the answer; ValueError when it is too long."""
    connect, read = settings.OUTSIDE_CONNECT_SECONDS, settings.OUTSIDE_READ_SECONDS
    timeout = {"connect": connect, "read": read, "write": read, "pool": connect}
    with (
        httpcore.ConnectionPool(network_backend=Backend(time.monotonic() + connect + read)) as pool,
        pool.stream(
            "POST", url, headers=list(headers.items()), content=body, extensions={"timeout": timeout}
        ) as response,
    ):
        content = b""
        for chunk in response.iter_stream():
            content += chunk
            if len(content) > ANSWER_BYTES:
                raise ValueError("too long")
        found = {name.lower(): value for name, value in response.headers}
    return response.status, found.get(protocol.PROOF.lower().encode(), b"").decode("latin-1"), content


def _unavailable() -> GatewayUnavailable:
    return GatewayUnavailable(_("身份核验服务现在没有回应。"), code="register_unavailable")
