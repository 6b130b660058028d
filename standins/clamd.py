"""A stand-in for clamd in demo and tests: speaks INSTREAM, finds its own marker and the EICAR test text."""

from __future__ import annotations

import socketserver
import struct
import threading

MARKER = b"PORTAL-STAND-IN-VIRUS"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
FOUND, OK = b"stream: Stand-In-Test FOUND\0", b"stream: OK\0"


class Clamd(socketserver.ThreadingTCPServer):
    """Listens on a port of this machine; ``answers`` may say otherwise than the truth, one call after the other:
    ``hang`` answers nothing and hangs up, ``error`` gives no verdict."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Talk)
        self.answers: list[str] = []
        self.seen_bytes = 0

    @property
    def address(self) -> str:
        """As CLAMD_ADDRESS wants it."""
        return f"127.0.0.1:{self.server_address[1]}"

    def start(self) -> None:
        """Serve in a thread until `stop`."""
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        """Hang up."""
        self.shutdown()
        self.server_close()


class _Talk(socketserver.StreamRequestHandler):
    server: Clamd

    def handle(self) -> None:
        answer = self.server.answers.pop(0) if self.server.answers else ""
        if self.rfile.read(10) != b"zINSTREAM\0" or answer == "hang":
            return
        infected, tail = False, b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            piece = tail + self.rfile.read(size)
            self.server.seen_bytes += size
            infected = infected or MARKER in piece or EICAR in piece
            tail = piece[-len(EICAR) :]
        if answer == "error":
            self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
            return
        self.wfile.write(FOUND if infected else OK)
