"""HTTP to the services that take part in sealing and anchoring: an address, or ``unix:`` and a socket on this machine."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache

import httpx
from django.conf import settings

from common.errors import GatewayUnavailable
from common.gateways import breaker
from common.gateways.exchange import SILENCE
from common.gateways.sms import refuse_inside_transaction


class BadAnswer(Exception):
    """A service answered, and not as it should."""


TROUBLE = (httpx.HTTPError, *SILENCE, BadAnswer)


@lru_cache(maxsize=8)
def _client(address: str, _process: int) -> httpx.Client:
    """One client for each service and process; it keeps its connections."""
    path = address.removeprefix("unix:")
    is_local = path != address
    timeout = httpx.Timeout(settings.OUTSIDE_READ_SECONDS, connect=settings.OUTSIDE_CONNECT_SECONDS)
    transport = httpx.HTTPTransport(uds=path if is_local else None)
    base = "http://localhost" if is_local else address
    return httpx.Client(
        transport=transport, base_url=base, timeout=timeout, trust_env=False, follow_redirects=False
    )


def ask(
    address: str, request: Callable[[httpx.Client], httpx.Response], *, away: Callable[[], GatewayUnavailable]
) -> httpx.Response:
    """One request; what ``away`` makes when nothing came back, when the service says that it cannot (5xx), and while it is left
    alone (REL-59). Never inside a transaction."""
    refuse_inside_transaction()
    with breaker.guarded(address, TROUBLE, away):
        response = request(_client(address, os.getpid()))
        if response.is_server_error:
            raise BadAnswer(str(response.status_code))
    return response
