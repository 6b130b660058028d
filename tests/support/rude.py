"""A server that answers as no gateway should: silent, cut off, dripping, broken, unsigned, endless, leading elsewhere."""

from __future__ import annotations

import socket
import struct
import threading

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
BAD_JSON, UNSIGNED, EMPTY = b'{"a": ', b'{"state": "paid", "trade_state": "SUCCESS"}', b""
DRIPS = 30
ANSWERS = {
    "error": b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n",
    "away": b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n",
    "no http": b"220 smtp ready\r\n",
    "bad json": OK % (len(BAD_JSON), BAD_JSON),
    "unsigned": OK % (len(UNSIGNED), UNSIGNED),
    "empty": OK % (0, EMPTY),
    "cut": OK % (500, UNSIGNED),
    "endless": b"HTTP/1.1 200 OK\r\n\r\n" + b"a" * (2 * 1024 * 1024),
    "drip": OK % (DRIPS, b"a" * DRIPS),
}


class Rude:
    """Listens until it is stopped; ``manner`` may be changed between calls, ``calls`` counts them."""

    manners = ("hang", "reset", *ANSWERS)

    def __init__(self) -> None:
        self.manner, self.calls = "hang", 0
        self.stopped = threading.Event()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            try:
                link, _address = self.socket.accept()
            except OSError:
                return
            self.calls += 1
            threading.Thread(target=self._answer, args=(link, self.manner), daemon=True).start()

    def _answer(self, link: socket.socket, manner: str) -> None:
        with link:
            try:
                link.recv(65536)
                if manner == "hang":
                    link.recv(1)  # until the caller gives up
                elif manner == "reset":
                    link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                elif manner == "drip":
                    for byte in ANSWERS["drip"]:
                        link.sendall(bytes([byte]))
                        self.stopped.wait(0.02)
                else:
                    link.sendall(ANSWERS[manner])
            except OSError:
                return  # the caller gave up

    def stop(self) -> None:
        """Close the port."""
        self.stopped.set()
        self.socket.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self.socket.close()
        self.thread.join(5)
