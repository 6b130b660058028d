"""Byte ranges of a download (RFC 9110 §14), strict and small: at most five, in order, none of them twice."""

from __future__ import annotations

import re
from itertools import pairwise

MOST = 5
_ONE = re.compile(r"(\d{0,18})-(\d{0,18})")


class NotSatisfiable(Exception):
    """No part of what was asked for exists, or too much was asked for: 416."""


def wanted(header: str, size: int) -> list[tuple[int, int]]:
    """``(start, length)`` of each range asked for; empty: the whole file (no header, another unit, or not readable).

    >>> wanted("bytes=0-9,-5", 100)
    [(0, 10), (95, 5)]
    >>> wanted("lines=1-2", 100)
    []

    NotSatisfiable for more than five ranges, for overlapping ones, and when none lies inside the file.
    """
    unit, equals, rest = header.partition("=")
    if unit.strip().lower() != "bytes" or not equals:
        return []
    if rest.count(",") >= MOST:
        raise NotSatisfiable
    found = []
    for part in rest.split(","):
        match = _ONE.fullmatch(part.strip())
        if match is None or part.strip() == "-":
            raise NotSatisfiable
        span = _span(match[1], match[2], size)
        if span is not None:
            found.append(span)
    if not found:
        raise NotSatisfiable
    ordered = sorted(found)
    if any(left[0] + left[1] > right[0] for left, right in pairwise(ordered)):
        raise NotSatisfiable
    return found


def _span(first: str, last: str, size: int) -> tuple[int, int] | None:
    """One range within a file of ``size`` bytes; None when it lies outside. NotSatisfiable when it runs backwards."""
    if not first:
        length = min(int(last), size)
        return (size - length, length) if length else None
    start = int(first)
    end = int(last) if last else size - 1
    if last and end < start:
        raise NotSatisfiable
    return (start, min(end, size - 1) - start + 1) if start < size else None
