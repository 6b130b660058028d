"""Small helps for tests of the applicant's pages."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from filing.models import Filing


def client_of(user: User) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(user)
    return client


def home(filing: Filing, rest: str = "") -> str:
    """An address of an application."""
    return f"/my/filings/{filing.public_id}/{rest}"


def text_of(response: HttpResponse) -> str:
    """The page as text."""
    return response.content.decode()


def seen_on(page: str, action: str) -> str:
    """The hidden field of the form that is sent to ``action`` (or to the page itself): what the page showed."""
    for form in re.findall(r"<form\b.*?</form>", page, re.DOTALL):
        where = re.search(r'action="([^"]*)"', form)
        found = re.search(r'<input(?=[^>]*name="seen")[^>]*value="([^"]*)"', form)
        if found and (where is None or where[1] == action):
            return unescape(found[1])
    raise AssertionError(f"no form for {action} says what it showed")


def change(client: Client, address: str, values: dict[str, Any]) -> HttpResponse:
    """Open the page, then send these values from it: what stood there was seen."""
    seen = seen_on(text_of(client.get(address)), address)
    answer: HttpResponse = client.post(address, values | {"seen": seen})
    return answer


def take_out(client: Client, people: str, address: str) -> HttpResponse:
    """Open the page with the people, then press the button that sends to this address."""
    answer: HttpResponse = client.post(address, {"seen": seen_on(text_of(client.get(people)), address)})
    return answer


def refused(response: HttpResponse, *sentences: str) -> None:
    """A page that says what to change, on top and in its title, and keeps the status for it."""
    page = text_of(response)
    assert response.status_code == 422
    assert "<title>有误：" in page
    assert 'role="alert"' in page
    for sentence in sentences:
        assert sentence in page, sentence


PLAINTIFF: dict[str, Any] = {
    "kind": "natural",
    "name": "张某",
    "id_kind": "id_card",
    "id_number": "130102198503140018",
    "ethnicity": "汉族",
    "phone": "13800000001",
    "address": "某省某市示例区和平路1号",
}
