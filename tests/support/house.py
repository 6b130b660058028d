"""The test run stays in the house: whatever it connects to is this machine (rule 0.3, SEC-65)."""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Iterator
from typing import Any

import pytest

tried: list[str] = []
"""Addresses outside that something in this process wanted; noted because whoever wanted them may swallow the refusal."""


class Outside(RuntimeError):
    """Something wanted to leave the house."""


def is_here(address: Any) -> bool:
    """True for a socket in the file system and for this machine's own network."""
    if not isinstance(address, tuple):
        return True
    try:
        found = ipaddress.ip_address(str(address[0]).partition("%")[0] or "0.0.0.0")
    except ValueError:
        return bool(address[0] == "localhost")
    return found.is_loopback or found.is_unspecified


def refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """Sees every connection that Python opens, in whichever library."""
    if event in ("socket.connect", "socket.sendto") and not is_here(arguments[1]):
        tried.append(str(arguments[1]))
        raise Outside(f"a test wants to talk to {arguments[1]}")


sys.addaudithook(refuse)


@pytest.fixture(autouse=True)
def stays_in_the_house() -> Iterator[None]:
    """A test in which something wanted to leave has failed."""
    yield
    wanted, tried[:] = list(tried), []
    assert wanted == []
