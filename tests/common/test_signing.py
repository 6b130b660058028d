"""Signed messages: whatever a stranger puts into the headers is a bad signature, never a fault of ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from common.gateways.signing import NONCE, SIGNATURE, TIMESTAMP, BadSignature, open_signed

ODD = ["", "²", "9" * 15, "9" * 5000, "-1", "1e9", "１７００００００００", " ", "\x00"]


@pytest.mark.parametrize("timestamp", ODD)
def test_odd_times_are_bad_signatures(timestamp: str) -> None:
    with pytest.raises(BadSignature):
        open_signed(b"{}", {TIMESTAMP: timestamp, NONCE: "", SIGNATURE: ""}, Path("nowhere"))


@pytest.mark.django_db
@pytest.mark.parametrize("timestamp", ["²", "9" * 5000])
def test_a_callback_with_an_odd_time_is_refused(client: Client, timestamp: str) -> None:
    answer = client.post(
        "/gateway/sandbox/notify/", b"{}", content_type="application/json", HTTP_X_PORTAL_TIMESTAMP=timestamp
    )
    assert answer.status_code == 401
