"""What all ways to a person have in common, whoever carries the message: 阿里云, 腾讯云, the staff's group (docs/adr/0035).

A carrier is a module with the functions of :class:`Carrier`. It takes a message and gives back its own number of it, or raises:
Refused for what will never be taken, Postponed when it answers and does not take this now, else GatewayUnavailable. Who gets what by
which channel is no matter of carriers: ``notifications.wishes``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Protocol
from uuid import UUID

from common.errors import GatewayUnavailable


class Problem(StrEnum):
    """Why a carrier did not take a message."""

    NONE = ""
    ADDRESS = "address"
    TEMPLATE = "template"
    THROTTLED = "throttled"
    SIGNATURE = "signature"
    OTHER = "other"


@dataclass(frozen=True)
class Outgoing:
    """One message: ``id`` is ours and the same at every try, ``to`` a phone or what else the carrier knows a person by. A carrier with
    templates of its own goes by ``kind`` and says the ``title`` instead of the text."""

    id: str
    to: str
    text: str
    kind: str = ""
    title: str = ""


@dataclass(frozen=True)
class Receipt:
    """What a carrier says became of a message it took."""

    message_id: UUID
    arrived: bool


class Refused(GatewayUnavailable):
    """It will never be taken: ``problem`` is the address, or a template the carrier does not know."""

    def __init__(self, sorry: GatewayUnavailable, problem: Problem) -> None:
        super().__init__(sorry.message)
        self.problem = problem


class Postponed(GatewayUnavailable):
    """The carrier answers, and does not take this now: too many to one address."""


class Carrier(Protocol):
    """Takes messages."""

    def is_on(self) -> bool:
        """Whether this installation has it."""

    def send(self, message: Outgoing) -> str:
        """Hand it over, never inside a transaction: the carrier's own number, empty when it gives none. Raises as above."""

    def away(self) -> GatewayUnavailable:
        """What is raised when it does not answer as it should, and while it is left alone (REL-59)."""


class Reporting(Carrier, Protocol):
    """One that tells later what became of a message."""

    def receipts(self, headers: Mapping[str, str], body: bytes) -> list[Receipt]:
        """Its callback, read. BadSignature when it is not proven, too old or of another shape."""


def judge(problem: Problem, away: GatewayUnavailable) -> None:
    """Raise what a carrier's answer means; nothing when it took the message."""
    if problem in (Problem.ADDRESS, Problem.TEMPLATE):
        raise Refused(away, problem)
    if problem is Problem.THROTTLED:
        raise Postponed(away.message)
    if problem is not Problem.NONE:
        raise away


@dataclass(frozen=True)
class Request:
    """A signed call: ``content`` is exactly what was signed."""

    url: str
    headers: dict[str, str]
    body: dict[str, object] = field(default_factory=dict)
    kind: str = "application/json; charset=utf-8"

    @cached_property
    def content(self) -> bytes:
        """The body as it is sent; none for an empty one."""
        return json.dumps(self.body, ensure_ascii=False, separators=(",", ":")).encode() if self.body else b""
