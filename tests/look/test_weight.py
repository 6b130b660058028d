"""Page weight (UX §13): what a first visit costs, compressed."""

import gzip
import re

import pytest
from django.test import Client

from launcher.paths import ROOT

KB = 1024
PAGES = ["/", "/prefs/", "/help/", "/a11y/", "/privacy/"]


def compressed(content: bytes) -> int:
    return len(gzip.compress(content, 6))


def own_files(html: str) -> list[str]:
    """Style sheets, scripts and pictures the page asks for."""
    return re.findall(r'<(?:link|script|img)\b[^>]*?(?:href|src)="(/static/[^"]+)"', html)


def test_style_script_and_icon_budgets() -> None:
    assert compressed((ROOT / "static/css/portal.css").read_bytes()) <= 24 * KB
    assert compressed((ROOT / "static/js/portal.js").read_bytes()) <= 10 * KB
    sprite = (ROOT / "templates/components/icons.svg.html").read_bytes()
    assert compressed(sprite) <= 6 * KB
    assert sprite.count(b"<symbol") <= 24


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES)
def test_public_page_budget(client: Client, address: str) -> None:
    answer = client.get(address)
    files = own_files(answer.content.decode())
    assert compressed(answer.content) <= 20 * KB
    assert len(files) + 1 <= 6
    together = compressed(answer.content) + sum(
        compressed((ROOT / name.removeprefix("/")).read_bytes()) for name in files
    )
    assert together <= 60 * KB


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES)
def test_public_pages_ask_the_database_nothing(
    client: Client, address: str, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        client.get(address)
