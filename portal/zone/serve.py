"""`python -m portal.zone.serve SOCKET`: serve the complaint zone on a unix socket, for one machine.

Production uses uvicorn's own command line (docker-compose.yml).
"""

import asyncio
import os
import socket
import sys
from contextlib import suppress

import uvicorn


def main() -> None:
    """Serve until the launcher sends SIGTERM; a socket left by a killed process is replaced."""
    place = sys.argv[1]
    listening = socket.socket(socket.AF_UNIX)
    with suppress(FileNotFoundError):
        os.unlink(place)
    listening.bind(place)
    os.chmod(place, 0o600)
    listening.listen(64)
    config = uvicorn.Config(
        "portal.zone.asgi:application",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    asyncio.run(uvicorn.Server(config).serve(sockets=[listening]))


if __name__ == "__main__":
    main()
