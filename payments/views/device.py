"""What a visitor's browser says of itself, to offer the cashiers that it can open. Believed only for that."""

from __future__ import annotations

import re

from django.http import HttpRequest

from payments.gateways import Way, ways_for

PHONE = re.compile(r"Android|iPhone|iPad|HarmonyOS|OpenHarmony|Mobile")


def ways_on(request: HttpRequest) -> list[Way]:
    """The ways to pay on this device, the usual one first."""
    agent = request.headers.get("User-Agent", "")
    return ways_for(on_phone=bool(PHONE.search(agent)), in_wechat="MicroMessenger" in agent)
