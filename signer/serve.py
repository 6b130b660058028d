"""`python -m signer.serve FD`: serve on a listening socket inherited from the launcher. Production uses uvicorn itself."""

import asyncio
import socket
import sys

import uvicorn

from signer.app import application


def main() -> None:
    """Serve until SIGTERM."""
    listening = socket.socket(fileno=int(sys.argv[1]))
    config = uvicorn.Config(
        application(), lifespan="off", log_config=None, access_log=False, server_header=False
    )
    asyncio.run(uvicorn.Server(config).serve(sockets=[listening]))


if __name__ == "__main__":
    main()
