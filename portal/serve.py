"""`python -m portal.serve FD [APPLICATION]`: serve the portal, or the complaint zone, on a listening socket inherited from the launcher.

The launcher opens the port once and starts each web process itself, so that a killed process has no orphans and a
restarted one finds the port still open. Production uses uvicorn's own command line (docker-compose.yml).
"""

import asyncio
import socket
import sys

import uvicorn

from portal.lines import Line


def main() -> None:
    """Serve until the launcher sends SIGTERM."""
    listening = socket.socket(fileno=int(sys.argv[1]))
    config = uvicorn.Config(
        sys.argv[2] if len(sys.argv) > 2 else "portal.asgi:application",
        http=Line,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the portal itself counts its proxies (TRUSTED_PROXIES)
        timeout_graceful_shutdown=3,
    )
    asyncio.run(uvicorn.Server(config).serve(sockets=[listening]))


if __name__ == "__main__":
    main()
