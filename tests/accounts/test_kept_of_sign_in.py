"""What signing in leaves behind: no phone in clear in the session."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.test import Client

from tests.accounts.test_pages_sign_in import KNOWN, ask, code_of
from tests.support.court import Cast
from tests.support.servers import Live


def test_the_phone_does_not_lie_in_the_session_in_clear(cast: Cast, live: Live) -> None:
    """Personal columns are encrypted (SEC-67); so is what waits for the code."""
    client = Client()
    ask(client, KNOWN)
    kept = [session.get_decoded() for session in Session.objects.all()]
    assert len(kept) == 1
    assert KNOWN not in str(kept)
    assert "138****0001" in client.get("/login/code/").content.decode()
    assert client.post("/login/code/", {"code": code_of(KNOWN)})["Location"] == "/my/"
