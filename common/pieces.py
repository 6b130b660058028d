"""Answers that may be asked for their pieces one by one, by any thread, whenever the reader has taken the last one (docs/adr/0037)."""

from __future__ import annotations

from typing import TypeVar

from django.http import StreamingHttpResponse

Answer = TypeVar("Answer", bound=StreamingHttpResponse)


def by_pieces(response: Answer) -> Answer:
    """Mark it. Between two pieces it holds nothing of the database: no transaction, no cursor. Other streams are made in one go."""
    response._by_pieces = True  # type: ignore[attr-defined]
    return response


def is_by_pieces(response: object) -> bool:
    """Whether it is marked."""
    return getattr(response, "_by_pieces", False)
