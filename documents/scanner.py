"""Asks a virus scanner about bytes: clamd's INSTREAM over a socket (SEC-53).

The scanner is another process, perhaps on another machine; it sees bytes and nothing else.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterable

from common.gateways.sms import refuse_inside_transaction

CONNECT_SECONDS, ANSWER_SECONDS, LONGEST_SECONDS = 2, 30, 120
LONGEST_ANSWER = 4096


class ScannerAway(Exception):
    """No verdict: the scanner did not answer, took too long, or would not take a file of this size."""


def is_infected(address: str, pieces: Iterable[bytes]) -> bool:
    """The verdict of the clamd at ``address`` (``host:port`` or the path of its socket) about a stream.

    Bounded memory. ScannerAway when there is no verdict: two seconds to connect, thirty for each step, two minutes in all.
    """
    refuse_inside_transaction()
    end = time.monotonic() + LONGEST_SECONDS
    try:
        with _connected(address) as line:
            line.settimeout(ANSWER_SECONDS)
            line.sendall(b"zINSTREAM\0")
            for piece in pieces:
                if time.monotonic() > end:
                    raise ScannerAway("it takes too long")
                line.sendall(struct.pack("!L", len(piece)) + piece)
            line.sendall(struct.pack("!L", 0))
            answer = _answer(line, end)
    except OSError as error:
        raise ScannerAway(type(error).__name__) from error
    if answer == "stream: OK":
        return False
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return True
    raise ScannerAway("no verdict in its answer")


def _connected(address: str) -> socket.socket:
    host, colon, port = address.rpartition(":")
    if colon and port.isdigit():
        return socket.create_connection((host.strip("[]"), int(port)), CONNECT_SECONDS)
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(CONNECT_SECONDS)
    try:
        line.connect(address)
    except OSError:
        line.close()
        raise
    return line


def _answer(line: socket.socket, end: float) -> str:
    """One answer up to its zero byte."""
    answer = b""
    while not answer.endswith(b"\0"):
        piece = line.recv(LONGEST_ANSWER)
        if not piece or len(answer) > LONGEST_ANSWER or time.monotonic() > end:
            raise ScannerAway("a cut answer")
        answer += piece
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")
