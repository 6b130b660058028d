"""Where a form leads afterwards: only to a path of this site, whatever was sent."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.accounts.test_pages_sign_in import KNOWN, ask, code_of
from tests.support.court import Cast
from tests.support.servers import Live
from tests.support.sign_in import sign_in_staff


@pytest.mark.parametrize("target", ["my", "accounts", "public", "?q=1", "x" * 3000, "", "my\x00"])
def test_a_word_that_is_no_path_leads_home(cast: Cast, live: Live, target: str) -> None:
    """``redirect("my")`` would look for an address of that name and fail."""
    client = Client()
    ask(client, KNOWN, next=target)
    assert client.post("/login/code/", {"code": code_of(KNOWN)})["Location"] == "/my/"
    assert client.get("/login/", {"next": target})["Location"] == "/my/"
    assert client.post("/prefs/", {"text": "large", "next": target})["Location"] == "/"


def test_staff_sign_in_takes_any_word(cast: Cast) -> None:
    assert sign_in_staff(Client(), "clerk", next="desk")["Location"] == "/desk/"
