"""Security events, in a stream of the logs of their own (REL-53): the logger ``portal.security``.

A line says what kind of thing happened, by which stand-in of an account, with ids of the machine: never a name, a number, an
address or a text of people. What is an event of the trail comes here by itself when its act is committed, if its app says
``security=True`` when it registers it.
"""

from __future__ import annotations

import hashlib
import hmac
import logging

from django.conf import settings

log = logging.getLogger("portal.security")


def pseudonym(user_id: int) -> str:
    """A stable stand-in for a user in logs; only the holder of the secret key can compute it."""
    return stand_in("log", str(user_id))


def stand_in(purpose: str, value: str) -> str:
    """The same for something typed or sent, such as the user name of a failed sign-in: equal ones can be told, none can be read."""
    return hmac.new(settings.SECRET_KEY.encode(), f"{purpose}:{value}".encode(), hashlib.sha256).hexdigest()[
        :12
    ]


def note(kind: str, *, user_id: int | None = None, **fields: str | int) -> None:
    """One line in the stream. ``fields`` hold codes and stand-ins only."""
    log.info(kind, extra={"actor": pseudonym(user_id) if user_id else "", **fields})
