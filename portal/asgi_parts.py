"""Small parts of the ASGI entries of the portal and of the complaint zone."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


def whole_body(receive: Receive) -> Receive:
    """A visitor who hangs up half-way sent no form: without this the pages would take the part for the whole."""

    async def next_message() -> MutableMapping[str, Any]:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError("the client left before its request was complete")
        return message

    return next_message
