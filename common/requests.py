"""Facts about a request that several apps need."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def peer_address(request: HttpRequest) -> str:
    """Who sent the request, as the outermost of our own proxies saw it.

    ``TRUSTED_PROXIES`` is the number of own proxies in front; only that many entries of X-Forwarded-For are believed,
    counted from the right (REL-60), so a forged header changes nothing.
    """
    remote = str(request.META.get("REMOTE_ADDR", ""))
    return address_seen(remote, str(request.META.get("HTTP_X_FORWARDED_FOR", "")))


def address_seen(remote: str, forwarded: str) -> str:
    """The same, from the address of the connection and the whole header."""
    depth = settings.TRUSTED_PROXIES
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    return hops[-depth] if depth and len(hops) >= depth else remote


def lies_in(address: str, networks: Iterable[str]) -> bool:
    """Whether an address is one of these networks'; False for what is no address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in ipaddress.ip_network(network) for network in networks)


def client_address(request: HttpRequest) -> str:
    """The visitor's address for limits: IPv4 whole, IPv6 by /64 (SEC-03)."""
    try:
        parsed = ipaddress.ip_address(peer_address(request))
    except ValueError:
        return "unknown"
    if parsed.version == 6:
        return str(ipaddress.ip_network(f"{parsed}/64", strict=False).network_address)
    return str(parsed)


def path_here(request: HttpRequest, target: str, default: str) -> str:
    """``target`` when it is a path of this site, else ``default``: where a form may lead afterwards."""
    here = target.startswith("/") and url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if here else default
