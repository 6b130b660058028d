"""Small helps for tests of the applicant's pages."""

from __future__ import annotations

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
