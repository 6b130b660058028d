"""One port for everything: pages as WSGI in threads, `/live/` as a raw event stream (docs/adr/0002)."""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from a2wsgi import WSGIMiddleware

from portal.live import LiveApplication
from portal.startup import refuse_wrong_database
from portal.wsgi import application as pages_wsgi  # first: it sets Django up

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

WEB_THREADS = int(os.environ.get("WEB_THREADS", "8"))

with ThreadPoolExecutor(
    1
) as thread:  # uvicorn imports this inside its running loop, where Django refuses a query
    thread.submit(refuse_wrong_database).result()
pages = WSGIMiddleware(pages_wsgi, workers=WEB_THREADS)  # type: ignore[arg-type]
live = LiveApplication()


def whole_body(receive: Receive) -> Receive:
    """A visitor who hangs up half-way sent no form: without this the pages would take the part for the whole."""

    async def next_message() -> MutableMapping[str, Any]:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError("the client left before its request was complete")
        return message

    return next_message


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Hand the request to the pages or to the live stream."""
    if scope["type"] == "http":
        if scope["path"].startswith("/live/"):
            await live(scope, receive, send)
        else:
            await pages(scope, whole_body(receive), send)  # type: ignore[arg-type]
    elif scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1000})
