"""Whoever opens a line to another system refuses to do it inside a transaction (REL-35)."""

from __future__ import annotations

import re

import pytest

from launcher.paths import ROOT

OPENS = re.compile(
    r"httpx\.(?:Client|AsyncClient|get|post|request|stream|HTTPTransport)\(|create_connection\(|smtplib\.SMTP\b|urlopen\("
)
ELSEWHERE = {
    "portal/zone/forward.py": "runs on the loop, where no connection to the database is",
    "portal/lines.py": "the portal's own door",
}
"""Files that open lines without the check, and why."""
NOT_OURS = {".venv", "var", "node_modules", "tests", "launcher", "standins", "bench", "signer"}


@pytest.mark.req("REL-35")
def test_every_client_refuses_to_call_inside_a_transaction() -> None:
    clients, bare = set(), set()
    for path in ROOT.rglob("*.py"):
        name = path.relative_to(ROOT)
        if NOT_OURS & set(name.parts) or "demo" in name.parts:
            continue
        text = path.read_text("utf-8")
        if OPENS.search(text):
            clients.add(str(name))
            if "refuse_inside_transaction()" not in text:
                bare.add(str(name))
    assert len(clients) >= 6, "they are found at all"
    assert bare - ELSEWHERE.keys() == set()
