"""A deadline over all of an HTTP call (REL-59)."""

from __future__ import annotations

import time

import httpcore
import pytest

from common.gateways.deadline import Stream


def test_a_call_whose_time_is_over_ends_before_it_reads() -> None:
    inner = httpcore.MockStream([b"late"])
    stream = Stream(inner, time.monotonic() - 1)
    for act in (lambda: stream.read(1), lambda: stream.write(b"x"), lambda: stream.start_tls(None)):  # type: ignore[arg-type]
        with pytest.raises(httpcore.ReadTimeout):
            act()
    alive = Stream(inner, time.monotonic() + 60)
    assert isinstance(alive.start_tls(None), Stream)  # type: ignore[arg-type]
    assert alive.read(4) == b"late"
