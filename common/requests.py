"""Facts about a request that several apps need."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def client_address(request: HttpRequest) -> str:
    """The visitor's address for limits: IPv4 whole, IPv6 by /64 (SEC-03).

    ``TRUSTED_PROXIES`` is the number of own proxies in front; only that many entries of X-Forwarded-For are believed
    (REL-60), so a forged header changes nothing.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    depth = getattr(settings, "TRUSTED_PROXIES", 0)
    hops = [
        hop.strip() for hop in str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",") if hop.strip()
    ]
    if depth and len(hops) >= depth:
        address = hops[-depth]
    try:
        parsed = ipaddress.ip_address(address)
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
