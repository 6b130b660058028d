"""The zone as an ASGI application: its own addresses and /healthz, nothing else; its jobs run beside it in a thread."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.zone.settings")

import threading
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from django.core.wsgi import get_wsgi_application

pages_wsgi = get_wsgi_application()  # sets Django up, which the imports below need

from complaints import paths  # noqa: E402
from portal.bridge import Bridge  # noqa: E402
from portal.intake import with_body  # noqa: E402
from portal.startup import refuse_wrong_database  # noqa: E402
from portal.zone.jobs import run_for_ever  # noqa: E402
from portal.zone.notices import use_inbox  # noqa: E402
from portal.zone.startup import refuse_foreign_keys  # noqa: E402

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

ZONE_THREADS = 4

refuse_foreign_keys()
with ThreadPoolExecutor(1) as thread:  # as in portal.asgi: Django refuses a query inside a running loop
    thread.submit(refuse_wrong_database).result()
use_inbox()
threading.Thread(target=run_for_ever, name="zone-jobs", daemon=True).start()
pages = Bridge(pages_wsgi, threads=ZONE_THREADS)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer what belongs here; what does not, no page of this process answers."""
    if scope["type"] != "http":
        return
    if scope["path"].startswith(paths.ALL) or scope["path"] == "/healthz":
        await with_body(scope, receive, send, partial(pages, scope, receive, send))
        return
    await send({"type": "http.response.start", "status": 404, "headers": [(b"cache-control", b"no-store")]})
    await send({"type": "http.response.body", "body": b""})
