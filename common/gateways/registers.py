"""The register of identities (身份核验服务) over HTTP: do a name and a number belong together, is a lawyer's licence good?

``POST <IDENTITY_URL>/people`` with JSON ``{"kind", "name", "number"}``, answered by ``{"answer": …}`` with one of
:class:`Answer`; ``POST <IDENTITY_URL>/lawyers`` with ``{"name", "licence"}``, answered by ``{"answer", "until"}`` (a day, or
empty). Both sides prove themselves as portal and sealing service do (``common.gateways.proofs``): an HMAC with
``IDENTITY_SECRET`` over all of the request with a time and a number used once, and one over that number and all of the answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from django.conf import settings
from django.utils.translation import gettext as _

from common.errors import GatewayUnavailable
from common.gateways import breaker
from common.gateways.exchange import SILENCE
from common.gateways.proofs import proven_exchange

PEOPLE, LAWYERS, ORGANISATIONS = "/people", "/lawyers", "/organisations"
ANSWER_BYTES = 64 * 1024


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
    """One question, proven both ways; a register that fails again and again is left alone (REL-59)."""
    url = f"{settings.IDENTITY_URL}{path}"
    with breaker.guarded(url, (*SILENCE, ValueError, RecursionError), _unavailable):
        answer = proven_exchange(
            settings.IDENTITY_SECRET,
            settings.IDENTITY_APP,
            "POST",
            url,
            json.dumps(facts).encode(),
            most=ANSWER_BYTES,
        )
        if answer.status != 200:
            raise ValueError("refused")
        told = json.loads(answer.body)
        if not isinstance(told, dict):
            raise ValueError("not an answer")
    return {str(name): str(value) for name, value in told.items()}


def _unavailable() -> GatewayUnavailable:
    return GatewayUnavailable(_("身份核验服务现在没有回应。"), code="register_unavailable")
