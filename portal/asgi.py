"""One port for everything: pages as WSGI in threads, `/live/` as a raw event stream (docs/adr/0002), the addresses of the
complaint zone handed on to its own process (docs/adr/0012)."""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from portal.asgi_parts import oversized, refuse
from portal.bridge import Bridge
from portal.intake import with_body
from portal.live import LiveApplication
from portal.startup import refuse_useless_receipt_key, refuse_wrong_database
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
refuse_useless_receipt_key()
pages = Bridge(pages_wsgi, threads=WEB_THREADS)
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
            await with_body(scope, receive, send, partial(pages, scope, receive, send))
    elif scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1000})
