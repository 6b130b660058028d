"""Posting to an address that a user gave: the one place where such an address is called (SEC-65).

The name is looked up once, every address it has must be a public one (or lie in ``WEBHOOK_NETWORKS``), and the connection
goes to exactly the address that was checked, so that a name which changes its mind between check and call (DNS rebinding)
reaches nothing inside. TLS is verified against the name. No redirects, no proxies, a deadline over all of it, and of the
answer nothing is read beyond 4 KB.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpcore
from django.conf import settings
from django.utils.translation import gettext as _

from common.errors import InvalidInput
from common.gateways.deadline import Backend
from common.gateways.exchange import SILENCE, exchange

ANSWER_BYTES = 4096
LONGEST_URL = 300
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_TROUBLE = (*SILENCE, OSError, ValueError)


class NotPublic(OSError):
    """The address lies inside some network, or is none."""


@dataclass(frozen=True)
class Reply:
    """What came back: the status (None when nothing did), up to 4 KB of the body, and the class of the error."""

    status: int | None
    body: bytes = b""
    error: str = ""

    @property
    def taken(self) -> bool:
        """The other side says that it has it."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def failed(self) -> bool:
        """It did not answer, or says that it cannot (5xx); any other answer is one (REL-59)."""
        return self.status is None or self.status >= 500


def check_url(url: str) -> str:
    """An address as a user may give it: https (http only where this is no production), a host, no sign-in in it.
    InvalidInput otherwise. Whether the host is public is asked at each call."""
    schemes = ("https",) if settings.PRODUCTION else ("https", "http")
    try:
        parts = urlsplit(url)
        good = (
            parts.scheme in schemes
            and bool(parts.hostname)
            and not (parts.username or parts.password or parts.fragment)
            and parts.port != 0
            and len(url) <= LONGEST_URL
            and url.isascii()
            and url.isprintable()
            and " " not in url
        )
    except ValueError:
        good = False
    if not good:
        message = _("请填写https开头的完整地址，例如 https://oa.example.com/court")
        raise InvalidInput(message, url=message)
    return url


def is_public(address: str) -> bool:
    """True when an outside call may go to this IP address."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if any(
        parsed.version == network.version and parsed in network
        for network in map(ipaddress.ip_network, settings.WEBHOOK_NETWORKS)
    ):
        return True
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return is_public(str(parsed.ipv4_mapped))
        if parsed.sixtofour is not None or parsed.teredo is not None or parsed in _NAT64:
            return False  # an IPv4 address of anybody's choice stands inside
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


class _PublicOnly(Backend):
    """Looks the name up, refuses it when any of its addresses is not public, and connects to one that was looked at."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(entry[4][0]) for entry in found]
        if not addresses or not all(is_public(address) for address in addresses):
            raise NotPublic(host)
        return super().connect_tcp(addresses[0], port, timeout, local_address, socket_options)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
    """Send ``body`` and say what came of it; never raises for the other side's faults. Never inside a transaction."""
    try:
        answer = exchange(
            "POST", url, headers=headers, body=body, most=ANSWER_BYTES, cut=True, backend=_PublicOnly
        )
    except _TROUBLE as error:
        return Reply(None, error=type(error).__name__)
    return Reply(answer.status, answer.body)
