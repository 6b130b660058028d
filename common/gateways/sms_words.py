"""What the clients of text message providers have in common."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property


class Problem(StrEnum):
    """Why a provider did not take a text."""

    NONE = ""
    NUMBER = "number"
    TEMPLATE = "template"
    THROTTLED = "throttled"
    SIGNATURE = "signature"
    OTHER = "other"


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
