"""The word that goes round with a person who is sent to say elsewhere that it is he (OAuth's ``state``)."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256

from django.conf import settings

from common import clock

STATE_SECONDS = 600


def state_for(who: str) -> str:
    """Comes back with the code: of this visitor and of these ten minutes. Letters and digits, as WeChat wants it."""
    return _state(who, f"{int(clock.process_now().timestamp()) + STATE_SECONDS:x}", secrets.token_hex(8))


def is_state(given: str, who: str) -> bool:
    """Whether ``state_for`` made it for the same, not long ago."""
    until, salt, _mac = (*given.split("x", 2), "", "")[:3]
    try:
        is_over = int(until, 16) < clock.process_now().timestamp()
    except ValueError:
        return False
    return not is_over and hmac.compare_digest(given.encode(), _state(who, until, salt).encode())


def _state(who: str, until: str, salt: str) -> str:
    key = settings.SECRET_KEY.encode()
    mac = hmac.new(key, f"outside-state:{until}:{salt}:{who}".encode(), sha256).hexdigest()
    return f"{until}x{salt}x{mac[:40]}"
