"""One port for everything: pages as WSGI in threads, `/live/` as a raw event stream (docs/adr/0002), the addresses of the
complaint zone handed on to its own process (docs/adr/0012)."""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from a2wsgi import WSGIMiddleware

from portal.asgi_parts import oversized, refuse, whole_body
from portal.live import LiveApplication
from portal.startup import refuse_wrong_database
from portal.wsgi import application as pages_wsgi  # first: it sets Django up
from portal.zone.forward import forward, is_for_zone

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


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Hand the request to the pages, to the live stream or to the complaint zone."""
    if scope["type"] == "http":
        if status := oversized(scope):
            await refuse(status, send)
        elif scope["path"].startswith("/live/"):
            await live(scope, receive, send)
        elif is_for_zone(scope["path"]):
            await forward(scope, receive, send)
        else:
            await pages(scope, whole_body(receive), send)  # type: ignore[arg-type]
    elif scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1000})
